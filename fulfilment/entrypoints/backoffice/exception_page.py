"""What the page of an exception shows beside its message: which order and payments it is about, and what to do."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.safestring import SafeString

from fulfilment.entrypoints.backoffice.base import label
from fulfilment.entrypoints.backoffice.order_page import refunds_to_act_on
from fulfilment.entrypoints.backoffice.order_state import word_of
from fulfilment.entrypoints.backoffice.payments import order_of, state_label
from fulfilment.entrypoints.backoffice.wording import what_to_do
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment

PAYMENT_NAMES: dict[str, tuple[str, ...]] = {
    "": ("reference", "saleor_transaction_id"),
    Mark.Kind.SESSION: ("stripe_session_id",),
    Mark.Kind.INTENT: ("payment_intent_id",),
    Mark.Kind.REFUND: ("refunds__stripe_refund_id",),
}
"""A subject names a payment by its reference or Saleor's transaction, or by the mark of what it is at Stripe."""

ORDER_NAMES: dict[str, str] = {
    "": "number",
    Mark.Kind.ORDER: "saleor_id",
    Mark.Kind.CONFIRMATION: "public_id",
    Mark.Kind.PARCEL: "tasks__parcels__public_id",
}
"""A subject names an order by its number, or by the mark of what waits for it."""


ABOUT_REFUNDS = (OpenIssue.Kind.REFUND_FAILED, OpenIssue.Kind.ACCOUNT_AWAITED)
"""Exceptions whose page has the buttons for refunds."""


def exception_page(issue: OpenIssue) -> dict[str, Any]:
    """All that the page shows of what the exception is about."""
    kind, _colon, name = issue.subject.rpartition(":")
    payment = _named_payment(kind, name)
    order = order_of(payment) if payment else _named_order(kind, name)
    return {
        "order": order,
        "order_state": _order_label(order) if order else "",
        "payments": _with_labels([payment] if payment else _payments_of(order)),
        "what_to_do": what_to_do(issue.kind),
        **(refunds_to_act_on(order) if order and issue.kind in ABOUT_REFUNDS else {}),
    }


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
    if order is None or not order.checkout_id:
        return ()
    return Payment.objects.filter(checkout_id=order.checkout_id, paid_at__isnull=False).order_by("paid_at")


def _with_labels(payments: Iterable[Payment]) -> list[tuple[Payment, SafeString]]:
    return [(payment, state_label(payment)) for payment in payments]


def _order_label(order: Order) -> SafeString:
    return label(*word_of(order, order.tasks.values_list("state", flat=True)))
