"""Where people look at something at Stripe itself."""

from urllib.parse import urlencode

from django.conf import settings


def stripe_page(name: str) -> str:
    """The address at which Stripe's dashboard shows what bears this id; where Stripe is played, its control page."""
    if settings.STRIPE_API_BASE:
        return f"{settings.STRIPE_API_BASE}/control/"
    return f"https://dashboard.stripe.com/search?{urlencode({'query': name})}"
