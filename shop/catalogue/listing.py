"""A list of pieces as it is narrowed down and sorted, however long it is. Pure.

What fits each choice is found once for each list, as the bits of a number: the piece in place 0 is its lowest bit. To
narrow down is then to take what several numbers have in common, and to count is to count bits.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from shop.catalogue.selection import Facet, Option, Order, Selection
from shop.saleor.catalogue import ListedProduct, Named

Bits = int


class Listing:
    """These pieces, in the house's own order."""

    def __init__(self, pieces: Sequence[ListedProduct]) -> None:
        self._pieces = pieces
        self._every: Bits = (1 << len(pieces)) - 1
        self._names: dict[Facet, dict[str, str]] = {facet: {} for facet in Facet}
        self._having: dict[Facet, dict[str, Bits]] = {facet: defaultdict(int) for facet in Facet}
        self._collected: dict[str, Bits] = defaultdict(int)
        collections: dict[str, Named] = {}
        for at, piece in enumerate(pieces):
            for facet, terms in TERMS.items():
                for slug, name in terms(piece):
                    self._names[facet][slug] = name
                    self._having[facet][slug] |= 1 << at
            for one in piece.collections:
                collections[one.slug] = one
                self._collected[one.slug] |= 1 << at
        self.collections = sorted(collections.values(), key=lambda one: one.name.casefold())
        """Those that a piece is in, by name."""

    def select(self, selection: Selection, ready: Mapping[str, date], collection: str = "") -> list[ListedProduct]:
        """The pieces that fit, in the order that was asked for; ``ready`` is by product code when it would be done.
        Only those of a ``collection``, where its slug is given."""
        bits = self._bounded(selection, collection) & self._chosen(selection)
        if selection.order is Order.READY:
            return sorted(self._at(range(len(self._pieces)), bits), key=_by_day(ready))
        return list(self._at(self._orders[selection.order], bits))

    def options(self, selection: Selection, collection: str = "") -> dict[Facet, list[Option]]:
        """What can be chosen of each facet, by name. One that tells nothing apart has no options."""
        within, bounded = self._within(collection), self._bounded(selection, collection)
        offered = {
            facet: self._options(facet, selection, within, bounded & self._chosen(selection, but=facet))
            for facet in Facet
        }
        return {facet: found for facet, found in offered.items() if len(found) > 1}

    def _options(self, facet: Facet, selection: Selection, within: Bits, beside: Bits) -> list[Option]:
        chosen = selection.chosen.get(facet, frozenset())
        found = [
            Option(slug, name, (beside & self._having[facet][slug]).bit_count(), slug in chosen)
            for slug, name in self._names[facet].items()
            if within & self._having[facet][slug]
        ]
        return sorted(found, key=lambda option: option.name.casefold())

    def _within(self, collection: str) -> Bits:
        return self._collected.get(collection, 0) if collection else self._every

    def _bounded(self, selection: Selection, collection: str) -> Bits:
        """What fits all that was asked beside the facets."""
        bits = self._within(collection) & self._costing(selection.least, selection.most)
        return bits & self._lying_ready if selection.in_stock else bits

    def _chosen(self, selection: Selection, but: Facet | None = None) -> Bits:
        """What fits what was chosen of each facet, ``but`` that one."""
        bits = self._every
        for facet, slugs in selection.chosen.items():
            if slugs and facet is not but:
                any_of = 0
                for slug in slugs:
                    any_of |= self._having[facet].get(slug, 0)
                bits &= any_of
        return bits

    def _costing(self, least: int | None, most: int | None) -> Bits:
        """Where some variant of it may cost as much. What has no price fits no bound."""
        if least is None and most is None:
            return self._every
        return _bits(
            price is not None and (most is None or price[0] <= most) and (least is None or price[1] >= least)
            for price in self._prices
        )

    def _at(self, places: Iterable[int], bits: Bits) -> Iterable[ListedProduct]:
        signs = f"{bits:0{len(self._pieces)}b}"[::-1]  # to look at one is quicker than to shift thousands for each
        return (self._pieces[at] for at in places if signs[at] == "1")

    @cached_property
    def _prices(self) -> list[tuple[int, int] | None]:
        return [
            (piece.price_from.minor, piece.price_to.minor) if piece.price_from and piece.price_to else None
            for piece in self._pieces
        ]

    @cached_property
    def _lying_ready(self) -> Bits:
        return _bits(piece.for_sale and piece.lies_ready for piece in self._pieces)

    @cached_property
    def _orders(self) -> Mapping[Order, Sequence[int]]:
        """The places in each order that does not depend on the day."""

        def by(key: Callable[[ListedProduct], tuple[object, ...]], *, reverse: bool = False) -> Sequence[int]:
            return sorted(range(len(self._pieces)), key=lambda at: key(self._pieces[at]), reverse=reverse)

        return {
            Order.HOUSE: range(len(self._pieces)),
            Order.PRICE: by(lambda piece: (not piece.for_sale, _price(piece))),
            Order.PRICE_DOWN: by(lambda piece: (piece.for_sale, _price(piece)), reverse=True),
            Order.NAME: by(lambda piece: (piece.product.name.casefold(),)),
        }


def _bits(fits: Iterable[bool]) -> Bits:
    signs = "".join("1" if one else "0" for one in fits)
    return int(signs[::-1] or "0", 2)


def _price(piece: ListedProduct) -> int:
    return piece.price_from.minor if piece.price_from else 0


def _by_day(ready: Mapping[str, date]) -> Callable[[ListedProduct], tuple[bool, date]]:
    """What cannot be bought stands last, as it does by price."""
    return lambda piece: (not piece.for_sale, ready.get(piece.product.code, date.max))


def _makers(piece: ListedProduct) -> Iterable[tuple[str, str]]:
    maker = piece.product.producer
    return [(maker.slug, maker.name)] if maker else []


TERMS: Mapping[Facet, Callable[[ListedProduct], Iterable[tuple[str, str]]]] = {
    Facet.MAKER: _makers,
    Facet.DESIGNER: lambda piece: [(one.slug, one.name) for one in piece.product.designers],
    Facet.MATERIAL: lambda piece: [(one.slug, one.name) for one in piece.product.materials],
}
"""What a piece says of each facet, as (slug, name)."""
