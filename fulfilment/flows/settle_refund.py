"""Saleor asks for a refund, Stripe pays it, and both the ledger and Saleor hear how it went."""

from datetime import datetime

from django.db import transaction

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.dispatch import soon
from fulfilment.gateways import stripe
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund


def start_refund(
    *, transaction_id: str, psp_reference: str, idempotency_key: str, amount_minor: int, now: datetime
) -> str:
    """Refund at Stripe what Saleor asked for, once per key; Stripe's id of the refund. `Refusal`, `GatewayError`."""
    payment = (
        Payment.objects.filter(saleor_transaction_id=transaction_id, payment_intent_id=psp_reference)
        .exclude(payment_intent_id="")
        .first()
    )
    if payment is None:
        raise Refusal("There is no payment of ours with this reference.", code="NOT_FOUND")
    row, _made = PaymentRefund.objects.get_or_create(
        idempotency_key=idempotency_key, defaults={"payment": payment, "amount_minor": amount_minor, "asked_at": now}
    )
    if row.stripe_refund_id:
        return row.stripe_refund_id
    try:
        made = stripe.create_refund(
            payment_intent_id=payment.payment_intent_id,
            amount_minor=row.amount_minor,
            idempotency_key=f"refund:{row.pk}",
        )
    except GatewayError as error:
        if not error.retry:
            PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.FAILED)
            raise_issue(OpenIssue.Kind.REFUND_FAILED, payment.reference, str(error), now)
        raise
    with transaction.atomic():
        PaymentRefund.objects.filter(pk=row.pk).update(stripe_refund_id=made.id, state=PaymentRefund.State.PENDING)
        mark(Mark.Kind.REFUND, made.id, now)
        soon(Mark.Kind.REFUND, made.id)
    return made.id


def settle_refund(refund_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Act on a refund as it stands at Stripe now; one made in Stripe's own dashboard is taken in as well."""
    refund = stripe.refund(refund_id)
    payment = Payment.objects.filter(payment_intent_id=refund.payment_intent_id).exclude(payment_intent_id="").first()
    if payment is None:
        return
    row = PaymentRefund.objects.filter(stripe_refund_id=refund.id).first()
    if row is None:
        row, _made = PaymentRefund.objects.get_or_create(
            idempotency_key=f"stripe:{refund.id}",
            defaults={
                "payment": payment,
                "amount_minor": refund.amount_minor,
                "stripe_refund_id": refund.id,
                "state": PaymentRefund.State.PENDING,
                "asked_at": refund.made_at,
            },
        )
    if refund.status == "succeeded":
        _book(payment, refund, now)
        _report(row, payment, "REFUND_SUCCESS", refund, saleor, now)
        PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.SUCCEEDED)
        _close_if_all_went_back(payment)
        _look_at_order_again(payment, now)
    elif refund.status in ("failed", "canceled"):
        _report(row, payment, "REFUND_FAILURE", refund, saleor, now)
        PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.FAILED)
        raise_issue(OpenIssue.Kind.REFUND_FAILED, payment.reference, f"Stripe: {refund.id} {refund.status}", now)


@transaction.atomic
def _book(payment: Payment, refund: stripe.Refund, now: datetime) -> None:
    """Money left Stripe: the customer's of the order, or, where there is no order, what was still unallocated."""
    order_id: int | None = None
    if payment.saleor_order_id:
        order_id = Order.objects.filter(saleor_id=payment.saleor_order_id).values_list("pk", flat=True).first()
        if order_id is None:
            raise GatewayError("the order of this refund is not accepted yet", retry=True)
    source = Account.CUSTOMER if order_id else Account.UNALLOCATED
    record(
        f"refund:{refund.id}:paid",
        "refund_paid",
        [Move(source, Account.STRIPE, refund.amount_minor, order_id=order_id)],
        currency=refund.currency,
        happened_at=refund.made_at,
        now=now,
    )


@transaction.atomic
def _look_at_order_again(payment: Payment, now: datetime) -> None:
    """Saleor's order now says what was refunded; without its webhook we would only see it at the next sweep."""
    if payment.saleor_order_id:
        mark(Mark.Kind.ORDER, payment.saleor_order_id, now)
        soon(Mark.Kind.ORDER, payment.saleor_order_id)


def _report(
    row: PaymentRefund, payment: Payment, event: str, refund: stripe.Refund, saleor: Saleor, now: datetime
) -> None:
    saleor.report(
        payment.saleor_transaction_id, event, refund.id, refund.amount_minor, refund.currency, at=refund.made_at
    )
    PaymentRefund.objects.filter(pk=row.pk).update(reported_at=now)


def _close_if_all_went_back(payment: Payment) -> None:
    rows = payment.refunds.filter(state=PaymentRefund.State.SUCCEEDED).values_list("amount_minor", flat=True)
    if sum(rows) >= payment.amount_minor:
        Payment.objects.filter(pk=payment.pk).update(state=Payment.State.REFUNDED)
