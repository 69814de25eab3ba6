"""How often somebody may ask for a link: a mail goes to a third party, and guessing is to be no use."""

from django.http import HttpRequest
from redis.exceptions import RedisError

from shop.throttle import Limit

MOST = 5
LINKS = Limit("withdrawal", per_caller=MOST, per_subject=MOST, seconds=600)
"""By who calls alone: fulfilment mails no order two links in ten minutes."""


def is_too_often(request: HttpRequest) -> bool:
    """Counts one more of whoever calls. Where Valkey is away nobody is kept from their right."""
    try:
        return LINKS.is_reached_by(request)
    except RedisError:
        return False
