"""How new it is what something is made of. Whoever reads a copy notes it; whoever keeps what was made of it collects
the notes, and knows until when it is good."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from sys import maxsize


@dataclass(slots=True)
class Freshness:
    """Of the oldest part: the unix time until which it is good, and the generation that it is of."""

    until: float = inf
    generation: int = maxsize


_collecting: ContextVar[Freshness | None] = ContextVar("freshness", default=None)


def note(until: float, generation: int = maxsize) -> None:
    """Something was read that is good so long; ``generation`` where a change of the collection could outdate it."""
    collecting = _collecting.get()
    if collecting is not None:
        collecting.until = min(collecting.until, until)
        collecting.generation = min(collecting.generation, generation)


@contextmanager
def collected() -> Iterator[Freshness]:
    """What is noted in here."""
    found = Freshness()
    token = _collecting.set(found)
    try:
        yield found
    finally:
        _collecting.reset(token)
