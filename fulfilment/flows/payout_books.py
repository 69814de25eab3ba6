"""What the ledger is told of a payout: whose money it takes, that the bank paid it, and all of that backwards."""

from datetime import datetime

from fulfilment.ledger import book
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.payouts.models import Payout


def book_sent(payout: Payout, *, currency: str, now: datetime) -> None:
    """It is ordered: a partner's balance, or the money of a customer, is set apart for the bank."""
    source = Account.PARTNER_PAYABLE if payout.refund is None else Account.CUSTOMER
    moved = book.Move(source, Account.PAYOUTS_TRANSIT, payout.amount_minor, **_tags(payout))
    book.record(payout.entry("sent"), "payout_sent", [moved], currency=currency, happened_at=now, now=now)


def book_confirmed(payout: Payout, *, currency: str, now: datetime) -> None:
    """The bank paid it."""
    moved = book.Move(Account.PAYOUTS_TRANSIT, Account.BANK, payout.amount_minor, **_tags(payout))
    book.record(payout.entry("confirmed"), "payout_confirmed", [moved], currency=currency, happened_at=now, now=now)


def book_back(payout: Payout, former: str, what: str, *, now: datetime) -> None:
    """Book backwards what was booked as `former`, as `what` (the ends of the keys)."""
    entry = Entry.objects.get(key=payout.entry(former))
    book.reverse(entry, key=payout.entry(what), happened_at=now, now=now)


def _tags(payout: Payout) -> dict[str, int | None]:
    """Whose it is: a partner's, or of which order."""
    if payout.refund is None:
        return {"partner_id": payout.partner_id}
    return {"order_id": payout.refund.order_id}
