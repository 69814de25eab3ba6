"""What of an order still needs to know whose it is, and since when nothing does."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from fulfilment.flows.release_shares import releasable_at
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.orders.life import REFUND_UNPAID
from fulfilment.orders.models import Order, Refund, RefundAccount
from fulfilment.payments.models import DisputeStep, Payment
from fulfilment.payments.queries import is_going_back, is_undecided
from fulfilment.payouts.models import Payout, PayoutStep
from fulfilment.production.models import Parcel, Task
from fulfilment.production.rules import UNFINISHED
from fulfilment.returns.models import Return
from fulfilment.returns.queries import is_live

AT_THE_BANK = (Payout.State.PLANNED, Payout.State.SENT)

PARTNERS = (OpenIssue.Kind.SHORT_OF_FIXED,)
"""Exceptions about an order that concern partners, and never its customer."""


def needed_because(order: Order, *, abandoned_before: datetime | None = None) -> str:
    """Why the customer of an order must still be known, in words; "" where nothing needs it any more.

    An order that nobody paid is needed as long as somebody may; none that was placed `abandoned_before` a moment.
    """
    if Task.objects.filter(order=order, state__in=UNFINISHED).exists():
        return pgettext("customer", "er wordt nog aan gewerkt")
    if is_undecided(order.checkout_id):
        return pgettext("customer", "de betaling wordt bij de bank betwist")
    if is_live(order.pk):
        return pgettext("customer", "er komt nog iets terug")
    if money := _money_to_come(order):
        return money
    if Parcel.objects.filter(task__order=order, reported_at=None).exists():
        return pgettext("customer", "dat een pakket vertrok, is nog niet overal gemeld")
    standing = OpenIssue.objects.filter(subject__in=_names_of(order), resolved_at=None).exclude(kind__in=PARTNERS)
    if standing.exists():
        return pgettext("customer", "er staat nog een uitzondering open")
    if order.paid_at is None and order.cancelled_at is None:
        is_abandoned = abandoned_before is not None and order.placed_at < abandoned_before
        return (
            ""
            if is_abandoned
            else pgettext("customer", "ze is nog niet betaald; annuleer ze in Saleor als dat niet meer komt")
        )
    return _time_to_withdraw(order)


def ended_at(order: Order) -> datetime:
    """When the last of all that happened with an order happened; no matter while something is `needed_because`."""
    moments = [order.placed_at, order.accepted_at, order.paid_at, order.cancelled_at, order.released_at]
    for shipped, delivered in Parcel.objects.filter(task__order=order).values_list("shipped_at", "delivered_at"):
        moments.append(delivered or shipped + settings.PRESUMED_DELIVERY)
    moments += Return.objects.filter(order=order).values_list("moved_at", flat=True)
    moments += order.withdrawals.values_list("said_at", flat=True)
    moments += order.refunds.filter(steps__isnull=False).values_list("steps__at", flat=True)
    moments += PayoutStep.objects.filter(payout__refund__order=order).values_list("at", flat=True)
    if order.checkout_id:
        steps = DisputeStep.objects.filter(dispute__payment__checkout_id=order.checkout_id)
        moments += steps.values_list("at", flat=True)
    return max(found for found in moments if found is not None)


def account_needed_because(account: RefundAccount) -> str:
    """Why the account number of a customer must still be known, whatever its age; "" where nothing needs it."""
    refund = account.refund
    if refund.state in REFUND_UNPAID or refund.payouts.filter(state__in=AT_THE_BANK).exists():
        return pgettext("customer", "er moet nog geld naartoe")
    return ""


def account_ended_at(account: RefundAccount) -> datetime:
    """When the last of all that happened with the refund of an account happened."""
    refund = account.refund
    steps = [*refund.steps.values_list("at", flat=True)]
    steps += PayoutStep.objects.filter(payout__refund=refund).values_list("at", flat=True)
    return max([account.given_at, *steps])


def _money_to_come(order: Order) -> str:
    refunds = set(order.refunds.filter(state__in=REFUND_UNPAID).values_list("state", flat=True))
    if Refund.State.BY_BANK in refunds:
        return pgettext("customer", "er gaat nog geld terug, naar een bankrekening")
    if refunds or is_going_back(order.checkout_id):
        return pgettext("customer", "er gaat nog geld terug")
    if Payout.objects.filter(refund__order=order, state__in=AT_THE_BANK).exists():
        return pgettext("customer", "er staat nog een overschrijving bij de bank")
    if order.cancelled_at is not None and balance(Account.CUSTOMER, order_id=order.pk) > 0:
        return pgettext("customer", "er staat nog geld open dat terug moet")
    return ""


def _time_to_withdraw(order: Order) -> str:
    """A paid order is over once its shares were released; none of it may be left to divide or to give back."""
    if order.cancelled_at is not None or order.released_at is not None:
        return ""
    if order.refunded_minor >= order.total_gross_minor:
        return ""
    if order.routed_at is None:
        return pgettext("customer", "er moet nog een maker voor gevonden worden")
    until = releasable_at(order)
    if until is None:
        return pgettext("customer", "ze is nog niet afgehandeld")
    day = date_format(timezone.localtime(until), "j F Y")
    return pgettext("customer", "er kan nog van de koop afgezien worden, tot %(day)s") % {"day": day}


def _names_of(order: Order) -> list[str]:
    """What exceptions about an order are about."""
    names = [order.number, f"order:{order.saleor_id}"]
    if order.checkout_id:
        paid = Payment.objects.filter(checkout_id=order.checkout_id)
        names += paid.values_list("reference", flat=True)
        names += [f"checkout:{order.checkout_id}"]
    return names
