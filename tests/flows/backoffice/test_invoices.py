"""Invoices in the back office: shown to the cent before they are made, found again, downloaded, sent and taken back."""

import re
from dataclasses import asdict
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.invoices.models import Invoice, Sending
from fulfilment.orders.models import Order, Recipient
from tests.support.bought import LAMP, STOOL, Bought, agree, bought
from tests.support.companies import led
from tests.support.invoices import HOTEL, KANTOOR
from tests.support.invoicing import invoiced, who_sells
from tests.support.pages import against_the_policy, told
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _seller(settings: Settings) -> None:
    who_sells(settings)


@pytest.fixture
def found() -> Bought:
    agree("SG-001", "SG-003")
    made = bought(LAMP, STOOL)
    Order.objects.filter(pk=made.order.pk).update(paid_at=None)
    return made


def address(name: str, *args: object) -> str:
    return str(reverse(f"backoffice:invoices_invoice_{name}", args=args))


def hidden(page: str, name: str) -> str:
    [value] = set(re.findall(rf'name="{name}" value="([^"]*)"', page))
    return str(value)


def filled(**other: str) -> dict[str, str]:
    return {**asdict(HOTEL), "what": "rest", "form_key": "form-key-123", **other}


def looked_at(staff: Client, order: Order, **other: str) -> Any:
    return staff.post(address("make", order.pk), filled(**other), follow=True)


def test_an_invoice_is_made_as_it_was_shown(staff: Client, found: Bought) -> None:
    order = found.order
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[order.pk])))
    assert "Factuur maken" in page
    preview = looked_at(staff, order, order_reference="PO 77")
    page = told(preview)
    for text in ("Dit komt erop", "698,50", "PO 77", "Hotel De Reep", "over Peppol naar 1999001041"):
        assert text in page
    assert not Invoice.objects.exists()
    seen = hidden(preview.content.decode(), "seen")
    page = told(looked_at(staff, order, order_reference="PO 77", seen=seen))
    made = Invoice.objects.get()
    assert f"{made.number} is gemaakt." in page
    assert (made.whole_minor, made.order_reference) == (69_850, "PO 77")
    assert made.issued_by is not None
    assert "alles al gefactureerd" in told(looked_at(staff, order))


def test_the_company_of_the_customer_is_proposed_with_its_numbers(staff: Client, found: Bought) -> None:
    member = led()
    Recipient.objects.filter(order=found.order).update(email=member.email)
    page = staff.get(address("make", found.order.pk)).content.decode()
    assert f'name="company" value="{member.company_id}"' in page
    assert 'value="1999001041"' in page
    other = staff.get(address("make", found.order.pk), {"company": ""}).content.decode()
    assert 'value="1999001041"' not in other


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"legal_number": "1999001042"}, "Dit is geen geldig ondernemingsnummer."),
        ({"vat_number": "NL12"}, "Dit is geen geldig btw-nummer"),
        ({"legal_number": "", "vat_number": ""}, "Geef een Belgisch ondernemingsnummer"),
        ({"name": ""}, "Dit veld is verplicht."),
        ({"what": "deposit"}, "Zeg hoeveel procent."),
        ({"what": "part"}, "Kies minstens één stuk."),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(staff: Client, found: Bought, given: dict[str, str], said: str) -> None:
    page = looked_at(staff, found.order, **given)
    assert said in told(page)
    assert not Invoice.objects.exists()


def test_a_part_is_made_of_the_units_that_are_chosen(staff: Client, found: Bought) -> None:
    stool = found.line(1)
    given = {"what": "part", f"line-{stool}": "1"}
    seen = hidden(looked_at(staff, found.order, **given).content.decode(), "seen")
    looked_at(staff, found.order, **given, seen=seen)
    [line] = Invoice.objects.get().lines.all()
    assert (line.line_id, line.quantity) == (stool, 1)


def test_the_list_adds_up_what_it_shows_and_finds_a_communication(staff: Client, found: Bought) -> None:
    made = invoiced(found.order)
    page = told(staff.get(address("changelist")))
    for text in (made.number, "Hotel De Reep", "Nog niet verstuurd", "698,50"):
        assert text in page
    assert made.number in told(staff.get(address("changelist"), {"q": "+++926/0000/00152+++"}))
    assert made.number not in told(staff.get(address("changelist"), {"verzending": "sent"}))


def test_the_page_of_an_invoice_says_all_of_it_and_gives_its_files(staff: Client, found: Bought) -> None:
    made = invoiced(found.order)
    answer = staff.get(address("change", made.pk))
    page = told(answer)
    for text in (made.number, "+++926/0000/00152+++", "RF32 2026 0000 1", made.digest[:8], "Versturen per Peppol"):
        assert text in page
    assert against_the_policy(answer) == []
    assert staff.get(address("xml", made.pk)).content == bytes(made.xml)
    pdf = staff.get(address("pdf", made.pk))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="{made.number}.pdf"'


def test_a_refund_of_it_proposes_its_credit_note(staff: Client) -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    invoiced(found.order)
    refund = ask(found, not_wanted(found, {1: 1}))
    paid(found, refund)
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[found.order.pk])))
    assert "daar is nog geen creditnota van" in page
    door = address("credit", found.order.pk, refund.name)
    preview = staff.get(door)
    assert "200,00" in told(preview)
    page = told(staff.post(door, {"seen": hidden(preview.content.decode(), "seen")}, follow=True))
    assert "C2026-00001 is gemaakt." in page
    assert Invoice.objects.get(kind="credit").whole_minor == 20_000


def test_it_is_made_anew_for_another_buyer(staff: Client, found: Bought) -> None:
    first = invoiced(found.order)
    staff.post(address("rebill", first.pk), {**asdict(KANTOOR), "form_key": "form-key-456"}, follow=True)
    assert list(Invoice.objects.order_by("pk").values_list("number", "buyer_name", "what")) == [
        ("2026-00001", "Hotel De Reep", "rest"),
        ("C2026-00001", "Hotel De Reep", "whole"),
        ("2026-00002", "Kantoor aan Zee B.V.", "rest"),
    ]


def test_it_is_taken_back_after_it_was_asked(staff: Client, found: Bought) -> None:
    first = invoiced(found.order)
    assert "creditnota van de hele factuur" in told(staff.get(address("take_back", first.pk)))
    assert "C2026-00001 is gemaakt." in told(staff.post(address("take_back", first.pk), follow=True))


def test_it_is_sent_by_a_button(staff: Client, found: Bought, settings: Settings, tmp_path: Any) -> None:
    made = invoiced(found.order)
    settings.PEPPOL_FOLDER = ""
    assert "geen weg naar Peppol" in told(staff.post(address("send", made.pk), follow=True))
    settings.PEPPOL_FOLDER = str(tmp_path)
    assert "Ze wordt verstuurd." in told(staff.post(address("send", made.pk), follow=True))
    assert Sending.objects.get().invoice == made
