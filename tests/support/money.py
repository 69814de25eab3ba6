"""Stripe's side of a payment, in memory, and the steps a payment goes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from unittest import mock

from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import settle_refund
from fulfilment.gateways import stripe
from fulfilment.payments.models import Payment
from tests.support.remote import PLACED_AT, SaleorInMemory


@dataclass
class StripeInMemory:
    """What Stripe would answer about sessions, payments and refunds that a test put there."""

    sessions: dict[str, stripe.Session] = field(default_factory=dict)
    intents: dict[str, stripe.Intent] = field(default_factory=dict)
    refunds: dict[str, stripe.Refund] = field(default_factory=dict)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """In place of the gateway's functions."""
        with (
            mock.patch.object(stripe, "session", self.sessions.__getitem__),
            mock.patch.object(stripe, "intent", self.intents.__getitem__),
            mock.patch.object(stripe, "refund", self.refunds.__getitem__),
        ):
            yield

    def charge(self, payment: Payment, *, fee: int | None, at: datetime = PLACED_AT) -> None:
        """The customer paid all of it."""
        intent_id = f"pi_{payment.reference}"
        session = stripe.Session(payment.stripe_session_id, "", "complete", "paid", intent_id)
        self.sessions[session.id] = session
        self.intents[intent_id] = stripe.Intent(
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

    def give_back(self, payment: Payment, refund_id: str, amount: int, *, at: datetime = PLACED_AT) -> None:
        """A refund that reached the customer."""
        self.refunds[refund_id] = stripe.Refund(
            refund_id, "succeeded", amount, payment.currency, f"pi_{payment.reference}", at
        )


def open_payment(checkout_id: str, amount: int, *, now: datetime = PLACED_AT) -> Payment:
    """A payment whose page at Stripe is open."""
    return Payment.objects.create(
        idempotency_key=f"key-{checkout_id}",
        checkout_id=checkout_id,
        saleor_transaction_id=f"transaction-{checkout_id}",
        stripe_session_id=f"cs_{checkout_id}",
        amount_minor=amount,
        currency="EUR",
        created_at=now,
        expires_at=now,
    )


def pay(payment: Payment, saleor: SaleorInMemory, *, fee: int = 39, now: datetime = PLACED_AT) -> None:
    """The customer pays, Stripe tells, and the checkout becomes the order that `saleor` has for it."""
    provider = StripeInMemory()
    provider.charge(payment, fee=fee)
    with provider.answering():
        settle_session(payment.stripe_session_id, saleor.as_saleor(), now=now)


def pay_back(payment: Payment, saleor: SaleorInMemory, refund_id: str, amount: int, *, now: datetime) -> None:
    """Stripe tells that a refund reached the customer."""
    payment.refresh_from_db()
    provider = StripeInMemory()
    provider.give_back(payment, refund_id, amount)
    with provider.answering():
        settle_refund(refund_id, saleor.as_saleor(), now=now)
