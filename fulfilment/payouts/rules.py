"""Who is paid, out of the money that is really there, on which accounts, and when banks move it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import bic as bic_number
from stdnum import iban as iban_number

from fulfilment.payouts.alphabet import bank_name

CURRENCY = "EUR"
"""What a bank file pays in."""

LAST_DAY = date(2999, 12, 31)
"""The last day for which somebody may ask who is to be paid: a later one is a slip of the pen."""

_CLOSED_EVERY_YEAR = {(1, 1), (5, 1), (12, 25), (12, 26)}

_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_BESIDE_IT = "AD AL CH GB GI IS LI MC MD ME MK NO RS SM VA"
SEPA_COUNTRIES = frozenset(f"{_UNION} {_BESIDE_IT}".split())
"""Where an account number may be from: the Union, and whom the European Payments Council took in beside it. Islands and
territories overseas have the numbers of their country; Gibraltar has its own."""


def is_account(iban: str) -> bool:
    """Whether this is an IBAN, by its length and check digits; which banks exist is for the bank to say."""
    return bool(iban_number.is_valid(iban, check_country=False))


def is_in_sepa(iban: str) -> bool:
    """Whether a bank file can pay on this account, by its country."""
    return iban_number.compact(iban)[:2] in SEPA_COUNTRIES


def is_bic(bic: str) -> bool:
    """Whether this may name a bank: 8 or 11 letters and figures, with a country that exists."""
    return bool(bic_number.is_valid(bic))


def obstacle(*, name: str, iban: str, bic: str) -> str:
    """Why a bank file cannot pay this payee, as a reason of a `Verdict`; empty where it can.

    Forms refuse such data; these are for what was written before they did.
    """
    if not (is_account(iban) and is_in_sepa(iban)) or (bic and not is_bic(bic)):
        return "no_account"
    return "" if bank_name(name) else "no_name"


@dataclass(frozen=True)
class Claim:
    """What a partner or a customer is to be paid (minor units; below zero: the partner owes us), what stands in the way
    of it (`obstacle`), and how much of it is of orders under dispute (`held`)."""

    payee_id: int
    payable: int
    obstacle: str = ""
    held: int = 0


@dataclass(frozen=True)
class Verdict:
    """What happens with a claim: `amount` paid now, and why not where it is zero."""

    payee_id: int
    payable: int
    amount: int
    reason: str
    held: int = 0


def held_of(balance: int, earned: Iterable[tuple[int, bool]]) -> int:
    """How much of a payable balance comes from orders under dispute.

    `earned` are the orders that became payable, the last first: what each brought, and whether it is disputed. Payouts
    are of the whole balance, so what is still there came from the last orders: those before them were paid.
    """
    held, left = 0, max(balance, 0)
    for amount, is_disputed in earned:
        part = min(max(amount, 0), left)
        held += part if is_disputed else 0
        left -= part
        if not left:
            break
    return held


def plan(claims: Iterable[Claim], pot: int) -> list[Verdict]:
    """Pay what is free of each claim whole or not at all, smallest first, as far as the pot reaches.

    Smallest first pays the most people when money is short. A balance below zero waits until it is earned back.
    """
    verdicts: list[Verdict] = []
    left = max(pot, 0)
    for claim in sorted(claims, key=lambda claim: (claim.payable, claim.payee_id)):
        reason, free = "", claim.payable - claim.held
        if claim.payable < 0:
            reason = "owes"
        elif claim.payable == 0:
            continue
        elif not free:
            reason = "disputed"
        elif claim.obstacle:
            reason = claim.obstacle
        elif free > left:
            reason = "short"
        amount = 0 if reason else free
        left -= amount
        verdicts.append(Verdict(claim.payee_id, claim.payable, amount, reason, claim.held))
    return verdicts


def _easter(year: int) -> date:
    """Easter Sunday (Gauss's rule in its form for the Gregorian calendar)."""
    golden, century, of_century = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_bank_day(day: date) -> bool:
    """Whether the European banks settle on this day (the calendar of TARGET)."""
    easter = _easter(day.year)
    closed = {easter - timedelta(days=2), easter + timedelta(days=1)}
    return day.weekday() < 5 and day not in closed and (day.month, day.day) not in _CLOSED_EVERY_YEAR


def next_bank_day(today: date) -> date:
    """The first bank day after `today`: a file that is uploaded late in the day still makes it."""
    day = today + timedelta(days=1)
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day
