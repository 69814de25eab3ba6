"""A dispute that comes while shares are released, and five workers and five operators at one dispute."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Event
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from fulfilment.errors import Refusal
from fulfilment.flows import settle_dispute as flow
from fulfilment.flows.bear_dispute import bear
from fulfilment.flows.release_shares import release_shares
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Order
from fulfilment.payments.models import Dispute, DisputeStep, Payment
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.bought import LAMP, NOW, Bought, agree, bought
from tests.support.disputing import bank_of, standing
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOW + timedelta(days=60)


@pytest.fixture
def found() -> Bought:
    """An order that was shipped, and may be released later."""
    rows.partner("platform", kind="platform")
    agree("SG-001")
    made = bought(LAMP)
    for task in Task.objects.filter(order=made.order):
        rows.parcel(task)
        Task.objects.filter(pk=task.pk).update(state=Task.State.SHIPPED)
    return made


def released_while_disputed(found: Bought) -> bool:
    """A worker takes a dispute in; before it has committed, the night's release comes to the order."""
    bank = bank_of(found)
    dispute = bank.opens()
    is_in, may_end = Event(), Event()
    book = flow._book

    def slowly(*args: Any) -> None:
        is_in.set()
        may_end.wait(20)
        book(*args)

    def settle() -> None:
        try:
            bank.look(dispute)
        finally:
            connection.close()

    def release() -> bool:
        try:
            return release_shares(as_of=LATER.date(), now=LATER) == [found.order.public_id]
        finally:
            connection.close()

    with mock.patch.object(flow, "_book", slowly), ThreadPoolExecutor(2) as pool:
        settling = pool.submit(settle)
        assert is_in.wait(20)
        releasing = pool.submit(release)
        wait([releasing], timeout=2)  # it comes through, or waits for the order
        may_end.set()
        settling.result(20)
        return releasing.result(20)


def test_a_dispute_that_comes_during_a_release_is_seen_by_it(found: Bought) -> None:
    assert not released_while_disputed(found)
    assert found.order.released_at is None


def test_without_the_lock_a_disputed_order_is_released(found: Bought) -> None:
    """The twin: why `settle_dispute` holds the order before it writes."""

    def no_lock(payment: Payment) -> Order | None:
        return Order.objects.filter(checkout_id=payment.checkout_id).first()

    with mock.patch.object(flow, "lock_order_of", no_lock):
        assert released_while_disputed(found)
    assert Dispute.objects.get().state == Dispute.State.NEEDS_RESPONSE


@WITH_AND_WITHOUT_LOCKS
def test_five_workers_at_one_dispute_book_it_once(found: Bought) -> None:
    bank = bank_of(found)
    dispute = bank.opens()

    five_times(lambda: bank.look(dispute))

    assert Entry.objects.filter(key__startswith=f"dispute:{dispute}").count() == 1
    assert DisputeStep.objects.count() == 1
    assert standing("disputes")["disputes"] == -found.payment.amount_minor
    bank.answered(dispute)
    five_times(lambda: bank.look(dispute))
    assert DisputeStep.objects.count() == 2


@WITH_AND_WITHOUT_LOCKS
def test_five_operators_who_decide_at_once_decide_once(found: Bought) -> None:
    bank = bank_of(found)
    dispute = bank.opens()
    bank.wins(dispute)
    bank.look(dispute)

    _answers, failures = five_tries(lambda: bear(dispute, Dispute.Policy.SHARED, by=None, now=NOW))

    assert len(failures) == FIVE - 1
    assert all(isinstance(failure, Refusal) for failure in failures)
    assert Entry.objects.filter(kind="dispute_borne").count() == 1
    assert standing("disputes", "customer") == {"disputes": 0, "customer": 0}
