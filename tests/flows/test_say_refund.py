"""What staff give back in Saleor: what can be known of it is known, and what cannot an operator says."""

from dataclasses import replace

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.say_refund import say, unclear
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorRefund
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from fulfilment.returns.models import ReturnLine
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues
from tests.support.refund_steps import ask, leave, not_wanted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _makers() -> None:
    agree("SG-001", "SG-003")


def units_on_their_way_back() -> int:
    return sum(ReturnLine.objects.values_list("quantity", flat=True))


@pytest.mark.parametrize("status", ["PENDING", "FAILURE"])
def test_what_staff_took_back_in_saleor_stops_as_soon_as_its_money_is_to_go_back(status: str) -> None:
    found = bought(LAMP, STOOL)
    granted = SaleorRefund("granted-1", status, 20_000, "", False, {found.line_id(1): 1})
    found.tell(replace(found.remote, refunds=(granted,)))
    assert Task.objects.get(producer__slug="maker-sg-003").lines.get().open_quantity == 1
    assert Task.objects.get(producer__slug="maker-sg-001").lines.get().open_quantity == 1


def test_staff_gave_money_back_in_saleor_of_what_left_in_part_and_nobody_guesses() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    found.refund(20_000, {found.line_id(0): 1})
    refund = Refund.objects.get()
    assert (refund.kind, task.lines.get().open_quantity) == (Refund.Kind.UNSAID, 1)
    assert issues() == [f"refund_unclear:{found.remote.number}"]
    assert list(unclear(found.order)) == [refund]
    say(refund.name, Refund.Kind.CAME_BACK, now=NOW)
    assert (task.lines.get().open_quantity, issues()) == (1, [])


def test_an_operator_says_that_it_was_for_what_is_still_to_be_made() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    found.refund(20_000, {found.line_id(0): 1})
    say(Refund.objects.get().name, Refund.Kind.NOT_WANTED, now=NOW)
    assert (task.lines.get().open_quantity, task.lines.get().cancelled_quantity, issues()) == (0, 1, [])


def test_what_was_said_is_not_turned_round_by_an_old_page() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    found.refund(20_000, {found.line_id(0): 1})
    name = Refund.objects.get().name
    for _ in range(2):
        say(name, Refund.Kind.NOT_WANTED, now=NOW)
    with pytest.raises(Refusal, match="Iemand zei dit intussen al"):
        say(name, Refund.Kind.CAME_BACK, now=NOW)
    assert Refund.objects.get().kind == Refund.Kind.NOT_WANTED
    assert task.lines.get().open_quantity == 0


def test_what_left_although_all_its_money_goes_back_is_asked_after_too() -> None:
    found = bought(STOOL)
    refund = ask(found, not_wanted(found, {0: 2}, shipping=True))
    task = Task.objects.get()
    task.lines.update(cancelled_quantity=0, shipped_quantity=2)  # they left before the money was asked for
    paid(found, refund)
    assert issues() == [f"refund_unclear:{found.remote.number}"]
    say(refund.name, Refund.Kind.CAME_BACK, now=NOW)
    assert (units_on_their_way_back(), issues()) == (2, [])


def test_all_was_given_back_in_saleor_of_what_left_in_part_so_the_rest_stops_and_nobody_guesses() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    found.refund(found.remote.charged_minor, {found.line_id(0): 2}, shipping=True)
    assert (task.lines.get().open_quantity, task.lines.get().cancelled_quantity) == (0, 1)
    assert issues() == [f"refund_unclear:{found.remote.number}"]
    say(Refund.objects.get(kind=Refund.Kind.UNSAID).name, Refund.Kind.CAME_BACK, now=NOW)
    assert (units_on_their_way_back(), issues()) == (1, [])


def test_what_nobody_said_anything_of_yet_is_still_asked_after_once_all_went_back() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    found.refund(20_000, {found.line_id(0): 1})
    found.refund(found.remote.charged_minor, {found.line_id(0): 1}, shipping=True)
    assert (task.lines.get().open_quantity, task.lines.get().cancelled_quantity) == (0, 1)
    assert issues() == [f"refund_unclear:{found.remote.number}"]
    say(Refund.objects.get(kind=Refund.Kind.UNSAID).name, Refund.Kind.NOT_WANTED, now=NOW)
    assert (units_on_their_way_back(), issues()) == (1, [])


def test_what_saleor_took_back_as_returned_came_back() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    returned = SaleorFulfilment("f1", "REFUNDED_AND_RETURNED", "", "", {found.line_id(0): 1})
    found.remote = replace(found.remote, fulfilments=(returned,))
    found.refund(20_000, {found.line_id(0): 1})
    assert Refund.objects.get().kind == Refund.Kind.CAME_BACK
    assert (task.lines.get().open_quantity, issues()) == (1, [])
