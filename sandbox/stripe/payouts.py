"""Payouts: the account's available money on its way to the bank. Only when asked; there is no automatic schedule."""

from collections.abc import Mapping
from typing import Any

from sandbox.common.faults import Faults
from sandbox.common.store import Document, Transaction
from sandbox.common.timers import Timers
from sandbox.stripe import ledger, shapes
from sandbox.stripe.errors import ApiError, ImpossibleError, insufficient_funds
from sandbox.stripe.events import NOBODY, Cause, Events
from sandbox.stripe.parameters import EXPAND, METADATA, PAGE, Field
from sandbox.stripe.settings import CURRENCY

CREATE: Mapping[str, Field] = {
    **EXPAND,
    "amount": Field("integer", required=True, minimum=1, maximum=99_999_999),
    "currency": Field("text", required=True, maximum=3),
    "description": Field("text", maximum=1000),
    "metadata": METADATA,
    "method": Field("text", choices=("standard",)),
    "statement_descriptor": Field("text", maximum=22),
}
LIST: Mapping[str, Field] = {
    **PAGE,
    "status": Field("text", choices=("canceled", "failed", "in_transit", "paid", "pending")),
}
ARRIVES_AFTER = 3.0
"""Seconds until the money is at the bank; a day or two in the real world."""
RETURNED_AFTER = 5.0
"""Seconds until the bank sends back what it had taken; up to five working days in the real world."""


def validate(wanted: Mapping[str, Any]) -> None:
    """The account holds one currency; raises ApiError."""
    if wanted["currency"].lower() != CURRENCY:
        message = f"Sorry, you don't have any external accounts in that currency ({wanted['currency']})."
        raise ApiError(message, param="currency")


class Payouts:
    """What happens to payouts. Every method works within the caller's transaction; `now` in unix seconds."""

    def __init__(self, events: Events, timers: Timers, faults: Faults) -> None:
        self._events = events
        self._timers = timers
        self._faults = faults
        timers.handle("settle_payout", self._settle)
        timers.handle("return_payout", self._return)

    def create(self, tx: Transaction, wanted: Mapping[str, Any], cause: Cause, now: float) -> Document:
        """Send money to the bank; raises ApiError when less is available."""
        available, _ = ledger.balances(tx, now)
        if wanted["amount"] > available:
            message = (
                "You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. "
                "You can use the the /v1/balance endpoint to view your Stripe balance."
            )
            raise insufficient_funds(message, param="amount")
        payout = shapes.payout(wanted["amount"], wanted, int(now + ARRIVES_AFTER), int(now))
        movement = ledger.Movement(
            amount=-payout["amount"],
            kind="payout",
            category="payout",
            source=payout["id"],
            description=payout["description"] or "STRIPE PAYOUT",
        )
        payout["balance_transaction"] = ledger.book(tx, movement, now)["id"]
        tx.insert("payout", payout["id"], payout)
        self._timers.at(tx, now + ARRIVES_AFTER, "settle_payout", {"payout": payout["id"]})
        self._events.emit(tx, "payout.created", payout, cause, now)
        return payout

    def fail(self, tx: Transaction, payout_id: str, now: float) -> Document:
        """The bank does not take the money, or sends it back days after it was said to be paid. Raises
        ImpossibleError, NotStoredError."""
        payout = tx.require("payout", payout_id)
        if payout["status"] not in ("pending", "in_transit", "paid"):
            raise ImpossibleError("Deze uitbetaling is al mislukt.")
        returned = ledger.Movement(
            amount=payout["amount"],
            kind="payout_failure",
            category="payout_reversal",
            source=payout_id,
            description="REFUND FOR PAYOUT (STRIPE PAYOUT)",
        )
        payout |= {
            "failure_balance_transaction": ledger.book(tx, returned, now)["id"],
            "failure_code": "account_closed",
            "failure_message": "The bank account has been closed.",
            "status": "failed",
        }
        tx.put("payout", payout_id, payout)
        self._events.emit(tx, "payout.failed", payout, NOBODY, now)
        return payout

    def _settle(self, tx: Transaction, argument: Document, now: float) -> None:
        payout = tx.require("payout", argument["payout"])
        if payout["status"] != "pending":
            return
        if self._faults.take(tx, "fail_next_payouts"):
            self.fail(tx, payout["id"], now)
            return
        payout |= {"status": "paid", "trace_id": {"status": "supported", "value": shapes.new_id("SANDBOX", 10)}}
        tx.put("payout", payout["id"], payout)
        self._events.emit(tx, "payout.paid", payout, NOBODY, now)
        if self._faults.take(tx, "return_next_payouts"):
            self._timers.at(tx, now + RETURNED_AFTER, "return_payout", argument)

    def _return(self, tx: Transaction, argument: Document, now: float) -> None:
        if tx.require("payout", argument["payout"])["status"] == "paid":
            self.fail(tx, argument["payout"], now)
