"""What no event told us is found and repaired: the sweep is the promise, events are hints.

It looks at what Saleor and Stripe hold and marks whatever may differ from our records; the same workers that act on
events act on those marks. Nothing is lost when we, they or the network were down.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from fulfilment.flows.dispatch import later, look_at, soon
from fulfilment.flows.settle_payment import became_order
from fulfilment.flows.settle_refund import HEARING
from fulfilment.flows.watch_failures import sweep_failures
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.inbox.issues import readable, resolve
from fulfilment.inbox.marks import dirty, mark_found
from fulfilment.inbox.models import Cursor, Mark, OpenIssue, StripeEvent
from fulfilment.inbox.rounds import each
from fulfilment.life import move
from fulfilment.orders.life import REFUND_ASKED
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Dispute, Payment, PaymentRefund
from fulfilment.payments.queries import UNDECIDED
from fulfilment.payouts.models import Collection
from fulfilment.production.models import Parcel
from fulfilment.returns.life import BACK
from fulfilment.returns.models import Return

OVERLAP = timedelta(minutes=10)
"""Saleor sets `updatedAt` before it commits, so the last minutes are read again."""

GRACE = timedelta(minutes=1)
"""How long an event gets before we look ourselves."""

QUEUE_TIME = timedelta(seconds=30)
"""How long what just happened may wait in the queue before it is queued again: when it is busy, doubles would make it
longer."""

LATER_TIME = timedelta(minutes=5)
"""How long the sweep's own findings may, behind all of that; a message that is queued again lives as long."""

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
    "charge.dispute.created": Mark.Kind.DISPUTE,
    "charge.dispute.updated": Mark.Kind.DISPUTE,
    "charge.dispute.funds_withdrawn": Mark.Kind.DISPUTE,
    "charge.dispute.funds_reinstated": Mark.Kind.DISPUTE,
    "charge.dispute.closed": Mark.Kind.DISPUTE,
}
"""Stripe's events that we take, and what each one is about."""

LOOK_AGAIN = timedelta(hours=1)
"""How often we look at a dispute that goes on: its deadline comes nearer although nothing happens to it."""

HOPEFUL = 3
"""How often what just happened may fail before it goes behind all that did not."""

BATCH = 500


def requeue(*, now: datetime) -> int:
    """Queue every object that waits for a worker: what the broker lost, and what failed and may be tried again.

    Whoever was queued again is left alone for as long as before.
    """
    waiting = list(dirty(now, queue_time=QUEUE_TIME, later=LATER_TIME)[:BATCH])
    hurried = [found for found in waiting if _is_hurried(found)]
    others = [found for found in waiting if not _is_hurried(found)]
    for queue, these, wait in ((soon, hurried, QUEUE_TIME), (later, others, LATER_TIME)):
        for found in these:
            queue(found.kind, found.object_id, within=LATER_TIME)
        _leave_alone(these, now, wait)
    return len(waiting)


def _is_hurried(found: Mark) -> bool:
    """Whether it just happened, and acting on it did not fail often yet."""
    return found.news > 0 and found.failures < HOPEFUL


def _leave_alone(found: Iterable[Mark], now: datetime, wait: timedelta) -> None:
    still = Mark.objects.filter(Q(not_before=None) | Q(not_before__lte=now), counter__gt=F("handled"))
    still.filter(pk__in=[one.pk for one in found]).update(not_before=now + wait)


def sweep_records(*, now: datetime) -> None:
    """Look again at whatever of our own records is not at its end."""
    each("records", RECORDS, lambda sweep: sweep(now - GRACE, now), named=lambda sweep: sweep.__name__, now=now)


def _sweep_orders(late: datetime, now: datetime) -> None:
    """Parcels that Saleor was not told of, refunds to ask it for, and orders that need another look."""
    unreported = Parcel.objects.filter(reported_at=None, shipped_at__lt=late)
    _look_at(Mark.Kind.PARCEL, unreported.values_list("public_id", flat=True), now)
    unrouted = Q(paid_at__isnull=False, routed_at=None, cancelled_at=None)
    # Saleor's `updatedAt` does not move with a request that nobody answered.
    unheard = Q(refunds__state__in=REFUND_ASKED, refunds__asked_at__lt=now - HEARING)
    asked = Refund.objects.filter(state__in=[Refund.State.ASKED, Refund.State.GRANTED], asked_at__lt=late)
    _look_at(Mark.Kind.REFUND_ASKED, asked.values_list("name", flat=True)[:BATCH], now)
    orders = Order.objects.filter(unrouted | unheard).distinct()
    _look_at(Mark.Kind.ORDER, orders.values_list("saleor_id", flat=True)[:BATCH], now)


def _sweep_arrivals(_late: datetime, now: datetime) -> None:
    """What came back to a workshop is told once it can be no slip of the finger any more."""
    arrived = Return.objects.filter(state__in=BACK, moved_at__lt=now - settings.RETURN_GRACE)
    untold = arrived.filter(Q(reported_at=None) | Q(told_at=None))
    _look_at(Mark.Kind.RETURN, untold.values_list("public_id", flat=True)[:BATCH], now)


def _sweep_payments(late: datetime, now: datetime) -> None:
    state = Payment.State
    unsettled = Payment.objects.filter(created_at__lt=late, state__in=[state.OPEN, state.PAID])
    pages = unsettled.exclude(stripe_session_id="")
    _look_at(Mark.Kind.SESSION, pages.values_list("stripe_session_id", flat=True)[:BATCH], now)
    # A page that was never opened, or that we never heard the address of: nobody can pay on it.
    unopened = Payment.objects.filter(state=state.OPEN, stripe_session_id="", expires_at__lt=late)[:BATCH]
    each("unopened", unopened, lambda payment: move(payment, "expire", now=now), named=_reference, now=now)
    returning = Payment.objects.filter(state=state.RETURNING)[:BATCH]
    each("returning", returning, lambda payment: _notice_order(payment, now), named=_reference, now=now)
    without_fee = Payment.objects.filter(paid_at__lt=late, fee_minor__isnull=True)
    _look_at(Mark.Kind.INTENT, without_fee.values_list("payment_intent_id", flat=True)[:BATCH], now)


def _reference(payment: Payment) -> str:
    return payment.reference


@transaction.atomic
def _notice_order(payment: Payment, now: datetime) -> None:
    """Saleor may have made it after all, while we asked for the money."""
    order = Order.objects.filter(checkout_id=payment.checkout_id).first()
    if order is not None:
        became_order([payment], order.saleor_id, now)
        soon(Mark.Kind.ORDER, order.saleor_id)


def _sweep_refunds(late: datetime, now: datetime) -> None:
    """Those that Stripe was never asked for, or of which we do not know, or did not tell, the end."""
    state = PaymentRefund.State
    unknown = PaymentRefund.objects.filter(asked_at__lt=late, stripe_refund_id=None)
    unasked = unknown.filter(Q(state=state.ASKED) | Q(state=state.FAILED, reported_at=None))
    _look_at(Mark.Kind.REFUND_REQUEST, unasked.values_list("idempotency_key", flat=True)[:BATCH], now)
    known = PaymentRefund.objects.filter(asked_at__lt=late, stripe_refund_id__isnull=False)
    unended = known.filter(Q(state=state.PENDING) | Q(state__in=[state.SUCCEEDED, state.FAILED], reported_at=None))
    _look_at(Mark.Kind.REFUND, unended.values_list("stripe_refund_id", flat=True)[:BATCH], now)


def _sweep_collections(late: datetime, now: datetime) -> None:
    """Money from Stripe to the bank: what Stripe may not have been asked for, and what may have arrived."""
    collections = Collection.objects.filter(asked_at__lt=late)
    asked = collections.filter(state=Collection.State.ASKED)
    _look_at(Mark.Kind.COLLECTION, asked.values_list("public_id", flat=True)[:BATCH], now)
    under_way = collections.filter(state=Collection.State.UNDER_WAY)
    _look_at(Mark.Kind.PAYOUT, under_way.values_list("stripe_payout_id", flat=True)[:BATCH], now)


def _sweep_failures(_late: datetime, now: datetime) -> None:
    sweep_failures(now=now)


def _sweep_disputes(_late: datetime, now: datetime) -> None:
    """Those that go on: their days run out without an event. And those that are lost, until somebody bears them."""
    unseen = Q(seen_at=None) | Q(seen_at__lt=now - LOOK_AGAIN)
    going_on = Dispute.objects.filter(unseen, state__in=UNDECIDED)
    _look_at(Mark.Kind.DISPUTE, going_on.values_list("stripe_dispute_id", flat=True)[:BATCH], now)


RECORDS: tuple[Callable[[datetime, datetime], None], ...] = (
    _sweep_payments,
    _sweep_refunds,
    _sweep_failures,
    _sweep_disputes,
    _sweep_collections,
    _sweep_arrivals,
    _sweep_orders,
)
"""Each part of our records by itself, with the moment before which something is late, and now."""


def sweep_stripe(stripe: Stripe, *, now: datetime) -> int:
    """Read Stripe's own list of events since the last look; how many were new to us."""
    cursor = _cursor("stripe", now)
    events = stripe.events_since(cursor.position - OVERLAP, tuple(STRIPE_EVENTS))
    taken = each(
        "event",
        events,
        lambda event: take_event(event, now=now),
        named=lambda event: str(event.get("id")),
        now=now,
        all_there=False,
    )
    Cursor.objects.filter(pk=cursor.pk).update(position=now)
    _find_disputes(stripe, now)
    return sum(taken)


def _find_disputes(stripe: Stripe, now: datetime) -> None:
    """Disputes of which no event ever told us."""
    cursor = _cursor("disputes", now)
    opened = {found.id for found in stripe.disputes_since(cursor.position - OVERLAP)}
    known = Dispute.objects.filter(stripe_dispute_id__in=opened).values_list("stripe_dispute_id", flat=True)
    _look_at(Mark.Kind.DISPUTE, opened.difference(known), now)
    Cursor.objects.filter(pk=cursor.pk).update(position=now)


@transaction.atomic
def take_event(event: dict[str, object], *, now: datetime) -> bool:
    """Keep an event of Stripe and mark what it is about; False where it was known, or is none of our business."""
    kind, subject = _subject(event)
    if kind is None or not subject:
        return False
    _row, made = StripeEvent.objects.get_or_create(
        event_id=str(event["id"]), defaults={"type": str(event["type"]), "body": _storable(event), "received_at": now}
    )
    if made:
        look_at(kind, subject, now)
    return made


def _storable(part: Any) -> Any:
    """The same, without what no database takes: somebody's name may hold anything."""
    if isinstance(part, str):
        return readable(part)
    if isinstance(part, Mapping):
        return {readable(str(name)): _storable(value) for name, value in part.items()}
    return [_storable(value) for value in part] if isinstance(part, list) else part


def _subject(event: dict[str, object]) -> tuple[str | None, str]:
    """What an event is about: the page, the intent and the charge of one payment are one mark."""
    kind = STRIPE_EVENTS.get(str(event["type"]))
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return None, ""
    intent = str(found.get("payment_intent") or "")
    if kind == Mark.Kind.SESSION and intent and _is_ours(found.get("client_reference_id")):
        return Mark.Kind.INTENT, intent
    if kind == Mark.Kind.INTENT and found.get("object") == "charge":
        return kind, "" if _fee_is_known(intent) else intent
    return kind, str(found.get("id") or "")


def _is_ours(reference: object) -> bool:
    """Whether we know of the payment that a page was opened for; else only the page itself can tell."""
    return isinstance(reference, str) and Payment.objects.filter(reference=reference).exists()


def _fee_is_known(intent: str) -> bool:
    """A charge changes once more when Stripe counts its fee, of which the intent mostly told already."""
    return Payment.objects.filter(payment_intent_id=intent, fee_minor__isnull=False).exists()


def sweep_saleor(saleor: Saleor, *, now: datetime) -> int:
    """Mark orders that changed in Saleor since we last took them in, and checkouts with money and no order."""
    cursor = _cursor("saleor", now)
    moved = _unknown(dict(saleor.orders_changed(cursor.position - OVERLAP)))
    _look_at(Mark.Kind.ORDER, moved, now)
    checkouts = dict(saleor.paid_checkouts())
    _look_at(Mark.Kind.CHECKOUT, checkouts.keys() - _just_paid(checkouts, now), now)
    _resolve_foreign_money({found for transactions in checkouts.values() for found in transactions}, now)
    Cursor.objects.filter(pk=cursor.pk).update(position=now)
    return len(moved)


def _unknown(changed: Mapping[str, datetime]) -> list[str]:
    """Orders that we did not take in as they are: in the overlap nearly all are, and would keep new ones waiting."""
    known = dict(Order.objects.filter(saleor_id__in=changed).values_list("saleor_id", "changed_at"))
    return [order_id for order_id, changed_at in changed.items() if known.get(order_id) != changed_at]


def _just_paid(checkouts: Iterable[str], now: datetime) -> set[str]:
    """Checkouts whose payment a worker still has in hand: it makes the order of them."""
    paid = Payment.objects.filter(checkout_id__in=checkouts, state=Payment.State.PAID, paid_at__gt=now - GRACE)
    return set(paid.filter(because="").values_list("checkout_id", flat=True))


def _resolve_foreign_money(charged: set[str], now: datetime) -> None:
    """Money of another payment app that stands on no checkout any more: it went back, or became an order."""
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.FOREIGN_MONEY, resolved_at=None)
    for subject in standing.exclude(subject__in=charged).values_list("subject", flat=True):
        resolve(OpenIssue.Kind.FOREIGN_MONEY, subject, now)


@transaction.atomic
def _look_at(kind: str, object_ids: Iterable[str | None], now: datetime) -> None:
    """Mark objects and queue them, but for those that wait for a worker or for their next try already."""
    for object_id in mark_found(kind, filter(None, object_ids), now):
        later(kind, object_id)


def _cursor(name: str, now: datetime) -> Cursor:
    found, _made = Cursor.objects.get_or_create(name=name, defaults={"position": now - timedelta(days=1)})
    return found
