"""What a workshop says is in its way: who is told, what stands on the operator's list, and how it is over."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import say_no, work_task
from fulfilment.mail.models import Mail
from fulfilment.partners.models import User
from fulfilment.production.models import Impediment, Task
from fulfilment.production.rules import MAY_SAY, REASONS, SENTENCES
from tests.support import rows, workshop
from tests.support.bought import issues
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 4)
LATER = date(2026, 12, 11)


def lamp(state: str = "") -> tuple[Task, User]:
    """A lamp that Labeur is asked to make, and its coach."""
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.task(labeur)
    return (workshop.brought_to(state, task, coach) if state else task), coach


def operator() -> User:
    return rows.user("operator@example.com", staff=True)


def mails() -> list[tuple[str, str]]:
    """To whom was written what, oldest first."""
    return list(Mail.objects.order_by("pk").values_list("to", "subject"))


@pytest.mark.parametrize("state", ["", "accepted"])
def test_work_that_a_workshop_will_not_make_waits_for_another_and_can_be_taken_back(state: str) -> None:
    task, coach = lamp(state)

    said = workshop.says(task, coach, "declined", "skill", "another_workshop")

    assert task.state == Task.State.DECLINED
    assert issues() == [f"task_declined:task:{task.public_id}"]
    assert mails() == [("an@example.com", f"We zoeken een ander atelier (bestelling {task.order.number})")]

    for _ in range(2):
        say_no.take_back(said.public_id, by=coach, now=NOW)
    task.refresh_from_db()
    assert task.state == Task.State.WAITING
    assert issues() == []
    assert mails()[-1] == ("an@example.com", f"Toch zoals eerst gezegd (bestelling {task.order.number})")
    assert len(mails()) == 2
    work_task.accept(task.public_id, by=coach, now=NOW)


@pytest.mark.parametrize("state", ["making", "ready"])
def test_once_making_began_a_workshop_cannot_decline(state: str) -> None:
    task, coach = lamp(state)
    with pytest.raises(Refusal, match="Dat kan nu niet"):
        workshop.says(task, coach, "declined", "skill")
    assert task.impediments.count() == 0


def test_a_later_day_is_the_day_at_once_and_the_customer_reads_why() -> None:
    task, coach = lamp("making")

    said = workshop.says(task, coach, "later", "material", "material", day=LATER)

    assert (task.due_on, said.former_due_on) == (LATER, DUE)
    assert issues() == [f"task_later:task:{task.public_id}"]
    [(to, subject)] = mails()
    assert (to, subject) == ("an@example.com", f"Een nieuwe dag voor je bestelling {task.order.number}: 11 december")
    text = Mail.objects.get().text
    assert "We wachten nog op materiaal." in text
    assert "Klaar tegen vrijdag 11 december." in text
    assert "Eerst zeiden we vrijdag 4 december." in text


def test_of_a_later_day_that_the_customer_need_not_know_the_reason_of_nobody_writes() -> None:
    task, coach = lamp("making")
    workshop.says(task, coach, "later", "people", day=LATER)
    assert mails() == []
    assert task.due_on == LATER


def test_the_operator_agrees_to_the_later_day_and_it_is_off_the_list() -> None:
    task, coach = lamp("making")
    said, staff = workshop.says(task, coach, "later", day=LATER), operator()
    for _ in range(2):
        say_no.agree(said.pk, by=staff, now=NOW)
    assert issues() == []
    with pytest.raises(Refusal, match="niet meer terug"):
        say_no.take_back(said.public_id, by=coach, now=NOW)
    task.refresh_from_db()
    assert task.due_on == LATER


def test_a_later_day_said_by_mistake_is_the_former_one_again() -> None:
    task, coach = lamp("making")
    said = workshop.says(task, coach, "later", "busy", "more_time", day=LATER)
    say_no.take_back(said.public_id, by=coach, now=NOW)
    task.refresh_from_db()
    assert task.due_on == DUE
    assert issues() == []
    assert "Klaar tegen vrijdag 4 december." in Mail.objects.order_by("pk").last().text  # type: ignore[union-attr]


def test_a_second_later_day_takes_the_place_of_the_first() -> None:
    task, coach = lamp("making")
    first = workshop.says(task, coach, "later", day=LATER)
    second = workshop.says(task, coach, "later", day=LATER + timedelta(days=7))
    first.refresh_from_db()
    assert first.state == Impediment.State.OVER
    assert len(issues()) == 1
    with pytest.raises(Refusal):
        say_no.take_back(first.public_id, by=coach, now=NOW)
    say_no.take_back(second.public_id, by=coach, now=NOW)
    task.refresh_from_db()
    assert task.due_on == LATER


@pytest.mark.parametrize(
    ("day", "code"),
    [(DUE, "NOT_LATER"), (date(2026, 11, 30), "NOT_LATER"), (None, "NOT_LATER"), (date(2062, 12, 11), "TOO_FAR")],
)
def test_a_day_that_is_none_is_refused(day: date | None, code: str) -> None:
    task, coach = lamp("making")
    with pytest.raises(Refusal) as refused:
        workshop.says(task, coach, "later", day=day)
    assert refused.value.code == code
    assert task.due_on == DUE


def test_when_the_day_has_passed_the_new_one_is_not_in_the_past_either() -> None:
    task, coach = lamp("making")
    with pytest.raises(Refusal, match="Kies een dag na 9 december"):
        workshop.says(task, coach, "later", day=date(2026, 12, 8), now=NOW.replace(month=12, day=10))


def test_work_that_stands_still_goes_no_further_until_somebody_says_so() -> None:
    task, coach = lamp("making")
    workshop.says(task, coach, "blocked", "machine", "machine")
    assert issues() == [f"task_blocked:task:{task.public_id}"]
    assert mails() == [("an@example.com", f"Je bestelling {task.order.number} staat even stil")]
    with pytest.raises(Refusal, match="Dit werk staat stil"):
        work_task.finish(task.public_id, by=coach, now=NOW)
    with pytest.raises(Refusal, match="Dit werk staat stil"):
        work_task.undo(task.public_id, step="making", by=coach, now=NOW)

    for _ in range(2):
        say_no.go_on(task.public_id, by=coach, now=NOW)

    assert issues() == []
    work_task.finish(task.public_id, by=coach, now=NOW)


def test_nothing_leaves_while_the_work_stands_still() -> None:
    task, coach = lamp("ready")
    workshop.says(task, coach, "blocked", "material")
    with pytest.raises(Refusal, match="Dit werk staat stil"):
        workshop.shipped(task, coach)


def test_a_question_is_answered_by_the_operator_and_the_workshop_gets_the_answer() -> None:
    task, coach = lamp("accepted")
    with pytest.raises(Refusal, match="Schrijf op wat je wilt weten"):
        workshop.says(task, coach, "blocked", "question", note="  ")
    said = workshop.says(task, coach, "blocked", "question", note="Welke kleur touw?")

    for _ in range(2):
        say_no.answer(said.pk, "Het grijze touw.", by=coach, now=NOW)

    assert issues() == []
    told = Mail.objects.exclude(to="an@example.com")
    assert sorted(told.values_list("to", flat=True)) == ["coach@labeur.example", "labeur@example.com"]
    assert all("Het grijze touw." in mail.text for mail in told)
    task.refresh_from_db()
    with pytest.raises(Refusal, match="staat stil"):
        work_task.start(task.public_id, by=coach, now=NOW)
    say_no.go_on(task.public_id, by=coach, now=NOW)
    work_task.start(task.public_id, by=coach, now=NOW)


def test_what_is_written_for_the_operator_never_reaches_the_customer() -> None:
    task, coach = lamp("making")
    workshop.says(task, coach, "later", "people", "more_time", day=LATER, note="Karim is ziek")
    mail = Mail.objects.get()
    assert "Karim" not in mail.text + mail.html + mail.subject


def test_the_same_form_twice_says_it_once_also_after_it_was_over() -> None:
    task, coach = lamp("making")
    first = workshop.says(task, coach, "blocked", "material", form_key="the-same")
    assert workshop.says(task, coach, "blocked", "material", form_key="the-same") == first
    assert workshop.says(task, coach, "blocked", "machine") == first  # it stands still already
    say_no.go_on(task.public_id, by=coach, now=NOW)
    workshop.says(task, coach, "blocked", "material", form_key="the-same")
    assert task.impediments.count() == 1
    assert issues() == []


@pytest.mark.parametrize("kind", ["later", "blocked"])
def test_it_is_over_when_the_work_is_done_or_no_longer_wanted(kind: str) -> None:
    task, coach = lamp("ready")
    said = workshop.says(task, coach, kind, "material", day=LATER if kind == "later" else None)
    if kind == "later":
        workshop.shipped(task, coach)
    else:
        work_task.cancel_units({task.lines.get().line_id: 1}, order_id=task.order_id, now=NOW)
    said.refresh_from_db()
    assert said.state == Impediment.State.OVER
    assert issues() == []


def test_what_was_declined_and_is_cancelled_waits_for_nobody() -> None:
    task, coach = lamp()
    said = workshop.says(task, coach, "declined", "busy")
    work_task.cancel_units({task.lines.get().line_id: 1}, order_id=task.order_id, now=NOW)
    task.refresh_from_db()
    assert task.state == Task.State.CANCELLED
    assert issues() == []
    with pytest.raises(Refusal):
        say_no.take_back(said.public_id, by=coach, now=NOW)


def test_of_part_that_is_no_longer_wanted_the_rest_still_stands_still() -> None:
    compaan = rows.partner("compaan")
    coach = workshop.member(compaan)
    task = workshop.brought_to("making", workshop.task(compaan, [THREE_STOOLS]), coach)
    workshop.says(task, coach, "blocked", "material")
    work_task.cancel_units({task.lines.get().line_id: 1}, order_id=task.order_id, now=NOW)
    assert issues() == [f"task_blocked:task:{task.public_id}"]


@pytest.mark.parametrize("kind", list(MAY_SAY))
def test_a_reason_or_a_sentence_of_something_else_is_refused(kind: str) -> None:
    task, coach = lamp("accepted")
    foreign = next(reason for reason in Impediment.Reason if reason not in REASONS[kind])
    with pytest.raises(Refusal, match="Kies waarom"):
        workshop.says(task, coach, kind, foreign, day=LATER)
    with pytest.raises(Refusal, match="Kies wat de klant mag weten"):
        workshop.says(task, coach, kind, REASONS[kind][0], "We zijn lui.", day=LATER)


def test_every_reason_and_every_sentence_can_be_said_of_something() -> None:
    assert MAY_SAY.keys() == REASONS.keys() == SENTENCES.keys() == set(Impediment.Kind.values)
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(Impediment.Reason.values)
    assert {told for sentences in SENTENCES.values() for told in sentences} == set(Impediment.Told.values)


def test_nobody_of_another_workshop_says_anything() -> None:
    task, coach = lamp("accepted")
    stranger = workshop.member(rows.partner("compaan"))
    said = workshop.says(task, coach, "blocked", "material")
    acts: list[Callable[[], object]] = [
        lambda: workshop.says(task, stranger, "later", day=LATER),
        lambda: say_no.go_on(task.public_id, by=stranger, now=NOW),
        lambda: say_no.take_back(said.public_id, by=stranger, now=NOW),
        lambda: say_no.take_back("imp_none", by=stranger, now=NOW),
    ]
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "NOT_FOUND"
