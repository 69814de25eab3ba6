"""How long PostgreSQL, and a lock in it, may be waited for: what is left of the budget of whoever asks us."""

from math import inf

from django.conf import settings

from neighbours.budget import left

LEAST = 1.5
"""Seconds that a statement is given in any case: what a neighbour answered too late is written down all the same."""

LEAST_LOCK = 0.5
"""Seconds that a lock is waited for in any case."""

SPARE = 1.0
"""Seconds of the budget that no lock is waited for: whoever waited in vain is still told so."""


def statement_seconds() -> float | None:
    """Seconds that a statement may take; None where nobody waits for us."""
    seconds = left(inf)
    return None if seconds == inf else max(seconds, LEAST)


def lock_milliseconds() -> int | None:
    """Milliseconds that a lock may be waited for; None where the connection's own `lock_timeout` is no longer."""
    seconds = max(left(inf) - SPARE, LEAST_LOCK)
    return None if seconds >= settings.LOCK_TIMEOUT else int(seconds * 1000)
