"""One other machine, as a program of ours asks it: a bound of calls under way, and a breaker for when it hangs.

A machine that hangs takes connections and answers nothing. Whoever asks it waits, and so do all threads of a program
before long; then nothing answers any more. So after two calls in vain nobody is asked for a while but one, who tries.
What fails at once costs nobody time, and changes nothing here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap
from time import monotonic

from neighbours.budget import left

HANGS = 3.0
"""Seconds after which a call that came to nothing, or is still under way, speaks for a machine that hangs; of one that
is waited for less, nearly all of its time."""

IN_VAIN = 2
"""How many such calls, none answered in between, until nobody else is made to wait."""

PAUSE = 10.0
"""Seconds from a call in vain until the next one is tried."""

ROOM = 0.25
"""Seconds that a call waits for one of those under way to end: a crowd at a machine that is well is not turned away."""

ALL_OF_IT = 0.9
"""The part of its time after which a call that failed was cut off, and not refused."""

LEAST = 0.2
"""Seconds below which asking is of no use."""


class NotAsked(Exception):
    """It was not asked, and nothing happened: it hangs, too many are asking it, or there is no time left."""


class Neighbour:
    """What this program knows of one machine. Processes that are forked later share whether it hangs.

    `patience` is how many seconds it is waited for at most, `at_most` how many calls of one process may be under way.
    """

    def __init__(self, name: str, *, patience: float, at_most: int) -> None:
        self.name = name
        self.patience = patience
        self._room = threading.BoundedSemaphore(at_most)
        self._lock = threading.Lock()
        self._under_way: dict[object, float] = {}
        self._answered_at = 0.0
        # Hangs in a row, and when the next is tried; forked processes see the same two numbers, on the same clock.
        self._known = memoryview(mmap(-1, 16)).cast("d")

    @property
    def hangs(self) -> bool:
        """Whether it is not asked now, but for one call in a while."""
        return self._known[0] >= IN_VAIN

    @property
    def _too_long(self) -> float:
        """Seconds after which a call speaks for hanging."""
        return min(HANGS, self.patience * ALL_OF_IT)

    @contextmanager
    def asked(self, at_most: float | None = None) -> Iterator[float]:
        """Around one call: how many seconds it may take (no more than `at_most`). `NotAsked`."""
        seconds = left(self.patience if at_most is None else min(at_most, self.patience))
        if seconds < LEAST:
            raise NotAsked(f"{self.name}: there is no time left to ask it")
        self._look(seconds, monotonic())
        if not self._room.acquire(timeout=min(ROOM, seconds)):
            raise NotAsked(f"{self.name}: too many calls are under way")
        try:
            with self._counted(seconds):
                yield seconds
        finally:
            self._room.release()

    def forget(self) -> None:
        """As if it had never been asked."""
        with self._lock:
            self._known[0] = self._known[1] = self._answered_at = 0.0
            self._under_way.clear()

    def _look(self, seconds: float, now: float) -> None:
        """`NotAsked` where it hangs, but for one who tries after a pause, and has the time to find out."""
        with self._lock:
            if self.hangs:
                if now < self._known[1] or seconds < self._too_long:
                    raise NotAsked(f"{self.name} hangs, and is asked again in a while")
                self._known[1] = now + seconds + PAUSE  # nobody else tries meanwhile
                return
            since = now - self._too_long
            waiting = sum(1 for began in self._under_way.values() if self._answered_at < began <= since)
            if self._known[0] + waiting >= IN_VAIN:
                raise NotAsked(f"{self.name} hangs: {waiting} calls wait for an answer already")

    @contextmanager
    def _counted(self, seconds: float) -> Iterator[None]:
        call, began = object(), monotonic()
        with self._lock:
            self._under_way[call] = began
        try:
            yield
        except Exception:
            self._failed(monotonic() - began, seconds)
            raise
        else:
            with self._lock:
                self._known[0], self._answered_at = 0.0, monotonic()
        finally:
            with self._lock:
                self._under_way.pop(call, None)

    def _failed(self, took: float, seconds: float) -> None:
        """A call came to nothing: late, at once, or cut off before it could tell anything."""
        with self._lock:
            if took >= self._too_long:
                self._known[0] += 1
                self._known[1] = monotonic() + PAUSE
            elif took < seconds * ALL_OF_IT:
                self._known[0] = 0.0
