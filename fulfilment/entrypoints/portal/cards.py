"""What pages show of work: units, parcels and steps, ready to be written down."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from fulfilment.entrypoints.portal.words import Due, day, due, moment, person
from fulfilment.flows.work_return import can_undo
from fulfilment.orders.models import Recipient
from fulfilment.orders.places import address_told, delivered_to
from fulfilment.production.models import Impediment, Parcel, Task, TaskLine
from fulfilment.production.queries import (
    blocked_by,
    can_undo_delivery,
    carries_card,
    standing_impediments,
    state_name,
    undo_leads_to,
    was_collected,
)
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, has_tracking, tracking_url
from fulfilment.returns.models import Return, ReturnLine


@dataclass(frozen=True)
class Units:
    """How many of what, and in words how that differs from what was asked at first; "" where it does not. Its customer
    calls it ``name_told`` and ``variant_told``, which is something else in another language."""

    key: int
    quantity: int
    name: str
    variant: str
    code: str
    changed: str = ""
    name_told: str = ""
    variant_told: str = ""


@dataclass(frozen=True)
class TaskCard:
    public_id: str
    number: str
    state: str
    state_name: str
    collected: bool
    due: Due
    units: tuple[Units, ...]
    blocked: str


@dataclass(frozen=True)
class Hindrance:
    """What the workshop said is in the way; `was_due` where it named a later day, `answer` once there is one."""

    public_id: str
    kind: str
    reason: str
    answer: str
    was_due: str
    can_take_back: bool


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
    at_point: str
    """Since when it lies at the collection point; empty where it does not, or goes to none."""
    can_undo: bool
    for_point: bool
    """Whether its customer comes for it at a collection point."""
    units: tuple[Units, ...]


@dataclass(frozen=True)
class ReturnCard:
    """What comes back, or came; `since` when it is as it is, `verdicts` what was said of it."""

    public_id: str
    task: str
    number: str
    state: str
    reason: str
    carrier: str
    since: str
    can_undo: bool
    units: tuple[Units, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One of the big buttons below a question."""

    value: str
    label: str
    icon: str
    hint: str = ""

    @property
    def picture(self) -> str:
        return f"portal/icons/{self.icon}.svg"


@dataclass(frozen=True)
class Step:
    name: str
    at: str
    by: str


def wanted_units(task: Task) -> tuple[Units, ...]:
    """All that the workshop makes for this task, also what it makes no longer; as it was where that is all of it."""
    lines = list(task.lines.all())
    if not any(line.asked_quantity for line in lines):
        return tuple(_units(line, line.quantity) for line in lines)
    return tuple(_units(line, line.asked_quantity, changed=_changed(line, line.asked_quantity)) for line in lines)


def open_units(task: Task) -> tuple[Units, ...]:
    """What has still to leave."""
    return tuple(
        _units(line, line.open_quantity, changed=_changed(line, line.open_quantity))
        for line in task.lines.all()
        if line.open_quantity
    )


def units_on_table(task: Task) -> tuple[Units, ...]:
    """What has still to leave, and what is asked no longer: nobody packs what nobody wants."""
    dropped = tuple(
        _units(line, 0, changed=_changed(line, 0))
        for line in task.lines.all()
        if line.quantity and not line.asked_quantity
    )
    return open_units(task) + dropped


def task_card(task: Task, today: date) -> TaskCard:
    units = units_on_table(task) if task.state == Task.State.READY else wanted_units(task)
    return TaskCard(
        public_id=task.public_id,
        number=task.order.number,
        state=task.state,
        state_name=state_name(task),
        collected=was_collected(task),
        due=due(task.due_on, today),
        units=units,
        blocked=str(blocked.get_reason_display()) if (blocked := blocked_by(task)) else "",
    )


def hindrances(task: Task) -> dict[str, Hindrance]:
    """What is in the way now, the newest of each kind."""
    return {
        found.kind: Hindrance(
            public_id=found.public_id,
            kind=found.kind,
            reason=str(found.get_reason_display()),
            answer=found.answer,
            was_due=day(found.former_due_on) if found.former_due_on else "",
            can_take_back=found.state == found.State.OPEN,
        )
        for found in standing_impediments(task)
    }


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
            at_point=moment(parcel.at_point_since) if parcel.at_point_since else "",
            can_undo=can_undo_delivery(parcel),
            for_point=bool(parcel.task.order.pickup_name),
            units=parcel_units(parcel),
        )
        for parcel in parcels
    ]


def parcel_units(parcel: Parcel) -> tuple[Units, ...]:
    return tuple(_units(row.task_line, row.quantity) for row in parcel.lines.all())


def return_cards(returns: Iterable[Return]) -> list[ReturnCard]:
    """Returns fetched with their task, order and lines."""
    return [
        ReturnCard(
            public_id=back.public_id,
            task=back.task.public_id,
            number=back.order.number,
            state=back.state,
            reason=back.get_reason_display(),
            carrier=" ".join(part for part in (CARRIER_NAMES.get(back.carrier, ""), back.tracking_code) if part),
            since=moment(back.moved_at),
            can_undo=can_undo(back),
            units=return_units(back),
            verdicts=tuple(_verdict(line) for line in back.lines.all()),
        )
        for back in returns
    ]


def return_units(back: Return) -> tuple[Units, ...]:
    """The units of a return, by its own lines."""
    return tuple(replace(_units(line.task_line, line.quantity), key=line.pk) for line in back.lines.all())


def _verdict(line: ReturnLine) -> str:
    told = {_("als nieuw"): line.as_new, _("te herstellen"): line.to_mend, _("stuk of weg"): line.spoilt}
    name = line.task_line.line.product_name
    return f"{name}: " + ", ".join(f"{count} {word}" for word, count in told.items() if count)


def steps(task: Task) -> list[Step]:
    """The history, newest first: how far the work came, and what was in its way."""
    done = task.steps.select_related("by")
    rows = [(row.at, row.pk, row.told(), row.by) for row in done]
    if was_collected(task):  # nobody sent it, and it was fetched in the instant in which it left
        left = [row for row in done if row.state not in (Task.State.SHIPPED, Task.State.DELIVERED)]
        rows = [(row.at, row.pk, row.told(), row.by) for row in left]
        rows += [(row.at, row.pk, state_name(task), row.by) for row in done if row.state == Task.State.DELIVERED]
    for said in task.impediments.select_related("said_by").exclude(kind=Impediment.Kind.DECLINED):
        rows.append((said.said_at, 0, str(said.get_kind_display()), said.said_by))
        rows += [(step.at, step.pk, _how_it_went_on(said, step.state), step.by) for step in said.steps.all()]
    return [Step(name, moment(at), person(by)) for at, _pk, name, by in sorted(rows, key=lambda row: row[:2])[::-1]]


def _how_it_went_on(said: Impediment, state: str) -> str:
    if state == Impediment.State.SETTLED:
        return _("Antwoord van Sociaal Gemaakt")
    if state == Impediment.State.OVER and said.kind == Impediment.Kind.BLOCKED:
        return _("Het kan weer verder")
    return f"{said.get_kind_display()}: {Impediment.State(state).label.lower()}"


def undo_to(task: Task) -> str:
    """The name of the state that undoing the last step leads to; "" where it cannot be undone."""
    state = undo_leads_to(task)
    return str(Task.State(state).label) if state else ""


def address(order_pk: int) -> list[str]:
    """The lines of the label: name, company, street, place. Asked for only where something has to be shipped."""
    recipient = Recipient.objects.filter(order_id=order_pk, purged_at=None).first()
    if recipient is None:
        return []
    return address_told(delivered_to(recipient), "nl", home="")  # a label always names its country


def gift_message(task: Task, parcel: Parcel | None = None) -> str:
    """What stands on the card that goes with a parcel of this task, the next one where none is given; "" where it is no
    present, the card goes with another parcel, or it is forgotten."""
    recipient = Recipient.objects.filter(order_id=task.order_id).exclude(gift_message="").first()
    return recipient.gift_message if recipient and carries_card(task, parcel) else ""


def customer_note(task: Task) -> str:
    """What the customer has to say to who makes it; "" where that is nothing, or it is forgotten."""
    recipient = Recipient.objects.filter(order_id=task.order_id).only("customer_note").first()
    return recipient.customer_note if recipient else ""


def _units(line: TaskLine, quantity: int, *, changed: str = "") -> Units:
    return Units(
        key=line.pk,
        quantity=quantity,
        name=line.line.product_name,
        variant=line.line.variant_name,
        code=line.line.product_code,
        changed=changed,
        name_told=line.line.name_told,
        variant_told=line.line.variant_told,
    )


def _changed(line: TaskLine, shown: int) -> str:
    """How what is asked of a line differs from what was asked at first, beside the number that is `shown`."""
    if line.asked_quantity == line.quantity:
        return ""
    figures = {"now": line.asked_quantity, "first": line.quantity, "why": _why_fewer(line)}
    if not line.asked_quantity:
        return _("Geen meer in plaats van %(first)s: %(why)s.") % figures
    if shown == line.asked_quantity:
        return _("Nog %(now)s in plaats van %(first)s: %(why)s.") % figures
    return _("Samen nog %(now)s in plaats van %(first)s: %(why)s.") % figures


def _why_fewer(line: TaskLine) -> str:
    if not line.moved_quantity:
        return _("de klant wil er minder") if line.asked_quantity else _("de klant wil dit niet meer")
    if not line.cancelled_quantity:
        return _("een ander atelier maakt de rest") if line.asked_quantity else _("een ander atelier maakt dit")
    return _("de klant wil er minder, en een ander atelier maakt de rest")
