"""Coming for it in Ghent instead of having it delivered."""

import pytest
from django.test import Client

from tests.shop.buying import ADDRESS, CHECKOUT, CONTACT, NEXT, PAGE, pay, step
from tests.shop.fakes import FakeSaleor, collection_point, refusal

WAY, ADDRESSED = step("manier"), step("adres")
COLLECTED = {"way": "Warehouse:1"}
INVOICED = {
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
    buyer.post(step("contact"), CONTACT)
    return buyer


def collect(collector: Client) -> None:
    """From there to the overview, as somebody who comes for it."""
    for name, answers in (("manier", COLLECTED), ("adres", INVOICED), ("extra", {"message": "Dag"})):
        assert collector.post(step(name), answers)["Location"] == NEXT


def shown(client: Client, page: str) -> str:
    return " ".join(client.get(page).content.decode().split())


def test_whoever_buys_is_asked_with_where_and_when(collector: Client) -> None:
    html = shown(collector, CHECKOUT)
    for told in ("Hoe krijg je het?", "Afhalen in Gent", "Voorbeeldkaai 1", "Woensdag, van 11 tot 18 uur", "gratis"):
        assert told in html
    assert "Wednesday, 11 am to 6 pm" in shown(collector, "/en/checkout/")


def test_the_basket_says_that_it_can_be_collected_for_nothing(collector: Client) -> None:
    html = shown(collector, "/nl/mandje/")
    assert "of gratis afhalen in Gent" in html
    assert "€ 9,50" in html


def test_where_nothing_can_be_collected_nobody_is_asked(buyer: Client) -> None:
    assert "Hoe krijg je het?" not in shown(buyer, CHECKOUT)


def test_who_comes_for_it_gives_no_address_for_delivery_and_pays_none(collector: Client, saleor: FakeSaleor) -> None:
    collect(collector)
    stored = saleor.checkouts["Checkout:1"]
    assert stored["deliveryMethod"]["id"] == "Warehouse:1"
    assert stored["billingAddress"]["streetAddress1"] == "Kouter 12"
    assert not {"checkoutShippingAddressUpdate", "deliveryOptionsCalculate"} & set(saleor.operations())
    html = shown(collector, CHECKOUT)
    assert "Je haalt het af in Gent" in html
    assert "We mailen je zodra een deel van je bestelling naar het afhaalpunt vertrekt." in html
    assert "<dt>Afhalen</dt><dd>gratis</dd>" in html
    assert "Voorbeeldkaai 1, 9000 GENT" in html
    assert "Kouter 12" in html
    assert "Hetzelfde adres" not in html
    assert pay(collector, "28900")["Location"] == PAGE


def test_the_address_of_the_collection_point_is_not_taken_for_the_customers(collector: Client) -> None:
    collect(collector)
    assert 'value="Warehouse:1" checked' in shown(collector, WAY)
    html = shown(collector, ADDRESSED)
    assert 'value="Voorbeeldkaai 1"' not in html
    assert 'name="billing-street" value="Kouter 12"' in html


def test_who_has_it_delivered_after_all_gives_an_address_and_chooses_a_delivery(
    collector: Client, saleor: FakeSaleor
) -> None:
    collect(collector)
    assert collector.post(WAY, {"way": "home"})["Location"] == NEXT
    assert saleor.checkouts["Checkout:1"]["deliveryMethod"] is None
    html = shown(collector, CHECKOUT)
    assert 'name="shipping-street" value="Kouter 12"' in html  # that of the invoice, which is not asked again
    assert "Bestellen en betalen" not in html
    assert collector.post(ADDRESSED, ADDRESS)["Location"] == NEXT
    html = shown(collector, CHECKOUT)
    assert "Hetzelfde adres" in html
    assert "Bestellen en betalen" in html


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("Warehouse:9", "Daar kun je deze bestelling niet afhalen. Kies iets anders."),
        ("", "Kies hoe je je bestelling wilt krijgen."),
    ],
)
def test_a_way_that_is_none_comes_back_beside_its_field(collector: Client, way: str, told: str) -> None:
    answer = collector.post(WAY, {"way": way})
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_who_comes_for_it_says_where_the_invoice_goes(collector: Client) -> None:
    collector.post(WAY, COLLECTED)
    answer = collector.post(ADDRESSED, {**INVOICED, "billing-street": ""})
    assert answer.status_code == 422
    assert "Vul je straat en huisnummer in." in answer.content.decode()


def test_a_point_that_saleor_refuses_is_told(collector: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutDeliveryMethodUpdate"] = [refusal("DELIVERY_METHOD_NOT_APPLICABLE", "deliveryMethodId")]
    answer = collector.post(WAY, COLLECTED)
    assert answer.status_code == 422
    assert "Daar kun je deze bestelling niet afhalen." in answer.content.decode()
