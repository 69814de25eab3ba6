"""What staff give back in Saleor: what can be known of it is known, and what cannot an operator says."""

from dataclasses import replace

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.say_refund import say, unclear
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorRefund
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues
from tests.support.refund_steps import leave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _makers() -> None:
    agree("SG-001", "SG-003")


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


def test_what_saleor_took_back_as_returned_came_back() -> None:
    found = bought(STOOL)
    task = leave(found, 0, 1)
    returned = SaleorFulfilment("f1", "REFUNDED_AND_RETURNED", "", "", {found.line_id(0): 1})
    found.remote = replace(found.remote, fulfilments=(returned,))
    found.refund(20_000, {found.line_id(0): 1})
    assert Refund.objects.get().kind == Refund.Kind.CAME_BACK
    assert (task.lines.get().open_quantity, issues()) == (1, [])
