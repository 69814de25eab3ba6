"""Reading which money is disputed."""

from django.db.models import QuerySet, Sum

from fulfilment.payments.life import DISPUTE_OPEN, DISPUTE_TAKEN
from fulfilment.payments.models import Dispute

UNDECIDED = (*DISPUTE_OPEN, Dispute.State.LOST)
"""States in which nobody knows yet who has the money, or who bears that it is gone."""


def undecided_checkouts() -> QuerySet[Dispute, str]:
    """Checkouts of whose money that is so: nobody is paid out of it meanwhile."""
    rows = Dispute.objects.filter(state__in=UNDECIDED).exclude(payment__checkout_id="")
    return rows.order_by().values_list("payment__checkout_id", flat=True)


def is_undecided(checkout_id: str) -> bool:
    """Whether the money of a checkout is under dispute, or lost and nobody said who bears it."""
    return Dispute.objects.filter(payment__checkout_id=checkout_id, state__in=UNDECIDED).exists() and checkout_id != ""


def is_taken(checkout_id: str) -> bool:
    """Whether a bank took a payment of a checkout, so that Stripe gives nothing of it back any more."""
    return Dispute.objects.filter(payment__checkout_id=checkout_id, state__in=DISPUTE_TAKEN).exists()


def disputed_minor() -> int:
    """How much is under dispute now, whether or not the bank took it already."""
    found = Dispute.objects.filter(state__in=DISPUTE_OPEN).aggregate(total=Sum("amount_minor"))["total"]
    return int(found or 0)
