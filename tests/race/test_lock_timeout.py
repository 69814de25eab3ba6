"""Somebody keeps a lock for too long: who waits for it hears so, or tries again; nothing is lost."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.advisory import timed_out
from fulfilment.config import settings as as_told_by_the_environment
from fulfilment.entrypoints import jobs
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.orders.locks import lock_order
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment
from fulfilment.postgres import bounds
from neighbours.budget import within
from tests.support import rows, signed, workshop
from tests.support.bought import NOW, issues
from tests.support.money import StripeInMemory, open_payment
from tests.support.portal import bench
from tests.support.remote import SaleorInMemory
from tests.support.static_files import as_they_lie

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _short_of_patience(settings: Settings) -> Iterator[None]:
    as_they_lie(settings)
    settings.LOCK_TIMEOUT = 0.1
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@contextmanager
def somebody_keeps(order_pk: int | None = None, *, checkout: str = "") -> Iterator[None]:
    """The row of an order, or a checkout, is held by another connection meanwhile."""
    held, done = Event(), Event()

    def keep() -> None:
        try:
            if order_pk is not None:
                with transaction.atomic():
                    lock_order(pk=order_pk)
                    held.set()
                    done.wait(10)
            else:
                with checkout_lock(checkout):
                    held.set()
                    done.wait(10)
        finally:
            connection.close()

    keeper = Thread(target=keep)
    keeper.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        keeper.join(10)


def test_nobody_waits_longer_for_a_lock_than_is_set(settings: Settings) -> None:
    settings.LOCK_TIMEOUT = as_told_by_the_environment.LOCK_TIMEOUT
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (f"{as_told_by_the_environment.LOCK_TIMEOUT}s",)


def test_nobody_waits_longer_for_a_lock_than_is_left_of_their_time(settings: Settings) -> None:
    settings.LOCK_TIMEOUT = 60
    task = workshop.task(rows.partner("compaan"))
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'")
    with somebody_keeps(task.order_id), within(0.1):
        with pytest.raises(OperationalError) as waited, transaction.atomic():
            lock_order(pk=task.order_id)
        assert timed_out(waited.value)
    with somebody_keeps(checkout="checkout-1"), within(0.1):
        with pytest.raises(OperationalError) as waited, checkout_lock("checkout-1"):
            pass
        assert timed_out(waited.value)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("1min",)  # whoever comes next has their own time


def test_whoever_has_time_enough_asks_nothing_more_of_the_database(settings: Settings) -> None:
    settings.LOCK_TIMEOUT = 8
    assert bounds.lock_milliseconds() is None
    with within(60):
        assert bounds.lock_milliseconds() is None
    with within(10):
        assert bounds.lock_milliseconds() is None
    with within(7):
        assert 5000 < (bounds.lock_milliseconds() or 0) <= 6000


def test_a_customer_whose_checkout_is_busy_is_told_to_try_again_and_nothing_was_begun() -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    signed.known_keys(signed.SaleorKey())
    with somebody_keeps(checkout="checkout-1"), StripeInMemory().connected() as provider:
        answer = signed.from_saleor("/saleor/payment/initialize", signed.checkout_payment("checkout-1"))
    told = json.loads(answer.content)
    assert (answer.status_code, told["result"]) == (200, "CHARGE_FAILURE")
    assert told["data"]["refusal"]["code"] == "BUSY"
    assert told["message"] == "We zijn met dit mandje nog bezig. Probeer het over een minuut opnieuw."
    assert (provider.opened, Payment.objects.count()) == ([], 0)


def test_the_shop_is_told_to_come_again() -> None:
    payment = open_payment("checkout-1", 1_000)
    bearer = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    with somebody_keeps(checkout="checkout-1"), StripeInMemory().connected():
        answer = Client().post(f"/api/storefront/payments/{payment.reference}/stop", headers=bearer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "COME_AGAIN")


def test_somebody_at_a_bench_reads_that_nothing_happened_and_tries_again() -> None:
    partner, _coach, client = bench("compaan")
    task = workshop.task(partner)
    address = reverse("portal:accept", args=[task.public_id])
    with somebody_keeps(task.order_id):
        answer = client.post(address)
    assert answer.status_code == 503
    assert "Wat je vroeg, is niet gebeurd." in answer.content.decode()
    task.refresh_from_db()
    assert task.state == "waiting"
    assert client.post(address).status_code == 302


def test_a_worker_leaves_the_mark_to_be_tried_again_and_after_a_few_times_a_person_knows() -> None:
    saleor = SaleorInMemory()
    saleor.money_without_order("checkout-1", "transaction-1", 500, at=NOW)
    mark("checkout", "checkout-1", NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "connected", saleor.as_saleor)
        with somebody_keeps(checkout="checkout-1"):
            for seen in ([], [], ["fault:checkout:checkout-1"]):
                jobs.process("checkout", "checkout-1", NOW)
                assert issues() == seen
        waiting = Mark.objects.get()
        assert (waiting.failures, waiting.counter > waiting.handled, waiting.leased_until) == (3, True, None)
        jobs.process("checkout", "checkout-1", NOW)
    waiting.refresh_from_db()
    assert (waiting.failures, waiting.counter, issues()) == (0, waiting.handled, [])
