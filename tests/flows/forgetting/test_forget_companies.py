"""Who asked that a company may buy, and who acted for one: kept as long as it is said, and forgotten where they ask."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from fulfilment.companies.models import Application, Company, Invitation, Member
from fulfilment.companies.queries import forget_log, forget_refused_in_log
from fulfilment.flows import decide_company, forget_person, leave_company
from fulfilment.flows.export_person import export
from fulfilment.flows.forget import forget
from fulfilment.forgetting.models import Erasure
from fulfilment.forgetting.table import kept
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.app_role import as_application
from tests.support.companies import BO, NUMBERS, SOFIE, applied, customer, invited, joined, led, operator
from tests.support.remote import SaleorInMemory

pytestmark = pytest.mark.django_db

NOW = rows.NOW
A_SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _log(settings: Settings, tmp_path: Path) -> None:
    settings.FORGOTTEN_LOG = str(tmp_path / "forgotten.jsonl")


def run(name: str, after: timedelta) -> int:
    return forget(kept(name), now=NOW + after)


def logged() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM companies_companyevent")
        [count] = cursor.fetchone()
    return int(count)


def test_who_was_refused_is_gone_after_a_year_out_of_the_log_too() -> None:
    company = applied(vat_number=f"BE{NUMBERS[0]}")
    decide_company.refuse(company.pk, "Nee.", by=operator(), now=NOW)
    assert run("refused_companies", django_settings.REFUSED_COMPANIES_KEPT) == 0
    assert logged() > 0
    with as_application():
        assert run("refused_companies", django_settings.REFUSED_COMPANIES_KEPT + A_SECOND) == 1
    assert (Company.objects.count(), Application.objects.count(), logged()) == (0, 0, 0)


def test_the_programs_own_role_takes_no_company_that_there_is_out_of_the_log() -> None:
    company = customer()
    before = logged()
    with as_application():
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM companies_companyevent")
        forget_refused_in_log(company.pk)
        forget_log(NOW + timedelta(days=40_000))
    assert logged() == before


def test_who_may_buy_or_waits_is_kept() -> None:
    customer()
    applied(legal_number=NUMBERS[1])
    for name in ("refused_companies", "members", "invitations"):
        assert run(name, timedelta(days=4_000)) == 0
    assert logged() > 0


def test_who_left_is_nobody_two_years_later() -> None:
    company = customer()
    sofie = led(company)
    bo = joined(company, BO)
    leave_company.let_go(company.pk, bo.public_id, asked_by=sofie, now=NOW)
    assert run("members", django_settings.MEMBERS_KEPT) == 0
    assert run("members", django_settings.MEMBERS_KEPT + A_SECOND) == 1
    bo.refresh_from_db()
    assert (bo.name, bo.email, bo.account_id) == ("", "", "")
    sofie.refresh_from_db()
    assert sofie.email == SOFIE.email


def test_of_a_company_that_ended_its_people_go_first_and_its_name_with_the_books() -> None:
    company = customer()
    led(company)
    company.addresses.create(form_key="form-key-x", street_1="Kaai 1", city="Gent", country="BE")
    decide_company.move(company.pk, "end", "Gestopt.", by=operator(), now=NOW)
    run("members", django_settings.MEMBERS_KEPT + A_SECOND)
    company.refresh_from_db()
    assert not company.addresses.exists()
    assert (Member.objects.get().email, Application.objects.get().email) == ("", "")
    assert company.name
    run("books", timedelta(days=3_600))
    company.refresh_from_db()
    assert (company.name, company.legal_number) == ("Hotel De Reep", NUMBERS[0])
    run("books", timedelta(days=3_800))
    company.refresh_from_db()
    assert (company.name, company.legal_number) == ("", "")
    assert set(company.steps.values_list("note", flat=True)) == {""}


def test_an_invitation_is_gone_thirty_days_after_it_was_over_and_its_link_after_two_hours() -> None:
    company = customer()
    invited(company, BO.email)
    ends = timedelta(days=14)
    assert run("invitations", ends + django_settings.INVITATIONS_KEPT) == 0
    Mail.objects.update(sent_at=NOW)
    run("mail_links", timedelta(hours=2) + A_SECOND)
    assert Mail.objects.get(to=BO.email).text == ""
    assert Mail.objects.get(key__endswith=":approved").text
    assert run("invitations", ends + django_settings.INVITATIONS_KEPT + A_SECOND) == 1


def test_who_asks_it_acts_for_nobody_from_then_on_and_is_nobody() -> None:
    company = customer()
    sofie = led(company)
    invited(company, SOFIE.email.replace("sofie", "an"))
    saleor = SaleorInMemory().as_saleor()
    person = forget_person.look_up(SOFIE.email, saleor)
    assert person.companies == ["Hotel De Reep"]
    assert person.company_goes
    Mail.objects.update(sent_at=NOW)
    forget_person.ask(SOFIE.email, now=NOW, by=None)
    sofie.refresh_from_db()
    assert (sofie.email, sofie.name, sofie.account_id, sofie.left_at) == ("", "", "", NOW)
    assert Application.objects.get().contact_name == ""
    assert Mark.objects.filter(kind=Mark.Kind.CUSTOMER_TYPE, object_id=SOFIE.id).exists()
    assert Invitation.objects.count() == 1
    forget_person.carry_on(Erasure.objects.get().public_id, saleor, now=NOW + A_SECOND)
    assert Erasure.objects.get().done_at == NOW + A_SECOND


def test_what_waits_for_our_answer_stays_until_it_has_it() -> None:
    company = applied()
    Mail.objects.update(sent_at=NOW)
    saleor = SaleorInMemory().as_saleor()
    person = forget_person.look_up(SOFIE.email, saleor)
    assert ("De aanvraag voor Hotel De Reep", "we moeten er nog op antwoorden") in [
        (one.what, one.because) for one in person.stays
    ]
    erasure = forget_person.ask(SOFIE.email, now=NOW, by=None)
    forget_person.carry_on(erasure.public_id, saleor, now=NOW)
    erasure.refresh_from_db()
    assert (erasure.done_at, "aanvraag" in erasure.waits_for) == (None, True)
    decide_company.refuse(company.pk, "Nee.", by=operator(), now=NOW)
    Mail.objects.update(sent_at=NOW)
    forget_person.carry_on(erasure.public_id, saleor, now=NOW + A_SECOND)
    erasure.refresh_from_db()
    assert (erasure.done_at, Application.objects.get().email) == (NOW + A_SECOND, "")


def test_all_of_it_stands_in_the_file() -> None:
    company = customer()
    led(company)
    invited(company, BO.email)
    saleor = SaleorInMemory().as_saleor()
    told = export(SOFIE.email, saleor, now=NOW)
    assert [one["bedrijf"] for one in told["koopt_voor"]] == ["Hotel De Reep"]
    assert told["aanvragen_voor_een_bedrijf"][0]["contact"] == "Sofie Claes"
    assert export(BO.email, saleor, now=NOW)["uitnodigingen_van_een_bedrijf"][0]["rol"] == "Koper"


def test_who_asked_for_a_company_that_we_knew_does_not_read_how_it_stands() -> None:
    customer()
    applied(email=BO.email, now=NOW + timedelta(hours=1))
    told = export(BO.email, SaleorInMemory().as_saleor(), now=NOW)
    assert told["aanvragen_voor_een_bedrijf"][0]["stand"] is None
