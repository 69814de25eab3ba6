"""Coming for it in Ghent instead of having it delivered."""

import pytest
from django.test import Client

from tests.shop.buying import DETAILS, PAGE, pay, review
from tests.shop.fakes import FakeSaleor, collection_point, refusal

STEP = "/nl/afrekenen/gegevens/"
COLLECTED = {
    "email": "an@voorbeeld.be",
    "way": "Warehouse:1",
    "billing-first_name": "An",
    "billing-last_name": "Peeters",
    "billing-street": "Kouter 12",
    "billing-postal_code": "9000",
    "billing-city": "Gent",
    "billing-country": "BE",
}


@pytest.fixture
def collector(buyer: Client, saleor: FakeSaleor) -> Client:
    """Somebody with a lamp in the basket, where it can be collected."""
    saleor.points = [collection_point()]
    return buyer


def shown(client: Client, page: str) -> str:
    return " ".join(client.get(page).content.decode().split())


def test_whoever_buys_is_asked_with_where_and_when(collector: Client) -> None:
    html = shown(collector, STEP)
    for told in ("Hoe krijg je het?", "Afhalen in Gent", "Voorbeeldkaai 1", "Woensdag, van 11 tot 18 uur", "gratis"):
        assert told in html
    assert "Wednesday, 11 am to 6 pm" in shown(collector, "/en/checkout/details/")


def test_the_basket_says_that_it_can_be_collected_for_nothing(collector: Client) -> None:
    html = shown(collector, "/nl/mandje/")
    assert "of gratis afhalen in Gent" in html
    assert "€ 9,50" in html


def test_where_nothing_can_be_collected_nobody_is_asked(buyer: Client) -> None:
    assert "Hoe krijg je het?" not in shown(buyer, STEP)


def test_who_comes_for_it_gives_no_address_for_delivery_and_pays_none(collector: Client, saleor: FakeSaleor) -> None:
    assert collector.post(STEP, COLLECTED)["Location"] == "/nl/afrekenen/levering/"
    stored = saleor.checkouts["Checkout:1"]
    assert stored["deliveryMethod"]["id"] == "Warehouse:1"
    assert stored["billingAddress"]["streetAddress1"] == "Kouter 12"
    assert "checkoutShippingAddressUpdate" not in saleor.operations()
    step = shown(collector, "/nl/afrekenen/levering/")
    assert "Je haalt het af in Gent" in step
    assert 'name="delivery"' not in step
    assert collector.post("/nl/afrekenen/levering/", {"message": "Dag"})["Location"] == "/nl/afrekenen/overzicht/"
    html = shown(collector, "/nl/afrekenen/overzicht/")
    assert "<dt>Afhalen</dt><dd>gratis</dd>" in html
    assert "Voorbeeldkaai 1, 9000 GENT" in html
    assert "Kouter 12" in html
    assert "Hetzelfde adres" not in html
    assert pay(collector, "28900")["Location"] == PAGE


def test_the_address_of_the_collection_point_is_not_taken_for_the_customers(collector: Client) -> None:
    collector.post(STEP, COLLECTED)
    html = shown(collector, STEP)
    assert 'value="Warehouse:1" checked' in html
    assert 'value="Voorbeeldkaai 1"' not in html
    assert 'name="billing-street" value="Kouter 12"' in html


def test_who_has_it_delivered_after_all_gives_an_address_and_chooses_a_delivery(
    collector: Client, saleor: FakeSaleor
) -> None:
    collector.post(STEP, COLLECTED)
    assert collector.post(STEP, {**DETAILS, "way": "home"})["Location"] == "/nl/afrekenen/levering/"
    assert saleor.checkouts["Checkout:1"]["deliveryMethod"] is None
    assert collector.get("/nl/afrekenen/overzicht/")["Location"] == "/nl/afrekenen/levering/"
    review(collector)
    assert "Kouter 12" in shown(collector, "/nl/afrekenen/overzicht/")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"way": "Warehouse:9"}, "Daar kun je deze bestelling niet afhalen. Kies iets anders."),
        ({"way": ""}, "Kies hoe je je bestelling wilt krijgen."),
        ({"billing-street": ""}, "Vul je straat en huisnummer in."),
    ],
)
def test_what_is_wrong_comes_back_beside_its_field(collector: Client, change: dict[str, str], told: str) -> None:
    answer = collector.post(STEP, {**COLLECTED, **change})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_point_that_saleor_refuses_is_told(collector: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutDeliveryMethodUpdate"] = [refusal("DELIVERY_METHOD_NOT_APPLICABLE", "deliveryMethodId")]
    answer = collector.post(STEP, COLLECTED)
    assert answer.status_code == 422
    assert "Daar kun je deze bestelling niet afhalen." in answer.content.decode()
