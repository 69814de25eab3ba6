"""What we keep of somebody, and having them forgotten, as an operator sees and presses it."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.entrypoints.backoffice import people
from fulfilment.errors import GatewayError
from fulfilment.forgetting import proof
from fulfilment.forgetting.models import Erasure
from fulfilment.orders.models import Recipient
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought
from tests.support.forgetting import EMAIL, account, is_known, over, sent
from tests.support.pages import told
from tests.support.remote import SaleorInMemory

pytestmark = pytest.mark.django_db

PAGE, FILE, FORGET = (reverse(f"backoffice:{name}") for name in ("people", "people_export", "people_forget"))


@pytest.fixture
def found(settings: Settings, tmp_path: Path) -> Iterator[Bought]:
    """Two orders of somebody, of which one is over."""
    settings.FORGOTTEN_LOG = str(tmp_path / "forgotten.jsonl")
    agree("SG-001", "SG-003")
    made, second = over(LAMP), bought(STOOL)
    made.saleor.orders |= second.saleor.orders
    made.saleor.people.append(account())
    sent("order:1:confirmed")
    with mock.patch.object(people, "connected", made.saleor.as_saleor):
        yield made


def test_who_looks_somebody_up_reads_what_goes_what_stays_why_and_until_when(staff: Client, found: Bought) -> None:
    text = told(staff.post(PAGE, {"email": f" {EMAIL} "}))
    second = Recipient.objects.exclude(order=found.order).get().order
    assert f"Van bestelling {found.order.number}: naam" in text
    assert f"<strong>Bestelling {second.number}</strong>: er wordt nog aan gewerkt" in text
    assert "tien jaar, vanaf 1 januari" in text
    assert "Het account in Saleor, met zijn adressen" in text
    assert "Nu wissen" in text


def test_the_address_stands_in_no_address_of_a_page(staff: Client, found: Bought) -> None:
    answer = staff.post(PAGE, {"email": EMAIL})
    assert EMAIL not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    assert "?email" not in answer.content.decode()
    assert "Opzoeken" in told(staff.get(f"{PAGE}?email={EMAIL}"))
    assert EMAIL not in told(staff.get(f"{PAGE}?email={EMAIL}"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Vul het e-mailadres in"),
        ("an", "Dit is geen e-mailadres"),
        ("an@\u0000.be", "Dit is geen e-mailadres"),
        ("a" * 320 + "@example.com", "geen e-mailadres"),
    ],
)
@pytest.mark.parametrize("address", [PAGE, FILE, FORGET])
def test_what_was_filled_in_wrongly_is_told_beside_its_field(
    staff: Client, found: Bought, address: str, typed: str, says: str
) -> None:
    answer = staff.post(address, {"email": typed})
    assert answer.status_code == 200
    assert says in told(answer)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Erasure.objects.exists()


def test_somebody_of_whom_there_is_nothing_is_told_as_such(staff: Client, found: Bought) -> None:
    text = told(staff.post(PAGE, {"email": "nobody@example.com"}))
    assert "Van dit adres vinden we geen bestelling, mail of account" in text
    assert "Nu wissen" not in text


def test_the_file_is_saved_and_kept_by_no_browser(staff: Client, found: Bought) -> None:
    answer = staff.post(FILE, {"email": EMAIL})
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="gegevens-')
    assert answer["Cache-Control"].startswith("no-store")
    assert json.loads(answer.content)["over"] == EMAIL


def test_one_press_forgets_and_the_page_says_how_far_it_is_without_naming_anybody(staff: Client, found: Bought) -> None:
    answer = staff.post(FORGET, {"email": EMAIL}, follow=True)
    text = told(answer)
    assert "Gewist wat hier weg mag" in text
    assert "Wat nog nodig is, blijft zolang: elk uur kijken we opnieuw" in text
    assert not is_known(found)
    erasure = Erasure.objects.get()
    assert erasure.address_hash[:10] in text
    assert EMAIL not in text
    assert "operator@example.com" in text
    assert "Bezig" in text


def test_an_old_form_about_nobody_leaves_nothing_however_often_it_is_sent(staff: Client, found: Bought) -> None:
    for _time in range(2):
        text = told(staff.post(FORGET, {"email": "nobody@example.com"}, follow=True))
        assert "Er is niets gewist: van dit adres vinden we niets" in text
    assert not Erasure.objects.exists()


def test_who_was_forgotten_is_shown_as_such_and_an_old_form_asks_it_no_second_time(staff: Client) -> None:
    Erasure.objects.create(address_hash=proof.address_hash(EMAIL), asked_at=NOW, done_at=NOW)
    empty = SaleorInMemory()
    with mock.patch.object(people, "connected", empty.as_saleor):
        text = told(staff.post(PAGE, {"email": EMAIL}))
        assert "Gewist op " in text
        assert "vinden we geen bestelling" not in text
        assert "Nu wissen" not in text
        text = told(staff.post(FORGET, {"email": EMAIL}, follow=True))
        assert "Dit was al gewist, op " in text
    assert Erasure.objects.count() == 1


def test_of_who_works_with_us_nothing_is_promised_to_go_by_itself(staff: Client, found: Bought) -> None:
    rows.user("jo@example.com", staff=True)
    for _time in range(2):
        text = told(staff.post(FORGET, {"email": "jo@example.com"}, follow=True))
        assert "Er is niets gewist" in text
    text = told(staff.post(PAGE, {"email": "jo@example.com"}))
    assert "Dit blijft tot iemand het verandert" in text
    assert "gaat weg binnen het uur" not in text
    assert "Nu wissen" not in text
    assert not Erasure.objects.exists()


def test_who_asked_already_is_told_since_when_and_has_no_button_for_nothing(staff: Client, found: Bought) -> None:
    staff.post(FORGET, {"email": EMAIL})
    found.saleor.people, found.saleor.orders = [], {}
    text = told(staff.post(PAGE, {"email": EMAIL}))
    assert "Dit is al gevraagd op" in text
    assert "Dit gaat weg" not in text
    assert "Nu wissen" not in text
    assert "er wordt nog aan gewerkt" in text


def test_while_saleor_is_away_nothing_is_shown_by_halves(staff: Client, found: Bought) -> None:
    found.saleor.down = GatewayError("away", retry=True, at="Saleor")
    for address in (PAGE, FILE):
        text = told(staff.post(address, {"email": EMAIL}))
        assert "Probeer het straks opnieuw" in text
        assert "Nu wissen" not in text


def test_a_page_that_was_left_open_leads_back_to_the_form(staff: Client, found: Bought) -> None:
    for address in (FILE, FORGET):
        assert staff.get(address)["Location"] == PAGE
