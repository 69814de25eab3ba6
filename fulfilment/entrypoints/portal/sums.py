"""What a partner earned, from the ledger: waiting, ready to be paid, on its way, paid."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from fulfilment.entrypoints.portal.words import day
from fulfilment.flows.release_shares import releasable_at
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, by_tags
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner

CURRENCY = "EUR"
ORDERS_ON_PAGE = 20


@dataclass(frozen=True)
class Sums:
    """Amounts as one reads them. `owes`: more was paid out than is due, and the next payout is less."""

    partner: Partner
    held: str
    payable: str
    owes: bool
    on_its_way: str
    paid: str


@dataclass(frozen=True)
class Waiting:
    """What is held of one order, and from when it is no longer ("" where that is not known yet)."""

    number: str
    amount: str
    free_on: str


def sums_of(partner: Partner) -> Sums:
    payable = balance(Account.PARTNER_PAYABLE, partner_id=partner.pk)
    in_transit = balance(Account.PAYOUTS_TRANSIT, partner_id=partner.pk)
    return Sums(
        partner=partner,
        held=written(balance(Account.PARTNER_HELD, partner_id=partner.pk), CURRENCY),
        payable=written(payable, CURRENCY),
        owes=payable < 0,
        on_its_way=written(in_transit, CURRENCY) if in_transit else "",
        paid=written(balance(Account.BANK, partner_id=partner.pk), CURRENCY),
    )


def waiting(partner: Partner, number: str) -> tuple[list[Waiting], "Page[Order]"]:
    """The orders of which something is held, newest first: of a page, by its number as it was asked, and that page."""
    held = {
        order_id: amount
        for (order_id,), amount in by_tags(Account.PARTNER_HELD, "order_id", partner_id=partner.pk).items()
        if amount and order_id is not None
    }
    page = Paginator(Order.objects.filter(pk__in=held).order_by("-placed_at", "-pk"), ORDERS_ON_PAGE).get_page(number)
    return [_waiting(order, held[order.pk]) for order in page.object_list], page


def _waiting(order: Order, amount: int) -> Waiting:
    free = releasable_at(order)
    return Waiting(order.number, written(amount, order.currency), day(free.date()) if free else "")
