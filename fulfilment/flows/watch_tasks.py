"""Work that needs somebody: what a workshop says is in its way, what nobody accepts, what is late.

`look_at` brings the operator's list up to date with one task, after everything that happens to it. `watch_tasks` runs
by the hour for what happens by nothing happening: silence reminds the workshop first, and then tells the operator.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fulfilment.flows import tell_workshop
from fulfilment.inbox.issues import raise_issue, resolve_all
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import each
from fulfilment.life import move
from fulfilment.orders.locks import lock_order
from fulfilment.production.locks import lock_task
from fulfilment.production.models import Impediment, Reminder, Task
from fulfilment.production.queries import STANDING, blocked_by, issue_subject, standing_impediments
from fulfilment.production.rules import UNFINISHED, working_time

KINDS = {
    Impediment.Kind.DECLINED: OpenIssue.Kind.TASK_DECLINED,
    Impediment.Kind.LATER: OpenIssue.Kind.TASK_LATER,
    Impediment.Kind.BLOCKED: OpenIssue.Kind.TASK_BLOCKED,
}
"""What stands on the operator's list for what a workshop said."""


def look_at(task: Task, now: datetime) -> None:
    """What of this task needs the operator stands on the list, and what does not any more is off it.

    The caller holds the task. What kept the workshop from work that is done, or is somebody else's, is over.
    """
    standing = standing_impediments(task)
    if task.state not in UNFINISHED:
        for impediment in standing:
            move(impediment, "end", now=now)
        standing = []
    subject = issue_subject(task)
    asking = {KINDS[Impediment.Kind(found.kind)]: found for found in standing if found.state == Impediment.State.OPEN}
    for kind, impediment in asking.items():
        raise_issue(kind, subject, _told(impediment), now)
    kept = set(asking)
    if task.state == Task.State.WAITING:
        kept.add(OpenIssue.Kind.TASK_UNACCEPTED)
    if task.state in UNFINISHED and task.due_on < timezone.localdate(now):
        kept.add(OpenIssue.Kind.TASK_LATE)
    watched = {*KINDS.values(), OpenIssue.Kind.TASK_UNACCEPTED, OpenIssue.Kind.TASK_LATE}
    resolve_all(watched - kept, subject, now)


def watch_tasks(*, now: datetime) -> None:
    """Look at every task that is silent, late, or stands still; each in a transaction of its own."""
    today = timezone.localdate(now)
    unfinished = Task.objects.filter(state__in=UNFINISHED)
    needing = unfinished.filter(
        Q(state=Task.State.WAITING, created_at__lte=now - settings.ACCEPT_PATIENCE)
        | Q(due_on__lt=today)
        | Q(impediments__state__in=STANDING)
    )
    found = needing.order_by("pk").values_list("pk", "order_id", "public_id").distinct()
    each("watch", found, lambda one: _watch(one[0], one[1], now), named=lambda one: one[2], now=now, tries=1)


@transaction.atomic
def _watch(pk: int, order_id: int, now: datetime) -> None:
    lock_order(pk=order_id)
    task = lock_task(pk=pk)
    look_at(task, now)
    _heed_silence(task, now)
    _heed_lateness(task, now)


def _heed_silence(task: Task, now: datetime) -> None:
    if task.state != Task.State.WAITING:
        return
    asked = task.steps.filter(state=Task.State.WAITING).latest("at", "pk")
    since, silent = timezone.localdate(asked.at), _working_time(asked.at, now)
    if silent >= settings.ACCEPT_PATIENCE and _once(task, Reminder.Stage.UNACCEPTED, since, now):
        tell_workshop.please_answer(task, since, now)
    if silent >= settings.ACCEPT_PATIENCE + settings.LATE_PATIENCE and _once(
        task, Reminder.Stage.UNACCEPTED_STILL, since, now
    ):
        message = _("%(what)s wacht sinds %(day)s op een antwoord. Het atelier kreeg een mail.")
        figures = {"what": _named(task), "day": date_format(since, "j F")}
        raise_issue(OpenIssue.Kind.TASK_UNACCEPTED, issue_subject(task), message % figures, now)


def _heed_lateness(task: Task, now: datetime) -> None:
    """A workshop that said that its work stands still needs no reminder; the operator has that on the list."""
    blocked = blocked_by(task)
    is_known = task.state == Task.State.DECLINED or (blocked is not None and blocked.state == Impediment.State.OPEN)
    if task.state not in UNFINISHED or task.due_on >= timezone.localdate(now) or is_known:
        return
    end = datetime.combine(task.due_on + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    if _once(task, Reminder.Stage.LATE, task.due_on, now):
        tell_workshop.is_late(task, now)
    if _working_time(end, now) >= settings.LATE_PATIENCE and _once(task, Reminder.Stage.LATE_STILL, task.due_on, now):
        message = _("%(what)s moest klaar zijn tegen %(day)s. Het atelier kreeg een mail.")
        figures = {"what": _named(task), "day": date_format(task.due_on, "j F")}
        raise_issue(OpenIssue.Kind.TASK_LATE, issue_subject(task), message % figures, now)


def _once(task: Task, stage: Reminder.Stage, about: date, now: datetime) -> bool:
    """Whether this is the first time; the caller holds the task."""
    return Reminder.objects.get_or_create(task=task, stage=stage, about=about, defaults={"at": now})[1]


def _working_time(since: datetime, until: datetime) -> timedelta:
    return working_time(timezone.localtime(since), timezone.localtime(until))


def _told(impediment: Impediment) -> str:
    """What the operator reads of it on the list."""
    task = impediment.task
    what = f"{_named(task)}: {impediment.get_kind_display()}"
    if impediment.due_on is not None:
        what += ", " + _("klaar tegen %(day)s") % {"day": date_format(impediment.due_on, "j F")}
    note = f" “{impediment.note}”" if impediment.note else ""
    return f"{what}. {impediment.get_reason_display()}.{note}"


def _named(task: Task) -> str:
    return _("Bestelling %(number)s bij %(producer)s") % {
        "number": task.order.number,
        "producer": task.producer.name,
    }
