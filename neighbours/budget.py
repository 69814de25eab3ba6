"""Time as a budget: whoever waits for an answer of ours sets it, and every call to another machine takes from it.

It belongs to the request or the job that is done in this thread, and ends with it (`within`). Where nobody set one, a
neighbour's own bound holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

LONGEST_CONNECT = 3.0
"""Seconds after which a machine that takes no connection is taken to be away."""

_ends: ContextVar[float | None] = ContextVar("budget", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All that is asked of other machines in here ends within so many seconds; a budget around it is never exceeded."""
    outer = _ends.get()
    ends = monotonic() + seconds
    token = _ends.set(ends if outer is None else min(outer, ends))
    try:
        yield
    finally:
        _ends.reset(token)


def left(at_most: float) -> float:
    """Seconds that something may take: `at_most`, or what is left of the budget where that is less. Never below 0."""
    ends = _ends.get()
    return at_most if ends is None else max(0.0, min(at_most, ends - monotonic()))


def shared(seconds: float) -> tuple[float, float]:
    """What of the time of a call goes to reaching the machine, and what to its answer: together no more than that."""
    connect = min(LONGEST_CONNECT, seconds / 4)
    return connect, seconds - connect
