"""The one lock of everything that changes an order's work or money: taken first, before any check."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from fulfilment.orders.models import Order


def lock_order(*, pk: int) -> Order:
    """The order, locked until the transaction ends."""
    return Order.objects.select_for_update().get(pk=pk)


def lock_acceptance(checkout_id: str, saleor_id: str = "") -> None:
    """Hold the acceptance of the order of a checkout until the transaction ends, also before its row exists.

    An order without a checkout (staff made it) is known by its id in Saleor. Taken before the order's own lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [checkout_id or saleor_id])


@contextmanager
def reports_lock(*, pk: int) -> Iterator[None]:
    """Hold what Saleor is told of an order's parcels, for this database session and across the calls to Saleor.

    Not a row lock: nobody who works on the order waits for Saleor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 4))", [str(pk)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 4))", [str(pk)])
