"""What a customer withdrew from before it left stands on the operator's list until its money is asked back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from fulfilment.flows.count_dropped import dropped_units, nothing_stays
from fulfilment.flows.reverse_shares import books_of
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.inbox.rounds import each
from fulfilment.orders.models import Order
from fulfilment.orders.queries import remaining, shipping_is_refunded
from fulfilment.withdrawals.models import Withdrawal


def sweep_withdrawals(*, now: datetime) -> None:
    """Look at every order that somebody withdrew from, until its partners' money is released."""
    withdrawn = Withdrawal.objects.filter(order__released_at=None, order__cancelled_at=None).values("order_id")
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.WITHDRAWN, resolved_at=None).values("subject")
    orders = Order.objects.filter(Q(pk__in=withdrawn) | Q(number__in=standing)).order_by("pk")
    each("withdrawals", orders, lambda order: _look_at(order, now), named=lambda order: order.number, now=now)


@transaction.atomic
def _look_at(order: Order, now: datetime) -> None:
    watch(order, now)


def watch(order: Order, now: datetime) -> None:
    """Put an order on the operator's list where money of it is to be given back, and take it off once it is asked."""
    if to_give_back(order):
        message = _("Bestelling %(number)s: de klant zag af van wat nog niet weg was. Geef het geld terug.")
        raise_issue(OpenIssue.Kind.WITHDRAWN, order.number, message % {"number": order.number}, now)
    else:
        resolve(OpenIssue.Kind.WITHDRAWN, order.number, now)


def to_give_back(order: Order) -> dict[int, int]:
    """Units of lines (by id) that were withdrawn from before they left, and whose money nobody asked back yet.

    None of an order that nobody paid, or that was cancelled: its money has ways and exceptions of its own; nor of one
    of which nothing is here: it all went back, or a bank has it.
    """
    if order.paid_at is None or order.cancelled_at is not None:
        return {}
    left = remaining(order)
    waiting = {pk: min(units.to_refund, left[pk]) for pk, units in dropped_units(order).items()}
    found = {pk: count for pk, count in waiting.items() if count > 0}
    if not found:
        return {}
    books = books_of(order)
    return {} if books.kept <= 0 < books.came_in else found


def shipping_goes_too(order: Order) -> bool:
    """Whether the delivery is to be paid back as well: the customer withdrew from all that was not paid back before."""
    if order.shipping_gross_minor <= 0 or shipping_is_refunded(order):
        return False
    return order.withdrawals.exists() and nothing_stays(order)
