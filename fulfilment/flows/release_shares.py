"""The time to withdraw is over: what was held for the partners of an order becomes payable."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.ledger.book import Move, record
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order
from fulfilment.payments.queries import is_undecided, undecided_checkouts
from fulfilment.production.models import Parcel, Task

FINISHED = (Task.State.SHIPPED, Task.State.DELIVERED, Task.State.CANCELLED)


def release_shares(*, as_of: date, now: datetime) -> list[str]:
    """Release every order whose time to withdraw is over at the end of `as_of`; their public ids.

    What was cancelled earns nobody anything: its shares wait until the money went back. So do those of an order under
    dispute, until it is known who bears it.
    """
    end = end_of(as_of)
    waiting = Order.objects.filter(routed_at__isnull=False, released_at=None, cancelled_at=None).order_by("pk")
    waiting = waiting.exclude(checkout_id__in=undecided_checkouts())
    released: list[str] = []
    for pk, public_id in waiting.values_list("pk", "public_id"):
        if _release(pk, end, now):
            released.append(public_id)
    return released


def end_of(day: date) -> datetime:
    """The moment at which a day ends here."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())


def releasable_at(order: Order) -> datetime | None:
    """When the shares of an order may be released; None as long as something has still to be shipped.

    The last parcel's arrival (where nobody tells, a fixed time after it left), the time to withdraw, and a margin.
    """
    tasks = list(Task.objects.filter(order=order).values_list("state", flat=True))
    if not tasks or any(state not in FINISHED for state in tasks):
        return None
    parcels = Parcel.objects.filter(task__order=order).values_list("shipped_at", "delivered_at")
    arrivals = [delivered or shipped + settings.PRESUMED_DELIVERY for shipped, delivered in parcels]
    last: datetime = max(arrivals, default=order.placed_at)
    return last + settings.WITHDRAWAL_PERIOD + settings.RELEASE_MARGIN


@transaction.atomic
def _release(order_pk: int, end: datetime, now: datetime) -> bool:
    order = lock_order(pk=order_pk)
    due = releasable_at(order)
    if order.released_at is not None or order.cancelled_at is not None or due is None or due > end:
        return False
    if is_undecided(order.checkout_id):
        return False  # it was disputed since we looked
    held = by_tags(Account.PARTNER_HELD, "line_id", "partner_id", order_id=order.pk)
    moves = [
        Move(Account.PARTNER_HELD, Account.PARTNER_PAYABLE, amount, order.pk, line_id, partner_id)
        for (line_id, partner_id), amount in sorted(held.items(), key=lambda item: (item[0][0] or 0, item[0][1] or 0))
        if amount > 0
    ]
    record(
        f"order:{order.public_id}:released",
        "shares_released",
        moves,
        currency=order.currency,
        happened_at=due,
        now=now,
    )
    order.released_at = due
    order.save(update_fields=["released_at"])
    return True
