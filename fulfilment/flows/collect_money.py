"""Money travels from Stripe to our bank account, from where partners are paid.

Not all of it: what customers may still be given back stays at Stripe, which can refund only what is there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from fulfilment.errors import GatewayError, Refusal
from fulfilment.gateways.stripe.api import Stripe, is_kept
from fulfilment.gateways.stripe.values import Balance, BankPayout
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.book import Move, record, reverse
from fulfilment.ledger.models import Entry
from fulfilment.life import move
from fulfilment.money import written
from fulfilment.orders.models import Refund
from fulfilment.outside import in_words
from fulfilment.partners.models import User
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import PaymentRefund
from fulfilment.payments.queries import disputed_minor
from fulfilment.payouts.locks import collecting
from fulfilment.payouts.models import Collection

CURRENCY = "EUR"
SUBJECT = f"stripe:{CURRENCY}"
"""What the exceptions about the money at Stripe are about: there is one account."""

MOST = 99_999_999
"""The largest amount that Stripe sends in one payout, in minor units; what is above it goes with the next."""

CLOCKS = timedelta(minutes=5)
"""How far Stripe's clock may be behind ours."""


@dataclass(frozen=True)
class Collected:
    """What was sent for, in minor units, of what Stripe could send; `reserve` of it stays there."""

    sent: int
    available: int
    reserve: int


def collect_money(stripe: Stripe, *, by: User | None, now: datetime) -> Collected:
    """Have Stripe send to the bank all that it can and that need not stay there.

    What an earlier try left open is brought to its end first. Should we die before Stripe's answer is written, the
    sweep does the same (`finish_collection`). `GatewayError` while Stripe is away, `Refusal` where it will not, and for
    whoever asks while somebody else does.
    """
    with collecting():
        sent = sum(
            _finish(left, stripe, now)
            for left in Collection.objects.filter(state=Collection.State.ASKED).order_by("pk")
        )
        balance, kept = watch_balance(stripe, now=now), reserve()
        amount = min(balance.available_minor - kept, MOST)
        if amount > 0:
            sent += _send(_intend(amount, by, now), stripe, look_first=False, now=now)
    return Collected(sent, balance.available_minor, kept)


def reserve() -> int:
    """What stays at Stripe, in minor units: a fixed part, what customers are still to get back, what is disputed.

    Also what belongs to no order: it becomes one, or goes back. And what failed, for whoever asks again.
    """
    asked = PaymentRefund.objects.filter(state__in=REFUND_AT_STRIPE)
    failed = Refund.objects.filter(state=Refund.State.FAILED)
    back = sum(_total(rows) for rows in (asked.exclude(payment__saleor_order_id=""), failed))
    return settings.STRIPE_RESERVE_MINOR + back + max(balance(Account.UNALLOCATED), 0) + disputed_minor()


def _total(rows: QuerySet[Any]) -> int:
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def watch_balance(stripe: Stripe, *, now: datetime) -> Balance:
    """The balance at Stripe; below zero it stands on the operator's list until it no longer is."""
    balance = stripe.balance(CURRENCY)
    if balance.available_minor >= 0:
        resolve(OpenIssue.Kind.STRIPE_BELOW_ZERO, SUBJECT, now)
        return balance
    message = _(
        "Bij Stripe staan we %(short)s in het rood. Er is %(pending)s onderweg naar dat saldo. Terugbetalingen aan "
        "klanten kunnen wachten tot er genoeg staat."
    )
    told = {"short": written(-balance.available_minor, CURRENCY), "pending": written(balance.pending_minor, CURRENCY)}
    raise_issue(OpenIssue.Kind.STRIPE_BELOW_ZERO, SUBJECT, message % told, now)
    return balance


def finish_collection(public_id: str, stripe: Stripe, *, now: datetime) -> None:
    """Bring a collection that was asked to its end, whatever was lost of it. `GatewayError` while Stripe is away.

    It asks for nothing new and needs no lock: under one key Stripe makes one payout, whoever asks.
    """
    _finish(Collection.objects.get(public_id=public_id), stripe, now)


def settle_bank_payout(payout_id: str, stripe: Stripe, *, now: datetime) -> None:
    """Book a payout from Stripe to the bank as it stands at Stripe now."""
    _settle(stripe.bank_payout(payout_id), now)


@transaction.atomic
def _intend(amount: int, by: User | None, now: datetime) -> Collection:
    row = Collection.objects.create(amount_minor=amount, currency=CURRENCY, asked_at=now, asked_by=by)
    mark(Mark.Kind.COLLECTION, row.public_id, now)
    return row


def _finish(row: Collection, stripe: Stripe, now: datetime) -> int:
    """What is on its way of a collection that may have been asked for before, in minor units."""
    if row.state != Collection.State.ASKED:
        return 0
    try:
        return _send(row, stripe, look_first=True, now=now)
    except Refusal:
        return 0  # it stands on the operator's list


def _send(row: Collection, stripe: Stripe, *, look_first: bool, now: datetime) -> int:
    """Have Stripe pay out what was intended, and write what it answered; the amount. `Refusal` where it will not.

    Looked up first where it may have been asked before: Stripe forgets a key after a day, and answers a failure of its
    own under the same key for ever.
    """
    try:
        found = stripe.find_bank_payout(asked_by=row.public_id, since=row.asked_at - CLOCKS) if look_first else None
        payout = found or stripe.send_to_bank(
            amount_minor=row.amount_minor, currency=row.currency, asked_by=row.public_id, attempt=row.attempt
        )
    except GatewayError as error:
        if not error.retry:
            raise Refusal(_refuse(row, error, now), code="STRIPE_REFUSED") from error
        if is_kept(error):
            Collection.objects.filter(pk=row.pk, attempt=row.attempt).update(attempt=row.attempt + 1)
        raise
    _settle(payout, now)
    return row.amount_minor


@transaction.atomic
def _refuse(row: Collection, error: GatewayError, now: datetime) -> str:
    """Stripe will not send it: the sentence that says so."""
    why = in_words(error)
    message = _("Stripe stuurt %(amount)s niet naar de bank. %(why)s")
    told = message % {"amount": written(row.amount_minor, row.currency), "why": why}
    if move(row, "refuse", now=now, note=why):
        raise_issue(OpenIssue.Kind.COLLECTION_FAILED, SUBJECT, told, now)
    return told


@transaction.atomic
def _settle(payout: BankPayout, now: datetime) -> None:
    """The books follow the collection, and the collection what Stripe says: each step once, late or early."""
    row = _collection_of(payout)
    if move(row, "accept", now=now, stripe_payout_id=payout.id):
        _book(payout, "sent", Move(Account.STRIPE_TRANSIT, Account.STRIPE, payout.amount_minor), now)
    if payout.status == "paid" and move(row, "arrive", now=now):
        _book(payout, "arrived", Move(Account.BANK, Account.STRIPE_TRANSIT, payout.amount_minor), now)
        resolve(OpenIssue.Kind.COLLECTION_FAILED, SUBJECT, now)
    if payout.status in ("failed", "canceled") and move(row, "fail", now=now, note=payout.failure):
        # A bank may send money back days after it took it.
        arrived = Entry.objects.filter(key=_key(payout, "arrived")).first()
        if arrived is not None:
            reverse(arrived, key=_key(payout, "returned"), happened_at=now, now=now)
        reverse(Entry.objects.get(key=_key(payout, "sent")), key=_key(payout, "failed"), happened_at=now, now=now)
        message = _("De bank nam %(amount)s van Stripe niet aan. %(why)s")
        told = {"amount": written(payout.amount_minor, payout.currency), "why": payout.failure}
        raise_issue(OpenIssue.Kind.COLLECTION_FAILED, SUBJECT, (message % told).strip(), now)


def _collection_of(payout: BankPayout) -> Collection:
    """What we sent for, known by the name on the payout too; or one that was made in Stripe's dashboard."""
    row = Collection.objects.filter(Q(stripe_payout_id=payout.id) | Q(public_id=payout.asked_by)).first()
    if row is not None:
        return row
    told = {"amount_minor": payout.amount_minor, "currency": payout.currency, "asked_at": payout.made_at}
    return Collection.objects.get_or_create(stripe_payout_id=payout.id, defaults=told)[0]


def _book(payout: BankPayout, what: str, moved: Move, now: datetime) -> None:
    kind = f"bank_payout_{what}"
    record(_key(payout, what), kind, [moved], currency=payout.currency, happened_at=payout.made_at, now=now)


def _key(payout: BankPayout, what: str) -> str:
    return f"bank_payout:{payout.id}:{what}"
