"""What holds for a company and its members. Pure: no database, no clock, no Saleor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from stdnum.be import vat as be_vat
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError


class Role(StrEnum):
    """What a member of a company does in it. A buyer and an approver have an amount up to which they do it alone."""

    BUYER = "buyer"
    APPROVER = "approver"
    BOOKKEEPER = "bookkeeper"
    ADMINISTRATOR = "administrator"


class Payment(StrEnum):
    """When a company pays: before, a part before and the rest before it leaves, or on invoice."""

    PREPAID = "prepaid"
    DEPOSIT = "deposit"
    INVOICE = "invoice"


MOST_MINOR = 100_000_000_00
"""The largest amount that is taken, in cents: more is a mistake."""
WITH_LIMIT = frozenset({Role.BUYER, Role.APPROVER})
CHANGE_MEMBERS = frozenset({Role.ADMINISTRATOR})
CHANGE_ADDRESSES = frozenset({Role.ADMINISTRATOR, Role.BUYER})


@dataclass(frozen=True)
class Terms:
    """On what terms a company buys; amounts are net, in cents. What is None or empty was not said."""

    price_list: str = ""
    payment: str = ""
    deposit_percent: int | None = None
    days: int | None = None
    credit_limit_minor: int | None = None
    minimum_net_minor: int | None = None


@dataclass(frozen=True)
class Numbers:
    """By which numbers a company, or a division of one, is known; empty: it has none of its own."""

    legal_number: str = ""
    vat_number: str = ""


def terms_of(chain: Sequence[Terms]) -> Terms:
    """The terms that hold for the first of a chain (itself, the one above it, and so on): field by field, the nearest
    that says one."""

    def nearest(name: str) -> object:
        said = (getattr(terms, name) for terms in chain)
        return next((value for value in said if value not in (None, "")), None)

    found = {field.name: nearest(field.name) for field in fields(Terms)}
    return Terms(**{name: value for name, value in found.items() if value is not None})  # type: ignore[arg-type]


def numbers_of(chain: Sequence[Numbers]) -> Numbers:
    """The numbers of the first of a chain. A legal number is that of the nearest legal entity; a VAT number is never
    one from beyond it: another entity's number on an invoice is another entity's tax."""
    vat_number = ""
    for numbers in chain:
        vat_number = vat_number or numbers.vat_number
        if numbers.legal_number:
            return Numbers(numbers.legal_number, vat_number)
    return Numbers("", vat_number)


def legal_number(typed: str) -> str | None:
    """A number of the Kruispuntbank as it is kept: ten figures. None where it is none; spaces, dots and BE may stand
    in it."""
    try:
        return str(be_vat.validate(typed))
    except ValidationError:
        return None


def written(number: str) -> str:
    """A number of the Kruispuntbank as people write it: `0123.456.749`; "" where there is none."""
    return ".".join((number[:4], number[4:7], number[7:])) if number else ""


def vat_number(typed: str) -> str | None:
    """A VAT number of a country of the Union as it is kept: with the country before it. None where it is none."""
    try:
        return str(eu_vat.validate(typed))
    except ValidationError:
        return None


def known_by(numbers: Numbers) -> str:
    """The number that tells a company from all others: what the law calls it, abroad its VAT number."""
    return numbers.legal_number or numbers.vat_number


def limit_of(role: str, limit_minor: int | None) -> int | None:
    """The amount of a member in a role: who has no part in buying has none."""
    return limit_minor if role in WITH_LIMIT else None


def is_last_administrator(administrators: Iterable[int], member: int) -> bool:
    """Whether a company would be left without anybody who may change who belongs to it."""
    return set(administrators) == {member}


def customer_type(
    lists: Sequence[str], opened_by: Mapping[str, Sequence[str]], default: str, now: str | None
) -> str | None:
    """The type that a member's account is to have at Saleor; None where it stays as it is.

    `lists` are the price lists of their companies, the one they belong to longest first; `opened_by` says which types
    open each list. An account has one type: where no type opens all of their lists, the one that opens the most, and of
    those the first list's. Without a list nothing is left but the `default`, where `now` opens any: a type that was
    given for something else stays.
    """
    openers = {slug for slugs in opened_by.values() for slug in slugs}
    if not lists:
        return default if now in openers else None
    offered = [slug for one in lists for slug in opened_by.get(one, ())]
    if not offered:
        return None
    most = max(offered, key=lambda slug: (_opens(slug, lists, opened_by), -offered.index(slug)))
    is_as_good = now in openers and _opens(now or "", lists, opened_by) == _opens(most, lists, opened_by)
    return None if is_as_good else most


def _opens(slug: str, lists: Sequence[str], opened_by: Mapping[str, Sequence[str]]) -> int:
    return sum(slug in opened_by.get(one, ()) for one in set(lists))
