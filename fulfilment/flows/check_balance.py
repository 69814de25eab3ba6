"""The ledger's account `stripe` is held against Stripe's own balance, and what differs is named.

In all: what Stripe has for us, available and pending. And cause by cause (`match_balance`): what moved since the last
look, on either side, and what differed or was under way then. Together they leave nothing out: what no cause explains
of the difference in all is named too. What is still on its way is no difference.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.flows.dispatch import soon
from fulfilment.flows.match_balance import (
    Pair,
    Side,
    asked_again,
    at_stripe,
    booked_between,
    cause_of,
    in_ledger,
)
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Movement
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Cursor, Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.book import Move, record, reversed_moves
from fulfilment.money import written
from fulfilment.payments.models import BalanceCheck, Payment, PaymentRefund

T = TypeVar("T")

CURRENCY = "EUR"
GRACE = timedelta(minutes=30)
"""How long an event may be on its way before a movement that one side alone knows is a difference."""

OVERLAP = timedelta(minutes=10)
"""What is committed late is read again."""

PAGE = 1_000
"""How many movements are held in memory at once, however long ago the last look was."""

TRIES = 3
"""How often we look, where money moved while we did."""

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

TOTAL = f"total:{CURRENCY}"

BETWEEN_US = {
    "fee": Account.PAYMENT_FEES,
    "network_cost": Account.PAYMENT_FEES,
    "tax": Account.PAYMENT_FEES,
    "topup": Account.BANK,
    "topup_reversal": Account.BANK,
}
"""Stripe's category → the other account, of what is between Stripe and us alone and is booked as we read it: what it
charges for itself, and money that we add to our balance there."""

MARKS = {
    "payment": Mark.Kind.INTENT,
    "refund": Mark.Kind.REFUND,
    "bank_payout": Mark.Kind.PAYOUT,
    "dispute": Mark.Kind.DISPUTE,
}
"""What a worker is to look at where a cause differs: what we merely did not hear of is then booked."""


WORDS: dict[str, Promise] = {
    "payment": gettext_lazy("Betaling"),
    "refund": gettext_lazy("Terugbetaling"),
    "bank_payout": gettext_lazy("Overschrijving naar de bank"),
    "dispute": gettext_lazy("Betwisting"),
    "stripe": gettext_lazy("Beweging bij Stripe"),
}


@dataclass
class Checked:
    """What was found, in minor units: both totals, what of their difference is under way, and what differs by name."""

    stripe_minor: int = 0
    ledger_minor: int = 0
    under_way_minor: int = 0
    differences: list[Pair] = field(default_factory=list)

    @property
    def unexplained_minor(self) -> int:
        """What of the difference between the totals no cause tells of."""
        named = sum(pair.difference for pair in self.differences)
        return self.stripe_minor - self.ledger_minor - self.under_way_minor - named

    @property
    def is_right(self) -> bool:
        return not self.differences and not self.unexplained_minor


def check_balance(stripe: Stripe, *, now: datetime) -> Checked:
    """Look now, and put what differs on the operator's list, from where it goes once it is over. `GatewayError`."""
    cursor, _made = Cursor.objects.get_or_create(name="balance", defaults={"position": BEGINNING})
    start = min(cursor.position, now) - OVERLAP
    found = _look(stripe, start, now)
    for _try in range(1, TRIES):
        if not found.unexplained_minor:
            break
        found = _look(stripe, start, now)
    _tell(found, now)
    Cursor.objects.filter(pk=cursor.pk).update(position=now - GRACE)
    return found


def _look(stripe: Stripe, start: datetime, now: datetime) -> Checked:
    found = Checked()
    for pair in _pairs(stripe, start, now):
        if not pair.difference:
            continue
        if _is_under_way(pair, now):
            found.under_way_minor += pair.difference
        else:
            found.differences.append(pair)
    told = stripe.balance(CURRENCY)
    found.stripe_minor = told.available_minor + told.pending_minor
    found.ledger_minor = -balance(Account.STRIPE)
    return found


def _pairs(stripe: Stripe, start: datetime, now: datetime) -> Iterator[Pair]:
    """Every cause that moved or is watched, once; where the window shows both sides alike nothing more is asked."""
    watched, end = _watched(), now + timedelta(days=1)  # what moves while we look counts as well
    seen = set(watched)
    for movements in _pages(stripe.movements(start, end)):
        ours = [one for one in movements if one.currency == CURRENCY]
        _book_between_us(ours, now)
        told = at_stripe(ours)
        fresh = told.keys() - seen
        seen |= fresh
        yield from _compared(fresh, told, stripe)
    for causes in _pages(booked_between(start, end) - seen):
        yield from _compared(causes, {}, stripe)
    yield from _compared(watched, {}, stripe)


def _pages(found: Iterable[T]) -> Iterator[list[T]]:
    left = iter(found)
    while page := list(islice(left, PAGE)):
        yield page


def _compared(causes: Iterable[str], told: Mapping[str, Side], stripe: Stripe) -> Iterator[Pair]:
    ledger = in_ledger(causes)
    for cause in sorted(causes):
        pair = Pair(cause, told.get(cause, Side()), ledger.get(cause, Side()))
        if pair.difference or cause not in told:
            # Some of it may have moved before the window, or stand on another page.
            pair = Pair(cause, asked_again(cause, stripe), pair.ledger)
        yield pair


def _watched() -> set[str]:
    """Causes to be asked for whatever moved: those that differed, and those that were under way, however long ago."""
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.STRIPE_DIFFERS, resolved_at=None).exclude(subject=TOTAL)
    pending = PaymentRefund.objects.filter(state=PaymentRefund.State.PENDING, stripe_refund_id__isnull=False)
    no_fee = Payment.objects.filter(paid_at__isnull=False, fee_minor=None).exclude(payment_intent_id="")
    return {
        *standing.values_list("subject", flat=True),
        *(f"refund:{name}" for name in pending.values_list("stripe_refund_id", flat=True)),
        *(f"payment:{name}" for name in no_fee.values_list("payment_intent_id", flat=True)),
    }


def _is_under_way(pair: Pair, now: datetime) -> bool:
    """Whether one side is merely ahead of the other."""
    if pair.last is not None and pair.last > now - GRACE:
        return True
    head, _colon, name = pair.cause.partition(":")
    if head == "payment":  # Stripe settles some ways of paying days later, and tells the fee only then
        unsettled = Payment.objects.filter(payment_intent_id=name, paid_at__isnull=False, fee_minor=None)
        return pair.stripe.last is None and unsettled.exists()
    pending = PaymentRefund.objects.filter(stripe_refund_id=name, state=PaymentRefund.State.PENDING)
    return head == "refund" and pending.exists()


def _book_between_us(movements: Iterable[Movement], now: datetime) -> None:
    for one in movements:
        other = BETWEEN_US.get(one.kind)
        if other is None or not one.net_minor:
            continue
        moved = [Move(Account.STRIPE, other, abs(one.net_minor))]
        record(
            cause_of(one),
            "stripe_topup" if other is Account.BANK else "stripe_fee",
            moved if one.net_minor > 0 else reversed_moves(moved),
            currency=one.currency,
            happened_at=one.made_at,
            now=now,
        )


@transaction.atomic
def _tell(found: Checked, now: datetime) -> None:
    """What differs stands on the list and is looked at again by a worker; what no longer does goes."""
    kind = OpenIssue.Kind.STRIPE_DIFFERS
    named = {pair.cause: explain(pair) for pair in found.differences}
    if found.unexplained_minor:
        named[TOTAL] = _explain_total(found)
    for subject in OpenIssue.objects.filter(kind=kind, resolved_at=None).values_list("subject", flat=True):
        if subject not in named:
            resolve(kind, subject, now)
    for subject, message in named.items():
        raise_issue(kind, subject, message, now)
    for pair in found.differences:
        _look_at(pair, now)
    BalanceCheck.objects.create(
        checked_at=now,
        stripe_minor=found.stripe_minor,
        ledger_minor=found.ledger_minor,
        under_way_minor=found.under_way_minor,
        differences=len(named),
    )


def _look_at(pair: Pair, now: datetime) -> None:
    """A worker looks at what Stripe knows more of than we do."""
    head, name = pair.cause.split(":")[:2]
    if head in MARKS and pair.stripe.last is not None:
        mark(MARKS[head], name, now)
        soon(MARKS[head], name)


def explain(pair: Pair) -> str:
    """What differs, for people."""
    head, _colon, name = pair.cause.partition(":")
    told = {
        "what": WORDS.get(head, pair.cause),
        "name": name.rpartition(":")[2] if head == "dispute" else name,
        "stripe": written(pair.stripe.minor, CURRENCY),
        "ledger": written(pair.ledger.minor, CURRENCY),
    }
    if pair.ledger.last is None:
        return _("%(what)s %(name)s: bij Stripe bewoog %(stripe)s, in de boeken staat er niets van.") % told
    if pair.stripe.last is None:
        return _("%(what)s %(name)s: in de boeken bewoog %(ledger)s, bij Stripe staat er niets van.") % told
    return _("%(what)s %(name)s: bij Stripe bewoog %(stripe)s, in de boeken %(ledger)s.") % told


def _explain_total(found: Checked) -> str:
    message = _(
        "Bij Stripe staat in totaal %(stripe)s, in de boeken %(ledger)s. %(left)s daarvan is met geen enkele beweging "
        "te verklaren."
    )
    return message % {
        "stripe": written(found.stripe_minor, CURRENCY),
        "ledger": written(found.ledger_minor, CURRENCY),
        "left": written(found.unexplained_minor, CURRENCY),
    }
