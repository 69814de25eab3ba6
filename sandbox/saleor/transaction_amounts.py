"""The arithmetic of a payment transaction, as Saleor counts it from the events. Pure; minor units.

Events are put together by psp reference. For one reference and one kind of action the latest of success and failure
wins; as long as there is neither, a request is pending. A request has a reference once the app has answered to it: a
refund takes from what is charged from then on, and what is charged may fall below zero.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

Event = Mapping[str, Any]


class Amounts(TypedDict):
    """Where the money of a transaction is."""

    charged: int
    charge_pending: int
    refunded: int
    refund_pending: int


NOTHING: Amounts = {"charged": 0, "charge_pending": 0, "refunded": 0, "refund_pending": 0}


def amounts_of(events: Sequence[Event]) -> Amounts:
    """The sums over all events that count (`counted`), in their order."""
    by_reference: dict[str, list[Event]] = {}
    for event in events:
        if event["counted"] and event["pspReference"]:
            by_reference.setdefault(event["pspReference"], []).append(event)
    found = NOTHING.copy()
    for group in by_reference.values():
        settled, pending = _outcome(group, "CHARGE")
        found["charged"] += settled - sum(e["amount"] for e in group if e["type"] == "CHARGE_BACK")
        found["charge_pending"] += pending
        settled, pending = _outcome(group, "REFUND")
        reversed_again = sum(e["amount"] for e in group if e["type"] == "REFUND_REVERSE")
        found["refunded"] += settled - reversed_again
        found["refund_pending"] += pending
        found["charged"] -= settled + pending - reversed_again
    return found


def _outcome(group: Sequence[Event], action: str) -> tuple[int, int]:
    """What an action under one reference has settled, and what is still pending."""
    endings = [e for e in group if e["type"] in (f"{action}_SUCCESS", f"{action}_FAILURE")]
    if endings:
        last = max(endings, key=lambda e: (e["createdAt"], e["id"]))
        return (last["amount"], 0) if last["type"] == f"{action}_SUCCESS" else (0, 0)
    requests = [e for e in group if e["type"] == f"{action}_REQUEST"]
    return (0, requests[-1]["amount"]) if requests else (0, 0)
