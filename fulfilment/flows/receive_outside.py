"""Money that did not come or go back through our payment app: an operator says that it is on, or left, our bank."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry
from fulfilment.money import written
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order


def to_receive(order: Order) -> int:
    """What an order's customer paid another way, and nobody said where it is (minor units); below zero, what went back
    another way."""
    return -balance(Account.RECEIVABLE, order_id=order.pk)


def watch_outside(order: Order, now: datetime) -> None:
    """Such money stands on the operator's list until somebody says where it is. The caller holds the order."""
    amount = to_receive(order)
    if not amount:
        resolve(OpenIssue.Kind.PAID_OUTSIDE, order.number, now)
        return
    told = _("Bestelling %(number)s: %(amount)s kwam niet via onze betaaldienst. Zeg of het op de bank staat.")
    if amount < 0:
        told = _(
            "Bestelling %(number)s: %(amount)s ging niet via onze betaaldienst terug. Zeg of het van de bank ging."
        )
    values = {"number": order.number, "amount": written(abs(amount), order.currency)}
    raise_issue(OpenIssue.Kind.PAID_OUTSIDE, order.number, told % values, now)


@transaction.atomic
def settle_by_bank(public_id: str, *, now: datetime, seen: int | None = None) -> None:
    """It came on our bank account, or left it. `Refusal` where there is nothing (any more) to say that of.

    `seen` is what was `to_receive` on the page of whoever says so: of another amount they said nothing.
    """
    order = lock_order(pk=Order.objects.get(public_id=public_id).pk)
    amount = to_receive(order)
    if not amount:
        raise Refusal(_("Van deze bestelling staat niets meer open."), code="NOTHING")
    if seen is not None and seen != amount:
        raise Refusal(_("Dit bedrag veranderde intussen. Kijk na wat er nu staat."), code="STALE")
    ends = (Account.BANK, Account.RECEIVABLE) if amount > 0 else (Account.RECEIVABLE, Account.BANK)
    before = Entry.objects.filter(key__startswith=f"order:{order.public_id}:by_bank:").count()
    record(
        f"order:{order.public_id}:by_bank:{before + 1}",
        "settled_by_bank",
        [Move(*ends, abs(amount), order_id=order.pk)],
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    watch_outside(order, now)
