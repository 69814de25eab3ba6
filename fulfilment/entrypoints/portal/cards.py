"""What pages show of work: units, parcels and steps, ready to be written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fulfilment.entrypoints.portal.words import Due, due, moment, person
from fulfilment.orders.models import Recipient
from fulfilment.production.models import Parcel, Task, TaskLine
from fulfilment.production.queries import can_undo_delivery, undo_leads_to
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, has_tracking, tracking_url

COUNTRIES = {"BE": "België", "NL": "Nederland"}
"""Where the shop delivers, as it stands on a label."""


@dataclass(frozen=True)
class Units:
    """How many of what. `cancelled` of them are no longer wanted."""

    key: int
    quantity: int
    name: str
    variant: str
    code: str
    cancelled: int = 0


@dataclass(frozen=True)
class TaskCard:
    public_id: str
    number: str
    state: str
    state_name: str
    due: Due
    units: tuple[Units, ...]


@dataclass(frozen=True)
class ParcelCard:
    public_id: str
    task: str
    number: str
    carrier: str
    collected: bool
    has_tracking: bool
    tracking_code: str
    tracking_url: str
    shipped: str
    delivered: str
    can_undo: bool
    units: tuple[Units, ...]


@dataclass(frozen=True)
class Step:
    name: str
    at: str
    by: str


def wanted_units(task: Task) -> tuple[Units, ...]:
    """All that the workshop makes for this task, without what was cancelled; all of it where everything was."""
    everything = tuple(_units(line, line.quantity - line.cancelled_quantity) for line in task.lines.all())
    return tuple(units for units in everything if units.quantity) or tuple(
        _units(line, line.quantity) for line in task.lines.all()
    )


def open_units(task: Task) -> tuple[Units, ...]:
    """What has still to leave."""
    return tuple(_units(line, line.open_quantity) for line in task.lines.all() if line.open_quantity)


def task_card(task: Task, today: date) -> TaskCard:
    units = open_units(task) if task.state == Task.State.READY else wanted_units(task)
    return TaskCard(
        public_id=task.public_id,
        number=task.order.number,
        state=task.state,
        state_name=task.get_state_display(),
        due=due(task.due_on, today),
        units=units,
    )


def parcel_cards(parcels: Iterable[Parcel]) -> list[ParcelCard]:
    """Parcels fetched with their task, order and lines."""
    return [
        ParcelCard(
            public_id=parcel.public_id,
            task=parcel.task.public_id,
            number=parcel.task.order.number,
            carrier=CARRIER_NAMES[parcel.carrier],
            collected=parcel.carrier == COLLECTED,
            has_tracking=has_tracking(parcel.carrier),
            tracking_code=parcel.tracking_code,
            tracking_url=tracking_url(parcel.carrier, parcel.tracking_code),
            shipped=moment(parcel.shipped_at),
            delivered=moment(parcel.delivered_at) if parcel.delivered_at else "",
            can_undo=can_undo_delivery(parcel),
            units=parcel_units(parcel),
        )
        for parcel in parcels
    ]


def parcel_units(parcel: Parcel) -> tuple[Units, ...]:
    return tuple(_units(row.task_line, row.quantity) for row in parcel.lines.all())


def steps(task: Task) -> list[Step]:
    """The history, newest first."""
    rows = task.steps.select_related("by").order_by("-at", "-pk")
    return [Step(row.told(), moment(row.at), person(row.by)) for row in rows]


def undo_to(task: Task) -> str:
    """The name of the state that undoing the last step leads to; "" where it cannot be undone."""
    state = undo_leads_to(task)
    return str(Task.State(state).label) if state else ""


def address(order_pk: int) -> list[str]:
    """The lines of the label: name, company, street, place. Asked for only where something has to be shipped."""
    recipient = Recipient.objects.filter(order_id=order_pk, purged_at=None).first()
    if recipient is None:
        return []
    place = f"{recipient.postal_code} {recipient.city}"
    country = COUNTRIES.get(recipient.country, recipient.country)
    lines = (recipient.name, recipient.company, recipient.street, recipient.street_extra, place, country)
    return [line for line in lines if line]


def _units(line: TaskLine, quantity: int) -> Units:
    return Units(
        key=line.pk,
        quantity=quantity,
        name=line.line.product_name,
        variant=line.line.variant_name,
        code=line.line.product_code,
        cancelled=line.cancelled_quantity,
    )
