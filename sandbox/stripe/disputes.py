"""Disputes: a cardholder's bank takes a payment back, and gives it again when the evidence convinces it."""

from collections.abc import Mapping

from sandbox.common.store import Document, Reader, Transaction
from sandbox.common.timers import Timers
from sandbox.common.web import money
from sandbox.stripe import ledger
from sandbox.stripe.dispute_shape import REASONS, dispute, due_by
from sandbox.stripe.errors import ImpossibleError
from sandbox.stripe.events import NOBODY, Events
from sandbox.stripe.fees import DISPUTE_FEE
from sandbox.stripe.parameters import PAGE, Field
from sandbox.stripe.refunds import Refunds
from sandbox.stripe.settings import CURRENCY

LIST: Mapping[str, Field] = {**PAGE, "payment_intent": Field("text"), "charge": Field("text")}

LIFE: Mapping[str, Mapping[str, str]] = {
    "needs_response": {"evidence": "under_review", "win": "won", "lose": "lost"},
    "under_review": {"win": "won", "lose": "lost"},
    "warning_needs_response": {
        "evidence": "warning_under_review",
        "escalate": "needs_response",
        "close": "warning_closed",
    },
    "warning_under_review": {"escalate": "needs_response", "close": "warning_closed"},
    "won": {},
    "lost": {},
    "warning_closed": {},
}
"""Per status what can happen, and the status after it. `warning_…` are inquiries: a bank asks and takes nothing yet."""


def may_happen(status: str) -> list[str]:
    """What can happen to a dispute."""
    return list(LIFE[status])


def open_disputes_minor(reader: Reader) -> int:
    """How many cents of the account's money banks hold until it is decided whose it is."""
    undecided = reader.find("dispute", {"status": ["needs_response", "under_review"]})
    return sum(one["amount"] for one in undecided)


def _disputed(reader: Reader, charge_id: str) -> int:
    """How many cents of a charge are, or stay, at the cardholder's bank."""
    over = ("won", "warning_closed")
    found = reader.find("dispute", {"charge": charge_id})
    return sum(one["amount"] for one in found if one["status"] not in over)


class Disputes:
    """What happens to disputes. Every method works within the caller's transaction; `now` in unix seconds."""

    def __init__(self, events: Events, timers: Timers, refunds: Refunds) -> None:
        self._events = events
        self._timers = timers
        self._refunds = refunds
        timers.handle("dispute_past_due", self._time_is_up)

    def open(
        self, tx: Transaction, charge_id: str, *, amount: int | None, reason: str, is_inquiry: bool, now: float
    ) -> Document:
        """The cardholder goes to the bank. `amount` in cents, or None for all that was not paid back yet; raises
        ImpossibleError, NotStoredError."""
        if reason not in REASONS:
            raise ImpossibleError(f"Onbekende reden: {reason}. Kies uit {', '.join(REASONS)}.")
        paid = tx.require("charge", charge_id)
        if not paid["paid"] or paid["payment_method_details"]["type"] != "card":
            raise ImpossibleError("Alleen een betaling met een kaart kan betwist worden.")
        if not is_inquiry:
            paid = self._overtake_refunds(tx, charge_id, now)
        amount = paid["amount"] - paid["amount_refunded"] if amount is None else amount
        left = 0 if paid["refunded"] else paid["amount"] - _disputed(tx, charge_id)
        if not 0 < amount <= left:
            raise ImpossibleError(f"Van deze betaling kan hoogstens {money(left, CURRENCY)} betwist worden.")
        made = dispute(paid, amount, reason, is_inquiry=is_inquiry, now=int(now))
        paid["disputed"] = True
        tx.put("charge", charge_id, paid)
        if not is_inquiry:
            self._withdraw(tx, made, now)
        tx.insert("dispute", made["id"], made)
        self._events.emit(tx, "charge.dispute.created", made, NOBODY, now)
        if not is_inquiry:
            self._events.emit(tx, "charge.dispute.funds_withdrawn", made, NOBODY, now)
        self._events.emit(tx, "charge.updated", paid, NOBODY, now)
        return made

    def happen(
        self, tx: Transaction, dispute_id: str, what: str, now: float, *, fee_returned: bool = False
    ) -> Document:
        """One of `may_happen`: evidence was sent, or the bank decided. `fee_returned` lets a won one bring its fee back
        too. Raises ImpossibleError, NotStoredError."""
        found = tx.require("dispute", dispute_id)
        before: Document = {"status": found["status"], "evidence_details": dict(found["evidence_details"])}
        if what not in LIFE[found["status"]]:
            raise ImpossibleError(f"Dat kan niet met een betwisting die op {found['status']} staat.")
        found["status"] = LIFE[found["status"]][what]
        moved = ""
        if what == "evidence":
            found["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
        elif what == "escalate":
            self._escalate(tx, found, now)
            moved = "charge.dispute.funds_withdrawn"
        elif what == "win":
            self._reinstate(tx, found, fee_returned, now)
            moved = "charge.dispute.funds_reinstated"
        tx.put("dispute", dispute_id, found)
        if moved:
            self._events.emit(tx, moved, found, NOBODY, now)
        if what in ("evidence", "escalate"):
            changed = {name: value for name, value in before.items() if found[name] != value}
            self._events.emit(tx, "charge.dispute.updated", found, NOBODY, now, changed)
        else:
            self._events.emit(tx, "charge.dispute.closed", found, NOBODY, now)
        self._events.emit(tx, "charge.updated", tx.require("charge", found["charge"]), NOBODY, now)
        return found

    def _overtake_refunds(self, tx: Transaction, charge_id: str, now: float) -> Document:
        """The bank was faster than refunds that are still under way: they fail. Returns the charge as it is then."""
        for refund in tx.find("refund", {"charge": charge_id, "status": "pending"}):
            self._refunds.fail(tx, refund["id"], "charge_for_pending_refund_disputed", now)
        return tx.require("charge", charge_id)

    def _escalate(self, tx: Transaction, about: Document, now: float) -> None:
        """The bank no longer asks: it takes the money."""
        if self._overtake_refunds(tx, about["charge"], now)["refunded"]:
            raise ImpossibleError("Deze betaling is helemaal terugbetaald: er is niets meer te betwisten.")
        about["is_charge_refundable"] = False
        about["payment_method_details"]["card"]["case_type"] = "chargeback"
        about["evidence_details"]["due_by"] = due_by(int(now))
        self._withdraw(tx, about, now)

    def _withdraw(self, tx: Transaction, about: Document, now: float) -> None:
        movement = ledger.Movement(
            amount=-about["amount"],
            kind="adjustment",
            category="dispute",
            source=about["id"],
            fee=DISPUTE_FEE,
            fee_for="Dispute fee",
            description=f"Chargeback withdrawal for {about['charge']}",
        )
        about["balance_transactions"].append(ledger.book(tx, movement, now))
        self._timers.at(tx, about["evidence_details"]["due_by"] + 1, "dispute_past_due", {"dispute": about["id"]})

    def _reinstate(self, tx: Transaction, about: Document, fee_returned: bool, now: float) -> None:
        about["is_charge_refundable"] = True
        movement = ledger.Movement(
            amount=about["amount"],
            kind="adjustment",
            category="dispute_reversal",
            source=about["id"],
            fee=-DISPUTE_FEE if fee_returned else 0,
            fee_for="Dispute fee refund",
            description=f"Chargeback reversal for {about['charge']}",
        )
        about["balance_transactions"].append(ledger.book(tx, movement, now))

    def _time_is_up(self, tx: Transaction, argument: Document, now: float) -> None:
        """Who sends nothing in time has lost."""
        if tx.require("dispute", argument["dispute"])["status"] == "needs_response":
            self.happen(tx, argument["dispute"], "lose", now)
