"""Companies in the back office: seen by everybody, decided by who has the role, and each step with its words."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.companies.models import Company
from fulfilment.companies.queries import terms_of
from fulfilment.entrypoints.backoffice import company_forms
from fulfilment.errors import GatewayError
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.mail.models import Mail
from tests.support.companies import (
    BO,
    NUMBERS,
    SOFIE,
    TERMS,
    AccountsInMemory,
    applied,
    customer,
    invited,
    joined,
    led,
)
from tests.support.pages import against_the_policy, told

pytestmark = pytest.mark.django_db

INVOICE = {"price_list": "wholesale", "payment": "invoice", "days": "30", "credit_limit": "2.000", "minimum_net": "250"}


@pytest.fixture(autouse=True)
def saleor() -> Iterator[AccountsInMemory]:
    found = AccountsInMemory()
    with mock.patch.object(company_forms, "connected", found.as_saleor):
        yield found


def address(name: str, company: Company) -> str:
    return reverse(f"backoffice:companies_company_{name}", args=[company.pk])


def sent(staff: Client, deed: str, company: Company, **given: str) -> str:
    answer = staff.post(address(deed, company), given, follow=True)
    assert answer.status_code == 200
    company.refresh_from_db()
    return told(answer)


def test_the_list_shows_how_each_stands(staff: Client) -> None:
    applied()
    led(customer(legal_number=NUMBERS[1], name="Kantoor Kouter"), SOFIE)
    page = told(staff.get(reverse("backoffice:companies_company_changelist")))
    for text in ("Hotel De Reep", "1999.001.041", "Aangevraagd", "Kantoor Kouter", "Klant", "geen btw-nummer"):
        assert text in page
    only = told(staff.get(reverse("backoffice:companies_company_changelist"), {"state__exact": "applied"}))
    assert "Kantoor Kouter" not in only


def test_a_page_shows_all_that_is_known(staff: Client) -> None:
    company = customer(vat_number=f"BE{NUMBERS[0]}")
    led(company)
    joined(company, BO, "approver", limit_minor=50_000)
    invited(company, "an@hotel.example")
    company.vat_checks.create(
        vat_number=company.vat_number,
        is_valid=True,
        name="BV DE REEP",
        consultation="WAPI1",
        answered_at=company.applied_at,
    )
    company.addresses.create(form_key="form-key-x", label="Zuid", street_1="Kaai 1", city="Gent", country="BE")
    answer = staff.get(address("change", company))
    page = told(answer)
    for text in (
        "Bo Maes",
        "Goedkeurder",
        "€\u00a0500,00",
        "an@hotel.example",
        "WAPI1",
        "BV DE REEP",
        "Geldig",
        "Zuid",
    ):
        assert text in page, text
    for text in ("wholesale", "Op factuur", "30 dagen", "€\u00a02.000,00", "Goedgekeurd", "Wie veranderde wat"):
        assert text in page, text
    assert not against_the_policy(answer)


def test_approving_asks_for_the_terms_that_the_way_of_paying_needs(staff: Client) -> None:
    company = applied()
    assert "Wholesale" in told(staff.get(address("approve", company)))
    page = sent(staff, "approve", company, price_list="wholesale", payment="invoice")
    assert "Zeg in hoeveel dagen ze betalen." in page
    assert "Zeg wat er samen open mag staan." in page
    assert "Zeg welk deel" in sent(staff, "approve", company, price_list="wholesale", payment="deposit")
    assert company.state == "applied"
    assert "Goedgekeurd. Het contact kreeg een mail" in sent(staff, "approve", company, **INVOICE)
    assert (company.state, terms_of(company)) == ("approved", TERMS)
    assert "Hierover is al beslist" in sent(staff, "approve", company, **INVOICE)


def test_what_does_not_belong_to_the_way_of_paying_is_left_out(staff: Client) -> None:
    company = applied()
    sent(staff, "approve", company, **{**INVOICE, "payment": "prepaid"})
    assert (company.days, company.credit_limit_minor, company.minimum_net_minor) == (None, None, 25_000)


def test_while_saleor_is_away_nobody_is_put_on_a_list_that_may_not_be_there(
    staff: Client, saleor: AccountsInMemory
) -> None:
    company = applied()
    saleor.down = GatewayError("away", retry=True, at="Saleor")
    page = sent(staff, "approve", company, **INVOICE)
    assert "Saleor antwoordt niet" in page
    assert company.state == "applied"


def test_a_refusal_needs_its_reason(staff: Client) -> None:
    company = applied()
    assert "Weigeren" in sent(staff, "refuse", company, reason=" ")
    assert company.state == "applied"
    assert "kreeg een mail met de reden" in sent(staff, "refuse", company, reason="We leveren daar niet.")
    assert company.state == "refused"
    assert "We leveren daar niet." in Mail.objects.latest("pk").text


def test_it_is_suspended_let_go_on_and_ended(staff: Client) -> None:
    company = customer()
    led(company)
    for name, state in (("suspend", "suspended"), ("resume", "approved"), ("end", "ended")):
        sent(staff, name, company, reason="" if name == "resume" else "Omdat.")
        assert company.state == state
    assert "Dit kan niet meer" in sent(staff, "resume", company, reason="")


def test_terms_that_changed_meanwhile_are_not_written_over(staff: Client) -> None:
    company = customer()
    page = sent(staff, "terms", company, **INVOICE, seen="anders")
    assert "Iemand veranderde de voorwaarden intussen" in page


def test_somebody_is_invited_and_let_go_on_its_behalf(staff: Client) -> None:
    company = customer()
    led(company)
    page = sent(staff, "invite", company, form_key="form-key-y", email=BO.email, role="buyer", limit="500")
    assert "Uitgenodigd." in page
    [asked] = company.invitations.all()
    assert asked.by is not None
    assert "Ingetrokken" in sent(staff, "withdraw", company, invitation=asked.public_id)
    bo = joined(company, BO, now=asked.asked_at.replace(year=2027))
    assert "hoort er niet meer bij" in sent(staff, "let_go", company, member=bo.public_id)
    [sofie] = company.members.filter(left_at=None)
    assert "minstens één beheerder" in sent(staff, "let_go", company, member=sofie.public_id)


def test_a_colleague_fills_in_an_application_once(staff: Client) -> None:
    given = {
        "form_key": "form-key-z",
        "name": "Kantoor Kouter",
        "legal_number": NUMBERS[1],
        "contact_name": "Bo Maes",
        "email": BO.email,
    }
    for _twice in range(2):
        page = told(staff.post(reverse("backoffice:companies_company_add"), given, follow=True))
    company = Company.objects.get()
    assert "ingevuld door" in page
    assert company.applications.get().email == BO.email


def test_a_division_needs_no_number_and_buys_as_what_stands_above_it(staff: Client) -> None:
    group = customer()
    given = {
        "form_key": "form-key-w",
        "parent": str(group.pk),
        "name": "Hotel Zuid",
        "contact_name": "Bo Maes",
        "email": BO.email,
    }
    staff.post(reverse("backoffice:companies_company_add"), given)
    division = Company.objects.get(parent=group)
    sent(staff, "approve", division, price_list="", payment="")
    assert terms_of(division) == TERMS
    assert "Hotel Zuid" in told(staff.get(address("change", group)))


def test_numbers_are_corrected_and_vies_is_asked_again(staff: Client) -> None:
    company = customer()
    wrong = sent(staff, "details", company, name="Hotel", legal_number="1", vat_number="")
    assert "Dit ondernemingsnummer klopt niet" in wrong
    sent(staff, "details", company, name="Hotel", legal_number=NUMBERS[0], vat_number=f"BE{NUMBERS[0]}")
    Mark.objects.all().delete()
    assert "We vragen het aan VIES" in sent(staff, "check", company)
    assert Mark.objects.get().object_id == company.public_id


def test_what_waits_for_an_answer_stands_on_the_first_page(staff: Client) -> None:
    company = applied()
    page = told(staff.get(reverse("backoffice:index")))
    assert "Hotel De Reep wil klant worden" in page
    assert address("change", company) in page


def test_an_exception_leads_to_its_company(staff: Client) -> None:
    company = customer()
    applied(email="ander@elders.example")
    issue = OpenIssue.objects.get()
    page = told(staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])))
    assert address("change", company) in page
    assert "Niemand hoort van ons wie al klant is" in page
    assert issue.message in told(staff.get(address("change", company)))


def test_support_invites_and_decides_nothing() -> None:
    from tests.flows.backoffice.test_roles import is_refused, logged_in

    company = customer()
    support, reader = logged_in("support"), logged_in("reader")
    page = told(support.get(address("change", company)))
    assert "Iemand uitnodigen" in page
    assert "Opschorten" not in page
    assert is_refused(support.post(address("suspend", company), {"reason": "x"}))
    assert is_refused(reader.post(address("let_go", company), {"member": "x"}))
    assert "Laten gaan" not in told(reader.get(address("change", company)))
