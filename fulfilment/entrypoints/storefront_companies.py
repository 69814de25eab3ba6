"""What the shop asks for businesses: an application, an invitation, and all of a company for whoever acts for it.

Who it is, Saleor's token of the login says, as in `storefront_customers`. Whoever acts for a company by no means, or no
longer, is told that there is nothing: as of one that is not there.
"""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from fulfilment.companies import rules
from fulfilment.companies.models import Company, CompanyAddress, Invitation, Member
from fulfilment.companies.queries import members_of, numbers_of, standing, terms_of, under_way
from fulfilment.entrypoints.form_keys import given_key
from fulfilment.entrypoints.storefront_customers import Proof, logged_in
from fulfilment.entrypoints.storefront_parts import Json
from fulfilment.entrypoints.storefront_refunds import nothing_at_link
from fulfilment.errors import Refusal
from fulfilment.flows import apply_company, invite_member, join_company, keep_addresses, leave_company
from fulfilment.flows.tell_account import language_of
from fulfilment.gateways.saleor.connect import connected
from fulfilment.orders.pages import spoken
from fulfilment.texts import seen
from neighbours.budget import within

router = Router()

PRICES_SECONDS = 8
"""A page of the shop waits for a whole price list."""


class Application(Schema):
    """What a business typed; `terms_version` names the terms that stood beside it."""

    form_key: str = Field(max_length=64)
    name: str = Field(max_length=1000)
    legal_number: str = Field(max_length=100)
    vat_number: str = Field(max_length=100)
    contact_name: str = Field(max_length=1000)
    email: str = Field(max_length=400)
    phone: str = Field(max_length=1000)
    purpose: str = Field(max_length=20_000)
    terms_version: str = Field(max_length=32, pattern=r"^[0-9a-z.-]+$")


class Duty(Proof):
    """What somebody does in a company, and up to which amount alone (cents; null: no such amount)."""

    role: str = Field(max_length=16)
    limit_minor: int | None = None


class Invited(Duty):
    """Whom to ask."""

    form_key: str = Field(max_length=64)
    email: str = Field(max_length=400)


class GivenAddress(Proof):
    """An address by the names of `keep_addresses.FIELDS`."""

    address: dict[str, str]
    form_key: str = Field(default="", max_length=64)


@router.post("/applications")
def apply(request: HttpRequest, given: Application) -> Json:
    """`result`: wrong, with a sentence by field; or received, which is the same for every company."""
    typed = {name: value for name, value in given.dict().items() if name != "form_key"}
    asked = apply_company.Asked(**typed)
    errors = apply_company.faults(asked)
    if not errors:
        key = _form_key(given.form_key)
        apply_company.ask(key, asked, language=_language(), now=timezone.now())
    return {"result": "wrong" if errors else "received", "errors": errors}


@router.post("/mine")
def mine(request: HttpRequest, proof: Proof) -> Json:
    """The companies for which they act now; and what they asked and has no answer yet (`role` is empty, and the id
    leads nowhere)."""
    account = _account(proof)
    now = timezone.now()
    acting = [
        {"id": one.company.public_id, "name": one.company.name, "role": one.role, "state": one.company.state}
        for one in join_company.memberships(account, now=now)
    ]
    waiting = [
        {"id": one.public_id, "name": one.name, "role": "", "state": Company.State.APPLIED}
        for one in under_way(account.email, now=now)
    ]
    return {"companies": [*acting, *waiting]}


@router.get("/invitations/{key}")
def invitation(request: HttpRequest, key: str) -> Json:
    """Who asks, for what, and whether it can still be taken. The address is told in part: it stands in the mail."""
    found = _invitation(key)
    state = join_company.stand_of(found, now=timezone.now())
    return {"company": found.company.name, "email": masked(found.email), "role": found.role, "state": state}


@router.post("/invitations/{key}")
def accept(request: HttpRequest, key: str, proof: Proof) -> Json:
    """Act for the company from now on: `result` is joined (and `company_id` says which), wrong_account or over."""
    found = _invitation(key)
    result = join_company.accept(found, _account(proof), now=timezone.now())
    is_in = result == join_company.Joined.JOINED
    return {"result": result, "company_id": found.company.public_id if is_in else ""}


@router.post("/{company_id}")
def company(request: HttpRequest, company_id: str, proof: Proof) -> Json:
    """All that its members see of it."""
    member = _member(company_id, proof)
    found = member.company
    numbers, now = numbers_of(found), timezone.now()
    return {
        "id": found.public_id,
        "name": found.name,
        "legal_number": rules.written(numbers.legal_number),
        "vat_number": numbers.vat_number,
        "state": found.state,
        "role": member.role,
        "terms": _terms_told(found),
        "members": [_member_told(one) for one in members_of(found)],
        "invitations": [_invitation_told(one) for one in standing(found, now=now)],
        "addresses": [_address_told(one) for one in found.addresses.all()],
        "divisions": [
            {"id": one.public_id, "name": one.name} for one in found.divisions.filter(state=Company.State.APPROVED)
        ],
    }


@router.post("/{company_id}/prices")
def prices(request: HttpRequest, company_id: str, proof: Proof) -> Json:
    """Its price list as it is now, net, by name; of a company that may buy, to whoever acts for it, and nobody else."""
    found = _member(company_id, proof).company
    price_list = terms_of(found).price_list
    if found.state != Company.State.APPROVED or not price_list:
        raise nothing_at_link()
    with within(PRICES_SECONDS):
        rows = connected().net_prices(price_list, _language())
    told = [
        {
            "sku": row.sku,
            "product_code": row.product_code,
            "name": row.name,
            "variant_name": row.variant_name,
            "net_minor": row.net_minor,
        }
        for row in sorted(rows, key=lambda row: (row.name, row.variant_name, row.sku))
    ]
    return {"currency": "EUR", "prices": told}


@router.post("/{company_id}/invitations")
def invite(request: HttpRequest, company_id: str, given: Invited) -> Json:
    """Ask somebody to act for it too: `result` is wrong, with a sentence by field, or sent."""
    member = _in_role(company_id, given, rules.CHANGE_MEMBERS)
    asked = invite_member.Invited(given.email, given.role, given.limit_minor)
    errors = invite_member.faults(asked) or invite_member.invite(
        member.company_id, _form_key(given.form_key), asked, language=_language(), now=timezone.now()
    )
    return {"result": "wrong" if errors else "sent", "errors": errors}


@router.post("/{company_id}/invitations/{invitation_id}/withdraw")
def withdraw(request: HttpRequest, company_id: str, invitation_id: str, proof: Proof) -> Json:
    """Its link opens nothing any more."""
    member = _in_role(company_id, proof, rules.CHANGE_MEMBERS)
    invite_member.withdraw(member.company_id, _name(invitation_id), now=timezone.now())
    return {"result": "gone"}


@router.post("/{company_id}/members/{member_id}")
def change_member(request: HttpRequest, company_id: str, member_id: str, given: Duty) -> Json:
    """Another role or amount: `result` is kept, or wrong with a sentence by field."""
    member = _in_role(company_id, given, rules.CHANGE_MEMBERS)
    errors = invite_member.role_faults(given.role, given.limit_minor)
    if not errors:
        try:
            leave_company.change(member.company_id, _name(member_id), given.role, given.limit_minor, asked_by=member)
        except Refusal as refusal:
            errors = {"role": refusal.message}
    return {"result": "wrong" if errors else "kept", "errors": errors}


@router.post("/{company_id}/members/{member_id}/remove")
def remove_member(request: HttpRequest, company_id: str, member_id: str, proof: Proof) -> Json:
    """They act for it no longer; everybody may say so of themselves."""
    member = _member(company_id, proof)
    if member.public_id != member_id and member.role not in rules.CHANGE_MEMBERS:
        raise nothing_at_link()
    try:
        leave_company.let_go(member.company_id, _name(member_id), asked_by=member, now=timezone.now())
    except Refusal as refusal:
        return {"result": "wrong", "errors": {"": refusal.message}}
    return {"result": "gone", "errors": {}}


@router.post("/{company_id}/addresses")
def add_address(request: HttpRequest, company_id: str, given: GivenAddress) -> Json:
    """Another address in its book: `result` is kept, or wrong with a sentence by field."""
    member = _in_role(company_id, given, rules.CHANGE_ADDRESSES)
    address = keep_addresses.cleaned(given.address)
    errors = keep_addresses.faults(address) or keep_addresses.add(member.company_id, _form_key(given.form_key), address)
    return {"result": "wrong" if errors else "kept", "errors": errors}


@router.post("/{company_id}/addresses/{address_id}")
def change_address(request: HttpRequest, company_id: str, address_id: str, given: GivenAddress) -> Json:
    """The same in the place of one that stands there."""
    member = _in_role(company_id, given, rules.CHANGE_ADDRESSES)
    address = keep_addresses.cleaned(given.address)
    errors = keep_addresses.faults(address)
    if not errors and not keep_addresses.change(member.company_id, _name(address_id), address):
        raise nothing_at_link()
    return {"result": "wrong" if errors else "kept", "errors": errors}


@router.post("/{company_id}/addresses/{address_id}/remove")
def remove_address(request: HttpRequest, company_id: str, address_id: str, proof: Proof) -> Json:
    """It is in the book no longer."""
    member = _in_role(company_id, proof, rules.CHANGE_ADDRESSES)
    keep_addresses.remove(member.company_id, _name(address_id))
    return {"result": "gone"}


def masked(email: str) -> str:
    """An address as far as its owner recognizes it: `s…@hotel.example`."""
    name, _at, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _account(proof: Proof) -> join_company.Account:
    found = logged_in(proof)
    return join_company.Account(found.id, found.email, seen(found.full_name), language_of(found.language))


def _member(company_id: str, proof: Proof) -> Member:
    """As whom somebody acts for the company; 404 where they do not."""
    account = _account(proof)
    for member in join_company.memberships(account, now=timezone.now()):
        if member.company.public_id == company_id:
            return member
    raise nothing_at_link()


def _in_role(company_id: str, proof: Proof, roles: frozenset[rules.Role]) -> Member:
    """The same in a role that may do this: whoever may not is told of no such thing."""
    member = _member(company_id, proof)
    if member.role not in roles:
        raise nothing_at_link()
    return member


def _invitation(key: str) -> Invitation:
    found = join_company.invitation(_name(key))
    if found is None:
        raise nothing_at_link()
    return found


def _form_key(given: str) -> str:
    found = given_key({"form_key": given})
    if not found:
        raise nothing_at_link()
    return found


def _name(of: str) -> str:
    """A name out of an address; none of ours where it cannot be one."""
    if not of.isprintable():
        raise nothing_at_link()
    return of


def _language() -> str:
    return spoken(get_language() or "")


def _terms_told(found: Company) -> Json:
    terms = terms_of(found)
    return {
        "price_list": terms.price_list,
        "payment": terms.payment or rules.Payment.PREPAID,
        "deposit_percent": (terms.deposit_percent or 0) if terms.payment == rules.Payment.DEPOSIT else 0,
        "days": (terms.days or 0) if terms.payment == rules.Payment.INVOICE else 0,
        "credit_limit_minor": terms.credit_limit_minor,
        "open_minor": 0,  # nothing is ordered on invoice yet
        "minimum_net_minor": terms.minimum_net_minor or 0,
    }


def _member_told(one: Member) -> Json:
    named = {"id": one.public_id, "name": one.name, "email": one.email}
    return {**named, "role": one.role, "limit_minor": one.limit_minor, "since": one.since.isoformat()}


def _invitation_told(one: Invitation) -> Json:
    return {"id": one.public_id, "email": one.email, "role": one.role, "ends_at": one.ends_at.isoformat()}


def _address_told(one: CompanyAddress) -> Mapping[str, object]:
    return {"id": one.public_id, **{name: getattr(one, name) for name in keep_addresses.FIELDS}}
