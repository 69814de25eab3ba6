"""An order may have changed in Saleor: read once, and acceptance, route and refunds are brought up to date."""

from dataclasses import replace
from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfilment.errors import Conflict, GatewayError
from fulfilment.flows import update_order
from fulfilment.flows.release_shares import release_shares
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.orders.models import Order, Refund
from fulfilment.production.models import Task
from tests.support import remote, rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought, issues, ordered
from tests.support.outside import undone

pytestmark = pytest.mark.django_db

LATER = datetime(2027, 6, 1, tzinfo=UTC)
THREE = ("SG-007", 3, 10_000)


def test_saleor_is_asked_once() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    with mock.patch.object(found.saleor, "order", wraps=found.saleor.order) as order:
        found.update()
    order.assert_called_once_with(found.remote.id)


def test_a_saleor_that_does_not_answer_changes_nothing() -> None:
    found = ordered(LAMP)
    found.saleor.down = GatewayError("no answer", retry=True)
    with pytest.raises(GatewayError):
        found.update()
    assert not Order.objects.exists()


def test_an_order_of_three_workshops_takes_no_more_statements_than_promised() -> None:
    agree("SG-001", "SG-003", "SG-006")
    found = ordered(LAMP, STOOL, ("SG-006", 1, 1_200))
    with CaptureQueriesContext(connection) as asked:
        found.update()
    assert len(asked) <= 40


def test_an_order_that_was_refunded_before_we_saw_it_ends_as_one_that_was_refunded_after() -> None:
    agree("SG-001", "SG-003")
    found = ordered(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    assert Refund.objects.get().amount_minor == 20_000
    assert Account.CUSTOMER not in found.books()
    assert Task.objects.get(producer__slug="maker-sg-003").lines.get().open_quantity == 1
    found.refund(found.remote.charged_minor)
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.CANCELLED}
    assert balance(Account.PARTNER_HELD) == balance(Account.VAT_OWED) == balance(Account.CUSTOMER) == 0


def test_a_refund_that_cannot_be_booked_keeps_nobody_from_working() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    with mock.patch.object(update_order, "book_refunds", side_effect=Conflict("twice")), pytest.raises(Conflict):
        found.update()
    assert Task.objects.count() == 1


def test_what_fails_while_routing_undoes_the_acceptance_so_that_both_are_done_again() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    with (
        mock.patch.object(update_order, "route_order", side_effect=AssertionError("a bug")),
        pytest.raises(AssertionError),
    ):
        found.update()
    assert not Order.objects.exists()
    found.update()
    assert Task.objects.count() == 1


def test_an_older_answer_of_saleor_after_a_newer_one_takes_nothing_back() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    older = found.remote
    found.refund(20_000, {found.line_id(1): 1})
    newer, found.remote = found.remote, older
    held = balance(Account.PARTNER_HELD)
    found.tell(older)
    assert balance(Account.PARTNER_HELD) == held
    found.tell(newer)
    assert Refund.objects.count() == 1
    assert balance(Account.PARTNER_HELD) == held


# --- any order of steps ------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.sampled_from(["unit", "unit", "unit", "shipping", "plain", "agree", "release", "cancel", "again", "returned"]),
    min_size=2,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, seen=st.booleans(), data=st.data())
def test_whatever_comes_before_what_a_full_refund_leaves_nobody_anything(
    steps: list[str], seen: bool, data: st.DataObject
) -> None:
    """With an agreement that comes late, refunds before acceptance and while a line waits, plain ones and units."""
    with undone():
        agree("SG-001")
        found = ordered(LAMP, THREE)
        if seen:
            found.update()
        run = Steps(found, data)
        for step in steps:
            getattr(run, step)()
        found.refund(found.remote.charged_minor)
        run.agree()
        found.update()
        left = {account: amount for account, amount in trial_balance().items() if amount}
        assert left == {Account.STRIPE: 39, Account.PAYMENT_FEES: -39}
        assert [issue for issue in issues() if not issue.startswith("refund_failed")] == []
        assert all(line.open_quantity == 0 for task in Task.objects.all() for line in task.lines.all())


class Steps:
    """What may happen to an order, in any order."""

    def __init__(self, found: Bought, data: st.DataObject) -> None:
        self.found, self.data = found, data
        self.left = {0: 1, 1: 3}
        self.shipping_left = True
        self.agreed = False

    def unit(self) -> None:
        """A unit is refunded at the rounded price of a unit, as Saleor does."""
        some = [at for at, left in self.left.items() if left]
        if not some or self.found.remote.charged_minor <= 0:
            return
        at = self.data.draw(st.sampled_from(some))
        self.left[at] -= 1
        worth = {0: 28_900, 1: 3_333}[at]
        self.found.refund(min(worth, self.found.remote.charged_minor), {self.found.line_id(at): 1})

    def shipping(self) -> None:
        if self.shipping_left and self.found.remote.charged_minor >= 950:
            self.shipping_left = False
            self.found.refund(950, {}, shipping=True)

    def plain(self) -> None:
        """Money goes back of which nobody said what it was for."""
        if self.found.remote.charged_minor > 100:
            self.found.refund(100)

    def agree(self) -> None:
        if not self.agreed:
            self.agreed = True
            agree("SG-007")
            self.found.update()

    def release(self) -> None:
        if not Order.objects.exists():
            return
        for task in Task.objects.exclude(state__in=[Task.State.CANCELLED, Task.State.SHIPPED]):
            rows.parcel(task)
            task.state = Task.State.SHIPPED
            task.save(update_fields=["state"])
        release_shares(as_of=LATER.date(), now=LATER)

    def cancel(self) -> None:
        self.found.tell(replace(self.found.remote, status="CANCELED"))

    def again(self) -> None:
        self.found.update()

    def returned(self) -> None:
        """Nothing new at all: Saleor's list of changes names the order once more."""
        self.found.tell(remote.refunded(self.found.remote, "", 0))
