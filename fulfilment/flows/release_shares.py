"""The time to withdraw is over: what was held for the partners of an order becomes payable."""

import logging
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.errors import Conflict, Refusal
from fulfilment.flows.watch_withdrawals import to_give_back
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import Told, each
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.ledger.book import Move, record
from fulfilment.orders.life import REFUND_UNPAID
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order
from fulfilment.payments.queries import is_undecided, undecided_checkouts
from fulfilment.production.models import Parcel, Task
from fulfilment.production.rules import UNFINISHED
from fulfilment.returns.queries import is_live

log = logging.getLogger(__name__)


def release_shares(*, as_of: date, now: datetime) -> list[str]:
    """Release every order whose time to withdraw is over at the end of `as_of`; public ids of those that had a claim.

    An order of which all went back is closed with no claim. What was cancelled earns nobody anything: its shares wait
    until the money went back. So they do under a dispute, until it is known who bears it, and while something is on its
    way back, or not judged yet, or money is to go back that did not reach the customer. `Refusal` for a day that has
    not come. One order that somebody holds too long, or that cannot be released, is put off (the latter onto the
    operator's list); the others go on.
    """
    refuse_ahead(as_of, now)
    end = end_of(as_of)
    waiting = Order.objects.filter(routed_at__isnull=False, released_at=None, cancelled_at=None).order_by("pk")
    waiting = waiting.exclude(checkout_id__in=undecided_checkouts())

    def release(found: tuple[int, str, str]) -> str:
        pk, public_id, _number = found
        return public_id if _release(pk, end, now) else ""

    orders = waiting.values_list("pk", "public_id", "number")
    done = each("release", orders, release, named=lambda found: found[2], now=now, tries=1, tell=_contradicted)
    return [public_id for public_id in done if public_id]


def _contradicted(found: tuple[int, str, str], error: Exception) -> Told | None:
    """Books that contradict themselves have an exception of their own."""
    if not isinstance(error, Conflict):
        return None
    message = _("Niet vrijgegeven: de boeken van deze bestelling spreken elkaar tegen. Vraag hulp.")
    log.warning("release of %s: %s", found[2], error)
    return Told(OpenIssue.Kind.NOT_RELEASED, found[2], message)


def refuse_ahead(day: date, now: datetime) -> None:
    """`Refusal` for a day that has not come: until then a customer may still withdraw.

    The demo alone may look ahead, or nobody could see there how partners are paid.
    """
    if day > timezone.localdate(now) and not settings.IS_DEMO:
        message = _("%(day)s moet nog komen. Vrijgeven en uitbetalen kan tot en met vandaag.")
        raise Refusal(message % {"day": f"{day:%d/%m/%Y}"}, code="NOT_YET")


def end_of(day: date) -> datetime:
    """The moment at which a day ends here."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())


def releasable_at(order: Order) -> datetime | None:
    """When the shares of an order may be released.

    None as long as something has still to be shipped, is on its way back, or is disputed, and where nothing is held for
    anybody: it was released, or all of it went back.
    """
    return _over_at(order) if _held(order) and not is_undecided(order.checkout_id) else None


def _over_at(order: Order) -> datetime | None:
    """When the time to withdraw is over; None as long as something has still to be shipped, is on its way back, or to
    be paid back.

    The last parcel's arrival (where nobody tells, a fixed time after it left), the time to withdraw, and a margin.
    """
    if is_live(order.pk) or order.refunds.filter(state__in=REFUND_UNPAID).exists() or to_give_back(order):
        return None
    last = last_arrival(order)
    return None if last is None else last + settings.WITHDRAWAL_PERIOD + settings.RELEASE_MARGIN


def last_arrival(order: Order) -> datetime | None:
    """When the last piece of an order arrived; None as long as one has still to leave, or nobody makes it yet."""
    tasks = list(Task.objects.filter(order=order).values_list("state", flat=True))
    if not tasks or any(state in UNFINISHED for state in tasks):
        return None
    parcels = Parcel.objects.filter(task__order=order).values_list("shipped_at", "delivered_at")
    arrivals = [delivered or shipped + settings.PRESUMED_DELIVERY for shipped, delivered in parcels]
    return max(arrivals, default=order.placed_at)


def _held(order: Order) -> list[Move]:
    """What releasing the order moves."""
    held = by_tags(Account.PARTNER_HELD, "line_id", "partner_id", order_id=order.pk)
    return [
        Move(Account.PARTNER_HELD, Account.PARTNER_PAYABLE, amount, order.pk, line_id, partner_id)
        for (line_id, partner_id), amount in sorted(held.items(), key=lambda item: (item[0][0] or 0, item[0][1] or 0))
        if amount > 0
    ]


@transaction.atomic
def _release(order_pk: int, end: datetime, now: datetime) -> bool:
    """Whether somebody has a claim by it now."""
    order = lock_order(pk=order_pk)
    due = _over_at(order)
    if order.released_at is not None or order.cancelled_at is not None or due is None or due > end:
        return False
    if is_undecided(order.checkout_id):
        return False  # it was disputed since we looked
    moves = _held(order)
    key = f"order:{order.public_id}:released"
    record(key, "shares_released", moves, currency=order.currency, happened_at=due, now=now)
    order.released_at = due
    order.save(update_fields=["released_at"])
    resolve(OpenIssue.Kind.NOT_RELEASED, order.number, now)
    return bool(moves)
