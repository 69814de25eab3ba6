"""The prior price of a reduction (Directive 98/6/EC, article 6a): the lowest of the thirty days before it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

BEFORE = timedelta(days=30)


@dataclass(frozen=True)
class Seen:
    """From `since` on it cost so much (minor units), announced as reduced or not; None: it was not for sale."""

    since: datetime
    minor: int | None
    is_reduced: bool


def reduced_since(seen: Iterable[Seen]) -> datetime | None:
    """Since when the reduction runs that is in force; None where none is.

    One that goes further is the same one, as long as it does so step by step; one that becomes less begins anew. So
    does what was not for sale meanwhile.
    """
    began, former = None, None
    for one in _in_order(seen):
        if not one.is_reduced or one.minor is None:
            began = None
        elif began is None or (former is not None and one.minor > former):
            began = one.since
        former = one.minor
    return began


def prior_price(seen: Iterable[Seen]) -> int | None:
    """The lowest price of the thirty days before the reduction that is in force began; where it was for sale for less
    long, of those days. None where no reduction is in force, or nobody saw a price before it."""
    rows = _in_order(seen)
    began = reduced_since(rows)
    if began is None:
        return None
    before = [
        one.minor
        for one, later in pairwise(rows)
        if one.since < began and later.since > began - BEFORE and one.minor is not None
    ]
    return min(before, default=None)


def _in_order(seen: Iterable[Seen]) -> list[Seen]:
    return sorted(seen, key=lambda one: one.since)
