"""Our identity at Stripe: the client made of the configured key."""

from functools import lru_cache

import stripe
from django.conf import settings

from fulfilment.gateways.stripe.api import Stripe

TIMEOUT_SECONDS = 8
"""Saleor waits 18 seconds for the answer to a payment that starts, and that takes up to three calls."""


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
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )
    return Stripe(client)
