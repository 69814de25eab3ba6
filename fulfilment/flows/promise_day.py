"""What somebody wants made → the day that is promised for it: the same rule for the shop's pages and for the order.

It counts how many, and what each workshop has promised before. Two orders that are routed in one moment do not see each
other: each may be promised a day that is short by the other.
"""

from collections.abc import Mapping
from datetime import date

from fulfilment.partners.queries import pace_of
from fulfilment.production.queries import minutes_each, minutes_promised
from fulfilment.production.rules import ready_on

Wanted = Mapping[int, Mapping[str, int]]
"""How many of each product code, by the workshop (id) that makes them together."""


def promise_day(wanted: Wanted, day: date) -> dict[int, date]:
    """By workshop, the day on which all that is wanted of it is ready, where that is ordered on `day`."""
    if not wanted:
        return {}
    pace, promised = pace_of(wanted), minutes_promised(wanted)
    each = minutes_each(code for pieces in wanted.values() for code in pieces)
    days = {}
    for producer_id, pieces in wanted.items():
        lead_days, bench_hours = pace[producer_id]
        own = sum(each.get(code, 0) * quantity for code, quantity in pieces.items())
        minutes = promised.get(producer_id, 0) + own if own else 0  # what lies ready waits for nobody's bench
        days[producer_id] = ready_on(day, lead_days, minutes=minutes, bench_hours=bench_hours)
    return days
