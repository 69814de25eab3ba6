"""What the customer reads of money that went back: all of it once, with what it was for. The caller holds the order."""

from datetime import datetime

from django.db.models import Sum

from fulfilment.flows import tell_customer
from fulfilment.flows.plan_refund import owed_to_customer
from fulfilment.flows.reverse_shares import OrderBooks, books_of
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import rounding
from fulfilment.payouts.models import Payout


def tell(refund: Refund, amount: int, *, now: datetime, payout: Payout | None = None) -> None:
    """Tell the customer that so much (minor units) went back, or was paid by the bank; nothing is not told."""
    _note(refund, max(refund.told_minor, amount))
    if payout is not None:
        tell_customer.refunded_by_bank(payout, refund, amount, now=now)
    elif amount:
        tell_customer.refunded(refund, now)


def with_what_is_part_of_it(order: Order, refund: Refund, explained: int) -> int:
    """What its mail tells (minor units): what was paid, and with it what went back plainly before, for the same units.

    Whoever got € 5 of a stool and then all the rest of its price reads the price of the stool. Of money that they read
    of before, since somebody said that it was for something else, they do not read again.
    """
    return min(max(refund.amount_minor, explained), untold(order, books_of(order)))


def tell_what_settled(order: Order, books: OrderBooks, *, now: datetime) -> None:
    """Tell what went back plainly after the price that it is of was booked, with what that was for.

    So where staff granted a unit for less than its price, or for nothing, and the rest of the price came after it.
    """
    explained = gone_of_price(order, books) - max(-owed_to_customer(order, books), 0)
    silent = explained - _told(order)
    if silent <= rounding(order):
        return
    for refund in order.refunds.filter(state=Refund.State.PAID, booked_at__isnull=False).order_by("-pk"):
        worth = sum(refund.lines.values_list("amount_minor", flat=True)) + refund.shipping_minor
        late = min(silent, worth - refund.told_minor)
        if late > 0:
            before = _note(refund, refund.told_minor + late)
            tell_customer.refunded(refund, now, before=before)
            silent -= late


def gone_of_price(order: Order, books: OrderBooks) -> int:
    """What went back of an order's price (minor units); what was paid too much and went back is none of it."""
    return max(books.went_back - max(books.came_in - order.total_gross_minor, 0), 0)


def untold(order: Order, books: OrderBooks) -> int:
    """What went back of an order and no mail told of (minor units)."""
    return max(books.went_back - _told(order), 0)


def _note(refund: Refund, told: int) -> int:
    """Write that so much of it is told now; what was told before."""
    before = refund.told_minor
    refund.told_minor = told
    refund.save(update_fields=["told_minor"])
    return before


def _told(order: Order) -> int:
    total: int | None = order.refunds.aggregate(total=Sum("told_minor"))["total"]
    return total or 0
