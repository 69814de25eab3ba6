"""What goes back after work moved: from whose units they were, and nothing twice."""

import pytest

from fulfilment.flows.divide_refund import divide
from fulfilment.flows.plan_refund import Choice, plan
from fulfilment.ledger.accounts import Account
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from tests.support import workshop
from tests.support.bought import LAMP
from tests.support.reassigning import STOOL_NET, Case, case
from tests.support.workshop import NOW

pytestmark = pytest.mark.django_db


def test_a_refund_of_everything_after_it_moved_leaves_nothing_with_anybody() -> None:
    found = case(LAMP)
    workshop.brought_to("ready", found.task, found.coach)
    [line] = workshop.units(found.task)
    workshop.shipped(found.task, found.coach, quantities={line: 1})
    found.move()
    found.order.refund(20_000, {found.order.line_id(0): 1})
    found.order.refund(20_000 + 28_900 + 950)
    assert found.earned() == {}
    assert set(found.order.books()) <= {Account.UNALLOCATED, Account.STRIPE}


@pytest.fixture
def shared() -> Case:
    """Of two stools one was shipped by the first workshop, and the other is made by the second; without shipping."""
    found = case(shipping=0)
    workshop.brought_to("ready", found.task, found.coach)
    [line] = workshop.units(found.task)
    workshop.shipped(found.task, found.coach, quantities={line: 1})
    found.move()
    return found


def givers(found: Case, kind: Refund.Kind) -> dict[str, int]:
    """Who gives what of one stool that goes back, without VAT and cents."""
    rows_of = plan(found.order.order, Choice(kind, {found.order.line(0): 1})).rows
    named = {Partner.objects.get(pk=pk).slug: amount for pk, amount in rows_of.partners.items() if amount}
    return named | ({"platform": rows_of.platform} if rows_of.platform else {})


def test_what_is_not_wanted_any_more_is_taken_from_who_still_makes_it(shared: Case) -> None:
    before = shared.earned()
    assert givers(shared, Refund.Kind.NOT_WANTED) == {"new-maker": before["new-maker"], "platform": 4_132}


def test_what_came_back_is_taken_from_who_shipped_it(shared: Case) -> None:
    before = shared.earned()
    assert givers(shared, Refund.Kind.CAME_BACK) == {shared.former.slug: before[shared.former.slug], "platform": 4_132}


def test_a_gesture_is_still_borne_by_the_platform_after_the_work_moved() -> None:
    found = case(shipping=0)
    found.order.refund(1_000)
    divide(found.order.order.public_id, Choice(Refund.Kind.GESTURE, amount=1_000), reason="Te laat", now=NOW)
    before = found.earned()
    found.move()
    after = found.earned()
    assert before["platform"] < 0
    assert after["new-maker"] == STOOL_NET // 2
    assert after["platform"] == STOOL_NET // 2 + before["platform"]
