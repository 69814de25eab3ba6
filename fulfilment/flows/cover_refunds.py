"""What a customer still had to get back reached them another way: nobody pays it once more.

A dispute was lost, and their own bank gave them what failed or was to go by bank; or so much went back plainly that
less is here than waits to be paid. A refund is ended by it, its shares reversed as if we had paid it, or there is less
of it to pay. Who bears the rest of a lost dispute is a person's to say (`bear_dispute`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.flows.book_refund import book, look_again
from fulfilment.flows.refund_by_bank import left_for, lower, stop_transfer
from fulfilment.flows.reverse_shares import books_of
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.orders.life import REFUND_WAITS
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund, RefundStep
from fulfilment.payments.models import Dispute
from fulfilment.payments.queries import is_undecided, lost_disputes


@transaction.atomic
def cover_refunds(order_pk: int, *, now: datetime) -> None:
    """End, or lower, what is not to be paid (whole) any more; again, nothing. Nobody is mailed that we paid it."""
    order = lock_order(pk=order_pk)
    changed = [one for dispute in lost_disputes(order.checkout_id) for one in _cover(order, dispute, now)]
    if not is_undecided(order.checkout_id):
        changed += _fit(order, now)
    for refund in changed:
        stop_transfer(order, refund, now=now)
    if changed:
        look_at_failures(order, now=now)
        look_again(order, now=now)


def covered(dispute: Dispute) -> int:
    """What of a dispute paid refunds that we owed (minor units)."""
    steps = RefundStep.objects.filter(event="cover", dispute=dispute.stripe_dispute_id)
    return steps.aggregate(total=Sum("refund__amount_minor"))["total"] or 0


def _cover(order: Order, dispute: Dispute, now: datetime) -> list[Refund]:
    """The refunds that this dispute paid, oldest first, as far as its money goes.

    One that it paid in part, and that nothing is left for here, is ended as well: the rest is the customer's.
    """
    left, here = dispute.amount_minor - covered(dispute), books_of(order).kept - dispute.amount_minor
    name = dispute.stripe_dispute_id
    note = _("door de bank van de klant, betwisting %(name)s") % {"name": name}
    found = []
    for refund in order.refunds.filter(state__in=REFUND_WAITS).order_by("pk"):
        is_paid = refund.amount_minor <= left or (left > 0 and refund.amount_minor > here)
        if is_paid and life.move(refund, "cover", now=now, note=note, step={"dispute": name}):
            left -= refund.amount_minor
            _book_once(order, refund, now)
            found.append(refund)
    return found


def _fit(order: Order, now: datetime) -> list[Refund]:
    """The refunds that no money is left for, or less: the customer has it already."""
    found = []
    for refund in order.refunds.filter(state__in=REFUND_WAITS).order_by("pk"):
        most = left_for(order, refund)
        if most <= 0:
            if life.move(refund, "cover", now=now, note=_("al langs een andere weg")):
                _book_once(order, refund, now)
                found.append(refund)
        elif refund.state == Refund.State.BY_BANK and refund.amount_minor > most:
            lower(refund, most)
            found.append(refund)
    return found


def _book_once(order: Order, refund: Refund, now: datetime) -> None:
    if refund.booked_at is None:
        book(order, refund, now=now)
