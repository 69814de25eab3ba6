"""What nobody wants any more before it left: in Saleor it is set aside no longer, so that somebody else can buy it.

Saleor returns units that never left as it returns those that did: they move to a fulfilment of what was returned, and
what was set aside for them is free. A repeat would return more. So the order is read first, while nobody else tells
Saleor of its parcels and returns, and what stands there in fulfilments that bear our name for it was told: also where
we never heard the answer. What our books say that nobody wants only grows, so that is all there is to remember.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Sum

from fulfilment.errors import GatewayError
from fulfilment.flows.count_dropped import dropped_units
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.move_shelves import is_moving
from fulfilment.flows.stop_work import MONEY_GOES
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorOrder
from fulfilment.inbox.models import Mark
from fulfilment.orders.locks import reports_lock
from fulfilment.orders.models import Order, Refund
from fulfilment.production.models import Parcel, ParcelLine, TaskLine
from fulfilment.production.rules import UNFINISHED
from fulfilment.routing.models import Decision


def free_shelves(public_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Make Saleor set nothing aside for what is not wanted any more of an order; safe to repeat. `GatewayError`."""
    order = Order.objects.get(public_id=public_id)
    with reports_lock(pk=order.pk):
        dropped = _dropped(order)
        try:
            remote = saleor.order(order.saleor_id)
            if remote is None:
                raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
            if remote.status != "CANCELED":  # else nothing is set aside for it
                _free(order, remote, dropped, saleor)
        except GatewayError as error:
            error.about = f"Bestelling {order.number}: wat niet meer gewenst is, staat in Saleor nog opzij."
            raise
    _look_at_moves(order, now)


def is_dropped(order: Order, found: SaleorFulfilment) -> bool:
    """Whether a fulfilment in Saleor is one of what we told was not wanted any more: none of it ever left."""
    return found.status == "RETURNED" and found.reason.endswith(_name(order))


def _name(order: Order) -> str:
    """What the reason of such a fulfilment ends in."""
    return f" · {order.public_id}"


def _dropped(order: Order) -> dict[str, int]:
    """Units that nobody wants any more, by Saleor's line id; what left in the meantime is none of them."""
    said = dropped_units(order, states=MONEY_GOES)
    rows = TaskLine.objects.filter(task__order=order)
    stopped = dict(rows.values_list("line_id").annotate(total=Sum("cancelled_quantity")).order_by())
    # Of what waits for a workshop there is no work to stop.
    waiting = {pk: units.not_wanted for pk, units in said.items() if pk not in stopped}
    return {line.saleor_id: min((stopped | waiting).get(line.pk, 0), line.quantity) for line in order.lines.all()}


def _to_leave(order: Order, dropped: Mapping[str, int]) -> dict[str, int]:
    """Units that are to leave, or that left and Saleor was not told, by Saleor's line id."""
    told = ParcelLine.objects.filter(parcel__task__order=order, parcel__reported_at__isnull=False)
    left = dict(told.values_list("task_line__line_id").annotate(total=Sum("quantity")).order_by())
    return {
        line.saleor_id: line.quantity - dropped[line.saleor_id] - left.get(line.pk, 0) for line in order.lines.all()
    }


def _free(order: Order, remote: SaleorOrder, dropped: Mapping[str, int], saleor: Saleor) -> None:
    """What staff took care of in Saleor stays as it is: no more is told than Saleor has too many still to leave."""
    told, there = Counter[str](), Counter({line.id: line.quantity for line in remote.lines})
    for found in remote.fulfilments:
        told.update(found.lines if is_dropped(order, found) else {})
        there.subtract(found.lines if found.status != "CANCELED" else {})
    wanted = {key: count - told[key] for key, count in dropped.items() if count > told[key]}
    to_leave = _to_leave(order, dropped)
    lines = {key: free for key, count in wanted.items() if (free := min(count, there[key] - to_leave[key])) > 0}
    if lines:
        saleor.drop_products(remote.id, lines, reason=f"{Refund.Kind.NOT_WANTED.label}{_name(order)}")
    if lines != wanted and (_is_untold(order) or any(is_moving(found) for found in remote.fulfilments)):
        raise GatewayError("Saleor does not know yet what left, or where it is made.", retry=True, at="Saleor")


def _is_untold(order: Order) -> bool:
    return Parcel.objects.filter(task__order=order, reported_at=None).exists()


def _look_at_moves(order: Order, now: datetime) -> None:
    """Saleor chooses where it sets free: what another workshop took over is to be set aside there, and nowhere else."""
    moved = order.tasks.filter(decision__reason=Decision.Reason.REASSIGNED, state__in=UNFINISHED)
    for pk in moved.order_by("decision_id").values_list("decision_id", flat=True):
        look_at(Mark.Kind.REASSIGNMENT, str(pk), now)
