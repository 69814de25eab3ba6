"""What a customer withdrew from, in the back office: seen with its moment, and paid back by one button."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.flows.withdraw import Place, withdraw
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from tests.support.bought import LAMP, NOW, STOOL, agree, bought

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    agree("SG-001", "SG-003")
    return bought(LAMP, STOOL).order


def says(order: Order, units: dict[Place, int], key: str = "form-key-1") -> None:
    withdraw(order.public_id, units, name="An Peeters", email="an@example.com", form_key=key, now=NOW)


def page(staff: Client, address: str) -> str:
    answer = staff.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def button(html: str) -> str:
    [address] = re.findall(r'href="([^"]*)">Terugbetalen wat herroepen is<', html)
    return unescape(address)


def test_the_order_tells_the_statement_and_the_button_is_filled_in(staff: Client, order: Order) -> None:
    says(order, {Place(1, False): 1})
    html = page(staff, reverse("backoffice:orders_order_change", args=[order.pk]))
    for text in ("An Peeters, bevestigd op an@example.com", "1 niet meer gemaakt", "Herroepen door de klant"):
        assert text in html
    refund = page(staff, button(html))
    line = order.lines.get(position=1).pk
    assert re.search(rf'name="line-{line}"[^>]*value="1"', refund)
    assert re.search(r'name="reason"[^>]*value="Herroepen door de klant"', refund)
    assert not re.search(r'name="shipping"[^>]*checked', refund)


def test_who_withdrew_from_everything_gets_the_delivery_too(staff: Client, order: Order) -> None:
    says(order, {Place(0, False): 1, Place(1, False): 2})
    html = page(staff, reverse("backoffice:orders_order_change", args=[order.pk]))
    assert "shipping=on" in button(html)


def test_the_exception_leads_there(staff: Client, order: Order) -> None:
    says(order, {Place(0, False): 1})
    issue = OpenIssue.objects.get(kind="withdrawn")
    html = page(staff, reverse("backoffice:inbox_openissue_change", args=[issue.pk]))
    assert f"{reverse('backoffice:orders_order_change', args=[order.pk])}#withdrawals" in html
    assert "Niemand maakt dit nog." in html
