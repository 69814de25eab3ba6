"""What holds a round while it changes, and what keeps two from sending for the same money at Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from fulfilment.advisory import Space, held_at_once, hold_until_commit
from fulfilment.errors import Refusal
from fulfilment.payouts.models import Batch, Payout


def lock_planning() -> None:
    """One plan is kept at a time, also where none stands yet: held until the transaction ends."""
    hold_until_commit(Space.PLANNING, "sepa")


def lock_batch(public_id: str) -> Batch:
    """A round, locked until the transaction ends; taken before its payouts. `Refusal` where there is none."""
    batch = Batch.objects.select_for_update().filter(public_id=public_id).first()
    if batch is None:
        raise Refusal(_("Dit plan bestaat niet."), code="NOT_FOUND")
    return batch


def lock_payouts(batch: Batch) -> list[Payout]:
    """The payouts of a round that is locked, locked as well."""
    return list(Payout.objects.select_for_update().filter(batch=batch).order_by("pk"))


@contextmanager
def collecting() -> Iterator[None]:
    """One at a time looks at the balance at Stripe and sends for what is free of it; held by the database session.

    `Refusal` for whoever comes meanwhile. Not a row lock: the intent must be committed before Stripe is asked, and who
    comes second must see a balance from which the first one's money is gone. Held over a few calls to Stripe.
    """
    with held_at_once(Space.COLLECTING, "stripe") as is_mine:
        if not is_mine:
            raise Refusal(_("Iemand haalt dit geld net op. Kijk over een minuut opnieuw."), code="BUSY")
        yield
