"""A customer withdraws: what had not left is stopped, what left comes back, and both are acknowledged at once."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils.translation import override

from fulfilment.errors import Refusal
from fulfilment.flows.forget import empty_order
from fulfilment.flows.plan_refund import Choice
from fulfilment.flows.release_shares import releasable_at
from fulfilment.flows.stop_work import stop_work
from fulfilment.flows.watch_withdrawals import shipping_goes_too, sweep_withdrawals, to_give_back
from fulfilment.flows.withdraw import Place, Standing, faults, last_day, left_of, standing, withdraw
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import User
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from fulfilment.withdrawals.models import Withdrawal
from tests.support import rows, workshop
from tests.support.bought import LAMP, STOOL, agree, bought, issues
from tests.support.refund_steps import ask
from tests.support.workshop import NOW, ready_stools

pytestmark = pytest.mark.django_db

OPEN, SENT = Place(0, False), Place(0, True)
TYPED = {"name": "An Peeters", "email": "an@example.com"}


def says(order: Order, units: dict[Place, int], *, key: str = "form-key-1", now: datetime = NOW) -> Withdrawal:
    return withdraw(order.public_id, units, form_key=key, now=now, **TYPED)


def left(order: Order) -> dict[Place, int]:
    return {one.place: one.units for one in left_of(order)}


def stools(shipped: int = 0) -> tuple[Task, User]:
    """Three stools, of which so many left."""
    task, coach, line = ready_stools()
    if shipped:
        workshop.shipped(task, coach, quantities={line: shipped})
    task.refresh_from_db()
    return task, coach


def mails(order: Order) -> list[tuple[str, str]]:
    found = Mail.objects.filter(key__regex="^(withdrawal|return):").order_by("pk")
    return [(mail.key.rpartition(":")[2], mail.to) for mail in found]


def test_what_had_not_left_is_not_made_any_more_and_its_money_stands_on_the_list() -> None:
    task, _coach = stools()
    says(task.order, {OPEN: 2})
    line = task.lines.get()
    assert (line.cancelled_quantity, line.open_quantity) == (2, 1)
    assert issues("withdrawn") == [task.order.number]
    assert to_give_back(task.order) == {line.line_id: 2}
    assert left(task.order) == {OPEN: 1}
    says(task.order, {OPEN: 1}, key="form-key-2")
    task.refresh_from_db()
    assert task.state == Task.State.CANCELLED


def test_what_left_is_announced_as_a_return_with_where_and_by_when() -> None:
    task, _coach = stools(shipped=3)
    task.producer.street, task.producer.postal_code = "Voorbeeldkaai 36", "9000"
    task.producer.save()
    says(task.order, {SENT: 2})
    back = Return.objects.get()
    assert (back.reason, back.state, back.announced_by) == ("withdrawal", "announced", None)
    assert issues("withdrawn") == []
    assert left(task.order) == {SENT: 1}
    assert [what for what, _to in mails(task.order)] == ["acknowledged"]  # which says all that the other would
    text = Mail.objects.get(key__endswith=":acknowledged").text
    for told in ("2 × Zit", "Voorbeeldkaai 36", "dinsdag 8 december", "Had je het al opgestuurd?"):
        assert told in text


def test_the_acknowledgement_has_the_content_and_the_moment_of_the_statement() -> None:
    task, _coach = stools(shipped=1)
    says(task.order, {OPEN: 1, SENT: 1})
    mail = Mail.objects.get(key__endswith=":acknowledged")
    for body in (mail.text, mail.html):
        for told in ("24 november 2026 om 21:00", "An Peeters", "an@example.com", "2 × Zit", task.order.number):
            assert told in body
    assert mail.to == "an@example.com"


def test_the_acknowledgement_comes_in_the_language_of_the_order() -> None:
    task, _coach = stools(shipped=1)
    task.order.language = "fr"
    task.order.save()
    says(task.order, {OPEN: 1, SENT: 1})
    mail = Mail.objects.get(key__endswith=":acknowledged")
    assert mail.subject == f"Nous avons reçu votre rétractation de la commande {task.order.number}"
    assert "Le mardi 24 novembre 2026 à 21:00, An Peeters (an@example.com) s’est rétracté(e)" in mail.text
    assert "/fr/suivi/" in mail.text


def test_what_cannot_be_is_told_in_the_language_of_who_asks() -> None:
    with override("fr"):
        assert faults(name="", email="an@example.com") == {"name": "Indiquez votre nom."}


def test_another_address_hears_it_and_the_order_s_own_too() -> None:
    task, _coach = stools()
    withdraw(task.order.public_id, {OPEN: 1}, name="Bo", email="bo@example.com", form_key="form-key-1", now=NOW)
    assert mails(task.order) == [("acknowledged", "bo@example.com"), ("told", "an@example.com")]


def test_the_same_form_pressed_twice_is_one_statement() -> None:
    task, _coach = stools(shipped=1)
    first, second = (says(task.order, {OPEN: 1, SENT: 1}) for _ in range(2))
    assert first == second
    assert mails(task.order) == [("acknowledged", "an@example.com")]
    assert task.lines.get().cancelled_quantity == 1


def test_what_left_since_the_customer_looked_comes_back_instead() -> None:
    task, _coach = stools(shipped=2)
    says(task.order, {OPEN: 2})
    row = Withdrawal.objects.get().lines.get()
    assert (row.stopped_quantity, row.returned_quantity) == (1, 1)
    assert left(task.order) == {SENT: 1}


def test_nobody_withdraws_from_more_than_there_is() -> None:
    task, _coach = stools(shipped=1)
    for units in ({OPEN: 4}, {SENT: 2}, {OPEN: 3, SENT: 1}, {OPEN: -1}, {Place(9, False): 1}):
        with pytest.raises(Refusal) as refused:
            says(task.order, units)
        assert refused.value.code == "TOO_MANY"
    for nothing in ({}, {OPEN: 0}):
        with pytest.raises(Refusal) as refused:
            says(task.order, nothing)
        assert refused.value.code == "NOTHING_CHOSEN"
    assert not Withdrawal.objects.exists()
    assert Mail.objects.filter(key__startswith="withdrawal:").count() == 0


def test_the_last_day_is_the_fourteenth_after_the_last_piece_arrived_and_a_little_late_is_in_time() -> None:
    task, coach = stools(shipped=1)
    assert last_day(task.order) is None
    workshop.shipped(task, coach, form_key="form-2")
    for parcel in task.parcels.all():
        parcel.delivered_at = NOW
        parcel.save()
    assert last_day(task.order) == date(2026, 12, 8)
    over = datetime(2026, 12, 10, 23, 0, tzinfo=NOW.tzinfo)  # the margin is two days more
    assert standing(task.order, now=over - timedelta(seconds=1)) is Standing.OPEN
    assert standing(task.order, now=over) is Standing.OVER
    with pytest.raises(Refusal) as refused:
        says(task.order, {SENT: 1}, now=over)
    assert refused.value.code == "OVER"


def test_of_what_was_cancelled_or_withdrawn_from_whole_nothing_is_left() -> None:
    task, _coach = stools()
    says(task.order, {OPEN: 3})
    assert standing(task.order, now=NOW) is Standing.NOTHING_LEFT
    another = rows.order([("SG-001", "Koord", 1, 10_000)])
    another.cancelled_at = NOW
    assert left(another) == {}


def test_nothing_is_released_until_the_money_is_asked_back_and_then_the_list_is_clean() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    lamp, stool = found.order.tasks.order_by("pk")
    says(found.order, {Place(0, False): 1}, now=NOW)
    rows.parcel(stool)
    Task.objects.filter(pk=stool.pk).update(state="delivered")
    assert releasable_at(found.order) is None
    refund = ask(found, Choice(Refund.Kind.NOT_WANTED, {found.line(0): 1}))
    assert (refund.kind, refund.amount_minor) == (Refund.Kind.NOT_WANTED, 28_900)
    assert issues("withdrawn") == []
    lamp.refresh_from_db()
    assert lamp.lines.get().cancelled_quantity == 1  # once, by the statement and the refund together


def test_who_withdraws_from_everything_gets_the_delivery_back_too() -> None:
    task, _coach = stools(shipped=1)
    says(task.order, {OPEN: 2})
    assert not shipping_goes_too(task.order)
    says(task.order, {SENT: 1}, key="form-key-2")
    assert shipping_goes_too(task.order)


def test_who_withdraws_after_a_part_went_back_withdraws_from_other_units() -> None:
    task, _coach = stools()
    line = task.lines.get()
    rows.refund(task.order, 10_000, units={line.line_id: 1})
    Refund.objects.update(kind=Refund.Kind.NOT_WANTED, state="paid")
    stop_work(task.order, NOW)
    assert left(task.order) == {OPEN: 2}
    says(task.order, {OPEN: 1})
    line.refresh_from_db()
    assert (line.cancelled_quantity, line.open_quantity) == (2, 1)
    assert (to_give_back(task.order), left(task.order)) == ({line.line_id: 1}, {OPEN: 1})
    says(task.order, {OPEN: 1}, key="form-key-2")
    assert to_give_back(task.order) == {line.line_id: 2}
    assert shipping_goes_too(task.order)


def test_a_refund_that_comes_to_nothing_leaves_what_was_withdrawn_from_to_give_back() -> None:
    task, _coach = stools()
    line = task.lines.get()
    rows.refund(task.order, 10_000, units={line.line_id: 1})
    Refund.objects.update(kind=Refund.Kind.NOT_WANTED, state="asked")
    says(task.order, {OPEN: 1})
    line.refresh_from_db()
    assert line.cancelled_quantity == 1  # what was asked may not come to it: its work goes on until then
    Refund.objects.update(state="withdrawn")
    assert to_give_back(task.order) == {line.line_id: 1}
    assert left(task.order) == {OPEN: 2}


def test_of_what_all_went_back_otherwise_nothing_is_left_and_nothing_waits() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    says(found.order, {Place(0, False): 1})
    found.refund(found.order.total_gross_minor)
    sweep_withdrawals(now=NOW)
    assert (to_give_back(found.order), issues("withdrawn"), left(found.order)) == ({}, [], {})


def test_what_was_withdrawn_from_while_nobody_made_it_is_not_made_later() -> None:
    agree("SG-001")
    found = bought(LAMP, STOOL)
    says(found.order, {Place(1, False): 1})
    agreed = rows.partner("late")
    rows.agreement("SG-003", agreed)
    found.update()
    task = found.order.tasks.get(producer=agreed)
    assert (task.lines.get().quantity, task.lines.get().open_quantity) == (2, 1)


def test_the_list_is_renewed_and_cleaned_by_the_sweep() -> None:
    task, _coach = stools()
    says(task.order, {OPEN: 1})
    sweep_withdrawals(now=NOW)
    assert issues("withdrawn") == [task.order.number]
    rows.refund(task.order, 10_000, units={task.lines.get().line_id: 1})
    Refund.objects.update(kind=Refund.Kind.NOT_WANTED, state="paid")
    sweep_withdrawals(now=NOW)
    assert issues("withdrawn") == []


def test_who_said_it_is_forgotten_with_the_order() -> None:
    task, _coach = stools(shipped=3)
    says(task.order, {SENT: 1})
    Return.objects.update(state="withdrawn")
    task.parcels.update(reported_at=NOW)
    Task.objects.update(state="delivered")
    Order.objects.update(released_at=NOW)
    assert empty_order(task.order_id, now=NOW + timedelta(days=900))
    said = Withdrawal.objects.get()
    assert (said.name, said.email) == ("", "")


def test_a_name_and_an_address_that_can_be_answered_are_needed() -> None:
    assert faults(**TYPED) == {}
    assert faults(name=" ", email="geen adres").keys() == {"name", "email"}
    assert faults(name="a" * 201, email=f"{'a' * 250}@example.com").keys() == {"name", "email"}


def test_the_promise_of_fourteen_days_is_the_setting() -> None:
    assert timedelta(days=14) == settings.WITHDRAWAL_PERIOD
