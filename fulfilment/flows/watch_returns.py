"""Returns that wait too long stand on the operator's list, and go off it by themselves."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import each
from fulfilment.orders.models import Order
from fulfilment.orders.queries import remaining
from fulfilment.returns.life import LIVE
from fulfilment.returns.models import Return
from fulfilment.returns.queries import unpaid

KINDS = (OpenIssue.Kind.RETURN_LATE, OpenIssue.Kind.RETURN_TO_JUDGE, OpenIssue.Kind.RETURN_TO_REFUND)


def sweep_returns(*, now: datetime) -> None:
    """Look at every order of which something is on its way back or waits for its money, or stands on the list."""
    standing = OpenIssue.objects.filter(kind__in=KINDS, resolved_at=None).values("subject")
    waiting = Q(state__in=LIVE) | Q(state=Return.State.JUDGED, keeps_money_at=None)
    late = Return.objects.filter(waiting, moved_at__lt=now - settings.RETURN_HANDLED_WITHIN).values("order_id")
    orders = Order.objects.filter(Q(pk__in=late) | Q(number__in=standing))
    each("returns", orders, lambda order: _look_at(order, now), named=lambda order: order.number, now=now)


@transaction.atomic
def _look_at(order: Order, now: datetime) -> None:
    watch(order, now)


def watch(order: Order, now: datetime) -> None:
    """Put on the operator's list what of an order's returns waits too long, and take off what does so no longer."""
    found = list(Return.objects.filter(order=order).select_related("task__producer"))
    unrefunded = waiting_for_money(order)
    _tell(
        order,
        OpenIssue.Kind.RETURN_LATE,
        _("Bestelling %(number)s: wat de klant terugstuurt, is nog niet aangekomen bij %(names)s."),
        [one for one in found if _is_late(one, now)],
        now,
    )
    _tell(
        order,
        OpenIssue.Kind.RETURN_TO_JUDGE,
        _("Bestelling %(number)s: %(names)s kreeg iets terug, en zei nog niet hoe het is."),
        [one for one in found if one.state == Return.State.RECEIVED and _waits(one, now)],
        now,
    )
    _tell(
        order,
        OpenIssue.Kind.RETURN_TO_REFUND,
        _("Bestelling %(number)s: wat terugkwam bij %(names)s is nagekeken, en nog niet terugbetaald."),
        [one for one in found if one.pk in unrefunded and _waits(one, now)],
        now,
    )


def _tell(order: Order, kind: OpenIssue.Kind, message: str, waiting: list[Return], now: datetime) -> None:
    if waiting:
        names = ", ".join(dict.fromkeys(one.task.producer.name for one in waiting))
        raise_issue(kind, order.number, message % {"number": order.number, "names": names}, now)
    else:
        resolve(kind, order.number, now)


def waiting_for_money(order: Order) -> dict[int, int]:
    """Returns (by id) that were judged and of which units are not paid back, with how many; none where an operator said
    that no money goes back, or where the order has nothing left to give back."""
    left = remaining(order)
    found: dict[int, int] = {}
    for one in unpaid(order.pk):
        line_id, judged = one.line.task_line.line_id, one.line.of_return
        if judged.state == Return.State.JUDGED and judged.keeps_money_at is None:
            count = min(one.units, left[line_id])
            left[line_id] -= count
            if count:
                found[judged.pk] = found.get(judged.pk, 0) + count
    return found


def _is_late(one: Return, now: datetime) -> bool:
    """Whoever withdraws has 14 days to send it back; on its way it takes as long as it may."""
    patience = {
        Return.State.ANNOUNCED: settings.WITHDRAWAL_PERIOD + settings.RETURN_ARRIVES_WITHIN,
        Return.State.EXPECTED: settings.RETURN_ARRIVES_WITHIN,
    }.get(Return.State(one.state))
    return patience is not None and one.moved_at < now - patience


def _waits(one: Return, now: datetime) -> bool:
    waited: bool = one.moved_at < now - settings.RETURN_HANDLED_WITHIN
    return waited
