"""The countries that parcels reach, for pages that ask Saleor nothing of it: they are told with the list of all
products, by whoever reads that, and heard by every other process from Valkey."""

from time import monotonic
from typing import Any

from shop.remembered import copy_of, keep_copy
from shop.saleor.copies import KEPT_SECONDS

_NAME = "reached"
_SECONDS = 60
"""After which a process listens to what others were told."""

_codes: tuple[str, ...] = ()
_heard_at: float | None = None


def hear(told: dict[str, Any]) -> None:
    """What Saleor answered, with `shop.countries`."""
    global _codes, _heard_at
    found = tuple(sorted(country["code"] for country in told["shop"]["countries"]))
    if found != _codes or _is_old():
        keep_copy(_NAME, found, KEPT_SECONDS)
    _codes, _heard_at = found, monotonic()


def codes() -> tuple[str, ...]:
    """Their codes; none where nobody was told yet, in the first moments of a shop. Asks Saleor nothing, and Valkey
    once a minute at most."""
    global _codes, _heard_at
    if _is_old():
        _codes = copy_of(_NAME) or _codes
        _heard_at = monotonic() if _codes else None
    return _codes


def forget() -> None:
    """As if nothing had been told."""
    global _codes, _heard_at
    _codes, _heard_at = (), None


def _is_old() -> bool:
    return _heard_at is None or monotonic() - _heard_at > _SECONDS
