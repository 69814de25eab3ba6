"""An order may have changed in Saleor: read it once, and bring acceptance, route and refunds up to date."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from structlog.contextvars import bind_contextvars

from fulfilment import metrics
from fulfilment.flows.accept_order import Accepted, accept_order
from fulfilment.flows.book_refund import book_refunds
from fulfilment.flows.cover_refunds import cover_refunds
from fulfilment.flows.route_order import route_order
from fulfilment.flows.settle_refund import hear_requests
from fulfilment.flows.work_task import cancel_units
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue

log = logging.getLogger(__name__)


def update_order(saleor_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Act on an order as it stands in Saleor now; safe to repeat, in any order."""
    remote = saleor.order(saleor_id)
    if remote is None:
        return
    with transaction.atomic():
        accepted = accept_order(remote, now=now)
        if accepted is None:
            _watch_money(remote, now)
            return
        bind_contextvars(order=accepted.order.public_id)
        if accepted.is_new:
            resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, accepted.order.number, now)
            log.info("order %s is taken in", accepted.order.number)
        route_order(accepted, now=now)
        if accepted.order.cancelled_at is not None:
            _stop_work(accepted, now)
    if accepted.is_new and accepted.charged_at and accepted.order.routed_at:
        metrics.PAID_TO_TASK.observe(max((now - accepted.charged_at).total_seconds(), 0))
    if book_refunds(accepted.order, remote, now=now):
        cover_refunds(accepted.order.pk, now=now)
    hear_requests(remote, now=now)


def _watch_money(remote: SaleorOrder, now: datetime) -> None:
    """Somebody paid for what Saleor does not call an order (yet): a person must confirm it or give the money back."""
    if remote.charged_minor > 0 and remote.status != "DRAFT":
        message = _("Bestelling %(number)s is betaald, maar in Saleor niet bevestigd. Bevestig ze of betaal terug.")
        raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, remote.number, message % {"number": remote.number}, now)
    else:
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, remote.number, now)


def _stop_work(accepted: Accepted, now: datetime) -> None:
    """Nobody makes what was cancelled, also while the money has still to go back."""
    units = {line.pk: line.quantity for line in accepted.lines}
    cancel_units(units, order_id=accepted.order.pk, now=now)
    resolve(OpenIssue.Kind.UNROUTED, accepted.order.number, now)
