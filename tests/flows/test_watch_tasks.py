"""Silence and lateness: the workshop is reminded first, then the operator is told; once per stage."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fulfilment.flows import say_no, work_task
from fulfilment.flows.watch_tasks import watch_tasks
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.partners.models import Membership, User
from fulfilment.production.models import Reminder, Task
from fulfilment.production.rules import working_time
from tests.support import rows, workshop
from tests.support.bought import issues

pytestmark = pytest.mark.django_db

MONDAY = rows.NOW  # 23 November, nine in the evening here
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = date(2026, 12, 4)  # a Friday
AFTER = datetime(2026, 12, 5, 7, 20, tzinfo=UTC)  # the Saturday after it


def lamp() -> tuple[Task, User]:
    labeur = rows.partner("labeur")
    return workshop.task(labeur), workshop.member(labeur)


def reminded() -> list[tuple[str, str]]:
    return sorted(Mail.objects.filter(subject__contains="estelling").values_list("to", "subject"))


def test_who_does_not_answer_gets_one_mail_and_then_the_operator_is_told_once() -> None:
    task, coach = lamp()
    workshop.member(task.producer, role=Membership.Role.WORKER)
    watch_tasks(now=MONDAY + DAY - HOUR)
    assert reminded() == []

    for hour in range(3):
        watch_tasks(now=MONDAY + DAY + hour * HOUR)
    subject = f"Kunnen jullie dit maken? (bestelling {task.order.number})"
    assert reminded() == [(coach.email, subject), ("labeur@example.com", subject)]
    assert issues() == []

    for hour in range(3):
        watch_tasks(now=MONDAY + 2 * DAY + hour * HOUR)
    assert len(reminded()) == 2
    assert issues() == [f"task_unaccepted:task:{task.public_id}"]
    assert "wacht sinds 23 november" in OpenIssue.objects.get().message

    resolve(OpenIssue.Kind.TASK_UNACCEPTED, f"task:{task.public_id}", MONDAY)
    watch_tasks(now=MONDAY + 3 * DAY)
    assert issues() == []


def test_who_answers_is_left_alone_and_off_the_list() -> None:
    task, coach = lamp()
    watch_tasks(now=MONDAY + 2 * DAY)
    assert len(issues()) == 1
    work_task.accept(task.public_id, by=coach, now=MONDAY + 2 * DAY)
    assert issues() == []
    mails = Mail.objects.count()
    watch_tasks(now=MONDAY + 7 * DAY)
    assert (Mail.objects.count(), issues()) == (mails, [])


def test_saying_no_is_an_answer_too() -> None:
    task, coach = lamp()
    workshop.says(task, coach, "declined", "busy")
    watch_tasks(now=MONDAY + 5 * DAY)
    assert reminded() == []
    assert issues() == [f"task_declined:task:{task.public_id}"]


def test_who_takes_its_answer_back_is_asked_anew() -> None:
    task, coach = lamp()
    watch_tasks(now=MONDAY + DAY)
    work_task.accept(task.public_id, by=coach, now=MONDAY + DAY)
    back = MONDAY + 2 * DAY
    work_task.undo(task.public_id, step="accepted", by=coach, now=back)
    watch_tasks(now=back + HOUR)
    assert len(reminded()) == 2
    watch_tasks(now=back + DAY)
    assert len(reminded()) == 4


def test_what_is_late_reminds_the_workshop_and_a_working_day_later_the_operator() -> None:
    task, coach = lamp()
    workshop.brought_to("making", task, coach)
    watch_tasks(now=AFTER - DAY)
    assert reminded() == []

    watch_tasks(now=AFTER)
    assert {subject for _to, subject in reminded()} == {f"De dag is voorbij: bestelling {task.order.number}"}
    for later in (HOUR, DAY, 2 * DAY):  # Saturday, Sunday, Monday
        watch_tasks(now=AFTER + later)
    assert issues() == []
    watch_tasks(now=AFTER + 3 * DAY)
    watch_tasks(now=AFTER + 3 * DAY + HOUR)
    assert issues() == [f"task_late:task:{task.public_id}"]
    assert len(reminded()) == 2


def test_a_later_day_takes_it_off_the_list_and_counts_anew() -> None:
    task, coach = lamp()
    workshop.brought_to("making", task, coach)
    watch_tasks(now=AFTER + 4 * DAY)
    assert len(issues()) == 1
    said = workshop.says(task, coach, "later", day=date(2026, 12, 14), now=AFTER + 4 * DAY)
    assert issues() == [f"task_later:task:{task.public_id}"]
    say_no.agree(said.pk, by=coach, now=AFTER + 4 * DAY)
    watch_tasks(now=AFTER + 5 * DAY)
    assert issues() == []
    watch_tasks(now=AFTER + 12 * DAY)
    assert issues() == [f"task_late:task:{task.public_id}"]
    assert Reminder.objects.filter(stage=Reminder.Stage.LATE).count() == 2


def test_what_left_after_all_is_off_the_list() -> None:
    task, coach = lamp()
    workshop.brought_to("ready", task, coach)
    watch_tasks(now=AFTER + 4 * DAY)
    workshop.shipped(task, coach, now=AFTER + 4 * DAY)
    assert issues() == []
    watch_tasks(now=AFTER + 5 * DAY)
    assert issues() == []


def test_a_workshop_that_said_that_it_stands_still_is_not_reminded_until_it_was_answered() -> None:
    task, coach = lamp()
    workshop.brought_to("making", task, coach)
    said = workshop.says(task, coach, "blocked", "material")
    watch_tasks(now=AFTER + 4 * DAY)
    assert reminded() == []
    assert issues() == [f"task_blocked:task:{task.public_id}"]
    say_no.answer(said.pk, "Het komt maandag.", by=coach, now=AFTER)
    Mail.objects.all().delete()
    watch_tasks(now=AFTER + 4 * DAY)
    assert issues() == [f"task_late:task:{task.public_id}"]


def test_what_was_ticked_off_and_is_not_over_comes_back() -> None:
    task, coach = lamp()
    workshop.says(task, coach, "declined", "busy")
    resolve(OpenIssue.Kind.TASK_DECLINED, f"task:{task.public_id}", MONDAY)
    watch_tasks(now=MONDAY + HOUR)
    assert issues() == [f"task_declined:task:{task.public_id}"]


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-27T16:00", "2026-11-30T09:00", 17),  # Friday afternoon to Monday morning
        ("2026-11-28T10:00", "2026-11-29T20:00", 0),
        ("2026-11-28T10:00", "2026-11-30T08:00", 8),
        ("2026-11-25T10:00", "2026-11-26T10:00", 24),
        ("2026-11-20T10:00", "2026-12-04T10:00", 240),
        ("2026-11-26T10:00", "2026-11-25T10:00", 0),
    ],
)
def test_the_days_on_which_workshops_are_closed_do_not_count(since: str, until: str, hours: int) -> None:
    found = working_time(*(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (since, until)))
    assert found == timedelta(hours=hours)
