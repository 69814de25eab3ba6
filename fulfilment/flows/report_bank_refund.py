"""Saleor learns of money that went back by bank: no payment app of its own took it there.

It is told as events of a transaction, under the name of the payout, so that a repeat is the same: of the one that was
paid with us, from which it is taken off; or, where another app or staff took the money (whose transactions we may not
touch), of one of our own that holds nothing else. The grant of a refund that Stripe could not pay stays failed in
Saleor: nobody can ask for it any more (`settle_refund`), and the order's sums are right.
"""

from datetime import datetime

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.queries import paid_for
from fulfilment.payouts.models import Payout

TOLD_AS = "Overschrijving"
"""What staff read of it in Saleor."""


def report_bank_refund(name: str, saleor: Saleor, *, now: datetime) -> None:
    """Tell Saleor of every transfer for a refund (by its name) that the bank confirmed, and of those that came back."""
    refund = Refund.objects.select_related("order").get(name=name)
    ended = refund.payouts.filter(state__in=[Payout.State.CONFIRMED, Payout.State.RETURNED])
    for payout in ended.order_by("pk").prefetch_related("steps"):
        steps = {step.event: step.at for step in payout.steps.all()}
        transaction_id = _transaction(refund, payout, saleor)
        currency = refund.order.currency
        told = (payout.public_id, payout.amount_minor, currency)
        saleor.report(transaction_id, "REFUND_SUCCESS", *told, at=steps["confirm"], message=TOLD_AS)
        if payout.state == Payout.State.RETURNED:
            saleor.report(transaction_id, "REFUND_FAILURE", *told, at=steps["return"], message=payout.failure)


def _transaction(refund: Refund, payout: Payout, saleor: Saleor) -> str:
    order = refund.order
    ours = paid_for(order.checkout_id)
    known = ours.filter(saleor_transaction_id=refund.transaction_id).first() or ours.first()
    return known.saleor_transaction_id if known else _own(order, payout, saleor)


def _own(order: Order, payout: Payout, saleor: Saleor) -> str:
    """A transaction for this payout alone: the one that an earlier try made, or a new one."""
    remote = saleor.order(order.saleor_id)
    if remote is None:
        raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
    made = next((found for found in remote.transactions if found.psp_reference == payout.public_id), None)
    return made.id if made else saleor.create_transaction(remote.id, payout.public_id, name=TOLD_AS)
