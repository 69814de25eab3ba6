"""A refund that failed stands on the operator's list until it was asked again or goes another way.

That another refund of the same order succeeds is no reason to take it off: the customer still waits for this one.
"""

from datetime import datetime

from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Payment


def look_at_failures(order: Order, *, now: datetime) -> None:
    """Take the failures of an order and of what was paid for it off the list where none of its refunds is failed."""
    if order.refunds.filter(state=Refund.State.FAILED).exists():
        return
    payments = Payment.objects.filter(checkout_id=order.checkout_id, paid_at__isnull=False).exclude(checkout_id="")
    for subject in (order.number, *payments.values_list("reference", flat=True)):
        resolve(OpenIssue.Kind.REFUND_FAILED, subject, now)
