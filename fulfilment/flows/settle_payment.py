"""Stripe took the money (or did not): book it, tell Saleor, and turn the paid checkout into its order.

A success is reported as the PaymentIntent and a failed attempt as its charge, so that no failure can erase a charge.
"""

from datetime import datetime

from django.db import transaction

from fulfilment.errors import GatewayError
from fulfilment.flows.dispatch import soon
from fulfilment.flows.return_payment import note_refusal, return_money
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Intent, Session
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment


def settle_session(session_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> None:
    """Act on a Checkout Session as it stands at Stripe now."""
    payment = Payment.objects.filter(stripe_session_id=session_id).first()
    session = stripe.session(session_id)
    payment = payment or _remembered(session)
    if payment is None:
        return  # not a session of ours
    intent = stripe.intent(session.payment_intent_id) if session.payment_intent_id else None
    if intent is not None:
        _settle(payment, intent, saleor, now)
    if session.status == "expired" and (intent is None or intent.status != "succeeded"):
        end = Payment.State.FAILED if intent is not None and intent.charge_failed else Payment.State.EXPIRED
        Payment.objects.filter(pk=payment.pk, state=Payment.State.OPEN).update(state=end)


def _remembered(session: Session) -> Payment | None:
    """A paid page of ours that we know nothing of: our database is older than the page. Stripe kept what it was for."""
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
    return payment if is_new else None


def settle_intent(intent_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> None:
    """Act on a PaymentIntent as it stands at Stripe now; how its fee and its failed attempts become known."""
    intent = stripe.intent(intent_id)
    payment = Payment.objects.filter(reference=intent.reference).first() if intent.reference else None
    if payment is not None:
        _settle(payment, intent, saleor, now)


def _settle(payment: Payment, intent: Intent, saleor: Saleor, now: datetime) -> None:
    if intent.status == "succeeded":
        _book(payment.pk, intent, now)
        complete(payment.pk, intent, saleor, now=now)
    elif intent.charge_failed:
        saleor.report(
            payment.saleor_transaction_id,
            "CHARGE_FAILURE",
            intent.charge_id,
            payment.amount_minor,
            payment.currency,
            at=intent.charged_at,
            message=intent.failure_message[:500],
        )


@transaction.atomic
def _book(payment_pk: int, intent: Intent, now: datetime) -> None:
    payment = Payment.objects.select_for_update().get(pk=payment_pk)
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
    payment.payment_intent_id = intent.id
    payment.amount_minor = intent.amount_received_minor
    payment.fee_minor = intent.fee_minor
    payment.paid_at = intent.charged_at
    if payment.state in (Payment.State.OPEN, Payment.State.EXPIRED, Payment.State.FAILED):
        payment.state = Payment.State.PAID
    payment.save(update_fields=["payment_intent_id", "amount_minor", "fee_minor", "paid_at", "state"])


def complete(payment_pk: int, intent: Intent, saleor: Saleor, *, now: datetime) -> None:
    """Report a charge once and complete its checkout; both are safe to repeat.

    One worker at a time: Saleor answers a second report before the first one counts as paid, and then calls the
    checkout unpaid, which must not be taken for a basket that changed.
    """
    with checkout_lock(Payment.objects.values_list("checkout_id", flat=True).get(pk=payment_pk)):
        _complete(payment_pk, intent, saleor, now)


def _complete(payment_pk: int, intent: Intent, saleor: Saleor, now: datetime) -> None:
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
        return
    try:
        order_id = saleor.complete_checkout(payment.checkout_id)
    except GatewayError as error:
        if error.retry:
            raise
        if note_refusal(payment, error, now) is Payment.Because.BASKET_CHANGED:
            return_money(payment.checkout_id, saleor, now=now, unless_full=True)
        return  # anything else may pass: the sweep tries again, and gives the money back when patience ends
    with transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(saleor_order_id=order_id)
        # Unless its money went back in the meantime.
        paid = Payment.objects.filter(pk=payment.pk, state=Payment.State.PAID)
        paid.update(state=Payment.State.ORDERED, because="")
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, now)
        mark(Mark.Kind.ORDER, order_id, now)
        soon(Mark.Kind.ORDER, order_id)
