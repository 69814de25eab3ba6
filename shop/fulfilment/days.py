"""On which day each piece would be ready, were it alone ordered today: what a list of the collection is sorted by.

Told of everything at once and held by each process: a list is as long as the collection.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from time import time

from shop.freshness import note
from shop.fulfilment.client import FulfilmentUnavailable, ask, logger
from shop.saleor.copies import news

_LONGEST = 2.0
_SECONDS, _OUTAGE_SECONDS = 60, 10


@dataclass(frozen=True, slots=True)
class _Told:
    until: float
    days: Mapping[str, date] = field(default_factory=dict)


_held = _Told(0)


def ready_days() -> Mapping[str, date]:
    """By product code; a minute old, but older while fulfilment does not tell anew. Empty where it never told."""
    if _held.until < time():
        # Nobody waits for a day that is a minute newer.
        news("ready-days", _renew, 0 if _held.days else _LONGEST)
    note(_held.until)
    return _held.days


def forget() -> None:
    """As if nothing had been told."""
    global _held
    _held = _Told(0)


def _renew() -> None:
    global _held
    try:
        told = (ask("GET", "ready-days", _LONGEST) or {})["ready_on"]
    except (FulfilmentUnavailable, KeyError) as error:
        logger.warning("no ready days: %s", error)
        _held = _Told(time() + _OUTAGE_SECONDS, _held.days)
    else:
        _held = _Told(time() + _SECONDS, {code: date.fromisoformat(day) for code, day in told.items()})
