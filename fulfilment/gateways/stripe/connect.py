"""Our identity at Stripe: the client made of the configured key."""

from functools import lru_cache
from typing import Any

import requests
import stripe
from django.conf import settings

from fulfilment.gateways.neighbours import STRIPE
from fulfilment.gateways.stripe.api import Stripe
from neighbours.budget import shared


class Sender(requests.Session):
    """Sends one call of Stripe's SDK at a time, as long as the neighbour and what is left of the budget allow.

    The SDK tries again what fails at once. What took too long it does not: whoever waits would wait as long once more.
    """

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> requests.Response:
        with STRIPE.asked() as seconds:
            try:
                return super().request(method, url, *args, **{**options, "timeout": shared(seconds)})
            except requests.Timeout as error:
                raise requests.RequestException(f"no answer within {seconds:.1f} s") from error


def connected() -> Stripe:
    """Stripe as the shop's account, at the configured address."""
    return _as_account(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@lru_cache(maxsize=2)
def _as_account(secret_key: str, api_base: str) -> Stripe:
    """One client for the life of a process: its connections are used again."""
    client = stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=2,
        http_client=stripe.RequestsClient(session=Sender()),
    )
    return Stripe(client)
