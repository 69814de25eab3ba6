"""Reading what was paid for a checkout, what of it goes back, and which of it is disputed."""

from collections.abc import Collection

from django.db.models import QuerySet, Sum

from fulfilment.payments.life import DISPUTE_OPEN, DISPUTE_TAKEN, DISPUTE_WITHHELD, REFUND_AT_STRIPE
from fulfilment.payments.models import Dispute, Payment, PaymentRefund

UNDECIDED = (*DISPUTE_OPEN, Dispute.State.LOST)
"""States in which nobody knows yet who has the money, or who bears that it is gone."""


def paid_for(checkout_id: str) -> QuerySet[Payment]:
    """What was paid for a checkout through our payment app; nothing where staff made the order, without a checkout."""
    return Payment.objects.filter(checkout_id=checkout_id, paid_at__isnull=False).exclude(checkout_id="")


def is_going_back(checkout_id: str) -> bool:
    """Whether Stripe is to give back, or gives back, something of what was paid for a checkout."""
    under_way = PaymentRefund.objects.filter(payment__checkout_id=checkout_id, state__in=REFUND_AT_STRIPE)
    return checkout_id != "" and under_way.exists()


def undecided_checkouts() -> QuerySet[Dispute, str]:
    """Checkouts of whose money that is so: nobody is paid out of it meanwhile."""
    rows = Dispute.objects.filter(state__in=UNDECIDED).exclude(payment__checkout_id="")
    return rows.order_by().values_list("payment__checkout_id", flat=True)


def is_undecided(checkout_id: str) -> bool:
    """Whether the money of a checkout is under dispute, or lost and nobody said who bears it."""
    return _disputes(checkout_id, UNDECIDED).exists()


def is_withheld(checkout_id: str) -> bool:
    """Whether a bank has a payment of a checkout, or a part of it, and it is not settled who bears that."""
    return _disputes(checkout_id, DISPUTE_WITHHELD).exists()


def is_taken(checkout_id: str) -> bool:
    """Whether a bank took of a payment of a checkout, so that Stripe gives nothing of it back any more."""
    return _disputes(checkout_id, DISPUTE_TAKEN).exists()


def lost_disputes(checkout_id: str) -> QuerySet[Dispute]:
    """Disputes of a checkout's payments that were lost, of which nobody said yet who bears them; oldest first."""
    return _disputes(checkout_id, [Dispute.State.LOST]).order_by("pk")


def _disputes(checkout_id: str, states: Collection[str]) -> QuerySet[Dispute]:
    """Of what was paid for a checkout; none of an order that staff made, without a checkout."""
    rows = Dispute.objects.filter(payment__checkout_id=checkout_id, state__in=states)
    return rows.exclude(payment__checkout_id="")


def disputed_minor() -> int:
    """How much is under dispute now, whether or not the bank took it already."""
    found = Dispute.objects.filter(state__in=DISPUTE_OPEN).aggregate(total=Sum("amount_minor"))["total"]
    return int(found or 0)
