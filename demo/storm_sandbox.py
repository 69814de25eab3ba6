"""The control pages of the two sandboxes: their faults, and all that they hold."""

import os
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx

SALEOR, STRIPE = os.environ.get("SANDBOX_SALEOR_URL", ""), os.environ.get("SANDBOX_STRIPE_URL", "")
PERCENT = 5
KINDS = ["closed", "hanging", "garbage", "unanswered"]
HANGS = {SALEOR: 21, STRIPE: 9}
"""Seconds: longer than fulfilment waits for either of them (20 and 8)."""
ON_A_PAGE = 500

_http = httpx.Client(timeout=60.0)


def begin_faults(seed: int) -> None:
    """From now on so many of all calls go wrong, in a row that the seed repeats."""
    for at, url in enumerate((SALEOR, STRIPE)):
        wanted = {"fault_percent": PERCENT, "fault_kinds": KINDS, "hang_seconds": HANGS[url], "fault_seed": seed + at}
        _http.post(f"{url}/control/faults", json=wanted).raise_for_status()


def end_faults() -> None:
    for url in (SALEOR, STRIPE):
        _http.post(f"{url}/control/faults", json={"reset": True}).raise_for_status()


def disturbed() -> int:
    """How many calls went wrong so far."""
    return sum(_state(url, limit=0)["counts"]["disturbance"] for url in (SALEOR, STRIPE))


def documents(url: str, kind: str) -> Iterator[Any]:
    """All documents of a kind, newest first."""
    start = 0
    while page := _state(url, kind=kind, limit=ON_A_PAGE, **{"from": start})["documents"][kind]:
        yield from page
        start += len(page)


def stripe_balance() -> int:
    """What Stripe says that we have there, in cents: available and on its way."""
    headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}"}
    told = _http.get(f"{STRIPE}/v1/balance", headers=headers).raise_for_status().json()
    return sum(int(one["amount"]) for name in ("available", "pending") for one in told[name])


def _state(url: str, **query: Any) -> Any:
    return _http.get(f"{url}/control/state.json", params=query).raise_for_status().json()
