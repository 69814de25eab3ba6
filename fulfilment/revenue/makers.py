"""Whose units: a line that was made in two workshops, and what of its money goes with a unit of one of them. Pure.

Each workshop's own part is of the units that it makes. Everybody else's (the designer's, the platform's, the VAT) is of
all units of the line alike.
"""

from collections.abc import Mapping


def going_with(partner_id: int | None, units: int, *, of: int, makers: Mapping[int, int]) -> tuple[int, int]:
    """Which part of what stands of a partner goes with `units` of the maker `of`: so many (first) of so many (second).

    `makers` are the units of the line that stand, by the workshop (its id) that makes them; none of them is refunded.
    The last units of a maker take all of its own part, and the last of the line all of everybody's.
    """
    assert 0 < units <= makers[of]
    if partner_id == of:
        return units, makers[of]
    if makers.get(partner_id or 0):
        return 0, 1
    return units, sum(makers.values())


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
