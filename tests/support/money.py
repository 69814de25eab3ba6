"""Stripe's side of a payment, in memory, and the steps a payment goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any
from unittest import mock

from fulfilment.errors import GatewayError
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import settle_refund
from fulfilment.gateways.stripe import connect
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Balance, BankPayout, Dispute, Intent, Movement, Refund, Session
from fulfilment.payments.models import Payment
from tests.support.outside import asked_from_outside_of_transactions
from tests.support.remote import PLACED_AT, SaleorInMemory

_serial = count(1)


@dataclass
class StripeInMemory(Stripe):
    """What Stripe would answer: sessions, payments, refunds and payouts that a test put there or a flow asked for.

    `down` is what every call raises; `opened` are the keys of the sessions that were asked for.
    """

    sessions: dict[str, Session] = field(default_factory=dict)
    intents: dict[str, Intent] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    payouts: dict[str, BankPayout] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    moved: list[Movement] = field(default_factory=list)
    available: int = 0
    pending: int = 0
    offered: tuple[str, ...] = ()
    down: GatewayError | None = None
    opened: list[dict[str, Any]] = field(default_factory=list)
    _by_key: dict[str, str] = field(default_factory=dict)
    _alone: Lock = field(default_factory=Lock)

    @contextmanager
    def connected(self) -> Iterator["StripeInMemory"]:
        """What jobs, hooks and commands hand in, who ask for the account's own Stripe."""
        with mock.patch.object(connect, "_as_account", return_value=self):
            yield self

    def _up(self) -> None:
        asked_from_outside_of_transactions()
        if self.down is not None:
            raise self.down

    def session(self, session_id: str) -> Session:
        self._up()
        return self.sessions[session_id]

    def intent(self, intent_id: str) -> Intent:
        self._up()
        return self.intents[intent_id]

    def refund(self, refund_id: str) -> Refund:
        self._up()
        return self.refunds[refund_id]

    def open_session(self, *, idempotency_key: str, **wanted: Any) -> Session:
        self._up()
        with self._alone:
            self.opened.append({"idempotency_key": idempotency_key, **wanted})
            if idempotency_key not in self._by_key:
                made = Session(f"cs_mem_{next(_serial)}", "", "open", "unpaid", "")
                self.sessions[made.id] = replace(made, url=f"https://stripe.example/{made.id}")
                self._by_key[idempotency_key] = made.id
            return self.sessions[self._by_key[idempotency_key]]

    def expire_session(self, session_id: str) -> Session:
        self._up()
        found = self.sessions[session_id]
        if found.status == "open":
            self.sessions[session_id] = replace(found, status="expired")
        return self.sessions[session_id]

    def live(self) -> list[Session]:
        """Sessions that somebody could pay now."""
        return [session for session in self.sessions.values() if session.status == "open"]

    def find_refund(self, *, payment_intent_id: str, asked_by: str) -> Refund | None:
        self._up()
        known = [found for found in self.refunds.values() if found.payment_intent_id == payment_intent_id]
        return next((found for found in known if found.asked_by == asked_by), None)

    def create_refund(self, *, payment_intent_id: str, amount_minor: int, asked_by: str, attempt: int = 1) -> Refund:
        self._up()
        with self._alone:
            key = f"refund:{asked_by}:{attempt}"
            if key not in self._by_key:
                intent = self.intents[payment_intent_id]
                known = [found for found in self.refunds.values() if found.payment_intent_id == intent.id]
                gone = sum(found.amount_minor for found in known if found.status not in ("failed", "canceled"))
                if gone + amount_minor > intent.amount_received_minor:
                    raise GatewayError("Refund amount is greater than what is left.", retry=False, code="too_much")
                refund_id = f"re_mem_{next(_serial)}"
                self.refunds[refund_id] = Refund(
                    refund_id, "pending", amount_minor, intent.currency, intent.id, PLACED_AT, asked_by
                )
                self._by_key[key] = refund_id
            return self.refunds[self._by_key[key]]

    def end_refund(self, refund_id: str, status: str) -> None:
        """The customer's bank answered."""
        self.refunds[refund_id] = replace(self.refunds[refund_id], status=status)

    def send_to_bank(self, *, amount_minor: int, currency: str, asked_by: str, attempt: int = 1) -> BankPayout:
        self._up()
        with self._alone:
            key = f"collect:{asked_by}:{attempt}"
            if key not in self._by_key:
                if amount_minor > self.available:
                    raise GatewayError("You have insufficient funds.", retry=False, code="balance_insufficient")
                self.available -= amount_minor
                payout_id = f"po_mem_{next(_serial)}"
                self.payouts[payout_id] = BankPayout(payout_id, "pending", amount_minor, currency, PLACED_AT, asked_by)
                self._by_key[key] = payout_id
            return self.payouts[self._by_key[key]]

    def find_bank_payout(self, *, asked_by: str, since: datetime) -> BankPayout | None:
        self._up()
        return next((found for found in self.payouts.values() if found.asked_by == asked_by), None)

    def end_payout(self, payout_id: str, status: str) -> None:
        """The bank answered; what it did not take is at Stripe again."""
        found = self.payouts[payout_id]
        if status in ("failed", "canceled") and found.status not in ("failed", "canceled"):
            self.available += found.amount_minor
        self.payouts[payout_id] = replace(found, status=status)

    def bank_payout(self, payout_id: str) -> BankPayout:
        self._up()
        return self.payouts[payout_id]

    def methods(self) -> tuple[str, ...]:
        self._up()
        return self.offered

    def balance(self, currency: str) -> Balance:
        self._up()
        return Balance(self.available, self.pending)

    def dispute(self, dispute_id: str) -> Dispute:
        self._up()
        return self.disputes[dispute_id]

    def disputes_since(self, moment: datetime) -> Iterator[Dispute]:
        self._up()
        yield from (found for found in self.disputes.values() if found.made_at >= moment)

    def movement(self, movement_id: str) -> Movement:
        self._up()
        found = [one for one in self.moved if one.id == movement_id]
        if not found:
            raise GatewayError("No such balance transaction.", retry=False, code="resource_missing")
        return found[0]

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        self._up()
        yield from (one for one in self.moved if since <= one.made_at < until)

    def movements_of(self, source: str) -> Iterator[Movement]:
        self._up()
        yield from (one for one in self.moved if one.source == source and not source.startswith("du_"))

    def events_since(self, moment: datetime, types: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        self._up()
        yield from (event for event in self.events if event["type"] in types)

    def charge(self, payment: Payment, *, fee: int | None, at: datetime = PLACED_AT) -> None:
        """The customer paid all of it."""
        intent_id = f"pi_{payment.reference}"
        session = Session(payment.stripe_session_id, "", "complete", "paid", intent_id)
        self.sessions[session.id] = session
        self.intents[intent_id] = Intent(
            id=intent_id,
            status="succeeded",
            amount_received_minor=payment.amount_minor,
            currency=payment.currency,
            reference=payment.reference,
            charge_id=f"ch_{payment.reference}",
            charge_failed=False,
            failure_message="",
            charged_at=at,
            fee_minor=fee,
        )

    def decline(self, payment: Payment, *, status: str = "open", at: datetime = PLACED_AT) -> None:
        """The customer's bank said no; the page is still open, or has expired since."""
        intent_id = f"pi_{payment.reference}"
        self.sessions[payment.stripe_session_id] = Session(payment.stripe_session_id, "", status, "unpaid", intent_id)
        self.intents[intent_id] = Intent(
            id=intent_id,
            status="requires_payment_method",
            amount_received_minor=0,
            currency=payment.currency,
            reference=payment.reference,
            charge_id=f"ch_{payment.reference}",
            charge_failed=True,
            failure_message="Your card was declined.",
            charged_at=at,
            fee_minor=None,
        )

    def give_back(
        self, payment: Payment, refund_id: str, amount: int, *, at: datetime = PLACED_AT, asked_by: str = ""
    ) -> None:
        """A refund that reached the customer."""
        self.refunds[refund_id] = Refund(
            refund_id, "succeeded", amount, payment.currency, f"pi_{payment.reference}", at, asked_by
        )


def open_payment(checkout_id: str, amount: int, *, now: datetime = PLACED_AT, attempt: str = "") -> Payment:
    """A payment whose page at Stripe is open; `attempt` tells several of one checkout apart."""
    name = f"{checkout_id}{attempt}"
    return Payment.objects.create(
        idempotency_key=f"key-{name}",
        checkout_id=checkout_id,
        saleor_transaction_id=f"transaction-{name}",
        stripe_session_id=f"cs_{name}",
        amount_minor=amount,
        currency="EUR",
        created_at=now,
        expires_at=now,
    )


def pay(payment: Payment, saleor: SaleorInMemory, *, fee: int = 39, now: datetime = PLACED_AT) -> None:
    """The customer pays, Stripe tells, and the checkout becomes the order that `saleor` has for it."""
    provider = StripeInMemory()
    provider.charge(payment, fee=fee)
    settle_session(payment.stripe_session_id, saleor.as_saleor(), provider, now=now)
    payment.refresh_from_db()


def pay_back(
    payment: Payment,
    saleor: SaleorInMemory,
    refund_id: str,
    amount: int,
    *,
    now: datetime,
    made_at: datetime = PLACED_AT,
    asked_by: str = "",
    status: str = "succeeded",
) -> None:
    """Stripe tells that a refund reached the customer: one that was made there, or `asked_by` a request by its key.

    Told as `failed`, their bank did not take it, or sent it back.
    """
    payment.refresh_from_db()
    provider = StripeInMemory()
    provider.give_back(payment, refund_id, amount, at=made_at, asked_by=asked_by)
    provider.end_refund(refund_id, status)
    settle_refund(refund_id, saleor.as_saleor(), provider, now=now)
