"""What somebody asks of the collection: which pieces, in which order. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Facet(StrEnum):
    """By what pieces can be told apart; the value stands in the address."""

    MAKER = "maker"
    DESIGNER = "designer"
    MATERIAL = "material"


class Order(StrEnum):
    """In which order they stand; the value stands in the address. The house's own is by code."""

    HOUSE = ""
    PRICE = "price"
    PRICE_DOWN = "-price"
    READY = "ready"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Selection:
    """What somebody asked for. Of each facet any of ``chosen`` (slugs) will do; ``least`` and ``most`` are prices in
    minor units; ``in_stock``: what lies ready."""

    chosen: Mapping[Facet, frozenset[str]]
    least: int | None = None
    most: int | None = None
    in_stock: bool = False
    order: Order = Order.HOUSE

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anything out."""
        return bool(any(self.chosen.values()) or self.least is not None or self.most is not None or self.in_stock)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a facet: how many pieces it would show beside what is chosen of the other facets."""

    slug: str
    name: str
    count: int
    is_chosen: bool
