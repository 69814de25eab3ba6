"""Units came back to a workshop: the customer and Saleor hear of it once.

`orderFulfillmentReturnProducts` knows no idempotency key and a repeat returns more. So the order's fulfilments are read
first, while no other worker tells Saleor of its parcels and returns; one that bears our name for this return in its
reason (we asked, and the answer got lost) is ours.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from fulfilment.errors import GatewayError
from fulfilment.flows import tell_return
from fulfilment.flows.hear_returns import hear_returns
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.orders.locks import lock_order, reports_lock
from fulfilment.orders.models import Order
from fulfilment.production.models import Parcel
from fulfilment.returns.life import BACK
from fulfilment.returns.models import Return

SHIPPED = {"FULFILLED"}
"""States of a fulfilment in Saleor whose units are with the customer, for all that it knows."""


def report_return(public_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Make Saleor and the customer know of an arrival; safe to repeat and to do twice at once. `GatewayError`."""
    returns = Return.objects.filter(public_id=public_id)
    order = Order.objects.get(returns__public_id=public_id)
    with reports_lock(pk=order.pk):
        if not _tell_customer(order, public_id, now):
            return
        try:
            remote = saleor.order(order.saleor_id)
            if remote is None:
                raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
            _hear(order, remote, now)
            _report(returns.select_related("task").get(), remote, saleor)
        except GatewayError as error:
            error.about = f"Bestelling {order.number}: wat terugkwam, staat niet in Saleor."
            raise
        returns.filter(reported_at=None).update(reported_at=now)


@transaction.atomic
def _tell_customer(order: Order, public_id: str, now: datetime) -> bool:
    """Whether it is (still) said to be there; from here on that cannot be taken back."""
    lock_order(pk=order.pk)
    found = Return.objects.select_related("order", "task__producer").get(public_id=public_id)
    if found.state not in BACK:
        return False
    if found.told_at is None:
        tell_return.arrived(found, now)
        found.told_at = now
        found.save(update_fields=["told_at"])
    return True


@transaction.atomic
def _hear(order: Order, remote: SaleorOrder, now: datetime) -> None:
    hear_returns(lock_order(pk=order.pk), remote, now=now)


def _report(found: Return, remote: SaleorOrder, saleor: Saleor) -> None:
    if found.reported_at is not None or any(one.reason.endswith(found.public_id) for one in remote.fulfilments):
        return
    parcels = Parcel.objects.filter(task_id=found.task_id)
    if parcels.filter(reported_at=None).exists():
        raise GatewayError("Saleor does not know of the parcel yet.", retry=True, at="Saleor")
    ours = set(parcels.values_list("saleor_fulfillment_id", flat=True))
    lines = _shipped_lines(found, remote, ours)
    if lines:  # else staff took care of it there: what they did stays
        saleor.return_products(remote.id, lines, reason=f"{found.get_reason_display()} · {found.public_id}")


def _shipped_lines(found: Return, remote: SaleorOrder, parcels: set[str]) -> Mapping[str, int]:
    """Saleor's lines of fulfilments (id → units) that the units came in: of the task's own parcels first."""
    shipped = sorted(
        (one for one in remote.fulfilments if one.status in SHIPPED), key=lambda one: one.id not in parcels
    )
    lines: dict[str, int] = {}
    for row in found.lines.select_related("task_line__line"):
        wanted = row.quantity - row.known_to_saleor
        saleor_id = row.task_line.line.saleor_id
        for one in shipped:
            taken = min(wanted, one.lines.get(saleor_id, 0))
            if taken > 0:
                lines[one.line_ids[saleor_id]] = taken
                wanted -= taken
    return lines
