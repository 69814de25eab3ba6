"""Five at once is once, for everything about an order; and what each lock keeps from happening."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.flows import accept_order, release_shares
from fulfilment.flows.settle_payment import settle_session
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Order, Refund
from fulfilment.production.models import Task, TaskLine
from fulfilment.revenue.models import Share
from fulfilment.routing.models import Decision
from tests.support import remote, rows, signed
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, ordered
from tests.support.money import StripeInMemory, pay_back
from tests.support.static_files import as_they_lie
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


@pytest.fixture
def found() -> Bought:
    """A paid order for two workshops, of which Saleor has just told nobody."""
    agree("SG-001", "SG-003")
    return ordered(LAMP, STOOL)


def is_once(found: Bought) -> bool:
    """One order, one decision, one set of tasks and shares, one entry of each kind, every cent in its place."""
    order = Order.objects.get()
    kinds = sorted(Entry.objects.values_list("kind", flat=True))
    return (
        Decision.objects.count() == 1
        and Task.objects.count() == TaskLine.objects.count() == 2
        and Share.objects.filter(line=None).count() == 2
        and sum(Share.objects.values_list("amount_minor", flat=True)) == 23_884 + 33_058 + 785
        and kinds == ["order_paid", "order_split", "payment_fee", "payment_received"]
        and set(found.books()) == {Account.UNALLOCATED, Account.PARTNER_HELD, Account.VAT_OWED}
        and order.routed_at == NOW
    )


def test_an_order_looked_at_five_times_at_once_is_accepted_routed_and_booked_once(found: Bought) -> None:
    five_times(found.update)
    assert is_once(found)
    five_times(found.update)
    assert is_once(found)


def test_the_same_webhook_five_times_at_once_and_five_workers_make_one_order(found: Bought) -> None:
    signed.known_keys(signed.SaleorKey())
    body = {"__typename": "OrderFullyPaid", "order": {"id": found.remote.id}}
    Mark.objects.all().delete()
    answers = five_times(lambda: signed.from_saleor("/hooks/saleor/", body))
    assert {answer.status_code for answer in answers} == {200}
    assert Mark.objects.get().counter == FIVE
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        five_times(lambda: jobs.process("order", found.remote.id, NOW))
    assert is_once(found)


def test_the_same_notice_five_times_at_once_is_one_mark(found: Bought) -> None:
    Mark.objects.all().delete()
    five_times(lambda: signed.from_plugin(signed.notice(found.remote.id)))
    assert Mark.objects.get().counter == FIVE


@WITH_AND_WITHOUT_LOCKS
def test_a_payment_settled_and_its_order_looked_at_at_once_end_in_one_order() -> None:
    agree("SG-001", "SG-003")
    found = ordered(LAMP, STOOL, paid=False)
    provider = StripeInMemory()
    provider.charge(found.payment, fee=39)

    def all_of_it() -> None:
        settle_session(found.payment.stripe_session_id, found.saleor.as_saleor(), provider, now=NOW)
        found.update()

    five_times(all_of_it)
    assert is_once(found)


def test_without_the_lock_of_acceptance_the_unique_order_catches_it(found: Bought) -> None:
    with mock.patch.object(accept_order, "lock_acceptance"):
        answers, failures = five_tries(found.update)
    assert all(isinstance(error, IntegrityError) for error in failures)
    assert answers
    assert is_once(found)


@contextmanager
def unlocked() -> Iterator[None]:
    """Rows are read, and not locked."""

    def as_it_is(self: QuerySet[Any], *args: object, **kwargs: object) -> QuerySet[Any]:
        return self.all()

    with mock.patch.object(QuerySet, "select_for_update", as_it_is):
        yield


def test_an_agreement_that_comes_while_five_look_routes_the_rest_once(found: Bought) -> None:
    waiting = ordered(LAMP, ("SG-006", 1, 1_200))
    waiting.update()
    agree("SG-006")
    five_times(waiting.update)
    assert Decision.objects.filter(order=waiting.order).count() == 2
    assert Task.objects.filter(order=waiting.order).count() == 2
    assert Share.objects.filter(order=waiting.order, line=None).count() == 2


def test_without_the_orders_lock_the_one_decision_that_holds_catches_it(found: Bought) -> None:
    waiting = ordered(LAMP, ("SG-006", 1, 1_200))
    waiting.update()
    agree("SG-006")
    with unlocked(), mock.patch.object(accept_order, "lock_acceptance"):
        _answers, failures = five_tries(waiting.update)
    assert all(isinstance(error, IntegrityError) for error in failures)
    # The shares of the shipping are the lock's alone to keep: who comes a moment later may book them once more.
    assert Decision.objects.filter(order=waiting.order, superseded_by=None).count() == 1
    assert Task.objects.filter(order=waiting.order).count() == 2


@WITH_AND_WITHOUT_LOCKS
def test_a_refund_told_five_times_at_once_is_booked_once(found: Bought) -> None:
    found.update()
    pay_back(found.payment, found.saleor, "re_1", 20_000, now=NOW)
    found.saleor.put(remote.refunded(found.remote, "granted-1", 20_000, {found.line_id(1): 1}))
    five_times(found.update)
    assert Refund.objects.count() == Entry.objects.filter(kind="order_refunded").count() == 1
    assert Account.CUSTOMER not in found.books()
    assert Task.objects.get(producer__slug="maker-sg-003").lines.get().cancelled_quantity == 1


@WITH_AND_WITHOUT_LOCKS
def test_a_refund_and_the_release_at_once_leave_nothing_on_the_wrong_account(found: Bought) -> None:
    """Whichever comes first, the refunded shares come off the account on which they stand."""
    found.update()
    later = NOW.replace(year=2027)
    for task in Task.objects.all():
        rows.parcel(task)
        task.state = Task.State.SHIPPED
        task.save()
    pay_back(found.payment, found.saleor, "re_1", 69_850, now=NOW)
    found.saleor.put(remote.refunded(found.remote, "granted-1", 69_850))

    def release() -> None:
        release_shares.release_shares(as_of=later.date(), now=later)

    works = iter([found.update, release, found.update, release, found.update])
    five_times(lambda: next(works)())
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}
    assert sum(trial_balance().values()) == 0


def test_five_releases_at_once_move_the_money_once(found: Bought) -> None:
    found.update()
    for task in Task.objects.all():
        rows.parcel(task)
        task.state = Task.State.SHIPPED
        task.save()
    later = NOW.replace(year=2027)
    released = five_times(lambda: release_shares.release_shares(as_of=later.date(), now=later))
    assert sorted(released, key=len) == [[], [], [], [], [found.order.public_id]]
    assert Entry.objects.filter(kind="shares_released").count() == 1


def test_without_the_orders_lock_a_release_is_caught_by_the_ledgers_key_or_seen_as_a_conflict(found: Bought) -> None:
    found.update()
    for task in Task.objects.all():
        rows.parcel(task)
        task.state = Task.State.SHIPPED
        task.save()
    later = NOW.replace(year=2027)
    with unlocked():
        five_tries(lambda: release_shares.release_shares(as_of=later.date(), now=later))
    assert Entry.objects.filter(kind="shares_released").count() == 1
