"""What can be paid with: what the account at Stripe has switched on, as fulfilment is told there."""

from time import time

from shop.freshness import note
from shop.fulfilment.client import FulfilmentUnavailable, ask, logger
from shop.remembered import copy_of, keep_copy

_KEY = "fulfilment:payment-methods"
_LONGEST = 2.0
_SECONDS, _OUTAGE_SECONDS = 3600, 60
_KEPT_SECONDS = 7 * 24 * 3600
"""An account seldom changes: what it was told last is said for as long as nobody tells better."""


def payment_methods() -> tuple[str, ...]:
    """By Stripe's names (``bancontact``); at most an hour old, but older where Stripe or fulfilment do not tell. Empty
    where nobody ever told: a page can do without."""
    kept: tuple[tuple[str, ...], float] | None = copy_of(_KEY)
    if kept is None or kept[1] < time():
        kept = _asked(kept[0] if kept else ())
        keep_copy(_KEY, kept, _KEPT_SECONDS)
    note(kept[1])
    return kept[0]


def _asked(former: tuple[str, ...]) -> tuple[tuple[str, ...], float]:
    try:
        told = (ask("GET", "payment-methods", _LONGEST) or {})["methods"]
    except (FulfilmentUnavailable, KeyError) as error:
        logger.warning("no payment methods: %s", error)
        return former, time() + _OUTAGE_SECONDS
    return tuple(str(name) for name in told), time() + _SECONDS
