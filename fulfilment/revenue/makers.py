"""Whose units: a line that was made in two workshops, and what of its money goes with units of one of them. Pure.

Each workshop's own part is of the units that it makes. Everybody else's (the designer's, the platform's, the VAT) is of
all units of the line alike.
"""

from collections.abc import Mapping

from fulfilment.revenue.reversal import Place, Standing, units_back


def standing_makers(asked: Mapping[int, int], shipped: Mapping[int, int], units: int, *, newest: int) -> dict[int, int]:
    """The units of a line that stand, by maker: together `units`, those that were not refunded.

    `asked` of each maker, shipped or not, and `shipped` of those; in the order in which they became its makers. Units
    that nobody makes any more and that were not refunded yet are the `newest` maker's; what was refunded after it was
    shipped is taken off who shipped first.
    """
    found = {maker: count for maker, count in asked.items() if count}
    over = sum(found.values()) - units
    for maker in list(found):
        less = min(max(over, 0), shipped.get(maker, 0), found[maker])
        found[maker] -= less
        over -= less
    if over < 0:
        found[newest] = found.get(newest, 0) - over
    return {maker: count for maker, count in found.items() if count}


def by_maker(units: int, makers: Mapping[int, int], *, last_first: bool) -> dict[int, int]:
    """Units of a line over its makers: from the first who made some, or from the last, as far as each has made them."""
    found: dict[int, int] = {}
    for maker in reversed(makers) if last_first else makers:
        found[maker] = min(units - sum(found.values()), makers[maker])
    return {maker: count for maker, count in found.items() if count}


def units_back_of(found: Standing, units: int, *, of: int, makers: Mapping[int, int]) -> dict[Place, int]:
    """What `units` of the maker `of` take back of what stands of a line; `makers` are the units that stand, by maker.

    The last units of a maker take all of its own part, and the last of the line all of everybody's.
    """
    assert 0 < units <= makers[of]
    others = makers.keys() - {of}
    own = {place: amount for place, amount in found.items() if place.partner_id == of}
    shared = {place: amount for place, amount in found.items() if place.partner_id not in {of, *others}}
    return {**units_back(own, units, makers[of]), **units_back(shared, units, sum(makers.values()))}
