"""Two hands on one form, and two forms for the same units."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Barrier
from unittest import mock

import pytest
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.errors import GatewayError
from fulfilment.flows import work_task
from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.partners.models import User
from fulfilment.production import queries
from fulfilment.production.models import Parcel, ParcelLine, Task
from tests.support import rows, workshop
from tests.support.at_once import said, together
from tests.support.fakes import FakeSaleor
from tests.support.static_files import as_they_lie
from tests.support.unlocked import HANDS, WITH_AND_WITHOUT_LOCKS
from tests.support.workshop import NOW, ready_stools

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def last_page(task: Task, coach: User, line: int, quantity: int) -> dict[str, str]:
    """The form of the last page, filled in as somebody would send it."""
    address = reverse("portal:ship", args=[task.public_id])
    text = browser(coach).get(f"{address}?quantity-{line}={quantity}&carrier=bpost").content.decode()
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
    return {**form, "tracking_code": "323212345678"}


@WITH_AND_WITHOUT_LOCKS
def test_the_same_form_sent_five_times_at_once_is_one_parcel_and_one_mail() -> None:
    task, coach, line = ready_stools()
    form = last_page(task, coach, line, 1)
    address = reverse("portal:ship", args=[task.public_id])
    browsers = [browser(coach) for _ in range(5)]

    answers = together([lambda client=client: client.post(address, form).status_code for client in browsers])  # type: ignore[misc]

    assert answers == [302] * 5
    assert Parcel.objects.count() == 1
    assert Mail.objects.count() == 1
    assert workshop.units(Task.objects.get()) == {line: 2}


@WITH_AND_WITHOUT_LOCKS
def test_different_forms_at_once_never_ship_more_than_was_asked() -> None:
    task, coach, line = ready_stools()
    forms = [{**last_page(task, coach, line, 2), "tracking_code": f"32321234567{number}"} for number in range(4)]
    address = reverse("portal:ship", args=[task.public_id])
    senders = [(browser(coach), form) for form in forms]

    answers = together([lambda pair=pair: pair[0].post(address, pair[1]).status_code for pair in senders])  # type: ignore[misc]

    assert sorted(map(str, answers)) == ["302", "422", "422", "422"]
    assert sum(ParcelLine.objects.values_list("quantity", flat=True)) == 2
    assert workshop.units(Task.objects.get()) == {line: 1}


def test_different_forms_at_once_with_one_code_are_one_parcel_and_a_question() -> None:
    task, coach, line = ready_stools()
    forms = [last_page(task, coach, line, 1) for _ in range(3)]
    address = reverse("portal:ship", args=[task.public_id])
    senders = [(browser(coach), form) for form in forms]

    answers = together([lambda pair=pair: pair[0].post(address, pair[1]).status_code for pair in senders])  # type: ignore[misc]

    assert sorted(map(str, answers)) == ["302", "422", "422"]
    assert Parcel.objects.count() == Mail.objects.count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_the_same_correction_sent_five_times_at_once_is_one_mail() -> None:
    task, coach, _line = ready_stools()
    parcel = workshop.shipped(task, coach)
    before = Mail.objects.count()

    changed = together(
        [lambda: work_task.correct_tracking(parcel.public_id, carrier="dpd", tracking_code="055312", by=coach, now=NOW)]
        * 5
    )

    assert sorted(map(str, changed)) == ["False"] * 4 + ["True"]
    assert Mail.objects.count() == before + 1


@WITH_AND_WITHOUT_LOCKS
def test_cancelling_and_shipping_at_once_never_touch_a_unit_twice() -> None:
    task, coach, line = ready_stools()
    order_line = task.lines.get().line_id

    together(
        [
            lambda: workshop.shipped(task, coach, quantities={line: 2}),
            lambda: work_task.cancel_units({order_line: 1}, order_id=task.order_id, now=NOW),
        ]
    )

    after = task.lines.get()
    assert (after.shipped_quantity, after.cancelled_quantity, after.open_quantity) == (2, 1, 0)
    task.refresh_from_db()
    assert task.state == Task.State.SHIPPED


def last_two() -> tuple[Task, list[Callable[[], object]]]:
    """A task of two parcels, and who says of each that it arrived."""
    task, coach, line = ready_stools()
    parcels = [
        workshop.shipped(task, coach, quantities={line: quantity}, form_key=f"form-{quantity}") for quantity in (1, 2)
    ]
    return task, [lambda parcel=parcel: work_task.deliver(parcel.public_id, by=coach, now=NOW) for parcel in parcels]  # type: ignore[misc]


def test_the_last_two_parcels_arriving_at_once_deliver_the_task_once() -> None:
    task, hands = last_two()

    together(hands)

    assert workshop.steps(task).count("delivered") == 1


def test_without_the_locks_neither_sees_that_the_other_arrived() -> None:
    task, hands = last_two()
    have_written = Barrier(2)
    look = queries.is_all_delivered

    def look_together(task: Task) -> bool:
        have_written.wait(10)
        seen = look(task)
        have_written.wait(10)
        return seen

    with mock.patch.object(HANDS, "locks", False), mock.patch.object(queries, "is_all_delivered", look_together):
        together(hands)

    assert workshop.steps(task).count("delivered") == 0


def reported_at_once() -> FakeSaleor:
    """Three parcels of one order, and two workers for each, in front of Saleor."""
    task, coach, line = ready_stools()
    parcels = [workshop.shipped(task, coach, quantities={line: 1}, form_key=f"form-{number}") for number in range(3)]
    saleor = FakeSaleor(is_raced_for=True).holding(task.order)

    def report(parcel: Parcel) -> None:
        with suppress(GatewayError):
            report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)

    together([lambda parcel=parcel: report(parcel) for parcel in parcels * 2])  # type: ignore[misc]
    return saleor


@WITH_AND_WITHOUT_LOCKS
def test_workers_reporting_at_once_make_one_fulfilment_of_each_parcel() -> None:
    saleor = reported_at_once()

    assert saleor.fulfil_calls == 3
    assert set(Parcel.objects.values_list("saleor_fulfillment_id", flat=True)) == {
        told.id for told in saleor.fulfilments()
    }


def test_nobody_who_works_on_an_order_waits_while_saleor_hears_of_its_parcel() -> None:
    task, coach, _line = ready_stools()
    parcel = workshop.shipped(task, coach)
    saleor = FakeSaleor().holding(task.order)
    real, seen = saleor.fulfil, []

    def another_works() -> None:
        try:
            with transaction.atomic():
                seen.append(Order.objects.select_for_update(nowait=True).get(pk=task.order_id).pk)
        finally:
            connection.close()

    def fulfil(*asked: object) -> tuple[str, ...]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(another_works).result(10)
        return real(*asked)  # type: ignore[arg-type]

    with mock.patch.object(saleor, "fulfil", fulfil):
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    assert seen == [task.order_id]


def accepted_lamp() -> tuple[Task, list[Callable[[], str]]]:
    """A task that was just accepted, and two hands on it: one takes that back, the other begins."""
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("accepted", workshop.task(labeur), coach)
    return task, [
        lambda: said(lambda: work_task.undo(task.public_id, step="accepted", by=coach, now=NOW)),
        lambda: said(lambda: work_task.start(task.public_id, by=coach, now=NOW)),
    ]


@contextmanager
def both_read_before_either_writes() -> Iterator[None]:
    """Neither the order nor the task is locked, and both hands have read the task before one of them writes it."""
    have_read = Barrier(2)
    update = QuerySet.update

    def after_both(rows: QuerySet[Model], **fields: object) -> int:
        if rows.model is Task:
            have_read.wait(10)
        return update(rows, **fields)

    with (
        mock.patch.object(QuerySet, "select_for_update", lambda rows, **_how: rows.all()),
        mock.patch.object(QuerySet, "update", after_both),
    ):
        yield


def test_a_step_taken_back_and_the_next_one_begun_at_once_are_one_of_the_two() -> None:
    task, hands = accepted_lamp()

    answers = together(hands)

    task.refresh_from_db()
    assert sorted(map(str, answers)) == ["", "WRONG_STATE"]
    assert workshop.steps(task) == ["waiting", "accepted", task.state]
    assert task.state == (Task.State.WAITING if answers[0] == "" else Task.State.MAKING)


def test_without_the_locks_both_would_happen() -> None:
    task, hands = accepted_lamp()

    with both_read_before_either_writes():
        answers = together(hands)

    assert answers == ["", ""]
    assert sorted(workshop.steps(task)) == ["accepted", "making", "waiting", "waiting"]


@WITH_AND_WITHOUT_LOCKS
def test_the_same_way_back_pressed_twice_at_once_is_one_step_back() -> None:
    labeur = rows.partner("labeur")
    coach = workshop.member(labeur)
    task = workshop.brought_to("ready", workshop.task(labeur), coach)

    together([lambda: work_task.undo(task.public_id, step="ready", by=coach, now=NOW)] * 5)

    assert workshop.steps(task) == ["waiting", "accepted", "making", "ready", "making"]


@WITH_AND_WITHOUT_LOCKS
def test_shipping_and_taking_back_at_once_never_ship_what_is_being_made() -> None:
    task, coach, _line = ready_stools()

    answers = together(
        [
            lambda: said(lambda: work_task.undo(task.public_id, step="ready", by=coach, now=NOW)),
            lambda: said(lambda: workshop.shipped(task, coach)),
        ]
    )

    task.refresh_from_db()
    assert sorted(map(str, answers)) == ["", "WRONG_STATE"]
    assert (task.state, Parcel.objects.count()) in [("making", 0), ("shipped", 1)]


@WITH_AND_WITHOUT_LOCKS
def test_an_arrival_is_taken_back_or_its_money_released_never_both() -> None:
    task, coach, _line = ready_stools()
    parcel = workshop.shipped(task, coach)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    Order.objects.update(routed_at=NOW)
    end_of_time_to_withdraw = (NOW + timedelta(days=17)).date()  # long before an arrival that is only presumed

    together(
        [
            lambda: said(lambda: work_task.undo_delivery(parcel.public_id, by=coach, now=NOW)),
            lambda: release_shares(as_of=end_of_time_to_withdraw, now=NOW),
        ]
    )

    parcel.refresh_from_db()
    released = Order.objects.get().released_at is not None
    assert released is (parcel.delivered_at is not None)
