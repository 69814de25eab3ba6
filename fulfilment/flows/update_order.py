"""An order may have changed in Saleor: read it once, and bring acceptance, route and refunds up to date."""

from datetime import datetime

from django.db import transaction

from fulfilment.flows.accept_order import accept_order
from fulfilment.flows.refund_order import book_refunds
from fulfilment.flows.route_order import route_order
from fulfilment.gateways.saleor.api import Saleor


def update_order(saleor_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Act on an order as it stands in Saleor now; safe to repeat, in any order."""
    remote = saleor.order(saleor_id)
    if remote is None:
        return
    with transaction.atomic():
        accepted = accept_order(remote, now=now)
        if accepted is None:
            return
        route_order(accepted, now=now)
    book_refunds(accepted.order.pk, remote, now=now)
