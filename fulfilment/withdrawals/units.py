"""How many units of a line nobody wants any more, of what was said and what was refunded."""

from collections.abc import Iterable


def dropped(refunded: int, said: Iterable[tuple[int, int]]) -> int:
    """Units that were refunded, or withdrawn from, or both.

    `said` are the statements in their order: how many of the `refunded` were so before it, and what it is about. Those
    were other units. A refund that came later pays what was withdrawn from, as far as it goes.
    """
    found = 0
    for before, units in said:
        found = max(found, before) + units
    return max(found, refunded)
