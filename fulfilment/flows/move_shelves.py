"""Another workshop makes it: in Saleor, the pieces that were set aside for the order are set aside in its warehouse.

Saleor has no operation for that. What is shipped is taken off wherever it was set aside, and what is taken back is set
aside where one says. So all that is left of a line is shipped from the new warehouse and at once taken back there; the
fulfilment in between carries our own name, so that whoever comes after a crash finds it and takes it back. What is made
to order is set aside nowhere and may leave any warehouse: of that, nothing is asked.
"""

from collections.abc import Mapping

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.shelves import OrderShelves
from fulfilment.gateways.saleor.values import SaleorFulfilment
from fulfilment.orders.locks import reports_lock
from fulfilment.production.models import Task
from fulfilment.routing.models import Decision

MOVED = "verplaatst-"


def move_shelves(decision_id: str, saleor: Saleor) -> None:
    """Bring the shelves in line with a reassignment, as far as its work is still to be done; safe to repeat."""
    decision = Decision.objects.select_related("order").get(pk=decision_id)
    order = decision.order
    with reports_lock(pk=order.pk):
        _take_back_what_was_left(order.saleor_id, _name(decision), saleor)
        for task in Task.objects.filter(decision=decision).select_related("producer").order_by("pk"):
            lines = {row.line.saleor_id: row.open_quantity for row in task.lines.select_related("line")}
            if order.cancelled_at is None:
                _move(order.saleor_id, _name(decision), task.producer.slug, lines, saleor)


def is_moving(found: SaleorFulfilment) -> bool:
    """Whether a fulfilment in Saleor is one between two warehouses, which is still to be taken back."""
    return found.status == "FULFILLED" and found.tracking_number.startswith(MOVED)


def _name(decision: Decision) -> str:
    """What stands as the tracking number on a fulfilment that is none."""
    return f"{MOVED}{decision.pk}"


def _shelves(order_id: str, saleor: Saleor) -> OrderShelves:
    found = saleor.order_shelves(order_id)
    if found is None:
        raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
    return found


def _take_back_what_was_left(order_id: str, name: str, saleor: Saleor) -> None:
    for fulfilment_id, tracking_number, warehouse_id in _shelves(order_id, saleor).standing:
        if tracking_number == name:
            saleor.cancel_fulfilment(fulfilment_id, warehouse_id)


def _move(order_id: str, name: str, slug: str, lines: Mapping[str, int], saleor: Saleor) -> None:
    warehouse_id = saleor.warehouse_id(slug)
    tracked = [found for found in _shelves(order_id, saleor).lines if found.line_id in lines and found.is_tracked]
    for found in tracked:
        if slug not in found.there:
            saleor.make_shelf(found.variant_id, warehouse_id)
    moving = {
        found.line_id: min(sum(found.set_aside.values()), lines[found.line_id])
        for found in tracked
        if lines[found.line_id] and set(found.set_aside) - {slug}
    }
    if moving:
        for fulfilment_id in saleor.fulfil(order_id, warehouse_id, moving, name):
            saleor.cancel_fulfilment(fulfilment_id, warehouse_id)
    _count_what_is_made(order_id, slug, warehouse_id, lines, saleor)


def _count_what_is_made(order_id: str, slug: str, warehouse_id: str, lines: Mapping[str, int], saleor: Saleor) -> None:
    """What the workshop has not in stock it makes: until it leaves, it stands on the shelf as what is set aside. Where
    it left before Saleor heard of the move, the shelf owes it."""
    for found in _shelves(order_id, saleor).lines:
        short = found.taken.get(slug, 0) - found.there.get(slug, 0)
        if found.line_id in lines and found.is_tracked and short > 0:
            saleor.fill_shelf(found.variant_id, warehouse_id, found.taken.get(slug, 0))
