"""An order and what is made of it, as the shop is told."""

from collections.abc import Iterable, Mapping

from fulfilment.orders.models import Line, Order
from fulfilment.partners.models import Partner
from fulfilment.production.models import Parcel, Task
from fulfilment.production.queries import carrier_told, customers_notice, steps_that_stand
from fulfilment.production.rules import COLLECTED, tracking_url
from fulfilment.returns.queries import units_back

Json = dict[str, object]


def tasks_of(order: Order) -> list[Task]:
    """What workshops make of an order, with all that is told of it."""
    return list(
        Task.objects.filter(order=order)
        .select_related("producer")
        .prefetch_related("lines__line", "steps", "impediments", "parcels__lines__task_line__line")
        .order_by("pk")
    )


def parts_told(order: Order, tasks: Iterable[Task] | None = None) -> list[Json]:
    """A part for each workshop that makes some of it."""
    back = units_back(order.pk)
    return [
        _part(task, _how_far(task, back))
        for task in (tasks_of(order) if tasks is None else tasks)
        if task.state not in (Task.State.DECLINED, Task.State.MOVED)
    ]


def _how_far(task: Task, back: Mapping[int, int]) -> str:
    """The state of a task; of what came back whole nobody needs to say that it had arrived (`back`: by task line)."""
    shipped = {row.pk: row.shipped_quantity for row in task.lines.all() if row.shipped_quantity}
    has_come_back = bool(shipped) and all(back.get(pk, 0) >= count for pk, count in shipped.items())
    return Task.State.DELIVERED if task.state == Task.State.SHIPPED and has_come_back else task.state


def _part(task: Task, state: str) -> Json:
    rows = [(row.line, row.asked_quantity) for row in task.lines.all() if row.asked_quantity]
    return {
        "producer": producer_told(task.producer),
        "state": state,
        "due_on": task.due_on.isoformat(),
        "notice": customers_notice(task),
        "steps": [{"state": step.state, "at": step.at.isoformat()} for step in steps_that_stand(task)],
        "lines": [line_told(line, quantity) for line, quantity in rows or _all_that_was_asked(task)],
        "parcels": _parcels(task.parcels.all()),
    }


def _all_that_was_asked(task: Task) -> list[tuple[Line, int]]:
    """Of what is not wanted any more, what it was."""
    return [(row.line, row.quantity) for row in task.lines.all()]


def _parcels(parcels: Iterable[Parcel]) -> list[Json]:
    return [
        {
            "carrier": carrier_told(parcel.carrier),
            "collected": parcel.carrier == COLLECTED,
            "tracking_code": parcel.tracking_code,
            "tracking_url": tracking_url(parcel.carrier, parcel.tracking_code),
            "shipped_at": parcel.shipped_at.isoformat(),
            "at_point_since": parcel.at_point_since.isoformat() if parcel.at_point_since else None,
            "delivered_at": parcel.delivered_at.isoformat() if parcel.delivered_at else None,
            "lines": [line_told(row.task_line.line, row.quantity) for row in parcel.lines.all()],
        }
        for parcel in parcels
    ]


def line_told(line: Line, quantity: int) -> Json:
    """So many of what a line is about."""
    return {
        "product_code": line.product_code,
        "name": line.name_told,
        "variant_name": line.variant_told,
        "quantity": quantity,
        "sku": line.sku,
    }


def producer_told(partner: Partner) -> Json:
    """A workshop by its name."""
    return {"slug": partner.slug, "name": partner.name, "city": partner.city}
