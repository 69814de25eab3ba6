"""What stands on the accounts: credit minus debit, in minor units."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet, Sum

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Posting


def balance(account: Account, *, order_id: int | None = None, partner_id: int | None = None) -> int:
    """The balance of one account, of all or of one order or partner."""
    return sum(by_tags(account, "order_id", order_id=order_id, partner_id=partner_id).values())


def net(account: Account, postings: QuerySet[Posting]) -> int:
    """What these postings add to an account; below zero where they take from it."""
    put, taken = (
        postings.filter(**{side: account}).aggregate(total=Sum("amount_minor"))["total"] or 0
        for side in ("credit", "debit")
    )
    return int(put) - int(taken)


def by_tags(
    account: Account,
    *tags: str,
    order_id: int | None = None,
    partner_id: int | None = None,
    until: datetime | None = None,
) -> dict[tuple[int | None, ...], int]:
    """The balance of an account per combination of tags (`order_id`, `line_id`, `partner_id`, `vat_basis_points`)."""
    rows = Posting.objects.all()
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    if until is not None:
        rows = rows.filter(entry__happened_at__lte=until)
    found: dict[tuple[int | None, ...], int] = defaultdict(int)
    for side, sign in (("credit", 1), ("debit", -1)):
        for row in rows.filter(**{side: account}).values_list(*tags).annotate(total=Sum("amount_minor")).order_by():
            found[tuple(row[:-1])] += sign * row[-1]
    return dict(found)


def of_order(order_id: int) -> dict[str, int]:
    """The balance of every account that an order touched."""
    found: dict[str, int] = defaultdict(int)
    for debit, credit, amount in Posting.objects.filter(order_id=order_id).values_list(
        "debit", "credit", "amount_minor"
    ):
        found[debit] -= amount
        found[credit] += amount
    return dict(found)


def left_of_order(order_id: int) -> dict[int, int]:
    """What each partner, the platform too, still has of an order: what refunds took back is off it.

    Payouts are of a partner's whole balance and not of an order, so they take nothing off.
    """
    found: dict[int, int] = defaultdict(int)
    for account in (Account.PARTNER_HELD, Account.PARTNER_PAYABLE, Account.PLATFORM_SHARE):
        for (partner_id,), amount in by_tags(account, "partner_id", order_id=order_id).items():
            if partner_id is not None:
                found[partner_id] += amount
    return dict(found)


def trial_balance() -> dict[str, int]:
    """The balance of every account; the sum of all is zero, always."""
    found: dict[str, int] = defaultdict(int)
    rows = Posting.objects.values_list("debit", "credit").annotate(total=Sum("amount_minor")).order_by()
    for debit, credit, total in rows:
        found[debit] -= total
        found[credit] += total
    return dict(found)


@dataclass(frozen=True)
class Moved:
    """How much left one account for another, with the tags that it bears; minor units."""

    debit: str
    credit: str
    line_id: int | None
    partner_id: int | None
    vat_basis_points: int | None
    amount: int


def moved(order_id: int) -> list[Moved]:
    """All that moved for an order, added up per pair of accounts and tags, in the order in which it began."""
    tags = ("debit", "credit", "line_id", "partner_id", "vat_basis_points")
    rows = Posting.objects.filter(order_id=order_id).values(*tags)
    added_up = rows.annotate(amount=Sum("amount_minor"), first=Min("pk")).order_by("first")
    return [Moved(*row) for row in added_up.values_list(*tags, "amount")]
