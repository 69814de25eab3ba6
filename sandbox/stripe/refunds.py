"""Refunds: money back to the customer, in whole or in part. Stripe keeps the fee of the payment."""

from collections.abc import Mapping
from typing import Any

from sandbox.common.faults import Faults
from sandbox.common.store import Document, Transaction
from sandbox.common.timers import Timers
from sandbox.stripe import ledger, shapes
from sandbox.stripe.errors import ApiError, no_such
from sandbox.stripe.events import NOBODY, Cause, Events
from sandbox.stripe.parameters import EXPAND, METADATA, PAGE, Field

CREATE: Mapping[str, Field] = {
    **EXPAND,
    "payment_intent": Field("text"),
    "charge": Field("text"),
    "amount": Field("integer", minimum=1, maximum=99_999_999),
    "reason": Field("text", choices=("duplicate", "fraudulent", "requested_by_customer")),
    "metadata": METADATA,
}
LIST: Mapping[str, Field] = {**PAGE, "payment_intent": Field("text"), "charge": Field("text")}
SETTLES_AFTER = 2.0
"""Seconds until the customer's bank has answered; days in the real world."""


def _euros(cents: int) -> str:
    return f"€{cents // 100}.{cents % 100:02d}"


def validate(wanted: Mapping[str, Any]) -> None:
    """A refund names what it refunds; raises ApiError."""
    if "payment_intent" not in wanted and "charge" not in wanted:
        raise ApiError("One of the following params should be provided for this request: payment_intent or charge.")


class Refunds:
    """What happens to refunds. Every method works within the caller's transaction; `now` in unix seconds."""

    def __init__(self, events: Events, timers: Timers, faults: Faults) -> None:
        self._events = events
        self._timers = timers
        self._faults = faults
        timers.handle("settle_refund", self._settle)

    def create(self, tx: Transaction, wanted: Mapping[str, Any], cause: Cause, now: float) -> Document:
        """Start a refund from checked parameters; raises ApiError when more is asked than is left."""
        paid = self._paid(tx, wanted)
        left = paid["amount"] - paid["amount_refunded"]
        if left == 0:
            message = f"Charge {paid['id']} has already been refunded."
            raise ApiError(message, code="charge_already_refunded", remembered=True)
        amount = wanted.get("amount", left)
        if amount > left:
            message = f"Refund amount ({_euros(amount)}) is greater than unrefunded amount on charge ({_euros(left)})"
            raise ApiError(message, param="amount", remembered=True)
        refund = shapes.refund(paid, amount, wanted, int(now))
        movement = ledger.Movement(
            amount=-amount,
            kind="refund" if paid["payment_method_details"]["type"] == "card" else "payment_refund",
            category="refund",
            source=refund["id"],
            description=f"REFUND FOR CHARGE {paid['id']}",
        )
        refund["balance_transaction"] = ledger.book(tx, movement, now)["id"]
        tx.insert("refund", refund["id"], refund)
        self._give_back(tx, paid, amount)
        self._timers.at(tx, now + SETTLES_AFTER, "settle_refund", {"refund": refund["id"]})
        self._events.emit(tx, "charge.refunded", paid, cause, now)
        self._events.emit(tx, "refund.created", refund, cause, now)
        return refund

    def _paid(self, tx: Transaction, wanted: Mapping[str, Any]) -> Document:
        charge_id = wanted.get("charge")
        if "payment_intent" in wanted:
            intent = tx.get("payment_intent", wanted["payment_intent"])
            if intent is None:
                raise no_such("payment_intent", wanted["payment_intent"], "payment_intent")
            if intent["status"] != "succeeded":
                message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
                raise ApiError(message, remembered=True)
            if charge_id not in (None, intent["latest_charge"]):
                message = "The `payment_intent` and `charge` parameters name different payments."
                raise ApiError(message, param="charge", remembered=True)
            charge_id = intent["latest_charge"]
        paid = tx.get("charge", str(charge_id))
        if paid is None:
            raise no_such("charge", str(charge_id), "charge")
        if not paid["paid"]:
            raise ApiError(f"Charge {paid['id']} was not paid and cannot be refunded.", remembered=True)
        return paid

    def _give_back(self, tx: Transaction, paid: Document, amount: int) -> None:
        paid["amount_refunded"] += amount
        paid["refunded"] = paid["amount_refunded"] == paid["amount"]
        tx.put("charge", paid["id"], paid)

    def _settle(self, tx: Transaction, argument: Document, now: float) -> None:
        refund = tx.require("refund", argument["refund"])
        before: Document = {"status": refund["status"]}
        if not self._faults.take(tx, "fail_next_refunds"):
            refund["status"] = "succeeded"
            tx.put("refund", refund["id"], refund)
            self._events.emit(tx, "refund.updated", refund, NOBODY, now, before)
            return
        returned = ledger.Movement(
            amount=refund["amount"], kind="refund_failure", category="refund_failure", source=refund["id"]
        )
        refund |= {
            "failure_balance_transaction": ledger.book(tx, returned, now)["id"],
            "failure_reason": "expired_or_canceled_card",
            "status": "failed",
        }
        tx.put("refund", refund["id"], refund)
        self._give_back(tx, tx.require("charge", refund["charge"]), -refund["amount"])
        self._events.emit(tx, "refund.updated", refund, NOBODY, now, before)
        self._events.emit(tx, "refund.failed", refund, NOBODY, now)
