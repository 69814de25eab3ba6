"""Which pieces of the collection somebody wants to see, and in which order. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from shop.saleor.catalogue import ListedProduct

Terms = Iterable[tuple[str, str]]


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


def select(listed: Sequence[ListedProduct], selection: Selection, ready: Mapping[str, date]) -> list[ListedProduct]:
    """The pieces that fit, in the order that was asked for; ``ready`` is by product code when it would be done."""
    fitting = [piece for piece in listed if _fits(piece, selection)]
    if selection.order is Order.HOUSE:
        return fitting
    return sorted(fitting, key=_key(selection.order, ready), reverse=selection.order is Order.PRICE_DOWN)


def options(listed: Sequence[ListedProduct], selection: Selection) -> dict[Facet, list[Option]]:
    """What can be chosen of each facet, by name. One that tells nothing apart has no options."""
    return {facet: found for facet in Facet if len(found := _options(listed, selection, facet)) > 1}


def _options(listed: Sequence[ListedProduct], selection: Selection, facet: Facet) -> list[Option]:
    chosen = selection.chosen.get(facet, frozenset())
    without = replace(selection, chosen={**selection.chosen, facet: frozenset()})
    counts = Counter(slug for piece in listed if _fits(piece, without) for slug, _name in TERMS[facet](piece))
    names = {slug: name for piece in listed for slug, name in TERMS[facet](piece)}
    return sorted(
        (Option(slug, name, counts[slug], slug in chosen) for slug, name in names.items()),
        key=lambda option: option.name.casefold(),
    )


def _fits(piece: ListedProduct, selection: Selection) -> bool:
    for facet, slugs in selection.chosen.items():
        if slugs and not any(slug in slugs for slug, _name in TERMS[facet](piece)):
            return False
    if selection.in_stock and not (piece.for_sale and piece.lies_ready):
        return False
    return _costs(piece, selection.least, selection.most)


def _costs(piece: ListedProduct, least: int | None, most: int | None) -> bool:
    """Whether some variant of it may cost as much. What has no price fits no bound."""
    if least is None and most is None:
        return True
    if piece.price_from is None or piece.price_to is None:
        return False
    return (most is None or piece.price_from.minor <= most) and (least is None or piece.price_to.minor >= least)


def _key(order: Order, ready: Mapping[str, date]) -> Callable[[ListedProduct], tuple[object, ...]]:
    """What cannot be bought stands last, but where it is by name."""

    def by_price(piece: ListedProduct) -> tuple[object, ...]:
        is_last = piece.for_sale if order is Order.PRICE_DOWN else not piece.for_sale
        return (is_last, piece.price_from.minor if piece.price_from else 0)

    def by_day(piece: ListedProduct) -> tuple[object, ...]:
        return (not piece.for_sale, ready.get(piece.product.code, date.max))

    def by_name(piece: ListedProduct) -> tuple[object, ...]:
        return (piece.product.name.casefold(),)

    return {Order.READY: by_day, Order.NAME: by_name}.get(order, by_price)


def _makers(piece: ListedProduct) -> Terms:
    maker = piece.product.producer
    return [(maker.slug, maker.name)] if maker else []


TERMS: Mapping[Facet, Callable[[ListedProduct], Terms]] = {
    Facet.MAKER: _makers,
    Facet.DESIGNER: lambda piece: [(one.slug, one.name) for one in piece.product.designers],
    Facet.MATERIAL: lambda piece: [(one.slug, one.name) for one in piece.product.materials],
}
"""What a piece says of each facet, as (slug, name)."""
