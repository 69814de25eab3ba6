"""Two hands on one task, and one code on two parcels."""

from collections.abc import Callable
from threading import Barrier
from unittest import mock

import pytest
from django.db import IntegrityError

from fulfilment.flows import reassign_task, work_task
from fulfilment.flows.watch_tasks import watch_tasks
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, User
from fulfilment.production import queries
from fulfilment.production.models import Impediment, Parcel, Reminder, Task
from fulfilment.routing.models import Decision
from tests.support import rows, workshop
from tests.support.at_once import said, together
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS
from tests.support.workshop import NOW, ready_stools

pytestmark = pytest.mark.django_db(transaction=True)


def two_lamps_ready() -> tuple[User, list[Callable[[], str]]]:
    """Two orders of one workshop, each packed; two hands that type the same code in the same instant."""
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    tasks = [workshop.brought_to("ready", workshop.task(labeur), coach) for _ in range(2)]
    return coach, [
        lambda task=task: said(lambda: workshop.shipped(task, coach, sure=False))  # type: ignore[misc]
        for task in tasks
    ]


def test_of_two_orders_that_leave_at_once_with_one_code_the_second_is_asked_whether_it_is_right() -> None:
    _coach, hands = two_lamps_ready()

    answers = together(hands)

    assert sorted(map(str, answers)) == ["", "CODE_TAKEN"]
    assert Parcel.objects.count() == 1


def test_without_the_lock_of_the_code_both_would_leave_with_it() -> None:
    _coach, hands = two_lamps_ready()
    have_looked = Barrier(2)
    look = queries.another_with_code

    def look_and_wait(task: Task, code: str, *, besides: int = 0) -> Parcel | None:
        found = look(task, code, besides=besides)
        have_looked.wait(10)
        return found

    with (
        mock.patch.object(work_task, "lock_code"),
        mock.patch.object(queries, "another_with_code", look_and_wait),
    ):
        answers = together(hands)

    assert answers == ["", ""]
    assert len(set(Parcel.objects.values_list("tracking_code", flat=True))) == 1


def test_a_code_corrected_and_one_that_leaves_at_once_are_not_the_same() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    first, second = (workshop.brought_to("ready", workshop.task(labeur), coach) for _ in range(2))
    parcel = workshop.shipped(first, coach, code="055311")

    answers = together(
        [
            lambda: said(
                lambda: work_task.correct_tracking(
                    parcel.public_id, carrier="dpd", tracking_code="055312", by=coach, now=NOW
                )
            ),
            lambda: said(lambda: workshop.shipped(second, coach, carrier="dpd", code="055312", sure=False)),
        ]
    )

    assert sorted(map(str, answers)) == ["", "CODE_TAKEN"]


def may_move(task: Task) -> tuple[Partner, User]:
    """Another workshop that may make the stools, and an operator."""
    new = rows.partner("labeur")
    workshop.takes_over(new, "SG-003")
    return new, User.objects.create_user("operator@example.com", is_staff=True, staff_role="operator")


def hands_on(task: Task, coach: User) -> list[Callable[[], str]]:
    """Its workshop ships all of it while the operator gives it to another."""
    new, staff = may_move(task)
    return [
        lambda: said(lambda: workshop.shipped(task, coach)),
        lambda: said(lambda: reassign_task.reassign(task.public_id, new.pk, by=staff, now=NOW)),
    ]


def test_what_is_shipped_and_given_to_another_workshop_at_once_is_one_of_the_two() -> None:
    task, coach, _line = ready_stools()

    answers = together(hands_on(task, coach))

    assert sorted(map(str, answers)) == ["", "WRONG_STATE"]
    units = task.lines.get()
    assert (units.shipped_quantity, units.moved_quantity) in [(3, 0), (0, 3)]
    assert Task.objects.count() == Decision.objects.count() == (2 if units.moved_quantity else 1)


def test_without_the_locks_it_would_be_shipped_here_and_made_there() -> None:
    task, coach, _line = ready_stools()
    hands = hands_on(task, coach)
    have_looked = Barrier(2)

    def look(*, pk: int) -> Task:
        found = Task.objects.get(pk=pk)
        list(found.lines.all())
        have_looked.wait(10)
        return found

    with (
        mock.patch.object(work_task, "lock_order"),
        mock.patch.object(work_task, "lock_task", look),
        mock.patch.object(reassign_task, "lock_order", lambda *, pk: Order.objects.get(pk=pk)),
        mock.patch.object(reassign_task, "lock_task", look),
        mock.patch.object(work_task, "advance", return_value=None),
        mock.patch.object(reassign_task, "advance", return_value=None),
        pytest.raises(IntegrityError, match="no_more_shipped_than_asked"),
    ):
        together(hands)


@WITH_AND_WITHOUT_LOCKS
def test_the_same_reassignment_pressed_five_times_at_once_is_one() -> None:
    task, _coach, _line = ready_stools()
    new, staff = may_move(task)

    answers = together([lambda: said(lambda: reassign_task.reassign(task.public_id, new.pk, by=staff, now=NOW))] * 5)

    assert sorted(map(str, answers)) == [""] + ["WRONG_STATE"] * 4
    assert Task.objects.count() == Decision.objects.count() == 2


@WITH_AND_WITHOUT_LOCKS
def test_the_same_word_said_five_times_at_once_is_said_once() -> None:
    task, coach, _line = ready_stools()

    together([lambda: workshop.says(Task.objects.get(pk=task.pk), coach, "blocked", "material", form_key="one")] * 5)

    assert Impediment.objects.count() == 1


def test_two_watches_at_once_remind_once() -> None:
    labeur = rows.partner("labeur")
    workshop.task(labeur)

    together([lambda: watch_tasks(now=NOW)] * 3)

    assert Reminder.objects.count() == Mail.objects.count() == 1
