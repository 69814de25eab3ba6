"""A dispute was lost: what the customer still had to get back, their own bank gave them.

A refund that failed, or that was to go by bank, is ended by it: else they would have that money twice. Its shares are
reversed as if we had paid it; who bears the rest of the loss is a person's to say (`bear_dispute`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.flows.book_refund import book, look_again
from fulfilment.flows.refund_by_bank import stop_transfer
from fulfilment.flows.reverse_shares import books_of
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Dispute
from fulfilment.payments.queries import lost_disputes

WAITS = (Refund.State.FAILED, Refund.State.BY_BANK)
"""States of a refund that did not reach the customer, and of which Stripe does nothing more by itself."""


@transaction.atomic
def cover_refunds(order_pk: int, *, now: datetime) -> None:
    """End what the customers' banks gave back already; again, nothing. Nobody is mailed: it was not us who paid."""
    order = lock_order(pk=order_pk)
    ended = [one for dispute in lost_disputes(order.checkout_id) for one in _cover(order, dispute, now)]
    for refund in ended:
        stop_transfer(order, refund, now=now)
    if ended:
        look_at_failures(order, now=now)
        look_again(order, now=now)


def covered(dispute: Dispute) -> int:
    """What of a dispute paid refunds that we owed (minor units)."""
    rows = Refund.objects.filter(steps__event="charge_back", steps__note__endswith=dispute.stripe_dispute_id)
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def _cover(order: Order, dispute: Dispute, now: datetime) -> list[Refund]:
    """The refunds that this dispute paid, oldest first, as far as its money goes.

    One that it paid in part, and that nothing is left for here, is ended as well: the rest is the customer's.
    """
    left, here = dispute.amount_minor - covered(dispute), books_of(order).kept - dispute.amount_minor
    note = _("door de bank van de klant, betwisting %(name)s") % {"name": dispute.stripe_dispute_id}
    found = []
    for refund in order.refunds.filter(state__in=WAITS).order_by("pk"):
        is_paid = refund.amount_minor <= left or (left > 0 and refund.amount_minor > here)
        if is_paid and life.move(refund, "charge_back", now=now, note=note):
            left -= refund.amount_minor
            if refund.booked_at is None:
                book(order, refund, now=now)
            found.append(refund)
    return found
