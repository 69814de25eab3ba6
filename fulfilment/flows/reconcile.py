"""What no event told us is found and repaired: the sweep is the promise, events are hints.

It looks at what Saleor and Stripe hold and marks whatever may differ from our records; the same workers that act on
events act on those marks. Nothing is lost when we, they or the network were down.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from fulfilment.errors import GatewayError
from fulfilment.flows.dispatch import soon
from fulfilment.flows.return_payment import return_money
from fulfilment.flows.settle_refund import HEARING
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import PaidCheckout
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.marks import dirty, mark
from fulfilment.inbox.models import Cursor, Mark, OpenIssue, StripeEvent
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.production.models import Parcel

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
"""Saleor sets `updatedAt` before it commits, so the last minutes are read again."""

GRACE = timedelta(minutes=1)
"""How long an event gets before we look ourselves."""

QUEUE_TIME = timedelta(seconds=30)
"""How long an object may wait in the queue before it is queued again: when it is busy, doubles would make it longer."""

STRIPE_EVENTS = {
    "checkout.session.completed": Mark.Kind.SESSION,
    "checkout.session.expired": Mark.Kind.SESSION,
    "payment_intent.succeeded": Mark.Kind.INTENT,
    "payment_intent.payment_failed": Mark.Kind.INTENT,
    "charge.updated": Mark.Kind.INTENT,
    "refund.created": Mark.Kind.REFUND,
    "refund.updated": Mark.Kind.REFUND,
    "refund.failed": Mark.Kind.REFUND,
    "payout.created": Mark.Kind.PAYOUT,
    "payout.paid": Mark.Kind.PAYOUT,
    "payout.failed": Mark.Kind.PAYOUT,
}
"""Stripe's events that we take, and what each one is about."""

BATCH = 500


def requeue(*, now: datetime) -> int:
    """Queue every object that waits for a worker: what the broker lost, and what failed and may be tried again."""
    waiting = dirty(now, BATCH, patience=QUEUE_TIME)
    for kind, object_id in waiting:
        soon(kind, object_id)
    return len(waiting)


def sweep_records(*, now: datetime) -> None:
    """Look again at whatever of our own records is not at its end."""
    late = now - GRACE
    open_payments = Payment.objects.filter(created_at__lt=late).exclude(stripe_session_id="")
    unsettled = Q(state__in=[Payment.State.OPEN, Payment.State.PAID])
    for session_id in open_payments.filter(unsettled).values_list("stripe_session_id", flat=True)[:BATCH]:
        _look_at(Mark.Kind.SESSION, session_id, now)
    without_fee = Payment.objects.filter(paid_at__lt=late, fee_minor__isnull=True)
    for intent_id in without_fee.values_list("payment_intent_id", flat=True)[:BATCH]:
        _look_at(Mark.Kind.INTENT, intent_id, now)
    refunds = PaymentRefund.objects.filter(state=PaymentRefund.State.PENDING, asked_at__lt=late)
    for refund_id in refunds.exclude(stripe_refund_id=None).values_list("stripe_refund_id", flat=True)[:BATCH]:
        if refund_id:
            _look_at(Mark.Kind.REFUND, refund_id, now)
    for public_id in Parcel.objects.filter(reported_at=None, shipped_at__lt=late).values_list("public_id", flat=True):
        _look_at(Mark.Kind.PARCEL, public_id, now)
    unrouted = Q(paid_at__isnull=False, routed_at=None, cancelled_at=None)
    # Saleor's `updatedAt` does not move with a request that nobody answered.
    unheard = Q(refund_asked_at__lt=now - HEARING)
    for saleor_id in Order.objects.filter(unrouted | unheard).values_list("saleor_id", flat=True)[:BATCH]:
        _look_at(Mark.Kind.ORDER, saleor_id, now)


def sweep_stripe(stripe: Stripe, *, now: datetime) -> int:
    """Read Stripe's own list of events since the last look; how many were new to us."""
    cursor = _cursor("stripe", now)
    fresh = 0
    for event in stripe.events_since(cursor.position - OVERLAP, tuple(STRIPE_EVENTS)):
        fresh += take_event(event, now=now)
    Cursor.objects.filter(pk=cursor.pk).update(position=now)
    return fresh


@transaction.atomic
def take_event(event: dict[str, object], *, now: datetime) -> bool:
    """Keep an event of Stripe and mark what it is about; False where it was known, or is none of our business."""
    kind = STRIPE_EVENTS.get(str(event["type"]))
    subject = _subject(event, kind)
    if kind is None or not subject:
        return False
    _row, made = StripeEvent.objects.get_or_create(
        event_id=str(event["id"]), defaults={"type": str(event["type"]), "body": event, "received_at": now}
    )
    if made:
        mark(kind, subject, now)
        soon(kind, subject)
    return made


def _subject(event: dict[str, object], kind: str | None) -> str:
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return ""
    key = "payment_intent" if kind == Mark.Kind.INTENT and found.get("object") == "charge" else "id"
    return str(found.get(key) or "")


def sweep_saleor(saleor: Saleor, *, now: datetime) -> int:
    """Mark orders that changed in Saleor since we last took them in, and checkouts with money and no order."""
    cursor = _cursor("saleor", now)
    moved = [found for found in saleor.orders_changed(cursor.position - OVERLAP) if not _is_known(*found)]
    for order_id, _changed_at in moved:
        _look_at(Mark.Kind.ORDER, order_id, now)
    for checkout in saleor.paid_checkouts():
        try:
            _settle_checkout(checkout, saleor, now)
        except GatewayError as error:
            log.warning("checkout with money and no order: %s", error)  # the others need not wait for this one
    Cursor.objects.filter(pk=cursor.pk).update(position=now)
    return len(moved)


def _is_known(order_id: str, changed_at: datetime) -> bool:
    """Whether we took the order in as it is: in the overlap nearly all are, and would keep new ones waiting."""
    return Order.objects.filter(saleor_id=order_id, changed_at=changed_at).exists()


def _settle_checkout(checkout: PaidCheckout, saleor: Saleor, now: datetime) -> None:
    """Complete a paid checkout; give its money back when it stays without an order for too long."""
    if now - checkout.updated_at < GRACE:
        return
    returning = Payment.objects.filter(checkout_id=checkout.id, state=Payment.State.RETURNING).exists()
    if not returning and checkout.is_full and _completed(checkout, saleor, now):
        return
    # One that is paid in part is not completed by waiting: the shop takes no second payment for the rest.
    if returning or not checkout.is_full or now - _waits_since(checkout) >= settings.ORPHAN_PATIENCE:
        return_money(checkout.id, saleor, now=now)


def _waits_since(checkout: PaidCheckout) -> datetime:
    """When its money came: the shop tells how long we wait from then. `updatedAt` may move with every try."""
    payments = Payment.objects.filter(checkout_id=checkout.id, state=Payment.State.PAID)
    return min([checkout.updated_at, *(payment.paid_at for payment in payments if payment.paid_at)])


def _completed(checkout: PaidCheckout, saleor: Saleor, now: datetime) -> bool:
    try:
        order_id = saleor.complete_checkout(checkout.id)
    except GatewayError as error:
        log.warning("checkout with money and no order: %s", error)
        return False
    payments = Payment.objects.filter(checkout_id=checkout.id, state=Payment.State.PAID)
    for reference in payments.values_list("reference", flat=True):
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, reference, now)
    payments.update(state=Payment.State.ORDERED, because="", saleor_order_id=order_id)
    _look_at(Mark.Kind.ORDER, order_id, now)
    return True


def _look_at(kind: str, object_id: str, now: datetime) -> None:
    """Mark an object and queue it, unless it is waiting for a worker or for its next try already."""
    if Mark.objects.filter(kind=kind, object_id=object_id, counter__gt=F("handled")).exists():
        return
    with transaction.atomic():
        mark(kind, object_id, now)
        soon(kind, object_id)


def _cursor(name: str, now: datetime) -> Cursor:
    found, _made = Cursor.objects.get_or_create(name=name, defaults={"position": now - timedelta(days=1)})
    return found
