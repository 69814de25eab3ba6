"""The contents page: everything that happens without a person asking, and when.

Each job is one flow. `process` acts on a dirty object as it stands outside now; the scheduled jobs (their times stand
in `config/clock.py`) find what no event told us.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment import metrics
from fulfilment.advisory import Space, held_at_once, timed_out
from fulfilment.entrypoints.documents.invoice import invoice_pdf
from fulfilment.entrypoints.health import queue_names
from fulfilment.entrypoints.measured import totals
from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.errors import GatewayError
from fulfilment.flows import forget_person, send_invoice, tell_customer
from fulfilment.flows.audit_money import audit_money
from fulfilment.flows.change_account import begin_due
from fulfilment.flows.check_balance import check_balance
from fulfilment.flows.check_vat import check_vat
from fulfilment.flows.collect_money import finish_collection, settle_bank_payout, watch_balance
from fulfilment.flows.dispatch import PROCESS, look_at, soon
from fulfilment.flows.follow_prices import CONSUMERS, follow_prices
from fulfilment.flows.forget import forget
from fulfilment.flows.free_shelves import free_shelves
from fulfilment.flows.keep_watch import keep_watch, nobody_watches
from fulfilment.flows.move_shelves import move_shelves
from fulfilment.flows.publish_member import publish_member
from fulfilment.flows.publish_producers import publish_producers
from fulfilment.flows.reconcile import requeue, sweep_records, sweep_saleor, sweep_stripe
from fulfilment.flows.refund_by_bank import remind
from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.report_bank_refund import report_bank_refund
from fulfilment.flows.report_return import report_return
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.flows.request_refund import ask as ask_refund
from fulfilment.flows.send_mail import send_mail
from fulfilment.flows.settle_checkout import settle_checkout
from fulfilment.flows.settle_dispute import settle_dispute
from fulfilment.flows.settle_payment import settle_intent, settle_session
from fulfilment.flows.settle_refund import retry_refund, settle_refund
from fulfilment.flows.tell_restock import EVERYTHING, somebody_waits, tell_restock
from fulfilment.flows.transfer_by_hand import report_transfer
from fulfilment.flows.update_order import update_order
from fulfilment.flows.watch_neighbours import watch_saleor, watch_stripe
from fulfilment.flows.watch_returns import sweep_returns
from fulfilment.flows.watch_tasks import watch_tasks
from fulfilment.flows.watch_withdrawals import sweep_withdrawals
from fulfilment.forgetting.table import KEPT
from fulfilment.gateways.queues import lengths
from fulfilment.gateways.saleor.api import NO_WAREHOUSE
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.stripe.connect import connected as stripe_connected
from fulfilment.inbox.issues import raise_issue, resolve, resolve_all
from fulfilment.inbox.marks import act
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Order
from fulfilment.outside import in_words, stuck
from fulfilment.vitals.models import Sign
from fulfilment.vitals.signs import seen_ill, seen_well
from neighbours.budget import within
from telemetry import trace
from telemetry.spans import span

log = logging.getLogger(__name__)

ACTIONS: dict[str, Callable[[str, datetime], object]] = {
    Mark.Kind.ORDER: lambda found, now: update_order(found, connected(), now=now),
    Mark.Kind.CHECKOUT: lambda found, now: settle_checkout(found, connected(), now=now),
    Mark.Kind.SESSION: lambda found, now: settle_session(found, connected(), stripe_connected(), now=now),
    Mark.Kind.INTENT: lambda found, now: settle_intent(found, connected(), stripe_connected(), now=now),
    Mark.Kind.REFUND: lambda found, now: settle_refund(found, connected(), stripe_connected(), now=now),
    Mark.Kind.REFUND_REQUEST: lambda found, now: retry_refund(found, connected(), stripe_connected(), now=now),
    Mark.Kind.REFUND_ASKED: lambda found, now: ask_refund(found, connected(), now=now),
    Mark.Kind.BANK_REFUND: lambda found, now: report_bank_refund(found, connected(), now=now),
    Mark.Kind.TRANSFER: lambda found, now: report_transfer(found, connected(), now=now),
    Mark.Kind.PAYOUT: lambda found, now: settle_bank_payout(found, stripe_connected(), now=now),
    Mark.Kind.DISPUTE: lambda found, now: settle_dispute(found, connected(), stripe_connected(), now=now),
    Mark.Kind.COLLECTION: lambda found, now: finish_collection(found, stripe_connected(), now=now),
    Mark.Kind.CONFIRMATION: lambda found, now: tell_customer.order_confirmed(
        Order.objects.get(public_id=found), now=now
    ),
    Mark.Kind.REASSIGNMENT: lambda found, now: move_shelves(found, connected()),
    Mark.Kind.DROPPED: lambda found, now: free_shelves(found, connected(), now=now),
    Mark.Kind.PARCEL: lambda found, now: report_shipment(found, connected(), now=now),
    Mark.Kind.RETURN: lambda found, now: report_return(found, connected(), now=now),
    Mark.Kind.PRICES: lambda _found, now: follow_prices(connected(), now=now),
    Mark.Kind.RESTOCK: lambda _found, now: tell_restock(connected(), now=now),
    Mark.Kind.VAT_CHECK: lambda found, now: check_vat(found, now=now),
    Mark.Kind.CUSTOMER_TYPE: lambda found, now: publish_member(found, connected(), now=now),
    Mark.Kind.INVOICE: lambda found, now: send_invoice.carry_out(found, send_invoice.connected(), invoice_pdf, now=now),
    Mark.Kind.FORGET: lambda found, now: forget_person.carry_on(found, connected(), now=now),
    Mark.Kind.FORGET_ORDER: lambda found, now: forget_person.forget_at_saleor(found, connected(), now=now),
}
"""What is done about a dirty object of each kind."""

MAKING_ORDERS = (Mark.Kind.CHECKOUT, Mark.Kind.SESSION, Mark.Kind.INTENT)
"""Kinds whose action answers with the order that came of it, "" where none did."""

BEGUN = timezone.now()
"""Since when this program runs."""

FAILURES_BEFORE_ISSUE = 3

LONGEST_JOB = 60
"""Seconds for all that acting on one object asks of other machines: less than its lease."""

FINAL_ISSUES: dict[str, OpenIssue.Kind] = {
    Mark.Kind.PARCEL: OpenIssue.Kind.REPORT_FAILED,
    Mark.Kind.RETURN: OpenIssue.Kind.REPORT_FAILED,
    Mark.Kind.CUSTOMER_TYPE: OpenIssue.Kind.NO_PRICE_LIST,
    Mark.Kind.FORGET: OpenIssue.Kind.NOT_FORGOTTEN,
    Mark.Kind.FORGET_ORDER: OpenIssue.Kind.NOT_FORGOTTEN,
}
"""Where trying again cannot help and a person can: the kind of its exception. Else it is `GATEWAY`."""

NAMED_ISSUES: dict[str, OpenIssue.Kind] = {NO_WAREHOUSE: OpenIssue.Kind.NO_WAREHOUSE}
"""The kind of the exception of a failure whose code says what is missing, whatever was being done."""


def process(kind: str, object_id: str, now: datetime) -> str:
    """Act on a dirty object. The order that came of it, "" where none did.

    A failing outside is tried again by the sweep, longer apart each time. A bug of ours is loud: in the log, and on the
    operator's list, since an order may wait behind it.
    """
    subject = f"{kind}:{object_id}"
    came_of_it: list[object] = []
    try:
        again = act(kind, object_id, now, lambda: came_of_it.append(ACTIONS[kind](object_id, now)))
    except GatewayError as error:
        log.warning("%s: %s", subject, error)
        if not error.retry:
            found = NAMED_ISSUES.get(error.code) or FINAL_ISSUES.get(kind, OpenIssue.Kind.GATEWAY)
            raise_issue(found, subject, in_words(error), now)
        elif _failures(kind, object_id) >= FAILURES_BEFORE_ISSUE:
            raise_issue(OpenIssue.Kind.GATEWAY, subject, in_words(error), now)
        return ""
    except (OperationalError, InterfaceError) as error:
        if not (isinstance(error, OperationalError) and timed_out(error)):
            raise  # our own database is away: there is nothing to write it in
        log.warning("%s waits for a lock: %s", subject, error)
        if _failures(kind, object_id) >= FAILURES_BEFORE_ISSUE:
            message = _("Iets anders houdt dit te lang bezet. We proberen het opnieuw, telkens na een langere pauze.")
            raise_issue(OpenIssue.Kind.FAULT, subject, message, now)
        return ""
    except Exception as error:
        raise_issue(OpenIssue.Kind.FAULT, subject, stuck(error), now)
        raise
    over = {OpenIssue.Kind.GATEWAY, OpenIssue.Kind.FAULT, *FINAL_ISSUES.values(), *NAMED_ISSUES.values()}
    resolve_all(over, subject, now)
    if again:
        soon(kind, object_id)
    return next((str(found) for found in came_of_it if kind in MAKING_ORDERS and found), "")


def _failures(kind: str, object_id: str) -> int:
    """How often in a row acting on it failed."""
    return Mark.objects.values_list("failures", flat=True).get(kind=kind, object_id=object_id)


@shared_task(name=PROCESS, bind=True)
def process_job(self: Any, kind: str, object_id: str) -> None:
    """And at once the order that came of it: the workshop waits for no second message."""
    came_with = {**(self.request.headers or {}), **vars(self.request)}
    from_span = trace.begin(str(came_with.get(trace.HEADER) or ""))
    queue = (self.request.delivery_info or {}).get("routing_key") or ""
    with span(f"process {kind}", "consumer", {"messaging.destination.name": queue}, begins=from_span):
        with within(LONGEST_JOB):
            order_id = process(kind, object_id, timezone.now())
        if order_id:
            with within(LONGEST_JOB), span(f"process {Mark.Kind.ORDER}", "internal"):
                process(Mark.Kind.ORDER, order_id, timezone.now())  # as of after it was placed


def only_once(do: Callable[[], None]) -> Callable[[], None]:
    """A round of which one is under way at a time: a second does nothing, since the first one sees what it would."""

    @wraps(do)
    def job() -> None:
        trace.begin()
        with held_at_once(Space.ROUND, do.__name__) as is_mine:
            if is_mine:
                with span(do.__name__.removesuffix("_job"), "internal", begins=""):
                    do()

    return job


@shared_task(name="fulfilment.requeue")
@only_once
def requeue_job() -> None:
    metrics.REPAIRS.labels("queue").inc(requeue(now=timezone.now()))


@shared_task(name="fulfilment.pulse")
def pulse_job(name: str) -> None:
    """A worker says that it lives, or the clock. A worker that finds nobody watching does so itself."""
    now = timezone.now()
    seen_well(Sign.Name(name), now)
    if name != Sign.Name.BEAT and nobody_watches(now=now):
        stand_in()


def stand_in() -> None:
    """Watch and mail in the place of whoever is silent, since nobody else would tell of it."""
    watch_job()
    send_mail_job()


@shared_task(name="fulfilment.watch")
@only_once
def watch_job() -> None:
    """How it is, kept by the minute; and whoever looks after it told."""
    keep_watch(lengths(queue_names()), totals(), now=timezone.now(), begun=BEGUN)


ASKS: dict[str, Sign.Name] = {"stripe": Sign.Name.STRIPE, "saleor": Sign.Name.SALEOR}
"""The sweeps that ask a neighbour: how that went is its last sign of life."""


@shared_task(name="fulfilment.sweep")
@only_once
def sweep_job() -> None:
    now = timezone.now()
    _sweep("records", lambda: sweep_records(now=now), now)
    _sweep("returns", lambda: sweep_returns(now=now), now)
    _sweep("withdrawals", lambda: sweep_withdrawals(now=now), now)
    _sweep("invoices", lambda: send_invoice.sweep_invoices(now=now), now)
    _sweep("stripe", lambda: sweep_stripe(stripe_connected(), now=now), now)
    _sweep("balance", lambda: watch_balance(stripe_connected(), now=now), now)
    _sweep("saleor", lambda: sweep_saleor(connected(), now=now), now)


def _sweep(name: str, do: Callable[[], object], now: datetime) -> None:
    """One sweep by itself: that one neighbour is down, or one thing is wrong, is no reason not to look at the rest."""
    neighbour = ASKS.get(name)
    try:
        found = do()
    except GatewayError as error:
        log.warning("sweep of %s: %s", name, error)
        if neighbour:
            seen_ill(neighbour, in_words(error), now)
        if not error.retry:
            raise_issue(OpenIssue.Kind.GATEWAY, f"sweep:{name}", in_words(error), now)
        return
    except (OperationalError, InterfaceError):
        raise  # our own database is away: there is nothing to sweep
    except Exception as error:
        log.exception("sweep of %s", name)
        raise_issue(OpenIssue.Kind.FAULT, f"sweep:{name}", stuck(error), now)
        return
    for kind in (OpenIssue.Kind.GATEWAY, OpenIssue.Kind.FAULT):
        resolve(kind, f"sweep:{name}", now)
    if neighbour:
        seen_well(neighbour, now)
        metrics.REPAIRS.labels(name).inc(found if isinstance(found, int) else 0)


@shared_task(name="fulfilment.watch_neighbours")
@only_once
def watch_neighbours_job() -> None:
    now = timezone.now()
    _sweep("look_saleor", lambda: watch_saleor(connected, app_manifest(), now=now), now)
    _sweep("look_stripe", lambda: watch_stripe(stripe_connected(), now=now), now)


@shared_task(name="fulfilment.watch_tasks")
@only_once
def watch_tasks_job() -> None:
    watch_tasks(now=timezone.now())


@shared_task(name="fulfilment.account_changes")
@only_once
def account_changes_job() -> None:
    """Every hour: new accounts of partners of which the waiting time is over."""
    begin_due(now=timezone.now())


@shared_task(name="fulfilment.forget")
@only_once
def forget_job() -> None:
    """Every hour: what of people was kept long enough, kind by kind; then whoever asked and was still needed."""
    for row in KEPT:
        if not row.elsewhere:
            _sweep(row.name, partial(forget, row, now=timezone.now()), timezone.now())
    _sweep("requests", lambda: forget_person.sweep(now=timezone.now()), timezone.now())


@shared_task(name="fulfilment.release")
@only_once
def release_job() -> None:
    now = timezone.now()
    release_shares(as_of=timezone.localdate(now), now=now)


@shared_task(name="fulfilment.check_balance")
@only_once
def check_balance_job() -> None:
    now = timezone.now()
    _sweep("audit", lambda: audit_money(now=now), now)
    try:
        check_balance(stripe_connected(), now=now)
    except GatewayError as error:
        log.warning("check of the balance at Stripe: %s", error)
        raise_issue(OpenIssue.Kind.GATEWAY, "check:stripe", in_words(error), now)
    else:
        resolve(OpenIssue.Kind.GATEWAY, "check:stripe", now)


@shared_task(name="fulfilment.publish")
@only_once
def publish_job() -> None:
    _sweep("publish", _publish, timezone.now())


def _publish() -> None:
    for code in publish_producers(connected(), on=timezone.localdate(), now=timezone.now()):
        log.warning("Saleor has no product with external reference %s", code)


@shared_task(name="fulfilment.prices")
@only_once
def prices_job() -> None:
    """Every quarter of an hour: what was not told of prices."""
    look_at(Mark.Kind.PRICES, CONSUMERS, timezone.now())


@shared_task(name="fulfilment.restock")
@only_once
def restock_job() -> None:
    """Every five minutes: what was not told of what is there again."""
    if somebody_waits():
        look_at(Mark.Kind.RESTOCK, EVERYTHING, timezone.now())


@shared_task(name="fulfilment.send_mail")
@only_once
def send_mail_job() -> None:
    _sweep("mail", _send_all, timezone.now())


def _send_all() -> None:
    """A round is short; what fails in it waits for another time."""
    while send_mail(now=timezone.now()):
        pass


@shared_task(name="fulfilment.customers")
@only_once
def customers_job() -> None:
    """Once a day: whoever has still to say where their money may go."""
    now = timezone.now()
    _sweep("remind", lambda: remind(now=now), now)
