"""Which units are meant, and whether what was said of them adds up. Pure: no clock, no database."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

K = TypeVar("K")


class Verdict(NamedTuple):
    """What a workshop says of units that came back: how many are as new, to mend, or spoilt (or gone)."""

    as_new: int = 0
    to_mend: int = 0
    spoilt: int = 0


def allot(wanted: int, rooms: Iterable[tuple[K, int]]) -> dict[K, int]:
    """So many units from rooms (key, units in it), in their order; less than `wanted` where there are no more."""
    found: dict[K, int] = {}
    for key, room in rooms:
        taken = min(wanted, room)
        if taken > 0:
            found[key] = found.get(key, 0) + taken
            wanted -= taken
    return found


def is_whole(verdicts: Mapping[int, Verdict], units: Mapping[int, int]) -> bool:
    """Whether every one of the units (by line) was judged once."""
    return verdicts.keys() == units.keys() and all(
        min(found) >= 0 and sum(found) == units[line] for line, found in verdicts.items()
    )
