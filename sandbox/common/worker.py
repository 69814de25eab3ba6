"""Background threads that do one due thing after another, as the outbox and the timers need."""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

Clock = Callable[[], float]
"""Unix time in seconds (UTC)."""

_LONGEST_SLEEP = 1.0
_AFTER_ERROR = 1.0


class Workers:
    """Runs `step` until told to stop. `step` does at most one thing and says whether it did; `next_due` says when
    there may be something to do (unix time), or None when nothing is planned."""

    def __init__(self, name: str, step: Callable[[], bool], next_due: Callable[[], float | None], clock: Clock) -> None:
        self._name = name
        self._step = step
        self._next_due = next_due
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, count: int = 1) -> None:
        for number in range(count):
            thread = threading.Thread(target=self._run, name=f"{self._name}-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """There may be something to do now."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is being done, then end the threads."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self._step():
                    continue
                self._sleep()
            except Exception:
                log.exception("%s: one step failed; trying again", self._name)
                time.sleep(_AFTER_ERROR)

    def _sleep(self) -> None:
        due = self._next_due()
        seconds = _LONGEST_SLEEP if due is None else min(_LONGEST_SLEEP, max(0.01, due - self._clock()))
        if not self._stopping.is_set():
            self._wake.wait(seconds)
