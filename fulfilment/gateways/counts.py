"""Django's cache in Valkey, in which wrong logins are counted; while it hangs or is away, in this process's own memory.

Whoever guesses passwords meanwhile is counted by each process for itself: later than else, but in no time unbounded.
"""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from fulfilment.gateways.neighbours import VALKEY
from neighbours.neighbour import NotAsked


class Counts(RedisCache):
    """What is asked of a cache to count with."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("counts", {})

    def add(self, *args: Any, **how: Any) -> Any:
        return self._tried("add", *args, **how)

    def get(self, *args: Any, **how: Any) -> Any:
        return self._tried("get", *args, **how)

    def set(self, *args: Any, **how: Any) -> Any:
        return self._tried("set", *args, **how)

    def delete(self, *args: Any, **how: Any) -> Any:
        return self._tried("delete", *args, **how)

    def _tried(self, name: str, *args: Any, **how: Any) -> Any:
        try:
            with VALKEY.asked():
                return getattr(super(), name)(*args, **how)
        except (NotAsked, RedisError):
            return getattr(self._own, name)(*args, **how)
