"""Refunds: money back to the customer, in whole or in part. Stripe keeps the fee of the payment."""

from collections.abc import Mapping
from typing import Any

from sandbox.common.faults import Faults
from sandbox.common.store import Document, Reader, Transaction
from sandbox.common.timers import Timers
from sandbox.stripe import ledger, shapes
from sandbox.stripe.errors import ApiError, ImpossibleError, insufficient_funds, no_such
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
OVERDRAFT = 2_500
"""Cents that the account may owe before a refund is one without balance. Stripe has such a limit for every account and
tells nobody which; without one, the fee alone would keep the only payment of an account from being paid back."""
COVERED_EVERY = 1.0
"""Seconds after which it is seen whether there is money for refunds that wait for it."""


def _euros(cents: int) -> str:
    return f"€{cents // 100}.{cents % 100:02d}"


def validate(wanted: Mapping[str, Any]) -> None:
    """A refund names what it refunds; raises ApiError."""
    if "payment_intent" not in wanted and "charge" not in wanted:
        raise ApiError("One of the following params should be provided for this request: payment_intent or charge.")


def waiting_minor(reader: Reader) -> int:
    """How many cents of refunds wait until there is money for them."""
    return sum(refund["amount"] for refund in reader.find("refund", {"pending_reason": "insufficient_funds"}))


class Refunds:
    """What happens to refunds. Every method works within the caller's transaction; `now` in unix seconds."""

    def __init__(self, events: Events, timers: Timers, faults: Faults) -> None:
        self._events = events
        self._timers = timers
        self._faults = faults
        timers.handle("settle_refund", self._settle)
        timers.handle("cover_refunds", self._cover)

    def create(self, tx: Transaction, wanted: Mapping[str, Any], cause: Cause, now: float) -> Document:
        """Start a refund from checked parameters; raises ApiError when more is asked than is left or may go back."""
        paid = self._paid(tx, wanted)
        left = paid["amount"] - paid["amount_refunded"]
        if left == 0:
            message = f"Charge {paid['id']} has already been refunded."
            raise ApiError(message, code="charge_already_refunded", remembered=True)
        amount = wanted.get("amount", left)
        if amount > left:
            message = f"Refund amount ({_euros(amount)}) is greater than unrefunded amount on charge ({_euros(left)})"
            raise ApiError(message, param="amount", remembered=True)
        # Money that is not available yet goes back from where it is; the rest must be there.
        settles_on = _settles_on(tx, paid)
        short = settles_on <= now and self._free(tx, now) < amount
        if short and self._is_refused(tx, paid):
            raise insufficient_funds("Insufficient funds in your Stripe balance to refund this amount.")
        waits_for = "insufficient_funds" if short else "processing"
        refund = shapes.refund(paid, amount, wanted, waits_for=waits_for, now=int(now))
        movement = ledger.Movement(
            amount=-amount,
            kind="refund" if paid["payment_method_details"]["type"] == "card" else "payment_refund",
            category="refund",
            source=refund["id"],
            description=f"REFUND FOR CHARGE {paid['id']}",
            not_before=settles_on,
        )
        refund["balance_transaction"] = ledger.book(tx, movement, now)["id"]
        tx.insert("refund", refund["id"], refund)
        self._give_back(tx, paid, amount)
        if short:
            self._timers.once(tx, now + COVERED_EVERY, "cover_refunds")
        else:
            self._timers.at(tx, now + SETTLES_AFTER, "settle_refund", {"refund": refund["id"]})
        self._events.emit(tx, "charge.refunded", paid, cause, now)
        self._events.emit(tx, "refund.created", refund, cause, now)
        return refund

    def fail(self, tx: Transaction, refund_id: str, reason: str, now: float) -> Document:
        """The money does not reach the customer and is the account's again, also after it was said to have arrived.
        Raises ImpossibleError, NotStoredError."""
        refund = tx.require("refund", refund_id)
        if refund["status"] not in ("pending", "succeeded"):
            raise ImpossibleError("Deze terugbetaling is al mislukt.")
        booked = tx.require("balance_transaction", refund["balance_transaction"])
        returned = ledger.Movement(
            amount=refund["amount"],
            kind="refund_failure",
            category="refund_failure",
            source=refund_id,
            description="REFUND FAILURE",
            not_before=booked["available_on"],
        )
        before = _pending_part(refund)
        refund |= {
            "failure_balance_transaction": ledger.book(tx, returned, now)["id"],
            "failure_reason": reason,
            "status": "failed",
        }
        tx.put("refund", refund_id, refund)
        self._give_back(tx, tx.require("charge", refund["charge"]), -refund["amount"])
        self._events.emit(tx, "refund.updated", refund, NOBODY, now, before)
        self._events.emit(tx, "refund.failed", refund, NOBODY, now)
        return refund

    def _free(self, reader: Reader, now: float) -> int:
        """How much can be paid back from what is available, and may be owed."""
        strict = self._faults.values(reader)["refund_without_balance"]
        return ledger.balances(reader, now)[0] + (0 if strict else OVERDRAFT)

    def _is_refused(self, tx: Transaction, paid: Document) -> bool:
        chosen = self._faults.values(tx)["refund_without_balance"]
        # Stripe keeps what goes to a card until there is money, and refuses what goes to a bank account.
        return bool(chosen == "refuse" or (not chosen and paid["payment_method_details"]["type"] != "card"))

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
        if any(not one["is_charge_refundable"] for one in tx.find("dispute", {"charge": paid["id"]})):
            message = f"Charge {paid['id']} has been charged back; cannot issue a refund."
            raise ApiError(message, code="charge_disputed", remembered=True)
        return paid

    def _give_back(self, tx: Transaction, paid: Document, amount: int) -> None:
        paid["amount_refunded"] += amount
        paid["refunded"] = paid["amount_refunded"] == paid["amount"]
        tx.put("charge", paid["id"], paid)

    def _settle(self, tx: Transaction, argument: Document, now: float) -> None:
        refund = tx.require("refund", argument["refund"])
        if refund["status"] != "pending":
            return
        if self._faults.take(tx, "fail_next_refunds"):
            self.fail(tx, refund["id"], "expired_or_canceled_card", now)
            return
        before = _pending_part(refund)
        refund["status"] = "succeeded"
        tx.put("refund", refund["id"], refund)
        self._events.emit(tx, "refund.updated", refund, NOBODY, now, before)

    def _cover(self, tx: Transaction, argument: Document, now: float) -> None:
        """Send on what waited for money, the oldest first, as far as there is some now."""
        waiting = tx.find("refund", {"pending_reason": "insufficient_funds"})
        # Each was taken off the balance when it was asked.
        free = self._free(tx, now) + sum(refund["amount"] for refund in waiting)
        while waiting and waiting[0]["amount"] <= free:
            refund = waiting.pop(0)
            free -= refund["amount"]
            refund["pending_reason"] = "processing"
            tx.put("refund", refund["id"], refund)
            self._timers.at(tx, now + SETTLES_AFTER, "settle_refund", {"refund": refund["id"]})
            self._events.emit(tx, "refund.updated", refund, NOBODY, now, {"pending_reason": "insufficient_funds"})
        if waiting:
            self._timers.once(tx, now + COVERED_EVERY, "cover_refunds")


def _settles_on(reader: Reader, paid: Document) -> int:
    """From when on the money of a charge counts as available; foretold where its fee is not known yet."""
    if paid["balance_transaction"] is None:
        return int(paid["created"]) + ledger.AVAILABLE_AFTER
    return int(reader.require("balance_transaction", paid["balance_transaction"])["available_on"])


def _pending_part(refund: Document) -> Document:
    """What a pending refund has that one that is over has not; taken out of it."""
    before: Document = {"status": refund["status"]}
    if "pending_reason" in refund:
        before["pending_reason"] = refund.pop("pending_reason")
    return before
