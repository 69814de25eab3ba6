"""Reading work. Every query begins with the producers that somebody may act for: there is no other way in."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from fulfilment.production.models import Impediment, Parcel, Task, TaskLine, TaskStep
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, before, form_key_of


def tasks_of(producer_ids: Collection[int]) -> QuerySet[Task]:
    """All tasks of these producers, soonest first."""
    return Task.objects.filter(producer_id__in=producer_ids)


def parcels_of(producer_ids: Collection[int]) -> QuerySet[Parcel]:
    """All parcels that left these producers, oldest first."""
    return Parcel.objects.filter(task__producer_id__in=producer_ids)


def sent_with(task: Task, form_key: str) -> Parcel | None:
    """The parcel that this form sent; None where it sent none yet."""
    return task.parcels.filter(form_key=form_key_of(task.public_id, form_key)).first()


def impediments_of(producer_ids: Collection[int]) -> QuerySet[Impediment]:
    """All that these producers said was in their way."""
    return Impediment.objects.filter(task__producer_id__in=producer_ids)


def said_with(task: Task, form_key: str) -> bool:
    """Whether this form said what is in the way of the task already."""
    return task.impediments.filter(form_key=form_key_of(task.public_id, form_key)).exists()


def another_with_code(task: Task, code: str, *, besides: int = 0) -> Parcel | None:
    """The newest parcel of this task's producer that carries the code, in capitals or not; not the one `besides`."""
    theirs = parcels_of([task.producer_id]).filter(tracking_code__iexact=code).exclude(pk=besides)
    return theirs.select_related("task__order").last() if code else None


def open_units(task: Task) -> dict[int, int]:
    """Units still to ship, by task line."""
    return {line.pk: line.open_quantity for line in task.lines.all()}


def is_all_delivered(task: Task) -> bool:
    """Whether every parcel of the task arrived; False where none left."""
    arrivals = list(task.parcels.values_list("delivered_at", flat=True))
    return bool(arrivals) and all(arrivals)


def steps_that_stand(task: Task) -> list[TaskStep]:
    """The history without what was pressed by mistake and without what undid it, oldest first."""
    standing: dict[str, TaskStep] = {}
    for step in task.steps.all():
        if step.undoes:
            standing.pop(step.undoes, None)
        else:
            standing[step.state] = step
    return list(standing.values())


def undo_leads_to(task: Task) -> str | None:
    """The state before the last step, where that step can be undone: not once a parcel has left."""
    found = before(task.state)
    return None if found is None or task.parcels.exists() else found


def can_undo_delivery(parcel: Parcel) -> bool:
    """Whether "delivered" can be taken back: not of what the customer came for, nor once its money was released."""
    is_told = parcel.delivered_at is not None and parcel.carrier != COLLECTED
    return is_told and parcel.task.order.released_at is None


def was_collected(task: Task) -> bool:
    """Whether the customer came for all of it that left the workshop."""
    if task.state != Task.State.DELIVERED:
        return False
    carriers = set(task.parcels.values_list("carrier", flat=True))
    return carriers == {COLLECTED}


def state_name(task: Task) -> str:
    """How far a task is, for people: what the customer came for was not delivered."""
    return _("Afgehaald") if was_collected(task) else str(task.get_state_display())


def issue_subject(task: Task) -> str:
    """What an exception about a task is called after."""
    return f"task:{task.public_id}"


NOT_MADE = (Task.State.DECLINED, Task.State.MOVED, Task.State.CANCELLED)
"""States of work that its workshop does not do."""

STANDING = (Impediment.State.OPEN, Impediment.State.SETTLED)


def standing_impediments(task: Task) -> list[Impediment]:
    """What keeps the workshop from this task, oldest first; what was settled stands until work goes on."""
    return [found for found in task.impediments.all() if found.state in STANDING]


def blocked_by(task: Task) -> Impediment | None:
    """What the work stands still for."""
    return next((found for found in standing_impediments(task) if found.kind == Impediment.Kind.BLOCKED), None)


def carries_card(task: Task, parcel: Parcel | None = None) -> bool:
    """Whether the card of a present goes with a parcel of this task, the next one where none is given: it goes once, in
    the first parcel of who makes the first line of the order."""
    lines = TaskLine.objects.filter(task__order_id=task.order_id).exclude(task__state__in=NOT_MADE)
    first = lines.order_by("line__position", "task_id").values_list("task_id", flat=True).first()
    earlier = Parcel.objects.filter(task_id=task.pk)
    if parcel is not None:
        earlier = earlier.filter(pk__lt=parcel.pk)
    return first == task.pk and not earlier.exists()


def customers_notice(task: Task) -> str:
    """What the customer may know of what is in the way now; "" where nothing is, or where they may not."""
    told = [found.told for found in standing_impediments(task) if found.told]
    return told[-1] if told else ""


def who_ship(order_id: int) -> list[int]:
    """The workshops (ids) from which units of an order left or still have to leave, in the order of their tasks."""
    tasks = Task.objects.filter(order_id=order_id).prefetch_related("lines").order_by("pk")
    shipping = [task.producer_id for task in tasks if any(line.asked_quantity for line in task.lines.all())]
    return list(dict.fromkeys(shipping))


def carrier_told(carrier: str) -> str:
    """Who brings a parcel, as its customer reads it."""
    ours = {
        "cycloon": pgettext("customer", "Fietskoerier"),
        COLLECTED: pgettext("customer", "Afgehaald in het atelier"),
    }
    return ours.get(carrier) or CARRIER_NAMES.get(carrier, carrier)
