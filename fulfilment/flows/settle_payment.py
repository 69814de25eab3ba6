"""Stripe took the money (or did not): book it, tell Saleor, and turn the paid checkout into its order.

A success is reported as the PaymentIntent and a failed attempt as its charge, so that no failure can erase a charge.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fulfilment.errors import GatewayError
from fulfilment.flows.accept_order import join
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.return_payment import note_refusal
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Intent, Session
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.life import move
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment


def settle_session(session_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> str:
    """Act on a Checkout Session as it stands at Stripe now; the order that Saleor made of it, "" where it did not."""
    payment = Payment.objects.filter(stripe_session_id=session_id).first()
    session = stripe.session(session_id)
    payment = payment or _remembered(session)
    if payment is None:
        return ""  # not a session of ours
    intent = stripe.intent(session.payment_intent_id) if session.payment_intent_id else None
    order_id = _settle(payment, intent, saleor, now) if intent is not None else ""
    if session.status == "expired" and (intent is None or intent.status != "succeeded"):
        move(payment, "fail" if intent is not None and intent.charge_failed else "expire", now=now)
    return order_id


def _remembered(session: Session) -> Payment | None:
    """A paid page of ours that we know nothing of: our database is older than the page, or never heard of its opening.

    Stripe kept what it was for.
    """
    origin = session.origin
    if origin is None or session.status != "complete":
        return None
    payment, is_new = Payment.objects.get_or_create(
        reference=origin.reference,
        defaults={
            "idempotency_key": f"remembered:{session.id}",
            "checkout_id": origin.checkout_id,
            "saleor_transaction_id": origin.saleor_transaction_id,
            "stripe_session_id": session.id,
            "amount_minor": origin.amount_minor,
            "currency": origin.currency,
            "created_at": origin.made_at,
            "expires_at": origin.expires_at,
        },
    )
    if not is_new and payment.stripe_session_id:
        return None
    Payment.objects.filter(pk=payment.pk).update(stripe_session_id=session.id)
    return payment


def settle_intent(intent_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> str:
    """Act on a PaymentIntent as it stands at Stripe now; how its fee and its failed attempts become known.

    The order that Saleor made of it, "" where it did not.
    """
    intent = stripe.intent(intent_id)
    payment = Payment.objects.filter(reference=intent.reference).first() if intent.reference else None
    return _settle(payment, intent, saleor, now) if payment is not None else ""


def _settle(payment: Payment, intent: Intent, saleor: Saleor, now: datetime) -> str:
    if intent.status == "succeeded":
        _book(payment, intent, now)
        return complete(payment.pk, intent, saleor, now=now)
    if intent.charge_failed:
        saleor.report(
            payment.saleor_transaction_id,
            "CHARGE_FAILURE",
            intent.charge_id,
            payment.amount_minor,
            payment.currency,
            at=intent.charged_at,
            message=intent.failure_message[:500],
        )
    return ""


@transaction.atomic
def _book(payment: Payment, intent: Intent, now: datetime) -> None:
    move(
        payment,
        "pay",
        now=now,
        payment_intent_id=intent.id,
        amount_minor=intent.amount_received_minor,
        fee_minor=intent.fee_minor,
        paid_at=intent.charged_at,
    )
    received = [Move(Account.STRIPE, Account.UNALLOCATED, intent.amount_received_minor)]
    record(
        f"payment:{intent.id}:received",
        "payment_received",
        received,
        currency=payment.currency,
        happened_at=intent.charged_at,
        now=now,
    )
    if intent.fee_minor is not None:
        record(
            f"payment:{intent.id}:fee",
            "payment_fee",
            [Move(Account.PAYMENT_FEES, Account.STRIPE, intent.fee_minor)],
            currency=payment.currency,
            happened_at=intent.charged_at,
            now=now,
            policy={"payment_fee": "platform"},
        )


def complete(payment_pk: int, intent: Intent, saleor: Saleor, *, now: datetime) -> str:
    """Report a charge once and complete its checkout; both are safe to repeat. The order that came of it now, or "".

    One worker at a time: Saleor answers a second report before the first one counts as paid, and then calls the
    checkout unpaid, which must not be taken for a basket that changed.
    """
    with checkout_lock(Payment.objects.values_list("checkout_id", flat=True).get(pk=payment_pk)):
        return _complete(payment_pk, intent, saleor, now)


def _complete(payment_pk: int, intent: Intent, saleor: Saleor, now: datetime) -> str:
    payment = Payment.objects.get(pk=payment_pk)
    if payment.reported_at is None:
        saleor.report(
            payment.saleor_transaction_id,
            "CHARGE_SUCCESS",
            intent.id,
            intent.amount_received_minor,
            payment.currency,
            at=intent.charged_at,
            actions=("REFUND",),
        )
        Payment.objects.filter(pk=payment.pk).update(reported_at=now)
    if payment.state != Payment.State.PAID:
        return ""
    try:
        order_id = saleor.complete_checkout(payment.checkout_id)
    except GatewayError as error:
        if error.retry:
            raise
        _look_at_checkout(payment, error, now)
        return ""
    became_order([payment], order_id, now)
    return order_id


@transaction.atomic
def _look_at_checkout(payment: Payment, refusal: GatewayError, now: datetime) -> None:
    """A basket that costs more by now becomes no order by waiting. Anything else may pass: the sweep comes for it."""
    if note_refusal(payment, refusal, now) is Payment.Because.BASKET_CHANGED:
        look_at(Mark.Kind.CHECKOUT, payment.checkout_id, now)


@transaction.atomic
def became_order(payments: Iterable[Payment], order_id: str, now: datetime) -> None:
    """Saleor made this order of the checkout that these payments are for; the caller goes on with it, or its mark."""
    for payment in payments:
        join(payment, order_id, now)
    mark(Mark.Kind.ORDER, order_id, now)
