"""What the shop remembers in Valkey, and what a page does where Valkey hangs or is away: it waits for it no more.

Copies are done without. A visit is not: who has a basket must neither be shown an empty one nor be given another, so
that whatever needs it raises `RedisError`, which `outages` answers.
"""

import zlib
from contextlib import suppress
from typing import Any

from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends import cache as in_cache
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from redis import Redis
from redis.exceptions import ConnectionError as OutOfReach
from redis.exceptions import RedisError

from neighbours.neighbour import NotAsked
from shop.neighbours import VALKEY


class Asked(Redis):
    """Asks Valkey unless it hangs."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        try:
            with VALKEY.asked():
                return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except NotAsked as error:
            raise OutOfReach(str(error)) from error


class Packed(RedisSerializer):
    """Django's way of writing things down, large ones compressed: a part of the collection is ten times smaller so
    (`serializer` in the settings)."""

    LARGE = 16_384
    _MARK = b"x"  # how zlib begins; neither a number nor a pickle does

    def dumps(self, obj: Any) -> Any:
        written = super().dumps(obj)
        is_large = isinstance(written, bytes) and len(written) > self.LARGE
        return zlib.compress(written, 1) if is_large else written

    def loads(self, data: Any) -> Any:
        return super().loads(zlib.decompress(data) if data.startswith(self._MARK) else data)


class Client(RedisCacheClient):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._client = Asked


class ValkeyCache(RedisCache):
    """Django's cache in Valkey, by way of the above: `BACKEND` of the settings."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client


class SessionStore(in_cache.SessionStore):
    """Django's sessions in a cache, but that one which cannot be read is none that is empty (`SESSION_ENGINE`)."""

    def load(self) -> dict[str, Any]:
        found: dict[str, Any] | None = self._cache.get(self.cache_key)  # type: ignore[attr-defined]
        if found is None:
            self._session_key = None
        return found or {}


class Messages(SessionStorage):
    """Django's messages in a visit, but that a page shows none where the visit cannot be read (`MESSAGE_STORAGE`)."""

    def _get(self, *args: Any, **how: Any) -> Any:
        try:
            return super()._get(*args, **how)  # type: ignore[misc]  # its stubs leave this out
        except RedisError:
            return [], True

    def _store(self, messages: Any, *args: Any, **how: Any) -> Any:
        try:
            return super()._store(messages, *args, **how)  # type: ignore[misc]
        except RedisError:
            if messages:
                raise
            return []


def copy_of(key: str) -> Any:
    """What was kept under this name; None where nothing is, or Valkey does not tell."""
    try:
        return cache.get(key)
    except RedisError:
        return None


def keep_copy(key: str, value: object, seconds: float) -> None:
    """Keep it for so long, if Valkey takes it."""
    with suppress(RedisError):
        cache.set(key, value, seconds)
