"""What the page of an exception shows beside its message: which order and payments it is about, and what to do."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString

from fulfilment.entrypoints.backoffice.at_stripe import stripe_page
from fulfilment.entrypoints.backoffice.base import label
from fulfilment.entrypoints.backoffice.disputes import dispute_of, section
from fulfilment.entrypoints.backoffice.order_page import refunds_to_act_on
from fulfilment.entrypoints.backoffice.order_state import word_of
from fulfilment.entrypoints.backoffice.payments import order_of, state_label
from fulfilment.entrypoints.backoffice.ways_out import COMPANIES, TO_BE_SEEN, way_out, way_to_company
from fulfilment.entrypoints.backoffice.wording import what_to_do
from fulfilment.flows.transfer_by_hand import to_transfer
from fulfilment.flows.try_again import can_try_again
from fulfilment.flows.watch_tasks import KINDS
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment
from fulfilment.payments.queries import paid_for
from fulfilment.production.models import Impediment, Task
from fulfilment.production.queries import standing_impediments
from fulfilment.production.rules import UNFINISHED

PAYMENT_NAMES: dict[str, tuple[str, ...]] = {
    "": ("reference", "saleor_transaction_id"),
    Mark.Kind.SESSION: ("stripe_session_id",),
    Mark.Kind.INTENT: ("payment_intent_id",),
    Mark.Kind.REFUND: ("refunds__stripe_refund_id",),
    Mark.Kind.DISPUTE: ("disputes__stripe_dispute_id",),
    "payment": ("payment_intent_id",),
}
"""A subject names a payment by its reference or Saleor's transaction, or by the mark of what it is at Stripe."""

ORDER_NAMES: dict[str, str] = {
    "": "number",
    Mark.Kind.ORDER: "saleor_id",
    Mark.Kind.CONFIRMATION: "public_id",
    Mark.Kind.DROPPED: "public_id",
    Mark.Kind.PARCEL: "tasks__parcels__public_id",
    Mark.Kind.RETURN: "returns__public_id",
    Mark.Kind.REASSIGNMENT: "routing_decisions__pk",
    "task": "tasks__public_id",
}
"""A subject names an order by its number, or by the mark of what waits for it."""


OF_PAYMENTS = (OpenIssue.Kind.REFUND_FAILED, OpenIssue.Kind.PAID_WITHOUT_ORDER)
"""Exceptions whose page has the button for money that an operator transferred."""

ABOUT_REFUNDS = (OpenIssue.Kind.REFUND_FAILED, OpenIssue.Kind.ACCOUNT_AWAITED)
"""Exceptions whose page has the buttons for refunds."""


def exception_page(issue: OpenIssue) -> dict[str, Any]:
    """All that the page shows of what the exception is about."""
    kind, name = _named(issue.subject)
    payment = _named_payment(kind, name)
    order = order_of(payment) if payment else _named_order(kind, name)
    dispute = dispute_of(issue.subject)
    return {
        "stripe_page": stripe_page(name) if issue.kind == OpenIssue.Kind.STRIPE_DIFFERS else "",
        **(section(dispute) if dispute else {}),
        "order": order,
        "order_state": _order_label(order) if order else "",
        "payments": _with_labels([payment] if payment else _payments_of(order)),
        "what_to_do": what_to_do(issue.kind),
        **(refunds_to_act_on(order) if order and issue.kind in ABOUT_REFUNDS else {}),
        "way_out": way_to_company(issue.subject) if issue.kind in COMPANIES else way_out(issue.kind, order),
        "stripe_payment": stripe_page(payment.payment_intent_id) if payment else "",
        "to_transfer": to_transfer(payment) if payment and issue.kind in OF_PAYMENTS else 0,
        "to_be_seen": issue.kind in TO_BE_SEEN,
        "can_try_again": can_try_again(issue),
        **_work(issue, name),
    }


def order_of_issue(issue: OpenIssue) -> Order | None:
    """The order that an exception is about, by itself or by what was paid for it."""
    payment = payment_of(issue)
    return order_of(payment) if payment else _named_order(*_named(issue.subject))


def payment_of(issue: OpenIssue) -> Payment | None:
    """The payment that an exception is about."""
    return _named_payment(*_named(issue.subject))


def _named(subject: str) -> tuple[str, str]:
    """The kind and the name in a subject; a balance transaction of a dispute is named after the dispute."""
    kind, *names = subject.split(":")
    return (kind, names[0]) if names else ("", subject)


def _work(issue: OpenIssue, name: str) -> dict[str, Any]:
    """The task that it is about, what its workshop said is in the way, and how to reach it."""
    task = Task.objects.select_related("producer").filter(public_id=name).first()
    if task is None:
        return {}
    said = {KINDS[Impediment.Kind(found.kind)]: found for found in standing_impediments(task)}
    return {"task": task, "impediment": said.get(OpenIssue.Kind(issue.kind)), "is_open": task.state in UNFINISHED}


def _named_payment(kind: str, name: str) -> Payment | None:
    named = Q(pk__in=())
    for field in PAYMENT_NAMES.get(kind, ()):
        named |= Q(**{field: name})
    return Payment.objects.filter(named).first()


def _named_order(kind: str, name: str) -> Order | None:
    field = ORDER_NAMES.get(kind)
    return Order.objects.filter(**{field: name}).first() if field else None


def _payments_of(order: Order | None) -> Iterable[Payment]:
    """What was paid for an order, through us."""
    return paid_for(order.checkout_id).order_by("paid_at") if order else ()


def _with_labels(payments: Iterable[Payment]) -> list[tuple[Payment, SafeString]]:
    return [(payment, state_label(payment)) for payment in payments]


def _order_label(order: Order) -> SafeString:
    return label(*word_of(order, order.tasks.values_list("state", flat=True)))
