"""Money went back for units that may have left already or not: an operator says it, and work stops or goes on."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows.announce_return import join_refund
from fulfilment.flows.stop_work import stop_work
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund


def unclear(order: Order) -> QuerySet[Refund]:
    """Refunds of an order of which somebody has still to say what came back."""
    asked = OpenIssue.objects.filter(kind=OpenIssue.Kind.REFUND_UNCLEAR, subject=order.number, resolved_at=None)
    if not asked.exists():
        return Refund.objects.none()
    return Refund.objects.filter(order=order, kind__in=[Refund.Kind.UNSAID, Refund.Kind.NOT_WANTED])


@transaction.atomic
def say(name: str, kind: Refund.Kind, *, now: datetime) -> None:
    """A refund (by its name) was for units that are not wanted any more, or for such as came back.

    Again changes nothing. `Refusal` where there is no such refund, or where somebody said it already and otherwise.
    """
    refund = Refund.objects.filter(name=name).first()
    if refund is None or kind not in (Refund.Kind.NOT_WANTED, Refund.Kind.CAME_BACK):
        raise Refusal(_("Deze terugbetaling is er niet."), code="NOT_FOUND")
    order = lock_order(pk=refund.order_id)
    if not unclear(order).filter(pk=refund.pk).exists():
        refund.refresh_from_db()
        if refund.kind == kind:
            return
        raise Refusal(_("Iemand zei dit intussen al, en anders. Kijk na wat er nu staat."), code="SAID")
    Refund.objects.filter(pk=refund.pk).update(kind=kind)
    if kind == Refund.Kind.CAME_BACK:
        join_refund(refund, now=now)
    stop_work(order, now)
    if not Refund.objects.filter(order=order, kind=Refund.Kind.UNSAID).exists():
        resolve(OpenIssue.Kind.REFUND_UNCLEAR, order.number, now)
