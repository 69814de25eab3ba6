"""Several hands on one withdrawal: a button pressed five times, two windows, and a workshop that ships meanwhile."""

from collections.abc import Callable
from itertools import count

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.free_shelves import free_shelves
from fulfilment.flows.withdraw import Place, withdraw
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from fulfilment.withdrawals.models import Withdrawal
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.fakes import FakeSaleor
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS
from tests.support.workshop import NOW, ready_stools, shipped

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = Place(0, False)


def stating(order: Order, units: dict[Place, int], key: Callable[[], str]) -> Callable[[], Withdrawal]:
    public_id = order.public_id
    return lambda: withdraw(public_id, units, name="An", email="an@example.com", form_key=key(), now=NOW)


def test_one_form_pressed_five_times_at_once_is_one_statement() -> None:
    task, _coach, _line = ready_stools()
    made = five_times(stating(task.order, {OPEN: 2}, lambda: "the-same-key"))
    assert len({one.pk for one in made}) == 1
    assert task.lines.get().cancelled_quantity == 2
    assert Mail.objects.filter(key__endswith=":acknowledged").count() == 1


def test_of_five_windows_about_the_same_units_one_withdraws() -> None:
    task, _coach, _line = ready_stools()
    keys = count(1)
    made, refused = five_tries(stating(task.order, {OPEN: 3}, lambda: f"form-key-{next(keys)}"))
    assert (len(made), len(refused)) == (1, FIVE - 1)
    assert all(isinstance(error, Refusal) for error in refused)
    assert task.lines.get().cancelled_quantity == 3


def test_what_is_shipped_in_the_same_moment_is_either_stopped_or_comes_back() -> None:
    task, coach, line = ready_stools()
    hands = count(1)
    says = stating(task.order, {OPEN: 2}, lambda: "the-same-key")

    def ship_or_say() -> object:
        if next(hands) > 1:
            return says()
        return shipped(task, coach, quantities={line: 3})

    _done, refused = five_tries(ship_or_say)
    row = Withdrawal.objects.get().lines.get()
    here = Task.objects.get(pk=task.pk).lines.get()
    assert row.quantity == 2
    assert here.cancelled_quantity == row.stopped_quantity
    coming = sum(found.lines.get().quantity for found in Return.objects.all())
    assert coming == row.returned_quantity
    assert bool(refused) == bool(row.stopped_quantity)  # three can not leave once two are withdrawn from


@WITH_AND_WITHOUT_LOCKS
def test_five_workers_who_tell_saleor_of_what_is_not_wanted_tell_it_once() -> None:
    task, _coach, _line = ready_stools()
    saleor = FakeSaleor().holding(task.order)
    stating(task.order, {OPEN: 1}, lambda: "the-same-key")()
    saleor.is_raced_for = True
    _done, failures = five_tries(lambda: free_shelves(task.order.public_id, saleor.as_saleor(), now=NOW))
    assert failures == []
    assert saleor.drop_calls == 1
