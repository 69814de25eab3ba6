"""The one lock of everything that changes an order's work or money: taken first, before any check."""

from fulfilment.orders.models import Order


def lock_order(*, pk: int) -> Order:
    """The order, locked until the transaction ends."""
    return Order.objects.select_for_update().get(pk=pk)
