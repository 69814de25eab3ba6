"""Money stands on a checkout and there is no order: Saleor makes one of it, or the money goes back.

The sweep finds such checkouts; a worker looks at each by itself, so that one that fails holds up no other.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.flows.accept_order import LEAVING
from fulfilment.flows.return_payment import give_back
from fulfilment.flows.settle_payment import became_order
from fulfilment.flows.settle_refund import hear_requests
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import PaidCheckout, SaleorTransaction
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=1)
"""How long the event of a payment gets before we look ourselves."""


def settle_checkout(checkout_id: str, saleor: Saleor, *, now: datetime) -> str:
    """Complete a paid checkout; give its money back when it stays without an order for too long. `GatewayError`.

    The order that Saleor made of it, "" where it did not.
    The checkout is held and read anew: two workers ask once, and nobody pays the rest of it in the meantime.
    """
    with checkout_lock(checkout_id):
        checkout = saleor.paid_checkout(checkout_id)
        if checkout is None:
            return ""  # it became an order
        payments = {row.saleor_transaction_id: row for row in Payment.objects.filter(checkout_id=checkout_id)}
        if _is_fresh(checkout, payments, now):
            return ""
        hear_requests(checkout, now=now)
        leaving, staying = _parted(checkout, payments)
        if not leaving and _is_whole(checkout, staying):
            order_id = _completed(checkout, payments, saleor, now)
            if order_id:
                return order_id
        if staying and not _may_stay(checkout, staying, payments, now):
            leaving = [*leaving, *staying]
        for found in leaving:
            give_back(found, payments.get(found.id), checkout, saleor, now=now)
        return ""


def _is_fresh(checkout: PaidCheckout, payments: Mapping[str, Payment], now: datetime) -> bool:
    """Its events are still on their way; but a basket that changed while it was paid for need not wait for them."""
    changed = any(payment.because == Payment.Because.BASKET_CHANGED for payment in payments.values())
    return now - checkout.updated_at < GRACE and not changed


def _parted(
    checkout: PaidCheckout, payments: Mapping[str, Payment]
) -> tuple[list[SaleorTransaction], list[SaleorTransaction]]:
    """The money that we decided to give back, and the other money that stands there: of a second try to buy it."""
    charged = [found for found in checkout.transactions if found.charged_minor > 0]
    returning = {name for name, payment in payments.items() if payment.state in LEAVING}
    return (
        [found for found in charged if found.id in returning],
        [found for found in charged if found.id not in returning],
    )


def _is_whole(checkout: PaidCheckout, staying: Sequence[SaleorTransaction]) -> bool:
    """Whether this money pays for all of it. Saleor would count what is about to leave as paid as well."""
    return bool(staying) and sum(found.charged_minor for found in staying) >= checkout.total_minor


def _may_stay(
    checkout: PaidCheckout, staying: Sequence[SaleorTransaction], payments: Mapping[str, Payment], now: datetime
) -> bool:
    """Whether this money can still become the order. A part cannot: the shop takes no second payment for the rest."""
    return _is_whole(checkout, staying) and now - _waits_since(checkout, payments) < settings.ORPHAN_PATIENCE


def _waits_since(checkout: PaidCheckout, payments: Mapping[str, Payment]) -> datetime:
    """When its money came: the shop tells how long we wait from then. `updatedAt` may move with every try."""
    paid = [payment for payment in payments.values() if payment.state == Payment.State.PAID]
    return min([checkout.updated_at, *(payment.paid_at for payment in paid if payment.paid_at)])


def _completed(checkout: PaidCheckout, payments: Mapping[str, Payment], saleor: Saleor, now: datetime) -> str:
    try:
        order_id = saleor.complete_checkout(checkout.id)
    except GatewayError as error:
        log.warning("checkout with money and no order: %s", error)
        return ""
    became_order([row for row in payments.values() if row.state == Payment.State.PAID], order_id, now)
    return order_id
