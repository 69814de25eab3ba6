"""A task from new to delivered, and what the workshop cannot do."""

from datetime import timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.partners.models import Membership
from fulfilment.production.models import Parcel, Task, TaskStep
from fulfilment.production.queries import steps_that_stand
from tests.support import rows, workshop
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def test_each_step_is_kept_with_who_took_it_and_when() -> None:
    labeur = rows.partner("labeur")
    coach, task = workshop.member(labeur), workshop.task(labeur)

    work_task.accept(task.public_id, by=coach, now=NOW)
    work_task.start(task.public_id, by=coach, now=NOW + timedelta(hours=1))
    work_task.finish(task.public_id, by=coach, now=NOW + timedelta(hours=9))

    assert workshop.steps(task) == ["waiting", "accepted", "making", "ready"]
    last = TaskStep.objects.filter(task=task).last()
    assert last is not None
    assert (last.by, last.at) == (coach, NOW + timedelta(hours=9))


def test_pressing_the_same_button_twice_is_pressing_it_once() -> None:
    labeur = rows.partner("labeur")
    coach, task = workshop.member(labeur), workshop.task(labeur)

    work_task.accept(task.public_id, by=coach, now=NOW)
    work_task.accept(task.public_id, by=coach, now=NOW)

    assert workshop.steps(task) == ["waiting", "accepted"]


def test_no_step_is_skipped() -> None:
    labeur = rows.partner("labeur")
    coach, task = workshop.member(labeur), workshop.task(labeur)

    with pytest.raises(Refusal, match="Nieuw"):
        work_task.finish(task.public_id, by=coach, now=NOW)
    with pytest.raises(Refusal, match="Nieuw"):
        workshop.shipped(task, coach)

    assert not Parcel.objects.exists()


@pytest.mark.parametrize("role", [Membership.Role.DESIGNER, Membership.Role.VIEWER])
def test_who_does_not_work_for_the_producer_finds_no_task(role: str) -> None:
    labeur = rows.partner("labeur")
    task = workshop.brought_to("ready", workshop.task(labeur), workshop.member(labeur))
    parcel = workshop.shipped(task, workshop.member(labeur, email="second@labeur.example"))
    strangers = [workshop.member(labeur, role=role), workshop.member(rows.partner("compaan"))]

    for stranger in strangers:
        for act in (work_task.accept, work_task.start, work_task.finish):
            with pytest.raises(Refusal) as refused:
                act(task.public_id, by=stranger, now=NOW)
            assert refused.value.code == "NOT_FOUND"
        with pytest.raises(Refusal, match="er niet"):
            work_task.undo(task.public_id, step="ready", by=stranger, now=NOW)
        with pytest.raises(Refusal, match="er niet"):
            work_task.undo_delivery(parcel.public_id, by=stranger, now=NOW)
        with pytest.raises(Refusal, match="er niet"):
            workshop.shipped(task, stranger)
        with pytest.raises(Refusal, match="er niet"):
            work_task.deliver(parcel.public_id, by=stranger, now=NOW)
        with pytest.raises(Refusal, match="er niet"):
            work_task.correct_tracking(parcel.public_id, carrier="bpost", tracking_code="999999", by=stranger, now=NOW)


def test_all_in_one_parcel_ships_the_task_and_tells_saleor_and_the_customer() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur, role=Membership.Role.WORKER)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)

    parcel = workshop.shipped(task, coach, code="3232 1234 5678")

    task.refresh_from_db()
    assert task.state == Task.State.SHIPPED
    assert parcel.tracking_code == "323212345678"
    assert workshop.units(task) == {line.pk: 0 for line in task.lines.all()}
    assert Mark.objects.get(kind=Mark.Kind.PARCEL).object_id == parcel.public_id
    assert Mail.objects.get().key == f"parcel:{parcel.public_id}:shipped"


def test_part_of_it_leaves_the_task_open_until_the_rest_has_gone_and_arrived() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)

    first = workshop.shipped(task, coach, quantities={line: 1}, form_key="form-1")
    work_task.deliver(first.public_id, by=coach, now=NOW)
    task.refresh_from_db()
    assert task.state == Task.State.READY

    second = workshop.shipped(task, coach, quantities={line: 2}, form_key="form-2")
    task.refresh_from_db()
    assert task.state == Task.State.SHIPPED
    work_task.deliver(second.public_id, by=coach, now=NOW)
    work_task.deliver(second.public_id, by=coach, now=NOW + timedelta(days=1))

    task.refresh_from_db()
    assert task.state == Task.State.DELIVERED
    assert workshop.steps(task) == ["waiting", "accepted", "making", "ready", "shipped", "delivered"]
    assert Parcel.objects.get(pk=second.pk).delivered_at == NOW


def test_what_is_collected_at_the_workshop_has_arrived_at_once() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)

    parcel = workshop.shipped(task, coach, carrier="afgehaald", code="left over from another choice")

    task.refresh_from_db()
    assert (task.state, parcel.delivered_at, parcel.tracking_code) == (Task.State.DELIVERED, NOW, "")


def test_the_same_form_twice_is_one_parcel_and_one_mail() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)

    first = workshop.shipped(task, coach, quantities={line: 1})
    assert workshop.shipped(task, coach, quantities={line: 1}) == first
    with pytest.raises(Refusal, match="al verstuurd"):
        workshop.shipped(task, coach, quantities={line: 2})

    assert workshop.units(task) == {line: 2}
    assert Mail.objects.count() == 1


def test_a_form_key_holds_for_its_own_task_only() -> None:
    labeur, compaan = rows.partner("labeur"), rows.partner("compaan")
    coach, other = workshop.member(labeur), workshop.member(compaan)
    lamp = workshop.brought_to("ready", workshop.task(labeur), coach)
    stools = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), other)

    workshop.shipped(lamp, coach, form_key="the-same")
    workshop.shipped(stools, other, form_key="the-same")

    assert Parcel.objects.count() == 2


@pytest.mark.parametrize(
    ("carrier", "code", "quantity", "refusal"),
    [
        ("pigeon", "323212345678", 1, "NO_CARRIER"),
        ("bpost", " ", 1, "NO_TRACKING"),
        ("bpost", "<script>", 1, "BAD_TRACKING"),
        ("bpost", "323212345678", 0, "NOTHING_SENT"),
        ("bpost", "323212345678", 4, "TOO_MANY"),
        ("bpost", "323212345678", -1, "NOT_OF_TASK"),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_in_words(carrier: str, code: str, quantity: int, refusal: str) -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)

    with pytest.raises(Refusal) as refused:
        workshop.shipped(task, coach, carrier=carrier, code=code, quantities={line: quantity})

    assert refused.value.code == refusal
    assert refused.value.message.endswith(".")
    assert workshop.units(task) == {line: 3}


def test_units_of_another_task_are_no_units_of_this_one() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)
    [foreign] = workshop.units(workshop.task(rows.partner("compaan"), [THREE_STOOLS]))

    with pytest.raises(Refusal) as refused:
        workshop.shipped(task, coach, quantities={foreign: 1})

    assert refused.value.code == "NOT_OF_TASK"


def test_a_corrected_code_is_told_to_saleor_again_until_the_parcel_arrived() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    parcel = workshop.shipped(workshop.brought_to("ready", workshop.task(labeur), coach), coach)
    before = Mark.objects.get(kind=Mark.Kind.PARCEL).counter

    work_task.correct_tracking(parcel.public_id, carrier="dpd", tracking_code="0553 12", by=coach, now=NOW)

    parcel.refresh_from_db()
    assert (parcel.carrier, parcel.tracking_code) == ("dpd", "055312")
    assert Mark.objects.get(kind=Mark.Kind.PARCEL).counter == before + 1

    with pytest.raises(Refusal, match="onderweg"):
        work_task.correct_tracking(parcel.public_id, carrier="afgehaald", tracking_code="", by=coach, now=NOW)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    with pytest.raises(Refusal, match="al geleverd"):
        work_task.correct_tracking(parcel.public_id, carrier="dpd", tracking_code="055313", by=coach, now=NOW)


def test_what_is_cancelled_comes_off_what_is_open() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("making", workshop.task(labeur, [THREE_STOOLS]), coach)
    line = task.lines.get()

    work_task.cancel_units({line.line_id: 1}, order_id=task.order_id, now=NOW)
    task.refresh_from_db()
    assert task.state == Task.State.MAKING
    assert workshop.units(task) == {line.pk: 2}

    work_task.cancel_units({line.line_id: 5}, order_id=task.order_id, now=NOW)
    task.refresh_from_db()
    assert task.state == Task.State.CANCELLED
    assert workshop.steps(task)[-1] == "cancelled"


def test_when_the_rest_is_cancelled_a_task_is_shipped_or_delivered_as_its_parcels_are() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    on_its_way, arrived = (workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach) for _ in range(2))
    for task in (on_its_way, arrived):
        line = task.lines.get()
        parcel = workshop.shipped(task, coach, quantities={line.pk: 1})
        if task is arrived:
            work_task.deliver(parcel.public_id, by=coach, now=NOW)
        work_task.cancel_units({line.line_id: 2}, order_id=task.order_id, now=NOW)
        task.refresh_from_db()

    assert on_its_way.state == Task.State.SHIPPED
    assert arrived.state == Task.State.DELIVERED
    assert workshop.steps(arrived)[-2:] == ["shipped", "delivered"]


def test_cancelling_what_has_left_changes_nothing_here() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)
    workshop.shipped(task, coach)

    work_task.cancel_units({task.lines.get().line_id: 1}, order_id=task.order_id, now=NOW)

    task.refresh_from_db()
    assert task.state == Task.State.SHIPPED
    assert task.lines.get().cancelled_quantity == 0


def history(task: Task) -> list[tuple[str, str]]:
    """Each step as the state that it led to and the one that it undid."""
    return list(task.steps.values_list("state", "undoes"))


def test_what_was_pressed_by_mistake_goes_back_step_by_step_and_the_history_keeps_it() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)

    for step, back_to in (("ready", "making"), ("making", "accepted"), ("accepted", "waiting")):
        work_task.undo(task.public_id, step=step, by=coach, now=NOW)
        task.refresh_from_db()
        assert task.state == back_to
        assert history(task)[-1] == (back_to, step)

    last = task.steps.last()
    assert last is not None
    assert (last.by, last.at, last.told()) == (coach, NOW, "Teruggezet op “Nieuw”")
    assert [step.state for step in steps_that_stand(task)] == ["waiting"]
    workshop.brought_to("accepted", task, coach, now=NOW)
    assert [state for state, _undone in history(task)] == [
        *("waiting", "accepted", "making", "ready"),
        *("making", "accepted", "waiting", "accepted"),
    ]


def test_undoing_twice_takes_back_one_step() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("making", workshop.task(labeur), coach)

    for _ in range(2):
        work_task.undo(task.public_id, step="making", by=coach, now=NOW)

    task.refresh_from_db()
    assert task.state == Task.State.ACCEPTED
    assert [undone for _state, undone in history(task)] == ["", "", "", "making"]


@pytest.mark.parametrize("step", ["accepted", "waiting", "shipped", "cancelled", "nonsense", ""])
def test_only_the_last_step_is_undone(step: str) -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)

    with pytest.raises(Refusal, match="Klaar voor verzending") as refused:
        work_task.undo(task.public_id, step=step, by=coach, now=NOW)

    assert refused.value.code == "WRONG_STATE"
    assert len(history(task)) == 4


def test_once_a_parcel_has_left_the_work_does_not_go_back() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1})

    with pytest.raises(Refusal, match="al een pakket weg") as refused:
        work_task.undo(task.public_id, step="ready", by=coach, now=NOW)
    assert refused.value.code == "SHIPPED"

    workshop.shipped(task, coach, quantities={line: 2}, form_key="form-2")
    for step in ("ready", "shipped"):
        with pytest.raises(Refusal, match="Verzonden"):
            work_task.undo(task.public_id, step=step, by=coach, now=NOW)


def test_a_parcel_that_did_not_arrive_after_all_is_on_its_way_again() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)
    parcel = workshop.shipped(task, coach)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)

    for _ in range(2):
        work_task.undo_delivery(parcel.public_id, by=coach, now=NOW + timedelta(hours=1))

    task.refresh_from_db()
    parcel.refresh_from_db()
    assert (task.state, parcel.delivered_at) == (Task.State.SHIPPED, None)
    assert history(task)[-2:] == [("delivered", ""), ("shipped", "delivered")]
    assert [step.state for step in steps_that_stand(task)][-2:] == ["ready", "shipped"]

    work_task.correct_tracking(parcel.public_id, carrier="dpd", tracking_code="055312", by=coach, now=NOW)
    work_task.deliver(parcel.public_id, by=coach, now=NOW + timedelta(days=1))
    assert [(step.state, step.at) for step in steps_that_stand(task)][-1] == ("delivered", NOW + timedelta(days=1))


def test_of_two_parcels_the_one_that_did_not_arrive_leaves_the_other_as_it_is() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    first = workshop.shipped(task, coach, quantities={line: 1})
    work_task.deliver(first.public_id, by=coach, now=NOW)

    work_task.undo_delivery(first.public_id, by=coach, now=NOW)

    task.refresh_from_db()
    assert task.state == Task.State.READY
    last = task.steps.last()
    assert last is not None
    assert (last.state, last.told()) == ("ready", "Toch niet geleverd")
    assert [step.state for step in steps_that_stand(task)] == ["waiting", "accepted", "making", "ready"]


def test_what_was_released_or_collected_stays_delivered() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    sent, collected = (workshop.brought_to("ready", workshop.task(labeur), coach) for _ in range(2))
    parcel = workshop.shipped(sent, coach)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    Order.objects.filter(pk=sent.order_id).update(released_at=NOW)

    with pytest.raises(Refusal, match="geld van deze bestelling is al vrij"):
        work_task.undo_delivery(parcel.public_id, by=coach, now=NOW)
    with pytest.raises(Refusal, match="zelf afgehaald"):
        work_task.undo_delivery(workshop.shipped(collected, coach, carrier="afgehaald").public_id, by=coach, now=NOW)

    parcel.refresh_from_db()
    assert parcel.delivered_at == NOW
