"""One payment attempt at a time for each checkout, also across calls to the outside."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def checkout_lock(checkout_id: str) -> Iterator[None]:
    """Hold a checkout for this database session.

    Not a row lock: the payment's row must be committed before Stripe is called, and the lock must outlive that commit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 1))", [checkout_id])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", [checkout_id])
