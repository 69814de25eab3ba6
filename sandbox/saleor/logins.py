"""Slows down whoever guesses passwords: after a wrong one its IP address waits, longer each time, as in Saleor."""

import threading
from math import ceil

from sandbox.common.worker import Clock

_SHORTEST, _LONGEST = 1, 3600
_ATTEMPTS_KEPT_SECONDS = 7200
_MOST_OF_AN_ADDRESS, _MOST_OF_A_USER = 100, 10
"""From so many wrong attempts on, the wait is the longest."""


class Logins:
    """Failed attempts per address, and per address and user. Forgotten at a restart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._blocked: dict[str, float] = {}
        self._failures: dict[tuple[str, str], tuple[int, float]] = {}

    def begin(self, ip: str) -> float | None:
        """Start an attempt; the address waits while it is under way. Until when (unix time) where it must wait."""
        now = self._clock()
        with self._lock:
            until = self._blocked.get(ip, 0.0)
            if until > now:
                return until
            self._blocked[ip] = now + _SHORTEST
        return None

    def succeeded(self, ip: str, user: str) -> None:
        """The right password: former failures are forgotten."""
        with self._lock:
            self._blocked.pop(ip, None)
            for key in ((ip, ""), (ip, user)):
                self._failures.pop(key, None)

    def failed(self, ip: str, user: str | None) -> None:
        """A wrong password, or (`user` is None) a user that does not exist. One user's wait doubles with each wrong
        password, that of an address with every tenth."""
        now = self._clock()
        with self._lock:
            of_user = self._count(ip, user, now) if user else 0
            of_address = self._count(ip, "", now)
            waits = [_SHORTEST, 2 ** (ceil(of_address / 10) - 1) if of_address < _MOST_OF_AN_ADDRESS else _LONGEST]
            if of_user:
                waits.append(2 ** (of_user - 1) if of_user < _MOST_OF_A_USER else _LONGEST)
            self._blocked[ip] = now + max(waits)

    def _count(self, ip: str, user: str, now: float) -> int:
        count, until = self._failures.get((ip, user), (0, 0.0))
        if until <= now:
            count, until = 0, now + _ATTEMPTS_KEPT_SECONDS
        self._failures[ip, user] = (count + 1, until)
        return count + 1
