"""A partner gets less of an order than the fixed amount that was agreed: the operator reads who, for what, how much."""

from datetime import datetime

from django.utils.translation import gettext as _

from fulfilment.agreements.models import Term
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.production.models import TaskLine
from fulfilment.revenue.models import Share
from fulfilment.routing.models import Decision


def watch_shares(order: Order, *, now: datetime) -> None:
    """Put what is short of an order's fixed amounts on the operator's list; nothing where nothing is."""
    kept = Share.objects.filter(order=order, line__isnull=False, amount_minor__gte=0)  # below zero: taken back
    moved = _moved(order)
    lacking = [
        _("%(partner)s krijgt %(gets)s in plaats van %(agreed)s voor %(product)s")
        % {
            "partner": share.partner.name,
            "gets": written(share.amount_minor, order.currency),
            "agreed": written(agreed, order.currency),
            "product": line.product_name,
        }
        for share in kept.select_related("partner", "line", "agreement").order_by("line_id", "pk")
        if (line := share.line) is not None
        and share.amount_minor < (agreed := _agreed(share, moved.get((share.decision_id, line.pk), line.quantity)))
    ]
    if not lacking:
        return
    told = _("Bestelling %(number)s is verkocht voor minder dan de vaste bedragen: %(lacking)s.")
    message = told % {"number": order.number, "lacking": "; ".join(lacking)}
    raise_issue(OpenIssue.Kind.SHORT_OF_FIXED, order.number, message, now)


def _moved(order: Order) -> dict[tuple[int | None, int], int]:
    """How many units of a line a decision gave to another workshop; all others are about the whole of it."""
    rows = TaskLine.objects.filter(task__order=order, task__decision__reason=Decision.Reason.REASSIGNED)
    return {(row.task.decision_id, row.line_id): row.quantity for row in rows.select_related("task")}


def _agreed(share: Share, quantity: int) -> int:
    """The fixed amount that a share's agreement promises for so many units; zero for a percentage."""
    term = Term.objects.filter(agreement=share.agreement, rank=share.rank).first() if share.agreement else None
    return (term.amount_minor or 0) * quantity if term else 0
