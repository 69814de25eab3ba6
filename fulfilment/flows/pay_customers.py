"""What a round of payouts does with customers' money: each step of the bank's moves the refund along, once.

Whoever changes a round holds the orders of its customers first (`lock_customers`), then the round: so no customer is
paid by the bank and by Stripe.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows.book_refund import book_paid, look_again
from fulfilment.flows.refund_by_bank import ask_account, is_here, paid_elsewhere
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Order, Refund, RefundAccount
from fulfilment.orders.queries import account_of
from fulfilment.partners.models import User
from fulfilment.payments.queries import is_undecided
from fulfilment.payouts.models import Payout


def lock_customers(batch: str) -> None:
    """Hold the orders of whoever gets money back in a round (public id), until the transaction ends."""
    refunds = Payout.objects.filter(batch__public_id=batch, refund__isnull=False).values("refund__order")
    list(Order.objects.select_for_update().filter(pk__in=refunds).order_by("pk").values_list("pk"))


def check_still_owed(refund: Refund) -> None:
    """`Refusal` where a refund of a plan is not for the bank any more, or was ordered already."""
    refund.refresh_from_db()
    ordered = refund.payouts.filter(state__in=[Payout.State.SENT, Payout.State.CONFIRMED]).exists()
    is_gone = refund.state != Refund.State.BY_BANK or ordered or paid_elsewhere(refund.order) == refund
    if (
        is_gone
        or not is_here(refund.order, refund)
        or account_of(refund) is None
        or is_undecided(refund.order.checkout_id)
    ):
        message = _("De terugbetaling van bestelling %(number)s is intussen veranderd. Maak een nieuw plan.")
        raise Refusal(message % {"number": refund.order.number}, code="REFUND_CHANGED")


def set_account(payout: Payout, refund: Refund) -> RefundAccount:
    """The account that counts from now on: the file is fetched."""
    account = account_of(refund)
    assert account is not None, "a refund is ordered on a known account, and nothing takes that away"
    payout.account = account
    payout.save(update_fields=["account"])
    return account


def paid(payout: Payout, refund: Refund, *, now: datetime, by: User | None) -> None:
    """The bank confirmed it: the refund is paid and booked, the customer and Saleor hear it. Its order is held."""
    order = refund.order
    resolve(OpenIssue.Kind.REFUND_TWICE, order.number, now)
    if not life.move(refund, "pay", now=now, by=by):  # Stripe was first, and nobody stopped the bank
        look_again(order, now=now)
        return
    book_paid(order, refund, payout, now=now)
    mark(Mark.Kind.BANK_REFUND, refund.name, now)


def bounced(payout: Payout, refund: Refund, *, now: datetime, by: User | None) -> None:
    """The bank could not pay it, or the customer's bank sent it back: they are asked for another account."""
    order = refund.order
    resolve(OpenIssue.Kind.REFUND_TWICE, order.number, now)
    if payout.account is not None:
        RefundAccount.objects.filter(pk=payout.account.pk).update(refused_at=now)
    if life.move(refund, "come_back", now=now, by=by, note=payout.failure):
        look_again(order, now=now)
        mark(Mark.Kind.BANK_REFUND, refund.name, now)
    if refund.state == Refund.State.BY_BANK:
        ask_account(order, refund, now=now)
