"""A workshop says what is in its way: not us, later, or stuck; and the operator answers.

Each is one of few reasons, with what the customer may know: one of our own sentences, or nothing. It stands on the
operator's list until it is answered, taken back or over (`watch_tasks.look_at`).
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows import tell_customer, tell_workshop
from fulfilment.flows.watch_tasks import look_at
from fulfilment.flows.work_task import go_back, locked_task, wrong_state
from fulfilment.life import advance, move
from fulfilment.orders.locks import lock_order
from fulfilment.partners.models import User
from fulfilment.production import queries, rules
from fulfilment.production.locks import lock_task
from fulfilment.production.models import Impediment, Task


@transaction.atomic
def say(
    task: str,
    *,
    kind: str,
    reason: str,
    told: str,
    note: str = "",
    day: date | None = None,
    form_key: str,
    by: User,
    now: datetime,
) -> Impediment:
    """Say what is in the way of a task; the same form sent twice says it once, also once it is over.

    `day` is the new one, for a later day alone. `Refusal` where the task is past it, or no such thing can be said.
    """
    locked = locked_task(task, by)
    key = rules.form_key_of(locked.public_id, form_key)
    earlier = Impediment.objects.filter(form_key=key, task=locked).first()
    if earlier is not None:
        return earlier
    if not rules.may_say(kind, locked.state):
        raise Refusal(wrong_state(locked), code="WRONG_STATE")
    _check(kind, reason, told, note)
    if kind == Impediment.Kind.BLOCKED and (blocked := queries.blocked_by(locked)):
        return blocked
    said = Impediment(task=locked, form_key=key, kind=kind, reason=reason, told=told, note=note.strip())
    if kind == Impediment.Kind.LATER:
        said.former_due_on, said.due_on = locked.due_on, _checked_day(locked, day, now)
    for found in queries.standing_impediments(locked):
        if kind in (found.kind, Impediment.Kind.DECLINED):
            move(found, "end", now=now, by=by)
    said.said_at, said.said_by = now, by
    said.save()
    if kind == Impediment.Kind.DECLINED:
        _decline(locked, by, now)
    elif said.due_on is not None:
        _promise(locked, said.due_on)
    look_at(locked, now)
    tell_customer.impeded(said, now)
    return said


@transaction.atomic
def take_back(impediment: str, *, by: User, now: datetime) -> None:
    """It was said by mistake: all is as it was before, and whoever was told is told so. A second time changes nothing.

    `Refusal` once the operator answered, and for a day that a later one has taken the place of.
    """
    found = Impediment.objects.filter(public_id=impediment).select_related("task").first()
    if found is None:
        raise Refusal(_("Dit is er niet."), code="NOT_FOUND")
    locked = locked_task(found.task.public_id, by)
    found.refresh_from_db()
    if found.state == Impediment.State.TAKEN_BACK:
        return
    advance(
        found, "take_back", message=_("Dit kan niet meer terug. Laat het weten aan Sociaal Gemaakt."), now=now, by=by
    )
    if found.kind == Impediment.Kind.DECLINED:
        go_back(locked, "take_back", Task.State.DECLINED, by, now)
    elif found.former_due_on is not None:
        _promise(locked, found.former_due_on)
    look_at(locked, now)
    found.task = locked
    tell_customer.as_promised(found, now)


@transaction.atomic
def go_on(task: str, *, by: User, now: datetime) -> None:
    """The work stands still no longer. A second press changes nothing."""
    locked = locked_task(task, by)
    blocked = queries.blocked_by(locked)
    if blocked is not None:
        move(blocked, "end", now=now, by=by)
        look_at(locked, now)


@transaction.atomic
def agree(impediment: int, *, by: User, now: datetime) -> None:
    """The operator agrees to the later day; a second time changes nothing."""
    found, locked = _held(impediment)
    if found.state == Impediment.State.SETTLED:
        return
    advance(found, "settle", message=_over(), now=now, by=by)
    look_at(locked, now)


@transaction.atomic
def answer(impediment: int, text: str, *, by: User, now: datetime) -> None:
    """The operator answers what the work waits for; the workshop reads it with its task, and by mail."""
    found, locked = _held(impediment)
    if found.state == Impediment.State.SETTLED and found.answer == text:
        return
    advance(found, "settle", message=_over(), now=now, by=by, answer=text)
    found.task = locked
    look_at(locked, now)
    tell_workshop.answered(found, now)


def _decline(task: Task, by: User, now: datetime) -> None:
    """What was taken on and not begun is first given back, so that the history has no step that leads nowhere."""
    if task.state == Task.State.ACCEPTED:
        go_back(task, "undo", Task.State.ACCEPTED, by, now)
    advance(task, "decline", message=wrong_state(task), now=now, by=by)


def _promise(task: Task, day: date) -> None:
    """The day that everybody reads from now on."""
    task.due_on = day
    task.save(update_fields=["due_on"])


def _held(impediment: int) -> tuple[Impediment, Task]:
    """What the operator answers, read while its order and its task are locked."""
    task_id, order_id = Impediment.objects.values_list("task_id", "task__order_id").get(pk=impediment)
    lock_order(pk=order_id)
    locked = lock_task(pk=task_id)
    return Impediment.objects.select_related("task").get(pk=impediment), locked


def _check(kind: str, reason: str, told: str, note: str) -> None:
    if reason not in rules.REASONS[kind]:
        raise Refusal(_("Kies waarom."), code="NO_REASON")
    if told not in rules.SENTENCES[kind]:
        raise Refusal(_("Kies wat de klant mag weten."), code="NO_SENTENCE")
    if reason == Impediment.Reason.QUESTION and not note.strip():
        raise Refusal(_("Schrijf op wat je wilt weten."), code="NO_QUESTION")


def _checked_day(task: Task, day: date | None, now: datetime) -> date:
    today = timezone.localdate(now)
    if day is None or day <= task.due_on or day < today:
        raise Refusal(
            _("Kies een dag na %(day)s.") % {"day": date_format(max(task.due_on, today - timedelta(days=1)), "j F")},
            code="NOT_LATER",
        )
    if day > today + rules.FURTHEST:
        raise Refusal(_("Die dag is te ver weg. Kijk of het jaar klopt."), code="TOO_FAR")
    return day


def _over() -> str:
    return _("Dit is al voorbij: het atelier heeft het opgelost of teruggenomen.")
