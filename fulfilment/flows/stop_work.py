"""What is not wanted any more is not made: as soon as its money is to go back, whoever asked for that, or its customer
withdrew from it."""

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.flows.count_dropped import dropped_units
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.work_task import cancel_units
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Line, Order, Refund
from fulfilment.production.models import TaskLine

MONEY_GOES = (Refund.State.UNDER_WAY, Refund.State.BY_BANK, Refund.State.PAID, Refund.State.FAILED)
"""States of a refund that Saleor took: before, it may not come to it."""


def stop_work(order: Order, now: datetime, *, late: bool = False) -> None:
    """Take all that is not wanted any more off what is still to be made; again, nothing. The caller holds the order.

    With `late`, what left the workshop in the meantime stands on the operator's list: its money goes back, and it is on
    its way.
    """
    stopped = {pk: units.not_wanted for pk, units in dropped_units(order, states=MONEY_GOES).items()}
    for line_id, count in _cancelled(order).items():
        stopped[line_id] = stopped.get(line_id, 0) - count
    left = cancel_units({pk: count for pk, count in stopped.items() if count > 0}, order_id=order.pk, now=now)
    shipped = [pk for pk in left if TaskLine.objects.filter(task__order=order, line_id=pk).exists()]
    if len(shipped) < len(left):  # nobody was to make it yet
        look_at(Mark.Kind.DROPPED, order.public_id, now)
    if late and shipped:
        names = ", ".join(Line.objects.filter(pk__in=shipped).values_list("product_name", flat=True))
        told = _("Bestelling %(number)s: %(names)s vertrok toch nog, terwijl het geld teruggaat. Zeg of het terugkomt.")
        values = {"number": order.number, "names": names}
        raise_issue(OpenIssue.Kind.REFUND_UNCLEAR, order.number, told % values, now)


def stop_all(order: Order, now: datetime) -> None:
    """All money went back: nobody makes what has not left, whatever was said of it. The caller holds the order."""
    cancel_units({line.pk: line.quantity for line in order.lines.all()}, order_id=order.pk, now=now)


def _cancelled(order: Order) -> dict[int, int]:
    rows = TaskLine.objects.filter(task__order=order)
    return dict(rows.values_list("line_id").annotate(total=Sum("cancelled_quantity")).order_by())
