"""What moved our money at Stripe and what the ledger says of it, held against each other cause by cause.

A cause is what both sides know by name: `payment:<pi>`, `refund:<re>`, `bank_payout:<po>`, `dispute:<du>:<txn>`, and
`stripe:<txn>` for what is between Stripe and us alone. It may have moved money several times; what counts is the sum.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from fulfilment.errors import GatewayError
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Movement
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Posting

ENDS = {"payment": ("received", "fee"), "refund": ("paid", "failed"), "bank_payout": ("sent", "failed")}
"""How the keys of the entries of a cause end, where they are more than its name."""

HEADS = {
    "re_": "refund",
    "pyr_": "refund",
    "po_": "bank_payout",
    "du_": "dispute",
    "dp_": "dispute",
}
"""How the id of a thing at Stripe begins → what it is."""


@dataclass
class Side:
    """What one side says of a cause: how much it moved in all (minor units), and when last."""

    minor: int = 0
    last: datetime | None = None

    def add(self, minor: int, at: datetime) -> None:
        self.minor += minor
        self.last = max(at, self.last or at)


@dataclass(frozen=True)
class Pair:
    """A cause as both sides tell it."""

    cause: str
    stripe: Side
    ledger: Side

    @property
    def difference(self) -> int:
        return self.stripe.minor - self.ledger.minor

    @property
    def last(self) -> datetime | None:
        return max((side.last for side in (self.stripe, self.ledger) if side.last), default=None)


def cause_of(found: Movement) -> str:
    """The cause of a balance transaction."""
    if found.payment_intent_id:
        return f"payment:{found.payment_intent_id}"
    head = HEADS.get(f"{found.source.partition('_')[0]}_", "stripe")
    if head == "stripe":
        return f"stripe:{found.id}"
    return f"{head}:{found.source}:{found.id}" if head == "dispute" else f"{head}:{found.source}"


def cause_of_key(key: str) -> str:
    """The cause of an entry of the ledger, by its key."""
    head, _colon, rest = key.partition(":")
    return f"{head}:{rest.rpartition(':')[0]}" if head in ENDS else key


def keys_of(cause: str) -> list[str]:
    """The keys of all entries that a cause may have."""
    return [f"{cause}:{end}" for end in ENDS.get(cause.partition(":")[0], ())] or [cause]


def at_stripe(movements: Iterable[Movement]) -> dict[str, Side]:
    """What these moved, by cause."""
    found: dict[str, Side] = defaultdict(Side)
    for one in movements:
        found[cause_of(one)].add(one.net_minor, one.made_at)
    return found


def in_ledger(causes: Iterable[str]) -> dict[str, Side]:
    """What the ledger says that these moved at Stripe."""
    keys = [key for cause in causes for key in keys_of(cause)]
    rows = Posting.objects.filter(Q(debit=Account.STRIPE) | Q(credit=Account.STRIPE), entry__key__in=keys)
    found: dict[str, Side] = defaultdict(Side)
    for key, debit, amount, at in rows.values_list("entry__key", "debit", "amount_minor", "entry__recorded_at"):
        found[cause_of_key(key)].add(amount if debit == Account.STRIPE else -amount, at)
    return found


def booked_between(start: datetime, end: datetime) -> set[str]:
    """Causes of which the ledger booked something at Stripe from `start` until just before `end`."""
    rows = Posting.objects.filter(
        Q(debit=Account.STRIPE) | Q(credit=Account.STRIPE), entry__recorded_at__gte=start, entry__recorded_at__lt=end
    )
    return {cause_of_key(key) for key in rows.values_list("entry__key", flat=True).distinct()}


def asked_again(cause: str, stripe: Stripe) -> Side:
    """All that Stripe says of one cause, whenever that was."""
    head, _colon, name = cause.partition(":")
    side = Side()
    try:
        for one in _movements(head, name, stripe):
            side.add(one.net_minor, one.made_at)
    except GatewayError as error:
        if error.retry:
            raise
        return Side()  # Stripe knows no such thing
    return side


def _movements(head: str, name: str, stripe: Stripe) -> Iterable[Movement]:
    if head == "payment":
        charge = stripe.intent(name).charge_id
        return stripe.movements_of(charge) if charge else ()
    if head in ENDS:
        return stripe.movements_of(name)
    return (stripe.movement(name.rpartition(":")[2]),)
