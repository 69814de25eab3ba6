"""Businesses in tests: one that asked, one that is a customer, and who acts for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import cast

from fulfilment.companies import rules
from fulfilment.companies.models import Company, Invitation, Member
from fulfilment.errors import GatewayError
from fulfilment.flows import apply_company, decide_company, invite_member, join_company
from fulfilment.flows.apply_company import Asked
from fulfilment.flows.join_company import Account
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.customers import SaleorCustomer
from fulfilment.gateways.saleor.price_lists import AccountType, NetPrice, SaleorPriceList
from fulfilment.mail.models import Mail
from fulfilment.partners.models import User
from tests.support import rows
from tests.support.outside import asked_from_outside_of_transactions

NUMBERS = ("1999001041", "1999001140", "1999001239", "1999001338")
"""Of the range that the Kruispuntbank never gave out; their check digits are right."""
TERMS = rules.Terms("wholesale", "invoice", None, 30, 200_000, 25_000)
SOFIE = Account("VXNlcjox", "sofie@hotel.example", "Sofie Claes", "nl")
BO = Account("VXNlcjoy", "bo@hotel.example", "Bo Maes", "nl")
_serial = count(1)


def asked(**other: str) -> Asked:
    """What a business typed."""
    given = {
        "name": "Hotel De Reep",
        "legal_number": NUMBERS[0],
        "vat_number": "",
        "contact_name": "Sofie Claes",
        "email": SOFIE.email,
        "phone": "+32 9 000 00 01",
        "purpose": "Lampen voor veertig kamers.",
        "terms_version": "2026-11",
    }
    return Asked(**{**given, **other})


def applied(*, now: datetime = rows.NOW, key: str = "", **other: str) -> Company:
    """A company that waits for our decision."""
    return apply_company.ask(key or f"form-key-{next(_serial)}", asked(**other), language="nl", now=now)


def operator() -> User:
    """Whoever decides."""
    return User.objects.filter(email="beheer@example.com").first() or rows.user("beheer@example.com", staff=True)


def customer(*, now: datetime = rows.NOW, terms: rules.Terms = TERMS, **other: str) -> Company:
    """A company that may buy; nobody logged in for it yet."""
    company = applied(now=now, **other)
    decide_company.approve(company.pk, terms, by=operator(), now=now)
    company.refresh_from_db()
    return company


def led(company: Company | None = None, by: Account = SOFIE, *, now: datetime = rows.NOW) -> Member:
    """Its first administrator, who logged in."""
    company = company or customer(now=now)
    [member] = [one for one in join_company.memberships(by, now=now) if one.company_id == company.pk]
    return member


def invited(company: Company, email: str, role: str = "buyer", *, now: datetime = rows.NOW, **more: int) -> Invitation:
    """Somebody who was asked to act for it too."""
    given = invite_member.Invited(email, role, more.get("limit_minor"))
    assert invite_member.invite(company.pk, f"form-key-{next(_serial)}", given, language="nl", now=now) == {}
    return Invitation.objects.get(company=company, email=email, accepted_by=None, withdrawn_at=None)


def joined(company: Company, account: Account, role: str = "buyer", *, now: datetime = rows.NOW, **more: int) -> Member:
    """Somebody who acts for it too."""
    assert join_company.accept(invited(company, account.email, role, now=now, **more), account, now=now) == "joined"
    return Member.objects.get(company=company, account_id=account.id, left_at=None)


def key_in(mail: Mail) -> str:
    """The key in the link of an invitation."""
    found = re.search(r"/(?:uitnodiging|invitation)/([\w.-]+)/", mail.text)
    assert found, mail.text
    return found[1]


def as_customer(account: Account) -> SaleorCustomer:
    """As Saleor tells whose token it is."""
    first, _space, last = account.name.partition(" ")
    return SaleorCustomer(account.email, first, "NL", (), account.id, last)


@dataclass
class AccountsInMemory:
    """A Saleor with accounts, their types, and price lists that types open."""

    types: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"wholesale": ("business",)})
    prices: list[NetPrice] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    down: GatewayError | None = None

    def account_type(self, account_id: str) -> AccountType | None:
        self._look()
        if account_id not in self.types:
            return None
        known = ["default", "vip", *(slug for slugs in self.lists.values() for slug in slugs)]
        return AccountType(False, self.types[account_id], {slug: f"type:{slug}" for slug in known}, "default")

    def price_lists(self) -> list[SaleorPriceList]:
        self._look()
        return [SaleorPriceList(slug, slug.capitalize(), types) for slug, types in self.lists.items()]

    def set_customer_type(self, account_id: str, type_id: str) -> None:
        self._look()
        self.types[account_id] = type_id.removeprefix("type:")
        self.written.append((account_id, type_id))

    def net_prices(self, price_list: str, language: str) -> Sequence[NetPrice]:
        self._look()
        self.asked.append((price_list, language))
        return self.prices

    def as_saleor(self) -> Saleor:
        return cast(Saleor, self)

    def _look(self) -> None:
        asked_from_outside_of_transactions()
        if self.down is not None:
            raise self.down
