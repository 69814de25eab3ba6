"""What these pages are made of, put together for reading. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from shop.saleor.delivery import Delivery
from shop.saleor.richtext import Block


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what follows it up to the next one."""

    heading: str
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> list[str]:
        return [line for block in self.blocks for line in block.lines]


@dataclass(frozen=True, slots=True)
class Offer:
    """Ways of delivering that are the same to these countries."""

    countries: tuple[str, ...]
    deliveries: tuple[Delivery, ...]


def sections(blocks: Iterable[Block]) -> tuple[tuple[Block, ...], list[Section]]:
    """What stands before the first heading, and a section for each. A heading that nothing follows is left out."""
    parts: list[tuple[str, list[Block]]] = [("", [])]
    for block in blocks:
        if block.kind == "heading":
            parts.append((block.lines[0], []))
        else:
            parts[-1][1].append(block)
    (_none, before), *rest = parts
    return tuple(before), [Section(heading, tuple(found)) for heading, found in rest if found]


def offers(told: Iterable[tuple[str, tuple[Delivery, ...]]]) -> list[Offer]:
    """Countries that are offered the same stand together; where nothing is delivered does not stand there."""
    alike: dict[tuple[Delivery, ...], tuple[str, ...]] = {}
    for country, deliveries in told:
        if deliveries:
            alike[deliveries] = (*alike.get(deliveries, ()), country)
    return [Offer(countries, deliveries) for deliveries, countries in alike.items()]
