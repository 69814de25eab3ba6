"""Where the money is and whose it is: every account of the ledger, on one of two sides that make the same sum."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.wording import account_name
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance


@dataclass(frozen=True)
class Part:
    """Accounts that answer one question of an operator, under one name and in one tone."""

    name: Promise
    tone: str
    accounts: tuple[Account, ...]


HAVE = (
    Part(gettext_lazy("Geld"), "ink", (Account.BANK, Account.STRIPE_TRANSIT, Account.STRIPE)),
    Part(gettext_lazy("Krijgen we nog"), "sand", (Account.RECEIVABLE, Account.VAT_INPUT, Account.DISPUTES)),
)
"""What there is, and what we are still to get: told as debit minus credit."""

WHOSE = (
    Part(
        gettext_lazy("Partners"),
        "moss",
        (Account.PARTNER_HELD, Account.PARTNER_PAYABLE, Account.PAYOUTS_TRANSIT),
    ),
    Part(gettext_lazy("Klanten"), "clay", (Account.CUSTOMER, Account.UNALLOCATED, Account.SHIPPING)),
    Part(gettext_lazy("Belastingen"), "sand", (Account.VAT_OWED, Account.WITHHOLDING_OWED)),
    Part(
        gettext_lazy("Het platform, na kosten"),
        "ink",
        (Account.PLATFORM_SHARE, Account.PAYMENT_FEES, Account.PLATFORM_DISCOUNTS, Account.ROUNDING),
    ),
)
"""Whose it is: told as credit minus debit. What things cost comes off what the platform has for itself."""


@dataclass(frozen=True)
class Row:
    """An account with what stands on it, in minor units."""

    name: str
    minor: int


@dataclass(frozen=True)
class Group:
    """A part with its accounts and their sum, and the stretch of a bar of 100 wide that it takes."""

    name: str
    tone: str
    rows: tuple[Row, ...]
    minor: int
    start: float
    width: float


@dataclass(frozen=True)
class Side:
    """One of the two sides."""

    title: str
    groups: tuple[Group, ...]
    minor: int


def money_map() -> dict[str, Any]:
    """Both sides as they stand now, and whether they make the same sum."""
    balance = trial_balance()
    there = _side(_("Wat er is"), HAVE, {account: -amount for account, amount in balance.items()})
    whose = _side(_("Van wie het is"), WHOSE, balance)
    return {"sides": (there, whose), "in_balance": there.minor == whose.minor}


def _side(title: str, parts: Iterable[Part], amounts: dict[str, int]) -> Side:
    groups = tuple(_groups(list(parts), amounts))
    return Side(title, groups, sum(group.minor for group in groups))


def _groups(parts: list[Part], amounts: dict[str, int]) -> Iterator[Group]:
    """Groups side by side; what is below zero is told, but takes no width."""
    sums = [sum(amounts.get(account, 0) for account in part.accounts) for part in parts]
    whole = sum(minor for minor in sums if minor > 0) or 1
    start = 0.0
    for part, minor in zip(parts, sums, strict=True):
        rows = tuple(Row(account_name(account), amounts.get(account, 0)) for account in part.accounts)
        width = round(max(minor, 0) * 100 / whole, 2)
        yield Group(str(part.name), part.tone, rows, minor, start, width)
        start += width
