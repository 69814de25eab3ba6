"""A refund that failed stands on the operator's list until it was asked again or goes another way.

That another refund of the same order succeeds is no reason to take it off, nor that somebody takes it off by hand: the
customer still waits for this one.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import each
from fulfilment.money import written
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.queries import paid_for


def sweep_failures(*, now: datetime) -> None:
    """Put every refund that failed on the list again, where nothing there is about its order or its payments."""
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.REFUND_FAILED, resolved_at=None)
    told = set(standing.values_list("subject", flat=True))
    failed = Refund.objects.filter(state=Refund.State.FAILED).select_related("order").order_by("pk")
    each("refund_failed", failed, lambda refund: _tell(refund, told, now), named=lambda refund: refund.name, now=now)


def _tell(refund: Refund, told: Collection[str], now: datetime) -> None:
    """Put a refund on the list, unless something there (by its subject) is about its order or its payments."""
    if set(told) & set(_subjects(refund.order)):
        return
    message = _("Bestelling %(number)s: de terugbetaling van %(amount)s mislukte. De klant wacht er nog op.")
    values = {"number": refund.order.number, "amount": written(refund.amount_minor, refund.order.currency)}
    raise_issue(OpenIssue.Kind.REFUND_FAILED, refund.order.number, message % values, now)


def look_at_failures(order: Order, *, now: datetime) -> None:
    """Take the failures of an order and of what was paid for it off the list where none of its refunds is failed."""
    if order.refunds.filter(state=Refund.State.FAILED).exists():
        return
    for subject in _subjects(order):
        resolve(OpenIssue.Kind.REFUND_FAILED, subject, now)


def _subjects(order: Order) -> list[str]:
    """What exceptions call an order and what was paid for it."""
    return [order.number, *paid_for(order.checkout_id).values_list("reference", flat=True)]
