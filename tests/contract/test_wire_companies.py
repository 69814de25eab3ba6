"""What fulfilment answers the shop of companies: in the promised shapes, to who acts for one, and to nobody else."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from fulfilment.companies.models import Company
from fulfilment.entrypoints import storefront_companies, storefront_customers
from fulfilment.errors import GatewayError
from fulfilment.flows import decide_company
from fulfilment.flows.join_company import Account
from fulfilment.gateways.saleor.customers import SaleorCustomer
from fulfilment.gateways.saleor.price_lists import NetPrice
from fulfilment.mail.models import Mail
from tests.support.companies import (
    BO,
    NUMBERS,
    SOFIE,
    AccountsInMemory,
    applied,
    as_customer,
    customer,
    invited,
    joined,
    key_in,
    led,
    operator,
)
from tests.support.shape import differences
from tests.support.storefront_api import called, golden

pytestmark = pytest.mark.django_db

ASKED = {
    "form_key": "form-key-1",
    "name": "Hotel De Reep",
    "legal_number": "BE 1999.001.041",
    "vat_number": "",
    "contact_name": "Sofie Claes",
    "email": SOFIE.email,
    "phone": "",
    "purpose": "",
    "terms_version": "2026-11",
}
ADDRESS = {"label": "Zuid", "street_1": "Kaai 1", "postal_code": "9000", "city": "Gent", "country": "BE"}
LAMP = NetPrice("SG-001", "SG-001", "Koord", "mos", 17_400)
STOOL = NetPrice("SG-003-45", "SG-003", "Zit", "zithoogte 45 cm", 14_600)
STRANGER = Account("VXNlcjo5", "vreemd@elders.example", "Iemand", "nl")


@pytest.fixture(autouse=True)
def saleor() -> Iterator[AccountsInMemory]:
    """Whose token it is: the token is their account's id."""
    people = {one.id: as_customer(one) for one in (SOFIE, BO, STRANGER)}

    def whose(token: str) -> SaleorCustomer | None:
        return people.get(token)

    found = AccountsInMemory(prices=[STOOL, LAMP])
    with (
        mock.patch.object(storefront_customers, "customer_of", whose),
        mock.patch.object(storefront_companies, "connected", found.as_saleor),
    ):
        yield found


def ask(path: str, who: Account = SOFIE, *, status: int = 200, **given: Any) -> dict[str, Any]:
    return called(f"companies/{path}", {"token": who.id, **given}, status=status)


def furnished() -> Company:
    """A company with one of everything."""
    company = customer(vat_number=f"BE{NUMBERS[0]}", now=timezone.now())
    led(company, now=timezone.now())
    joined(company, BO, limit_minor=50_000, now=timezone.now())
    invited(company, "an@hotel.example", "bookkeeper", now=timezone.now())
    company.addresses.create(form_key="form-key-x", label="Zuid", street_1="Kaai 1", city="Gent", country="BE")
    division = customer(legal_number=NUMBERS[1], name="Hotel Zuid", email="zuid@hotel.example", now=timezone.now())
    Company.objects.filter(pk=division.pk).update(parent=company)
    return company


def test_an_application_is_answered_the_same_for_a_company_that_we_know() -> None:
    first = called("companies/applications", ASKED)
    assert first == golden("company_application")
    assert called("companies/applications", ASKED) == first
    other = {**ASKED, "form_key": "form-key-2", "email": "ander@elders.example"}
    assert called("companies/applications", other) == first
    assert Company.objects.count() == 1
    told = called("companies/applications", {**ASKED, "form_key": "form-key-3", "legal_number": "12", "name": ""})
    assert (told["result"], set(told["errors"])) == ("wrong", {"legal_number", "name"})
    called("companies/applications", {**ASKED, "form_key": "x"}, status=404)
    called("companies/applications", {}, status=422)


def test_what_is_wrong_is_told_in_the_language_of_the_page() -> None:
    bearer = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    told = {
        language: Client()
        .post(
            "/api/storefront/companies/applications",
            {**ASKED, "legal_number": "12"},
            "application/json",
            headers={**bearer, "Accept-Language": language},
        )
        .json()["errors"]["legal_number"]
        for language in ("nl", "en", "fr")
    }
    assert len(set(told.values())) == 3


def test_who_acts_for_a_company_sees_all_of_it_in_the_promised_shape() -> None:
    company = furnished()
    applied(legal_number=NUMBERS[2], name="Hotel Noord", now=timezone.now())
    assert differences(ask("mine"), golden("companies")) == []
    told = ask(company.public_id)
    assert differences(told, golden("company")) == []
    assert differences(golden("company"), told) == []
    assert (told["legal_number"], told["terms"]["deposit_percent"]) == ("1999.001.041", 0)
    assert [one["name"] for one in told["members"]] == ["Sofie Claes", "Bo Maes"]
    assert ask(company.public_id, BO)["role"] == "buyer"


def addresses_of(company: Company) -> list[tuple[str, dict[str, Any]]]:
    """Every address about a company, with something to send."""
    member = company.members.get(account_id=BO.id)
    invitation, address = company.invitations.get(email="an@hotel.example"), company.addresses.get()
    duty: dict[str, Any] = {"role": "buyer", "limit_minor": None}
    return [
        ("", {}),
        ("/prices", {}),
        ("/invitations", {"form_key": "form-key-9", "email": "x@hotel.example", **duty}),
        (f"/invitations/{invitation.public_id}/withdraw", {}),
        (f"/members/{member.public_id}", duty),
        (f"/members/{member.public_id}/remove", {}),
        ("/addresses", {"form_key": "form-key-8", "address": ADDRESS}),
        (f"/addresses/{address.public_id}", {"address": ADDRESS}),
        (f"/addresses/{address.public_id}/remove", {}),
    ]


def test_a_stranger_a_former_member_and_nobody_get_nothing_of_it() -> None:
    company, other = furnished(), customer(legal_number=NUMBERS[3], email="x@x.example", now=timezone.now())
    before = ask(company.public_id)
    elsewhere = led(other, Account("VXNlcjo4", "x@x.example", "X", "nl"), now=timezone.now())
    nobody = Account("bad-token", "", "", "nl")
    for path, given in addresses_of(company):
        for who in (STRANGER, nobody):
            told = ask(f"{company.public_id}{path}", who, status=404, **given)
            assert told["error"]["code"] == "NOT_FOUND"
        absent = ask(f"com_nothing{path}", SOFIE, status=404, **given)
        assert absent == ask(f"{other.public_id}{path}", SOFIE, status=404, **given)
    assert elsewhere.company == other
    assert ask(company.public_id) == before
    ask(f"{company.public_id}/members/{company.members.get(account_id=BO.id).public_id}/remove")
    for path, given in addresses_of(company):
        ask(f"{company.public_id}{path}", BO, status=404, **given)


@pytest.mark.parametrize("role", ["buyer", "approver", "bookkeeper"])
def test_a_role_does_what_it_may_and_sees_the_rest(role: str) -> None:
    company = furnished()
    company.members.filter(account_id=BO.id).update(role=role)
    ask(company.public_id, BO)
    ask(f"{company.public_id}/prices", BO)
    for path, given in addresses_of(company)[2:]:
        if not path.startswith("/addresses") and path.endswith("/remove"):
            continue  # oneself: tried below
        may = role == "buyer" and path.startswith("/addresses")
        ask(f"{company.public_id}{path}", BO, status=200 if may else 404, **given)
    sofie = company.members.get(account_id=SOFIE.id)
    ask(f"{company.public_id}/members/{sofie.public_id}/remove", BO, status=404)
    bo = company.members.get(account_id=BO.id)
    assert ask(f"{company.public_id}/members/{bo.public_id}/remove", BO) == {"result": "gone", "errors": {}}


def test_an_administrator_changes_who_belongs_to_it() -> None:
    company = furnished()
    where, bo = company.public_id, company.members.get(account_id=BO.id)
    duty: dict[str, Any] = {"role": "approver", "limit_minor": 75_000}
    sent = ask(f"{where}/invitations", form_key="form-key-7", email="eva@hotel.example", **duty)
    assert sent == {"result": "sent", "errors": {}}
    wrong = ask(f"{where}/invitations", form_key="form-key-6", email=BO.email, **duty)
    assert (wrong["result"], set(wrong["errors"])) == ("wrong", {"email"})
    assert ask(f"{where}/members/{bo.public_id}", **duty) == {"result": "kept", "errors": {}}
    bo.refresh_from_db()
    assert (bo.role, bo.limit_minor) == ("approver", 75_000)
    assert ask(f"{where}/members/{bo.public_id}", role="king")["result"] == "wrong"
    sofie = company.members.get(account_id=SOFIE.id)
    told = ask(f"{where}/members/{sofie.public_id}/remove")
    assert (told["result"], set(told["errors"])) == ("wrong", {""})
    assert set(ask(f"{where}/members/{sofie.public_id}", role="buyer")["errors"]) == {"role"}
    [asked] = company.invitations.filter(email="an@hotel.example")
    for _twice in range(2):
        assert ask(f"{where}/invitations/{asked.public_id}/withdraw") == {"result": "gone"}
    assert [one["email"] for one in ask(where)["invitations"]] == ["eva@hotel.example"]


def test_its_book_of_addresses_is_kept() -> None:
    company = furnished()
    where = f"{company.public_id}/addresses"
    for _twice in range(2):
        kept = ask(where, form_key="form-key-5", address={**ADDRESS, "label": "Noord"})
        assert kept == {"result": "kept", "errors": {}}
    assert set(ask(where, form_key="form-key-4", address={})["errors"]) == {"street_1", "city", "country"}
    north = company.addresses.get(label="Noord")
    assert ask(f"{where}/{north.public_id}", address={**ADDRESS, "city": "Aalst"})["result"] == "kept"
    for _twice in range(2):
        assert ask(f"{where}/{north.public_id}/remove") == {"result": "gone"}
    ask(f"{where}/{north.public_id}", status=404, address=ADDRESS)


def test_an_invitation_is_told_in_part_and_taken_by_whom_it_is_for() -> None:
    company = customer(now=timezone.now())
    invited(company, BO.email, now=timezone.now())
    key = key_in(Mail.objects.latest("pk"))
    told = called(f"companies/invitations/{key}")
    assert differences(golden("company_invitation"), told) == []
    assert told == {"company": "Hotel De Reep", "email": "b…@hotel.example", "role": "buyer", "state": "open"}
    assert ask(f"invitations/{key}", SOFIE) == {"result": "wrong_account", "company_id": ""}
    for _twice in range(2):
        assert ask(f"invitations/{key}", BO) == {"result": "joined", "company_id": company.public_id}
    assert called(f"companies/invitations/{key}")["state"] == "accepted"
    called("companies/invitations/inv_guessed.signature", status=404)
    ask("invitations/inv_guessed.signature", BO, status=404)


def test_prices_are_for_members_of_a_company_that_may_buy_in_the_language_of_the_page(
    saleor: AccountsInMemory,
) -> None:
    company = furnished()
    told = ask(f"{company.public_id}/prices", BO)
    assert differences(golden("company_prices"), told) == []
    assert [(one["name"], one["net_minor"]) for one in told["prices"]] == [("Koord", 17_400), ("Zit", 14_600)]
    assert saleor.asked == [("wholesale", "nl")]
    decide_company.move(company.pk, "suspend", "", by=operator(), now=timezone.now())
    ask(f"{company.public_id}/prices", BO, status=404)
    assert ask(company.public_id, BO)["state"] == "suspended"
    assert len(saleor.asked) == 1


def test_while_saleor_is_away_the_shop_is_told_so(saleor: AccountsInMemory) -> None:
    company = furnished()
    saleor.down = GatewayError("away", retry=True, at="Saleor")
    assert ask(f"{company.public_id}/prices", status=503)["error"]["code"] == "GATEWAY"
