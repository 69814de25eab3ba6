"""How long Celery's queues are, asked of Valkey within a second."""

from collections.abc import Iterable

import redis
from django.conf import settings
from redis.exceptions import RedisError

_SECONDS = 1


def lengths(names: Iterable[str]) -> dict[str, int] | None:
    """Messages that wait, by queue; None where Valkey does not answer."""
    wanted = list(names)
    connection = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=None
    )
    try:
        with connection, connection.pipeline(transaction=False) as asked:
            for name in wanted:
                asked.llen(name)
            return dict(zip(wanted, map(int, asked.execute()), strict=True))
    except RedisError:
        return None
