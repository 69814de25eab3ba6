"""What Saleor told last, kept for when it is slow or away: a page waits only a moment for what it has a copy of."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, time
from typing import Any, TypeVar

from neighbours.budget import left
from shop import generation, settings
from shop.freshness import note
from shop.remembered import copy_of, keep_copy
from shop.saleor.errors import SaleorError

logger = logging.getLogger(__name__)

Answer = dict[str, Any]
Found = TypeVar("Found")

KEPT_SECONDS = 24 * 3600
QUICK = 0.4
"""Seconds that a page waits for news of what it has a copy of; they are taken in all the same when they come later."""
SLOW_SECONDS = 5.0
"""How long nobody waits for news after somebody waited in vain."""

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="news")
_lock = threading.Lock()
_under_way: dict[str, Future[Any]] = {}
_slow_until = 0.0


def kept(key: str, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` answers, at most CATALOGUE_CACHE_SECONDS old and of the present generation; older while Saleor is
    slow or away.

    Raises what ``ask`` does where there is no copy.
    """
    copy: tuple[Answer, float, int] | None = copy_of(key)
    if copy is None:
        copy = _asked(key, ask)
    elif not is_fresh(copy[1], copy[2]):
        copy = news(key, lambda: _asked(key, ask)) or copy
    answer, asked_at, told_in = copy
    note(asked_at + settings.CATALOGUE_CACHE_SECONDS, told_in)
    return answer


def is_fresh(asked_at: float, told_in: int, seconds: float = 0) -> bool:
    """Whether an answer of that time and generation is neither outdated by a change nor too old: older than
    CATALOGUE_CACHE_SECONDS, or than ``seconds`` where these are more."""
    young = time() - asked_at < max(seconds, settings.CATALOGUE_CACHE_SECONDS)
    return young and told_in >= generation.current()


def news(key: str, read: Callable[[], Found], wait: float | None = None) -> Found | None:
    """What ``read`` finds; None where it does not within a moment (``wait``, QUICK seconds else). Who comes meanwhile
    waits for the same reading."""
    global _slow_until
    wait = QUICK if wait is None else wait
    with _lock:
        found: Future[Found] | None = _under_way.get(key)
        if found is None:
            found = _under_way[key] = _readers.submit(_read, key, read)
    try:
        return found.result(timeout=left(wait) if monotonic() >= _slow_until else 0)
    except TimeoutError:
        if wait and monotonic() >= _slow_until:
            _slow_until = monotonic() + SLOW_SECONDS
        return None
    except SaleorError as error:
        logger.warning("shown as Saleor told it last: %s", error)
        return None


def _asked(key: str, ask: Callable[[], Answer]) -> tuple[Answer, float, int]:
    told_in = generation.current()  # before it is asked: a change meanwhile may be in the answer or not
    copy = ask(), time(), told_in
    keep_copy(key, copy, KEPT_SECONDS)
    return copy


def _read(key: str, read: Callable[[], Found]) -> Found:
    try:
        return read()
    finally:
        with _lock:
            _under_way.pop(key, None)
