"""How long PostgreSQL may be waited for: what is left of the budget of whoever asks us."""

from math import inf

from neighbours.budget import left

LEAST = 1.5
"""Seconds that a statement is given in any case: what a neighbour answered too late is written down all the same."""


def statement_seconds() -> float | None:
    """Seconds that a statement may take; None where nobody waits for us."""
    seconds = left(inf)
    return None if seconds == inf else max(seconds, LEAST)
