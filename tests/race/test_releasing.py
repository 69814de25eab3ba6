"""Releasing waits for nobody for long: an order that somebody holds is for the next time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import connection, transaction

from fulfilment.flows.release_shares import release_shares
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order
from fulfilment.production.models import Task
from tests.support import rows

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2027, 1, 15, tzinfo=UTC)


def shipped_order(code: str) -> Order:
    """An order that left its workshop, with money held for it."""
    order = rows.order([(code, "Koord", 1, 28_900)])
    producer = rows.partner(f"maker-of-{code.lower()}")
    [task] = rows.route(order, {code: rows.agreement(code, producer)})
    rows.parcel(task, at=order.placed_at)
    Task.objects.update(state=Task.State.SHIPPED)
    rows.held(order, producer, 15_000)
    return order


def test_an_order_that_somebody_holds_too_long_is_put_off_and_the_others_are_released() -> None:
    held, free = shipped_order("SG-001"), shipped_order("SG-002")
    is_held, is_over = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock_order(pk=held.pk)
                is_held.set()
                is_over.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert is_held.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        released = release_shares(as_of=LATER.date(), now=LATER)
        is_over.set()
        holding.result(30)

    assert released == [free.public_id]
    assert release_shares(as_of=LATER.date(), now=LATER) == [held.public_id]
    connection.close()  # and with it the lock_timeout
