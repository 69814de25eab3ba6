"""What delivery costs and what can be paid with, said before the checkout begins."""

import httpx2
import pytest
from django.test import Client

from tests.shop.buying import review
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor, offer

PAGES = ("/nl/mandje/", "/nl/afrekenen/")


def shown(client: Client, page: str) -> str:
    return " ".join(client.get(page).content.decode().split())


@pytest.mark.parametrize("page", PAGES)
def test_delivery_and_the_total_are_told_where_all_of_it_costs_the_same(buyer: Client, page: str) -> None:
    html = shown(buyer, page)
    assert '<dt>Levering</dt><dd class="figure">€ 9,50</dd>' in html
    assert '<dt>Totaal</dt><dd class="figure">€ 298,50</dd>' in html


@pytest.mark.parametrize("page", PAGES)
def test_of_several_prices_the_lowest_is_told_and_no_total(buyer: Client, saleor: FakeSaleor, page: str) -> None:
    saleor.delivered["BE"] = [offer(1450), offer(950)]
    html = shown(buyer, page)
    assert "vanaf € 9,50" in html
    assert "<dt>Totaal</dt>" not in html


def test_from_which_sum_on_it_is_free_is_told_until_the_basket_comes_to_it(buyer: Client, saleor: FakeSaleor) -> None:
    saleor.delivered["BE"] = [offer(950), offer(0, minimum=40_000)]
    assert "gratis vanaf € 400" in shown(buyer, "/nl/mandje/")
    buyer.post("/nl/mandje/", {"Line:SG-001-0-quantity": "2"})
    assert "gratis vanaf" not in shown(buyer, "/nl/mandje/")


def test_what_is_free_from_this_sum_on_is_free(saleor: FakeSaleor, buyer: Client) -> None:
    saleor.delivered["BE"] = [offer(950), offer(0, minimum=28_900)]
    html = shown(buyer, "/nl/mandje/")
    assert '<dt>Levering</dt><dd class="figure">gratis</dd>' in html
    assert '<dt>Totaal</dt><dd class="figure">€ 289,00</dd>' in html


@pytest.mark.parametrize("page", [*PAGES, "/nl/afrekenen/"])
def test_what_can_be_paid_with_is_told_as_people_call_it(buyer: Client, fulfilment: FakeFulfilment, page: str) -> None:
    fulfilment.methods = ["amazon_pay", "bancontact", "card", "ideal"]
    review(buyer)
    html = shown(buyer, page)
    places = [html.index(f">{name}</span>") for name in ("Bancontact", "kaart", "iDEAL", "Amazon Pay")]
    assert places == sorted(places)


def test_what_can_be_paid_with_is_asked_once_and_remembered_while_nobody_tells(
    buyer: Client, fulfilment: FakeFulfilment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for page in PAGES:
        assert "Bancontact" in shown(buyer, page)
    assert [request.url.path for request in fulfilment.requests].count("/api/storefront/payment-methods") == 1
    fulfilment.answer = httpx2.Response(503, json={"error": {"code": "GATEWAY", "message": "down"}})
    monkeypatch.setattr("shop.fulfilment.methods.time", lambda: 4e9)
    assert "Bancontact" in shown(buyer, "/nl/mandje/")


def test_a_page_does_without_what_nobody_tells(buyer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer, saleor.delivered = httpx2.ConnectError("away"), {}
    html = shown(buyer, "/nl/mandje/")
    assert "kies je straks" in html
    assert "Betalen kan met" not in html
