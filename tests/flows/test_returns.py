"""Units that come back: announced, on their way, arrived, judged; lost, or kept by the customer after all."""

from datetime import timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import announce_return, work_return
from fulfilment.flows.watch_returns import sweep_returns
from fulfilment.mail.models import Mail
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from fulfilment.returns.rules import Verdict
from tests.support import rows, workshop
from tests.support.bought import issues
from tests.support.coming_back import LATER, announced, fresh, judged, received, sent, units

pytestmark = pytest.mark.django_db


def mails() -> list[str]:
    told = Mail.objects.filter(key__startswith="return:").order_by("pk").values_list("key", flat=True)
    return [key.rpartition(":")[2] for key in told]


def test_what_is_announced_is_told_to_the_customer_with_the_address_of_its_workshop() -> None:
    found = sent()
    found.maker.street, found.maker.postal_code = "Voorbeeldkaai 36", "9000"
    found.maker.save()
    back = announced(found, 2)
    assert (back.state, back.task, units(found.order)) == ("announced", found.task, {"announced": 2})
    mail = Mail.objects.get(key__endswith=":announced")
    for text in ("2 × Zit", "Compaan", "Voorbeeldkaai 36", "9000 Gent", f"bestelling {found.order.number}"):
        assert text in mail.text
    assert "teruggestort" not in mail.text


def test_no_more_comes_back_than_the_customer_has() -> None:
    found = sent(2)
    announced(found, 1)
    for count in (-1, 2, 3):
        with pytest.raises(Refusal) as refused:
            announced(found, count)
        assert refused.value.code == "TOO_MANY"
    with pytest.raises(Refusal):
        announced(found, 0)
    announced(found, 1)
    assert announce_return.returnable(found.order) == {}


def test_what_did_not_leave_cannot_come_back() -> None:
    maker = rows.partner("compaan")
    task = workshop.task(maker)
    with pytest.raises(Refusal):
        announce_return.announce(
            task.order.public_id, {task.order.lines.get().pk: 1}, reason=Return.Reason.WRONG, now=LATER
        )


def test_units_of_two_workshops_come_back_in_two_returns() -> None:
    makers = [rows.partner("compaan"), rows.partner("labeur")]
    order = rows.order([("SG-001", "Koord", 1, 10_000), ("SG-003", "Zit", 1, 10_000)])
    agreements = {code: rows.agreement(code, maker) for code, maker in zip(("SG-001", "SG-003"), makers, strict=True)}
    for task in rows.route(order, agreements):
        rows.parcel(task)
    made = announce_return.announce(
        order.public_id, {line.pk: 1 for line in order.lines.all()}, reason=Return.Reason.WITHDRAWAL, now=LATER
    )
    assert {one.task.producer for one in made} == set(makers)
    assert mails() == ["announced", "announced"]


def test_a_return_walks_from_announced_to_judged_and_keeps_its_history() -> None:
    found = sent()
    back = announced(found, 2)
    work_return.expect(back.public_id, carrier="bpost", tracking_code="TERUG1", by=None, now=LATER)
    received(back, found.coach)
    back = judged(back, found.coach, Verdict(as_new=1, spoilt=1))
    assert [step.state for step in back.steps.all()] == ["expected", "received", "judged"]
    line = back.lines.get()
    assert (back.tracking_code, line.as_new, line.to_mend, line.spoilt) == ("TERUG1", 1, 0, 1)


def test_who_presses_twice_does_it_once() -> None:
    found = sent()
    back = announced(found, 2)
    for _ in range(2):
        received(back, found.coach, 1)
    assert units(found.order) == {"received": 1, "expected": 1}
    for _ in range(2):
        judged(back, found.coach)
    assert fresh(back).steps.count() == 2


def test_what_did_not_come_with_the_rest_is_expected_still_as_a_return_of_its_own() -> None:
    found = sent()
    back = announced(found, 3)
    received(back, found.coach, 2)
    assert units(found.order) == {"received": 2, "expected": 1}
    rest = Return.objects.exclude(pk=back.pk).get()
    assert (rest.task, rest.reason) == (back.task, back.reason)
    received(rest, found.coach)
    assert units(found.order) == {"received": 3}


def test_more_than_was_announced_does_not_arrive_and_nothing_is_no_arrival() -> None:
    found = sent()
    back = announced(found, 2)
    for count, code in ((3, "TOO_MANY"), (-1, "TOO_MANY"), (0, "NOTHING_CHOSEN")):
        with pytest.raises(Refusal) as refused:
            received(back, found.coach, count)
        assert refused.value.code == code
    assert fresh(back).state == "announced"


def test_every_unit_is_judged_once() -> None:
    found = sent()
    back = received(announced(found, 2), found.coach)
    for verdict in (Verdict(as_new=1), Verdict(as_new=3), Verdict(as_new=3, spoilt=-1)):
        with pytest.raises(Refusal) as refused:
            judged(back, found.coach, verdict)
        assert refused.value.code == "NOT_ALL"
    assert fresh(back).state == "received"


def test_nothing_is_judged_before_it_arrived() -> None:
    found = sent()
    with pytest.raises(Refusal, match="Aangekondigd"):
        judged(announced(found), found.coach)


def test_a_wrong_press_is_taken_back_while_nothing_followed() -> None:
    found = sent()
    back = judged(received(announced(found), found.coach), found.coach)
    for _ in range(2):
        work_return.undo(back.public_id, step="judged", by=found.coach, now=LATER)
    back = fresh(back)
    assert (back.state, back.lines.get().as_new) == ("received", 0)
    work_return.undo(back.public_id, step="received", by=found.coach, now=LATER)
    assert fresh(back).state == "expected"


def test_an_arrival_that_the_customer_was_told_of_is_not_taken_back() -> None:
    found = sent()
    back = received(announced(found), found.coach)
    Return.objects.update(told_at=LATER)
    with pytest.raises(Refusal) as refused:
        work_return.undo(back.public_id, step="received", by=found.coach, now=LATER)
    assert refused.value.code == "TOO_LATE"


def test_what_never_came_may_turn_up_after_all() -> None:
    found = sent()
    back, operator = announced(found), rows.user("operator@example.com", staff=True)
    work_return.lose(back.public_id, by=operator, now=LATER)
    assert fresh(back).state == "lost"
    assert announce_return.returnable(found.order) == {found.line: 2}
    assert received(back, operator).state == "received"


def test_what_the_customer_keeps_can_be_announced_again() -> None:
    found = sent()
    operator = rows.user("operator@example.com", staff=True)
    for _ in range(2):
        back = announced(found, 3)
        for _ in range(2):
            work_return.withdraw(back.public_id, by=operator, now=LATER)
    assert units(found.order) == {"withdrawn": 6}


def test_another_workshop_does_not_see_it() -> None:
    found = sent()
    back, stranger = announced(found), workshop.member(rows.partner("labeur"))
    with pytest.raises(Refusal) as refused:
        received(back, stranger)
    assert refused.value.code == "NOT_FOUND"


# --- what waits too long ---------------------------------------------------------------------------------------------


def test_what_was_announced_and_does_not_come_stands_on_the_list_until_it_does() -> None:
    found = sent()
    back = announced(found)
    sweep_returns(now=LATER + timedelta(days=23))
    assert issues() == []
    sweep_returns(now=LATER + timedelta(days=25))
    assert issues("return_late") == [found.order.number]
    received(back, found.coach, now=LATER + timedelta(days=26))
    assert issues() == []


def test_what_is_on_its_way_is_late_sooner() -> None:
    found = sent()
    back = announced(found)
    work_return.expect(back.public_id, by=None, now=LATER)
    sweep_returns(now=LATER + timedelta(days=11))
    assert issues("return_late") == [found.order.number]
    work_return.lose(back.public_id, by=rows.user("o@example.com", staff=True), now=LATER + timedelta(days=12))
    assert issues() == []


def test_who_does_not_judge_is_asked_to() -> None:
    found = sent()
    back = received(announced(found), found.coach)
    sweep_returns(now=LATER + timedelta(days=6))
    assert issues("return_to_judge") == [found.order.number]
    judged(back, found.coach, now=LATER + timedelta(days=7))
    assert issues() == []


def test_what_was_judged_waits_for_its_money_until_somebody_decides() -> None:
    found = sent()
    back = judged(received(announced(found), found.coach), found.coach)
    sweep_returns(now=LATER + timedelta(days=6))
    assert issues("return_to_refund") == [found.order.number]
    work_return.keep_money(back.public_id, by=rows.user("o@example.com", staff=True), now=LATER + timedelta(days=7))
    assert issues() == []
    sweep_returns(now=LATER + timedelta(days=30))
    assert issues() == []


def test_a_task_says_nothing_else_because_units_came_back() -> None:
    found = sent(1)
    judged(received(announced(found), found.coach), found.coach)
    task = Task.objects.get()
    assert (task.state, task.lines.get().open_quantity) == ("ready", 2)
