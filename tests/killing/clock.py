"""One clock for all programs, which goes on when it is told to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from unittest import mock

BEGIN = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
_TICK = 0.001


class Clock:
    """Unix time. Every look at it takes a millisecond, so that what happens later is later."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.reset()

    def __call__(self) -> float:
        self.seconds += _TICK
        return self.seconds

    def now(self) -> datetime:
        """The time, for Django."""
        return datetime.fromtimestamp(self(), UTC)

    def still(self) -> float:
        """The time, at which nobody looks."""
        return self.seconds

    def reset(self) -> None:
        self.seconds = BEGIN.timestamp()

    def to(self, seconds: float) -> None:
        """Go on to a moment; never back."""
        self.seconds = max(self.seconds, seconds)

    @contextmanager
    def everywhere(self) -> Iterator["Clock"]:
        """In place of the machine's, and nobody sleeps; how slow the machine is uses up nobody's patience."""
        with ExitStack() as stack:
            for module in ("budget", "neighbour"):
                stack.enter_context(mock.patch(f"neighbours.{module}.monotonic", self.still))
            stack.enter_context(mock.patch("django.utils.timezone.now", self.now))
            stack.enter_context(mock.patch("time.time", self))
            stack.enter_context(mock.patch("time.sleep", return_value=None))
            yield self
