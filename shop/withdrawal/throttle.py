"""How often somebody may ask for a link: a mail goes to a third party, and guessing is to be no use."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from shop.callers import customer_address

MOST = 5
WITHIN = 600
"""Seconds."""


def is_too_often(request: HttpRequest) -> bool:
    """Counts one more of whoever calls. Where Valkey is away nobody is kept from their right."""
    caller = hashlib.sha256(customer_address(request).encode()).hexdigest()[:32]
    key = f"withdrawal:asked:{caller}"
    try:
        cache.add(key, 0, WITHIN)
        return cache.incr(key) > MOST
    except (RedisError, ValueError):  # away, or over in this very moment
        return False
