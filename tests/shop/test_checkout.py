"""The way to the payment, walked as a browser without JavaScript walks it."""

from typing import Any

import pytest
from django.test import Client

from tests.shop.buying import DETAILS, PAGE, pay, payment
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor, refusal

BILLING = {
    "billing-first_name": "Jan",
    "billing-last_name": "Jansen",
    "billing-company": "Jansen bv",
    "billing-street": "Dam 1",
    "billing-postal_code": "1011 ab",
    "billing-city": "Amsterdam",
    "billing-country": "NL",
}


def test_a_lamp_is_bought_from_product_page_to_payment_page(buyer: Client, saleor: FakeSaleor) -> None:
    assert buyer.get("/nl/afrekenen/").headers["Location"] == "/nl/afrekenen/gegevens/"
    assert buyer.post("/nl/afrekenen/gegevens/", DETAILS).headers["Location"] == "/nl/afrekenen/levering/"
    assert "Aan huis geleverd" in buyer.get("/nl/afrekenen/levering/").content.decode()
    chosen = buyer.post("/nl/afrekenen/levering/", {"delivery": "Delivery:home"})
    assert chosen.headers["Location"] == "/nl/afrekenen/overzicht/"
    review = buyer.get("/nl/afrekenen/overzicht/").content.decode()
    for text in ("Bestellen en betalen", "€\N{NO-BREAK SPACE}298,50", "An Peeters", "9000 GENT", "Hetzelfde adres"):
        assert text in review
    paid = pay(buyer)
    assert paid.status_code == 303
    assert paid.headers["Location"] == PAGE
    asked = saleor.variables_of("transactionInitialize")
    assert asked["gateway"]["id"] == "sociaalgemaakt.payment"
    assert asked["gateway"]["data"] == {
        "success_url": "http://shop.test/nl/bedankt/",
        "cancel_url": "http://shop.test/nl/afrekenen/overzicht/",
        "language": "nl",
    }


def test_the_address_reaches_saleor_with_an_international_number(buyer: Client, saleor: FakeSaleor) -> None:
    buyer.post("/nl/afrekenen/gegevens/", DETAILS)
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"] == {
        "firstName": "An",
        "lastName": "Peeters",
        "companyName": "",
        "streetAddress1": "Kouter 12",
        "streetAddress2": "",
        "postalCode": "9000",
        "city": "Gent",
        "country": "BE",
        "phone": "+32470123456",
    }
    assert saleor.variables_of("checkoutBillingAddressUpdate") == saleor.variables_of("checkoutShippingAddressUpdate")


def test_the_summary_of_what_is_wrong_names_each_field_and_leads_to_it(buyer: Client) -> None:
    long = dict.fromkeys(("shipping-first_name", "shipping-street", "billing-city"), "x" * 121)
    form = {**DETAILS, **BILLING, **long}
    form.pop("billing_same", None)
    page = buyer.post("/nl/afrekenen/gegevens/", form).content.decode()
    for field, name in (("shipping-first_name", "Voornaam"), ("shipping-street", "Straat en nummer")):
        assert f'<a href="#id_{field}">{name}: Hoogstens 120 tekens; dit zijn er 121.</a>' in page
    assert '<a href="#id_billing-city">Factuur, Gemeente: Hoogstens 120 tekens; dit zijn er 121.</a>' in page


def test_the_invoice_can_go_elsewhere(buyer: Client, saleor: FakeSaleor) -> None:
    form = {**DETAILS, **BILLING}
    del form["billing_same"]
    assert buyer.post("/nl/afrekenen/gegevens/", form).status_code == 302
    billing = saleor.variables_of("checkoutBillingAddressUpdate")["address"]
    assert (billing["companyName"], billing["postalCode"], billing["country"]) == ("Jansen bv", "1011 AB", "NL")


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("BE", "B-9000", "9000"),
        ("BE", "b 9000", "9000"),
        ("BE", "BE-9000", "9000"),
        ("NL", "1012AB", "1012 AB"),
        ("NL", "nl-1012 ab", "1012 AB"),
    ],
)
def test_a_postal_code_is_tidied(buyer: Client, saleor: FakeSaleor, country: str, typed: str, kept: str) -> None:
    given = {"shipping-country": country, "shipping-postal_code": typed, "shipping-phone": ""}
    assert buyer.post("/nl/afrekenen/gegevens/", {**DETAILS, **given}).status_code == 302
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"]["postalCode"] == kept


def test_a_missing_house_number_is_asked_for_once(buyer: Client, saleor: FakeSaleor) -> None:
    without = {**DETAILS, "shipping-street": "Kouter"}
    assert "heeft geen huisnummer" not in buyer.get("/nl/afrekenen/gegevens/").content.decode()
    html = buyer.post("/nl/afrekenen/gegevens/", without).content.decode()
    assert "Er staat geen huisnummer bij." in html
    assert html.count("Dit adres heeft geen huisnummer") == 1
    assert buyer.post("/nl/afrekenen/gegevens/", {**without, "shipping-no_number": "on"}).status_code == 302
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"]["streetAddress1"] == "Kouter"
    again = buyer.get("/nl/afrekenen/gegevens/").content.decode()
    assert 'name="shipping-no_number" id="id_shipping-no_number" checked' in again


def test_nothing_that_is_pasted_is_cut(buyer: Client) -> None:
    assert "maxlength" not in buyer.get("/nl/afrekenen/gegevens/").content.decode()
    assert "maxlength" not in buyer.get("/nl/mandje/").content.decode()
    html = buyer.post("/nl/afrekenen/gegevens/", {**DETAILS, "shipping-last_name": "x" * 130}).content.decode()
    assert "Hoogstens 120 tekens; dit zijn er 130." in html
    assert "x" * 130 in html


def test_a_mail_address_is_shown_as_it_was_typed(buyer: Client) -> None:
    buyer.post("/nl/afrekenen/gegevens/", {**DETAILS, "email": "an@xn--mnchen-3ya.example"})  # as browsers send it
    buyer.post("/nl/afrekenen/levering/", {"delivery": "Delivery:home"})
    assert "an@münchen.example" in buyer.get("/nl/afrekenen/overzicht/").content.decode()
    assert 'value="an@münchen.example"' in buyer.get("/nl/afrekenen/gegevens/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "an@", "Dit e-mailadres klopt niet."),
        ("email", "", "Vul je e-mailadres in"),
        ("email", "an@1مثال.com", "Naar dit e-mailadres kunnen we niets sturen."),
        ("shipping-last_name", "", "Vul je achternaam in."),
        ("shipping-postal_code", "900", "Een goed voorbeeld: 9000"),
        ("shipping-postal_code", "1011 AB", "Een goed voorbeeld: 9000"),
        ("shipping-postal_code", "9٠٠٠", "“٠” kunnen we niet op het pakket zetten."),
        ("shipping-country", "FR", "We leveren in België en Nederland."),
        ("shipping-phone", "bel maar", "Een goed voorbeeld: 0470 12 34 56"),
        ("shipping-phone", "0470 12 34", "Een goed voorbeeld: 0470 12 34 56"),
        ("shipping-first_name", "李明", "“李” kunnen we niet op het pakket zetten."),
        ("shipping-company", "Bloem 🌷 bv", "“🌷” kunnen we niet op het pakket zetten."),
        ("shipping-last_name", "Peeters\u202e", "Hier staat een onzichtbaar teken in."),
        ("shipping-city", "Gent\u200b", "Hier staat een onzichtbaar teken in."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_above_and_nothing_is_lost(
    buyer: Client, saleor: FakeSaleor, field: str, value: str, message: str
) -> None:
    answer = buyer.post("/nl/afrekenen/gegevens/", {**DETAILS, field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(message) >= 2
    assert f'href="#id_{field}"' in html
    assert 'value="Kouter 12"' in html
    assert f'value="{value}"' in html or field == "shipping-country" or not value
    assert "checkoutEmailUpdate" not in saleor.operations()


def test_what_saleor_finds_wrong_with_an_address_stands_beside_its_field(buyer: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutShippingAddressUpdate"] = [refusal("INVALID", "postalCode")]
    html = buyer.post("/nl/afrekenen/gegevens/", DETAILS).content.decode()
    assert "Postcode klopt niet bij de rest van het adres." in html
    assert 'id="id_shipping-postal_code_error"' in html
    assert 'value="9000"' in html


def test_details_given_before_are_there_again(reviewer: Client) -> None:
    html = reviewer.get("/nl/afrekenen/gegevens/").content.decode()
    assert 'value="an@voorbeeld.be"' in html
    assert 'value="Kouter 12"' in html


@pytest.mark.parametrize("address", ["/nl/afrekenen/levering/", "/nl/afrekenen/overzicht/"])
def test_a_step_cannot_be_skipped(buyer: Client, address: str) -> None:
    assert buyer.get(address).headers["Location"] == "/nl/afrekenen/gegevens/"


def test_a_new_address_asks_for_the_delivery_again(reviewer: Client) -> None:
    reviewer.post("/nl/afrekenen/gegevens/", {**DETAILS, "shipping-street": "Kouter 14"})
    assert reviewer.get("/nl/afrekenen/overzicht/").headers["Location"] == "/nl/afrekenen/levering/"


def test_without_a_basket_there_is_nothing_to_check_out(visitor: Client) -> None:
    assert visitor.get("/nl/afrekenen/gegevens/").headers["Location"] == "/nl/mandje/"


def test_pressing_twice_is_one_attempt(reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    pay(reviewer)
    first = saleor.variables_of("transactionInitialize")["key"]
    fulfilment.payments["pay_1"] = payment("open")
    assert pay(reviewer).headers["Location"] == PAGE
    assert saleor.variables_of("transactionInitialize")["key"] == first


def test_a_changed_basket_is_another_attempt(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    first = saleor.variables_of("transactionInitialize")["key"]
    reviewer.post("/nl/mandje/", {"Line:SG-001-0-quantity": "2"})
    reviewer.get("/nl/afrekenen/overzicht/")
    pay(reviewer, "58750")
    assert saleor.variables_of("transactionInitialize")["key"] != first


@pytest.mark.parametrize("state", ["failed", "expired", "returning", "refunded"])
def test_an_attempt_that_ended_is_followed_by_another(
    reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment, state: str
) -> None:
    pay(reviewer)
    first = saleor.variables_of("transactionInitialize")["key"]
    fulfilment.payments["pay_1"] = payment(state)
    assert pay(reviewer).headers["Location"] == PAGE
    assert saleor.variables_of("transactionInitialize")["key"] != first


def test_what_is_paid_is_not_paid_again(reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    pay(reviewer)
    fulfilment.payments["pay_1"] = payment("paid")
    assert pay(reviewer).headers["Location"] == "/nl/bedankt/?ref=pay_1"
    saleor.checkouts["Checkout:1"]["chargeStatus"] = "FULL"
    assert reviewer.get("/nl/afrekenen/overzicht/").headers["Location"] == "/nl/bedankt/?ref=pay_1"
    assert saleor.operations().count("transactionInitialize") == 1


def test_a_key_that_saleor_knows_with_another_sum_gives_way_to_a_new_one(reviewer: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["transactionInitialize"] = [refusal("UNIQUE", "idempotencyKey")]
    html = pay(reviewer).content.decode()
    keys = [variables["key"] for name, variables in saleor.calls if name == "transactionInitialize"]
    assert len(set(keys)) == 2
    assert "Er is niets betaald" in html


def test_the_address_that_a_refusal_was_shown_at_begins_nothing_and_leads_back_to_the_overview(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    assert reviewer.get("/nl/afrekenen/betalen/").headers["Location"] == "/nl/afrekenen/overzicht/"
    assert "transactionInitialize" not in saleor.operations()


def test_a_price_that_changed_is_shown_before_it_is_paid(reviewer: Client, saleor: FakeSaleor) -> None:
    saleor.shipping_minor = 1250
    answer = pay(reviewer)
    assert answer.status_code == 409
    assert "De prijs is veranderd" in answer.content.decode()
    assert "transactionInitialize" not in saleor.operations()


def test_a_refusal_names_the_product_and_the_way_out(reviewer: Client, saleor: FakeSaleor) -> None:
    refused = {"refusal": {"code": "NOT_FOR_SALE", "product_codes": ["SG-001"]}}
    saleor.payment = {"type": "CHARGE_FAILURE", "message": "Dit wordt niet gemaakt.", "data": refused}
    html = pay(reviewer).content.decode()
    assert "Betalen lukt nu niet" in html
    assert "<li>Koord</li>" in html
    assert "Naar je mandje" in html


def test_a_refusal_of_another_kind_is_told_in_fulfilments_words(reviewer: Client, saleor: FakeSaleor) -> None:
    refused = {"refusal": {"code": "ALREADY_PAID", "product_codes": []}}
    saleor.payment = {"type": "CHARGE_FAILURE", "message": "Dit mandje is al betaald.", "data": refused}
    assert "Dit mandje is al betaald." in pay(reviewer).content.decode()


@pytest.mark.parametrize("data", [None, {}, "Internal Server Error"])
def test_a_payment_app_that_failed_is_seen_though_saleor_reports_no_errors(
    reviewer: Client, saleor: FakeSaleor, data: Any
) -> None:
    saleor.payment = {"type": "CHARGE_FAILURE", "message": "HTTPConnectionPool(host='10.0.0.4')", "data": data}
    answer = pay(reviewer)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "We konden de betaling niet starten. Er is niets betaald." in html
    assert "10.0.0.4" not in html


def test_coming_back_without_paying_says_that_nothing_was_paid(reviewer: Client) -> None:
    html = reviewer.get("/nl/afrekenen/overzicht/?ref=pay_1").content.decode()
    assert "Er is niets betaald. Je bestelling staat hier nog klaar." in html


def test_a_basket_that_became_an_order_meanwhile_leads_to_its_thanks_page(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    saleor.checkouts.clear()
    assert reviewer.get("/nl/afrekenen/overzicht/").headers["Location"] == "/nl/bedankt/?ref=pay_1"


def test_personal_pages_are_kept_in_no_cache(reviewer: Client) -> None:
    for address in (
        "/nl/mandje/",
        "/nl/afrekenen/overzicht/",
        "/nl/volgen/good-token/",
        "/nl/bedankt/?ref=pay_7Kq2mX9vT4",
    ):
        assert "no-store" in reviewer.get(address).headers["Cache-Control"]


def test_each_workshops_part_is_told_with_the_day_that_is_promised_for_it(
    reviewer: Client, fulfilment: FakeFulfilment
) -> None:
    reviewer.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "2"})
    html = reviewer.get("/nl/afrekenen/levering/").content.decode()
    assert "wordt op 2 plekken gemaakt" in html
    assert "2 × Zit: gemaakt door Compaan, klaar tegen <strong>vrijdag 11 december</strong>" in html
    assert "Koord: gemaakt door Labeur, klaar tegen <strong>vrijdag 4 december</strong>" in html
