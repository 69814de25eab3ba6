"""Stripe's signature under its events."""

from typing import Any

import stripe
from django.conf import settings

from fulfilment.errors import Refusal

TOLERANCE_SECONDS = 300


def verify(body: bytes, signature: str) -> dict[str, Any]:
    """The event in a signed body; `Refusal` when it is not Stripe's or older than five minutes."""
    try:
        event = stripe.Webhook.construct_event(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, tolerance=TOLERANCE_SECONDS
        )
        found: dict[str, Any] = event.to_dict()
    except (ValueError, AttributeError, TypeError, RecursionError, stripe.SignatureVerificationError) as error:
        raise Refusal("The event is not signed by Stripe, or too old.", "BAD_SIGNATURE") from error
    if not all(isinstance(found.get(name), str) for name in ("id", "type")):
        raise Refusal("This is no event.", "GARBAGE")
    return found
