"""Which documents a customer has of an order, and what they are called: they never get another name."""

from fulfilment.orders.models import Order, Refund
from fulfilment.orders.tokens import tracking_link

PROOF = "aankoopbewijs"
CREDIT = "creditnota"


def documents_of(order: Order) -> list[str]:
    """The names of an order's documents, the proof of purchase first: none before it was paid."""
    if order.paid_at is None:
        return []
    credits = range(1, len(given_back(order)) + 1)
    return [f"{PROOF}-{order.number}", *(f"{CREDIT}-{order.number}-{number}" for number in credits)]


def given_back(order: Order) -> list[Refund]:
    """What reached the customer, in the order in which it was booked: the place is the number of its document."""
    rows = order.refunds.filter(booked_at__isnull=False, amount_minor__gt=0)
    return list(rows.exclude(steps__event="cover").select_related("order").order_by("booked_at", "pk"))


def document_link(order: Order, name: str) -> str:
    """The address of a document in the shop."""
    return f"{tracking_link(order.public_id, order.language)}{name}.pdf"


def proof_link(order: Order) -> str:
    """The address of the proof of purchase."""
    return document_link(order, f"{PROOF}-{order.number}")


def credit_link(refund: Refund) -> str:
    """The address of the document of a refund; "" where it has none."""
    found = [one.pk for one in given_back(refund.order)]
    if refund.pk not in found or refund.order.paid_at is None:
        return ""
    return document_link(refund.order, f"{CREDIT}-{refund.order.number}-{found.index(refund.pk) + 1}")
