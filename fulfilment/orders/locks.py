"""The locks of an order. The one of its row is of everything that changes its work or money: before any check."""

from contextlib import AbstractContextManager

from structlog.contextvars import bind_contextvars

from fulfilment import advisory
from fulfilment.orders.models import Order


def lock_order(*, pk: int) -> Order:
    """The order, locked until the transaction ends."""
    order = Order.objects.select_for_update().get(pk=pk)
    bind_contextvars(order=order.public_id)  # what is logged from here on is about it
    return order


def lock_acceptance(checkout_id: str, saleor_id: str = "") -> None:
    """Hold the acceptance of the order of a checkout until the transaction ends, also before its row exists.

    An order without a checkout (staff made it) is known by its id in Saleor. Taken before the order's own lock.
    """
    advisory.hold_until_commit(advisory.Space.ACCEPTANCE, checkout_id or saleor_id)


def reports_lock(*, pk: int) -> AbstractContextManager[None]:
    """Hold what Saleor is told of an order's parcels, for this database session and across the calls to Saleor.

    Not a row lock: nobody who works on the order waits for Saleor.
    """
    return advisory.held(advisory.Space.REPORTS, str(pk))
