"""Money travels from Stripe to our bank account, from where partners are paid."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.gateways.stripe.api import Stripe
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record, reverse
from fulfilment.ledger.models import Entry
from fulfilment.money import written

CURRENCY = "EUR"


def collect_money(stripe: Stripe, *, now: datetime) -> int:
    """Have Stripe send all that is available to the bank; the amount in minor units, 0 where there is nothing.

    The key is the day, the amount and how many the bank refused before, so that a repeat on the same day is the same
    payout, and a new one after a refusal.
    """
    amount = stripe.available_minor(CURRENCY)
    if amount <= 0:
        return 0
    refused = Entry.objects.filter(kind="bank_payout_sent_reversed").count()
    key = f"collect:{CURRENCY}:{now.date().isoformat()}:{amount}" + (f":{refused}" if refused else "")
    payout = stripe.send_to_bank(amount_minor=amount, currency=CURRENCY, idempotency_key=key)
    # Should what follows be lost, a worker books it.
    mark(Mark.Kind.PAYOUT, payout.id, now)
    settle_bank_payout(payout.id, stripe, now=now)
    return amount


@transaction.atomic
def settle_bank_payout(payout_id: str, stripe: Stripe, *, now: datetime) -> None:
    """Book a payout from Stripe to the bank as it stands at Stripe now."""
    payout = stripe.bank_payout(payout_id)
    sent = f"bank_payout:{payout.id}:sent"
    record(
        sent,
        "bank_payout_sent",
        [Move(Account.STRIPE_TRANSIT, Account.STRIPE, payout.amount_minor)],
        currency=payout.currency,
        happened_at=payout.made_at,
        now=now,
    )
    if payout.status == "paid":
        record(
            f"bank_payout:{payout.id}:arrived",
            "bank_payout_arrived",
            [Move(Account.BANK, Account.STRIPE_TRANSIT, payout.amount_minor)],
            currency=payout.currency,
            happened_at=payout.made_at,
            now=now,
        )
    elif payout.status in ("failed", "canceled"):
        # A bank may send money back days after it took it.
        arrived = Entry.objects.filter(key=f"bank_payout:{payout.id}:arrived").first()
        if arrived is not None:
            reverse(arrived, key=f"bank_payout:{payout.id}:returned", happened_at=now, now=now)
        reverse(Entry.objects.get(key=sent), key=f"bank_payout:{payout.id}:failed", happened_at=now, now=now)
        message = _(
            "De bank nam %(amount)s van Stripe niet aan. Kijk bij Stripe waarom, en haal het geld daarna opnieuw op."
        )
        raise_issue(
            OpenIssue.Kind.GATEWAY, payout.id, message % {"amount": written(payout.amount_minor, payout.currency)}, now
        )
