"""VIES is asked about a VAT number in the background, and its answer is kept with its moment."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import httpx2 as httpx
import pytest
from pytest_django import Settings

from fulfilment.companies.models import VatCheck
from fulfilment.companies.queries import last_check
from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import check_vat
from fulfilment.gateways import vies
from fulfilment.gateways.neighbours import VIES
from fulfilment.inbox.models import Mark, OpenIssue
from tests.support import rows
from tests.support.companies import NUMBERS, applied

pytestmark = pytest.mark.django_db

NOW = rows.NOW
VAT = f"BE{NUMBERS[0]}"
SAID = {
    "isValid": True,
    "requestDate": "2026-11-23T20:00:00.000Z",
    "userError": "VALID",
    "name": "BV HOTEL DE REEP",
    "address": "Kaai 1\n9000 Gent",
    "requestIdentifier": "WAPIAAAAW8QTrDxV",
    "originalVatNumber": NUMBERS[0],
    "vatNumber": NUMBERS[0],
}


class Office:
    """VIES, as it answers to whoever asks."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, json=SAID)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return self.answer()

    def says(self, status: int = 200, **body: Any) -> None:
        self.answer = lambda: httpx.Response(status, json={**SAID, **body})


@pytest.fixture(autouse=True)
def office(settings: Settings) -> Iterator[Office]:
    settings.VIES_API_BASE = "https://vies.example/rest-api"
    settings.SELLER = {**settings.SELLER, "number": "1999.001.140"}
    found = Office()
    VIES.forget()
    with mock.patch.object(vies, "http_client", return_value=httpx.Client(transport=httpx.MockTransport(found))):
        yield found


def test_what_vies_says_is_kept_with_its_moment_and_its_own_number(office: Office) -> None:
    company = applied(vat_number=VAT)
    jobs.process(Mark.Kind.VAT_CHECK, company.public_id, NOW)
    found = last_check(company)
    assert found is not None
    assert (found.is_valid, found.name, found.address) == (True, "BV HOTEL DE REEP", "Kaai 1 9000 Gent")
    assert (found.consultation, found.answered_at) == ("WAPIAAAAW8QTrDxV", NOW)
    [asked] = office.asked
    assert asked.startswith(f"https://vies.example/rest-api/ms/BE/vat/{NUMBERS[0]}?")
    assert "requesterMemberStateCode=BE&requesterNumber=1999001140" in asked


def test_a_number_that_is_none_is_kept_too(office: Office) -> None:
    company = applied(vat_number=VAT)
    office.says(isValid=False, userError="INVALID", name="---", address="---", requestIdentifier="")
    check_vat.check_vat(company.public_id, now=NOW)
    found = VatCheck.objects.get()
    assert (found.is_valid, found.name, found.address, found.consultation) == (False, "", "", "")


@pytest.mark.parametrize("error", ["MS_UNAVAILABLE", "MS_MAX_CONCURRENT_REQ", "SERVICE_UNAVAILABLE", "TIMEOUT"])
def test_a_country_that_is_away_is_asked_again_and_nothing_is_kept(office: Office, error: str) -> None:
    company = applied(vat_number=VAT)
    office.says(isValid=False, userError=error)
    jobs.process(Mark.Kind.VAT_CHECK, company.public_id, NOW)
    assert (VatCheck.objects.count(), Mark.objects.get().failures) == (0, 1)
    office.says()
    jobs.process(Mark.Kind.VAT_CHECK, company.public_id, NOW + timedelta(minutes=1))
    assert VatCheck.objects.get().is_valid


def test_vies_in_its_other_words_and_in_none_is_away_too(office: Office) -> None:
    company = applied(vat_number=VAT)
    wrapped = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
    for answer in (
        lambda: httpx.Response(500, json=wrapped),
        lambda: httpx.Response(502, text="<html>"),
        lambda: httpx.Response(200, json=["?"]),
        lambda: httpx.Response(200, json={}),
    ):
        office.answer = answer
        with pytest.raises(GatewayError) as found:
            check_vat.check_vat(company.public_id, now=NOW)
        assert found.value.retry


def test_after_three_times_in_vain_the_operator_reads_who_does_not_answer(office: Office) -> None:
    company = applied(vat_number=VAT)
    office.says(isValid=False, userError="MS_UNAVAILABLE")
    for minutes in (0, 5, 20):
        jobs.process(Mark.Kind.VAT_CHECK, company.public_id, NOW + timedelta(minutes=minutes))
    issue = OpenIssue.objects.get(kind=OpenIssue.Kind.GATEWAY)
    assert issue.message == "Het land van dit btw-nummer antwoordt nu niet bij VIES."


def test_what_vies_will_not_look_up_is_asked_once(office: Office) -> None:
    company = applied(vat_number=VAT)
    office.says(isValid=False, userError="INVALID_INPUT")
    with pytest.raises(GatewayError) as found:
        check_vat.check_vat(company.public_id, now=NOW)
    assert not found.value.retry


def test_nobody_is_asked_where_no_address_is_set_or_there_is_no_number(office: Office, settings: Settings) -> None:
    exempt = applied(legal_number=NUMBERS[1])
    check_vat.ask(exempt, now=NOW)
    assert not Mark.objects.exists()
    settings.VIES_API_BASE = ""
    check_vat.check_vat(applied(vat_number=VAT).public_id, now=NOW)
    check_vat.check_vat("com_nobody", now=NOW)
    assert office.asked == []


def test_the_answer_about_a_former_number_is_no_answer_about_this_one(office: Office) -> None:
    company = applied(vat_number=VAT)
    check_vat.check_vat(company.public_id, now=NOW)
    type(company).objects.update(vat_number=f"BE{NUMBERS[1]}")
    company.refresh_from_db()
    assert last_check(company) is None
