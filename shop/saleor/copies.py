"""What Saleor told last, kept for when it is slow or away: a page waits only a moment for what it has a copy of."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, time
from typing import Any

from neighbours.budget import left
from shop import settings
from shop.remembered import copy_of, keep_copy
from shop.saleor.errors import SaleorError

logger = logging.getLogger(__name__)

Answer = dict[str, Any]

KEPT_SECONDS = 24 * 3600
QUICK = 0.4
"""Seconds that a page waits for news of what it has a copy of; they are taken in all the same when they come later."""
SLOW_SECONDS = 5.0
"""How long nobody waits for news after somebody waited in vain."""

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="news")
_lock = threading.Lock()
_under_way: dict[str, Future[Answer]] = {}
_slow_until = 0.0


def kept(key: str, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` answers, at most CATALOGUE_CACHE_SECONDS old; older while Saleor is slow or away.

    Raises what ``ask`` does where there is no copy.
    """
    copy: tuple[Answer, float] | None = copy_of(key)
    if copy is None:
        return _asked(key, ask)
    answer, asked_at = copy
    if time() - asked_at < settings.CATALOGUE_CACHE_SECONDS:
        return answer
    return _news(key, ask) or answer


def _asked(key: str, ask: Callable[[], Answer]) -> Answer:
    answer = ask()
    keep_copy(key, (answer, time()), KEPT_SECONDS)
    return answer


def _news(key: str, ask: Callable[[], Answer]) -> Answer | None:
    """None where they are not there in a moment. Who comes meanwhile waits for the same ones."""
    global _slow_until
    with _lock:
        found = _under_way.get(key)
        if found is None:
            found = _under_way[key] = _readers.submit(_read, key, ask)
    try:
        return found.result(timeout=left(QUICK) if monotonic() >= _slow_until else 0)
    except TimeoutError:
        if monotonic() >= _slow_until:
            _slow_until = monotonic() + SLOW_SECONDS
        return None
    except SaleorError as error:
        logger.warning("shown as Saleor told it last: %s", error)
        return None


def _read(key: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return _asked(key, ask)
    finally:
        with _lock:
            _under_way.pop(key, None)
