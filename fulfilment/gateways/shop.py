"""The shop, which is told that something of the collection changed: once, within a moment. No more is owed to it."""

import logging
from functools import cache

import httpx2 as httpx
from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import SHOP, asked
from telemetry.trace import passed_on

log = logging.getLogger(__name__)


@cache
def http_client() -> httpx.Client:
    """One connection pool per process."""
    return httpx.Client()


def tell_changed() -> bool:
    """Whether the shop heard it. One that hangs is waited for twice, and then not told for a while."""
    try:
        with asked(SHOP) as seconds:
            response = http_client().post(
                f"{settings.SHOP_URL}/changed",
                headers={"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}", **passed_on()},
                timeout=seconds,
            )
            response.raise_for_status()
    except (httpx.HTTPError, GatewayError) as error:
        log.warning("the shop was not told that the collection changed: %r", error)
        return False
    return True
