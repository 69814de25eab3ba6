"""Money went back without anybody saying for what: an operator says whose it was, and the platform bears the rest."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows import refund_order, tell_customer
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, net
from fulfilment.ledger.models import Posting
from fulfilment.money import written
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund


def to_divide(order: Order) -> int:
    """What went back to the customer of an order and is nobody's yet, in minor units; 0 while it waits for a maker.

    Of what Saleor told of refunds (`order.refunded_minor`), all that the ledger has already taken from somebody is
    left out: shares that were reversed, cents that were rounded, and what was paid too much and never was anybody's.
    """
    if order.routed_at is None:
        return 0
    paid = Posting.objects.filter(order=order, entry__kind__startswith="refund_paid")
    taken = balance(Account.CUSTOMER, order_id=order.pk) - net(Account.CUSTOMER, paid)
    return max(order.refunded_minor - taken, 0)


def preview(order: Order, quantities: Mapping[int, int], *, shipping: bool) -> refund_order.Preview:
    """The effect of dividing what is to be divided; nothing is written. `Refusal` as for `divide`."""
    amount, worth = _checked(order, quantities, shipping=shipping)
    chosen = shipping or any(quantities.values())
    found = refund_order.preview(order, quantities, shipping=shipping) if chosen else refund_order.Preview(0, {}, 0, 0)
    return replace(found, amount=amount, platform=found.platform + max(amount - worth, 0))


@transaction.atomic
def divide(public_id: str, quantities: Mapping[int, int], *, shipping: bool, reason: str, now: datetime) -> None:
    """Reverse the shares of units of lines (line id → units) and of the shipping; what is left the platform bears.

    No money moves: it went back already. `Refusal` in the operator's language; a second time there is nothing left.
    """
    order = lock_order(pk=Order.objects.get(public_id=public_id).pk)
    amount, worth = _checked(order, quantities, shipping=shipping)
    name = f"{order.public_id}:divided:{Refund.objects.filter(order=order).count() + 1}"
    refund_order.book(order, name, amount, quantities, shipping=shipping, reason=reason, now=now)
    kind = refund_order.ROUNDED if amount < worth else refund_order.BORNE
    refund_order.book_difference(order, f"refund:{name}:{kind}", kind, worth - amount, now)
    tell_customer.refunded(order, amount, name, now=now, quantities=quantities, shipping=shipping)
    resolve(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, now)


def _checked(order: Order, quantities: Mapping[int, int], *, shipping: bool) -> tuple[int, int]:
    """What is to be divided, and what the chosen units and shipping are worth."""
    amount = to_divide(order)
    if not amount:
        raise Refusal(_("Er is niets te verdelen: van al wat terugging, is bekend wie het draagt."), code="NOTHING")
    if not shipping and not any(quantities.values()):
        return amount, 0
    refund_order.check(order, quantities, shipping=shipping)
    worth = refund_order.worth(order, quantities, refund_order.refunded_units(order), shipping=shipping)
    if worth > amount + sum(quantities.values()):  # up to a cent a unit is rounding
        figures = {"worth": written(worth, order.currency), "amount": written(amount, order.currency)}
        message = _("Wat je koos, kost %(worth)s. Er ging %(amount)s terug: kies minder, de rest draagt het platform.")
        raise Refusal(message % figures, code="TOO_MUCH")
    return amount, worth
