"""A parcel left a workshop: Saleor hears of it once, as a fulfilment from that workshop's warehouse.

`orderFulfill` knows no idempotency key and a repeat ships again. So the order's fulfilments are read first, while no
other worker reports a parcel of it; one that is this parcel (we asked, and the answer got lost) is taken for ours.
"""

from collections.abc import Mapping
from datetime import datetime

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorOrder
from fulfilment.orders.locks import reports_lock
from fulfilment.production.models import Parcel

GONE = {"CANCELED", "REFUNDED", "RETURNED", "REFUNDED_AND_RETURNED", "REPLACED"}
"""States in which a fulfilment tells of something else than units on their way."""


def report_shipment(parcel_public_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Make Saleor say of a parcel what we say; safe to repeat and to do twice at once. `GatewayError`."""
    parcels = Parcel.objects.filter(public_id=parcel_public_id)
    with reports_lock(pk=parcels.values_list("task__order_id", flat=True).get()):
        parcel = parcels.select_related("task__producer", "task__order").get()
        order = parcel.task.order
        try:
            fulfilment_id = _report(parcel, order.saleor_id, saleor)
        except GatewayError as error:
            error.about = f"Bestelling {order.number}: de verzending van {parcel.task.producer} staat niet in Saleor."
            raise
        parcels.update(saleor_fulfillment_id=fulfilment_id, reported_at=parcel.reported_at or now)


def _report(parcel: Parcel, saleor_order_id: str, saleor: Saleor) -> str:
    """The fulfilment in Saleor that is this parcel, which says what we say."""
    remote = saleor.order(saleor_order_id)
    if remote is None:
        raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
    warehouse = parcel.task.producer.slug
    lines = dict(parcel.lines.values_list("task_line__line__saleor_id", "quantity"))
    known = _fulfilment(remote, parcel, warehouse, lines)
    if known is None and parcel.saleor_fulfillment_id:
        return parcel.saleor_fulfillment_id  # cancelled or returned in Saleor since: what staff did there stays
    if known is None:
        made = saleor.fulfil(saleor_order_id, saleor.warehouse_id(warehouse), lines, parcel.tracking_code)
        if len(made) != 1:
            raise GatewayError(f"Saleor made {len(made)} fulfilments of one parcel.", retry=True, at="Saleor")
        return made[0]
    if known.tracking_number != parcel.tracking_code:
        saleor.update_tracking(known.id, parcel.tracking_code)
    return known.id


def _fulfilment(
    remote: SaleorOrder, parcel: Parcel, warehouse: str, lines: Mapping[str, int]
) -> SaleorFulfilment | None:
    """The fulfilment that is this parcel: its own, or one that nobody's parcel is yet and that says the same."""
    standing = [found for found in remote.fulfilments if found.status not in GONE]
    if parcel.saleor_fulfillment_id:
        return next((found for found in standing if found.id == parcel.saleor_fulfillment_id), None)
    taken = set(
        Parcel.objects.filter(task__order_id=parcel.task.order_id)
        .exclude(saleor_fulfillment_id="")
        .values_list("saleor_fulfillment_id", flat=True)
    )
    alike = [
        found
        for found in standing
        if found.id not in taken and found.warehouse == warehouse and dict(found.lines) == dict(lines)
    ]
    # Of two parcels with the same content, each takes the one with its own tracking code first.
    alike.sort(key=lambda found: found.tracking_number != parcel.tracking_code)
    return alike[0] if alike else None
