"""The one lock of everything that changes an order's work or money: taken first, before any check."""

from django.db import connection

from fulfilment.orders.models import Order


def lock_order(*, pk: int) -> Order:
    """The order, locked until the transaction ends."""
    return Order.objects.select_for_update().get(pk=pk)


def lock_acceptance(saleor_id: str) -> None:
    """Hold the acceptance of one Saleor order until the transaction ends, also before its row exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [saleor_id])
