"""Which change of the collection is the newest that anybody heard of: raised by each, seen by every process within a
second. What was read or made before it is read and made anew; where no change was told, time alone does that."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from time import monotonic, time_ns

from django.core.cache import cache
from redis.exceptions import RedisError

_KEY = "generation"
LOOKED_UP_EVERY = 0.5
"""Seconds. Nobody waits for it, but whoever is the first for a while."""
MOMENT = 0.1
"""Seconds that this one waits."""
SETTLES = 2.0
"""Seconds between two generations that a process takes up: an import of a thousand products is no thousand of them."""

_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="generation")
_lock = threading.Lock()
_known = 0
_taken_up_at = -SETTLES
_looked_up_at = -LOOKED_UP_EVERY
_under_way: Future[None] | None = None


def rise() -> None:
    """Something changed. Raises RedisError where it cannot be told."""
    cache.set(_KEY, time_ns(), None)


def current() -> int:
    """The newest that this process knows of; they only grow. It is as before where Valkey does not tell."""
    since = monotonic() - _looked_up_at
    if since >= LOOKED_UP_EVERY:
        looking = _look_up()
        if since >= 2 * LOOKED_UP_EVERY:
            with suppress(TimeoutError):
                looking.result(timeout=MOMENT)
    return _known


def forget() -> None:
    """As if nobody had asked."""
    global _known, _taken_up_at, _looked_up_at
    if _under_way:
        _under_way.exception()
    _known, _taken_up_at, _looked_up_at = 0, -SETTLES, -LOOKED_UP_EVERY * 2


def _look_up() -> Future[None]:
    """One at a time."""
    global _under_way
    with _lock:
        if _under_way is None or _under_way.done():
            _under_way = _reader.submit(_read)
        return _under_way


def _read() -> None:
    global _known, _taken_up_at, _looked_up_at
    try:
        found = cache.get(_KEY, 0)
    except RedisError:
        found = 0
    now = monotonic()
    if found > _known and now - _taken_up_at >= SETTLES:
        _known, _taken_up_at = found, now
    _looked_up_at = now
