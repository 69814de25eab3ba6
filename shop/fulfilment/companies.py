"""Fulfilment's storefront API, of companies that buy on a price list: who asks to, who is a member, and what each sees.

Who it is, the ``token`` of the login says, of which fulfilment asks Saleor. Every call raises FulfilmentUnavailable; of
a company that the customer is no member of, or that is not there, the answer is None, and no page tells which.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, FulfilmentUnavailable, ask
from shop.money import Money
from shop.saleor.checkout import Address

_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class OwnCompany:
    """One of which somebody is a member, or has asked that it be taken on. State is one of applied (``role`` is empty
    then), approved, suspended."""

    id: str
    name: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed. ``payment`` is prepaid, deposit (``deposit_percent`` first) or invoice (within ``days``);
    ``credit_limit`` is None where none is agreed; ``minimum`` is net, of one order."""

    payment: str
    deposit_percent: int
    days: int
    credit_limit: Money | None
    open: Money
    minimum: Money

    @property
    def room(self) -> Money | None:
        """What is left of the limit; nothing where more than that is open."""
        if self.credit_limit is None:
            return None
        return Money(max(0, self.credit_limit.minor - self.open.minor), self.open.currency)


@dataclass(frozen=True, slots=True)
class Member:
    """Role is one of buyer, approver, bookkeeper, administrator; ``limit`` is up to what they buy or approve alone,
    None for any amount."""

    id: str
    name: str
    email: str
    role: str
    limit: Money | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who has a link that is good until then."""

    id: str
    email: str
    role: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyAddress:
    """One of the address book; ``label`` is what the company calls the place."""

    id: str
    label: str
    address: Address


@dataclass(frozen=True, slots=True)
class Company:
    """A company as its member, of this ``role``, sees it; ``divisions`` are named alone."""

    id: str
    name: str
    legal_number: str
    vat_number: str
    state: str
    role: str
    terms: Terms
    members: tuple[Member, ...]
    invitations: tuple[Invited, ...]
    addresses: tuple[CompanyAddress, ...]
    divisions: tuple[str, ...]

    @property
    def is_suspended(self) -> bool:
        return self.state == "suspended"

    @property
    def is_led(self) -> bool:
        """Whether who sees it says who is a member."""
        return self.role == "administrator"

    @property
    def has_administrator(self) -> bool:
        return any(one.role == "administrator" for one in self.members)

    @property
    def keeps_addresses(self) -> bool:
        return self.role in ("administrator", "buyer")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link invites to; ``email`` is masked. State is one of open, accepted, over."""

    company: str
    email: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class NetPrice:
    """What a variant costs on the company's list, without VAT."""

    sku: str
    product_code: str
    name: str
    variant_name: str
    net: Money


def apply(application: Mapping[str, str]) -> dict[str, str]:
    """Have an application kept, once for each ``form_key``; what is wrong, by field. The same for every company, known
    or not."""
    body = ask("POST", "companies/applications", LONGEST, dict(application))
    if body is None:
        raise FulfilmentUnavailable("it knows no such page")
    return dict(body["errors"])


def mine(token: str) -> tuple[OwnCompany, ...] | None:
    """None where the login is over."""
    body = ask("POST", "companies/mine", LONGEST, {"token": token})
    if body is None:
        return None
    return tuple(OwnCompany(one["id"], one["name"], one["role"], one["state"]) for one in body["companies"])


def company(token: str, key: str) -> Company | None:
    """All that a member sees of it."""
    body = ask("POST", _of(key), LONGEST, {"token": token})
    return None if body is None else _company(body)


def invite(token: str, key: str, *, form_key: str, email: str, role: str, limit: Money | None) -> dict[str, str] | None:
    """A mail goes with a link, once for each ``form_key``; what is wrong, by field."""
    given = {"form_key": form_key, "email": email, "role": role, "limit_minor": _minor(limit)}
    return _errors(f"{_of(key)}/invitations", token, given)


def withdraw_invitation(token: str, key: str, invitation: str) -> bool:
    """The link is good no more; twice changes nothing."""
    return _errors(f"{_of(key)}/invitations/{_named(invitation)}/withdraw", token) is not None


def change_member(token: str, key: str, member: str, *, role: str, limit: Money | None) -> dict[str, str] | None:
    """What is wrong, by field."""
    return _errors(f"{_of(key)}/members/{_named(member)}", token, {"role": role, "limit_minor": _minor(limit)})


def remove_member(token: str, key: str, member: str) -> dict[str, str] | None:
    """They see nothing of it any more; twice changes nothing. What is wrong, as with the last administrator."""
    return _errors(f"{_of(key)}/members/{_named(member)}/remove", token)


def add_address(token: str, key: str, *, form_key: str, label: str, address: Address) -> dict[str, str] | None:
    """Kept once for each ``form_key``; what is wrong, by field."""
    return _errors(f"{_of(key)}/addresses", token, {"form_key": form_key, "address": _written(label, address)})


def change_address(token: str, key: str, known: str, *, label: str, address: Address) -> dict[str, str] | None:
    """What is wrong, by field."""
    return _errors(f"{_of(key)}/addresses/{_named(known)}", token, {"address": _written(label, address)})


def remove_address(token: str, key: str, known: str) -> bool:
    """It is not offered any more; twice changes nothing."""
    return _errors(f"{_of(key)}/addresses/{_named(known)}/remove", token) is not None


def invitation(key: str) -> Invitation | None:
    """What a link is about, told to whoever has it; None for one that is none of ours."""
    body = ask("GET", f"companies/invitations/{_named(key)}", LONGEST)
    return None if body is None else Invitation(body["company"], body["email"], body["role"], body["state"])


def join(token: str, key: str) -> tuple[str, str] | None:
    """What became of it (joined, wrong_account, over), and the company's id where they joined; twice is once."""
    body = ask("POST", f"companies/invitations/{_named(key)}", LONGEST, {"token": token})
    return None if body is None else (body["result"], body["company_id"])


def prices(token: str, key: str) -> tuple[NetPrice, ...] | None:
    """The company's whole list, by name; None for a suspended company too."""
    body = ask("POST", f"{_of(key)}/prices", LONGEST, {"token": token})
    if body is None:
        return None
    return tuple(
        NetPrice(
            sku=one["sku"],
            product_code=one["product_code"],
            name=one["name"],
            variant_name=one["variant_name"],
            net=Money(one["net_minor"], body["currency"]),
        )
        for one in body["prices"]
    )


def _errors(path: str, token: str, given: Mapping[str, object] | None = None) -> dict[str, str] | None:
    body = ask("POST", path, LONGEST, {"token": token, **(given or {})})
    return None if body is None else dict(body.get("errors") or {})


def _of(key: str) -> str:
    return f"companies/{_named(key)}"


def _named(key: str) -> str:
    return quote(key, safe="")


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _amount(minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, _CURRENCY)


def _written(label: str, address: Address) -> dict[str, str]:
    return {"label": label, **{theirs: getattr(address, ours) for theirs, ours in ADDRESS_FIELDS.items()}}


ADDRESS_FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "company_name": "company",
    "street_1": "street",
    "street_2": "street_extra",
    "postal_code": "postal_code",
    "city": "city",
    "country": "country",
    "country_area": "area",
    "phone": "phone",
}
"""How the wire names what an address form asks for."""


def _company(body: dict[str, Any]) -> Company:
    terms = body["terms"]
    return Company(
        id=body["id"],
        name=body["name"],
        legal_number=body["legal_number"],
        vat_number=body["vat_number"],
        state=body["state"],
        role=body["role"],
        terms=Terms(
            payment=terms["payment"],
            deposit_percent=terms["deposit_percent"] or 0,
            days=terms["days"] or 0,
            credit_limit=_amount(terms["credit_limit_minor"] or None),
            open=Money(terms["open_minor"], _CURRENCY),
            minimum=Money(terms["minimum_net_minor"] or 0, _CURRENCY),
        ),
        members=tuple(
            Member(
                id=one["id"],
                name=one["name"],
                email=one["email"],
                role=one["role"],
                limit=_amount(one["limit_minor"]),
                since=datetime.fromisoformat(one["since"]),
            )
            for one in body["members"]
        ),
        invitations=tuple(
            Invited(one["id"], one["email"], one["role"], datetime.fromisoformat(one["ends_at"]))
            for one in body["invitations"]
        ),
        addresses=tuple(
            CompanyAddress(
                one["id"],
                one["label"],
                Address(**{ours: one[theirs] for theirs, ours in ADDRESS_FIELDS.items()}),
            )
            for one in body["addresses"]
        ),
        divisions=tuple(one["name"] for one in body["divisions"]),
    )
