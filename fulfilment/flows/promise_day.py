"""What somebody wants made → the day that is promised for it: the same rule for the shop's pages and for the order.

It counts how many, and what each workshop has promised before. Two orders that are routed in one moment do not see each
other: each may be promised a day that is short by the other.
"""

from collections.abc import Callable, Mapping
from datetime import date

from fulfilment.production.benches import benches
from fulfilment.production.rules import ready_on

Wanted = Mapping[int, Mapping[str, int]]
"""How many of each product code, by the workshop (id) that makes them together."""


def promise_day(wanted: Wanted, day: date) -> dict[int, date]:
    """By workshop, the day on which all that is wanted of it is ready, where that is ordered on `day`."""
    ready = _benches(wanted, day)
    return {producer_id: ready(producer_id, pieces) for producer_id, pieces in wanted.items()}


def promise_each(wanted: Wanted, day: date) -> dict[str, date]:
    """By product code, the day on which it would be ready were nothing else ordered on `day`."""
    ready = _benches(wanted, day)
    return {
        code: ready(producer_id, {code: quantity})
        for producer_id, pieces in wanted.items()
        for code, quantity in pieces.items()
    }


def _benches(wanted: Wanted, day: date) -> Callable[[int, Mapping[str, int]], date]:
    """What says when pieces of a workshop are ready: read once for all that is wanted."""
    codes = [code for pieces in wanted.values() for code in pieces]
    found = benches(wanted, codes) if wanted else {}

    def ready(producer_id: int, pieces: Mapping[str, int]) -> date:
        bench = found[producer_id]
        own = sum(bench.each.get(code, 0) * quantity for code, quantity in pieces.items())
        minutes = bench.promised + own if own else 0  # what lies ready waits for nobody's bench
        return ready_on(day, bench.lead_days, minutes=minutes, bench_hours=bench.hours)

    return ready
