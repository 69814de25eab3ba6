"""The way to the payment, walked as a browser without JavaScript walks it."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from shop.checkout.parts import after
from tests.shop.buying import ADDRESS, CHECKOUT, CONTACT, NEXT, PAGE, pay, payment, review, step
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


ADDRESSED = step("adres")


def come_to_the_address(buyer: Client) -> Client:
    """The first step is answered."""
    buyer.post(step("contact"), CONTACT)
    return buyer


def flat(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def opened(answer: Any) -> str:
    """The name of the step whose form the page shows; of a client, of the page as it is now."""
    html = (answer.get(CHECKOUT) if isinstance(answer, Client) else answer).content.decode()
    found: list[str] = re.findall(r'action="/nl/afrekenen/\?stap=([a-z]+)"', html)
    if 'action="/nl/afrekenen/betalen/"' in html:
        found.append("overzicht")
    if "Naar dit adres kunnen we niet leveren" in html:
        found.append("levering")
    assert len(found) == 1, found
    assert html.count('aria-current="step"') == 1
    return found[0]


def cursor(html: str) -> str:
    """Where the cursor is put."""
    [tag] = re.findall(r"<[a-z]+ [^>]*autofocus[^>]*>", html)
    found = re.search(r' id="([^"]+)"', tag)
    return found[1] if found else ""


def test_a_lamp_is_bought_from_product_page_to_payment_page(buyer: Client, saleor: FakeSaleor) -> None:
    for name, answers in (("contact", CONTACT), ("adres", ADDRESS), ("extra", {})):
        assert opened(buyer) == name
        assert buyer.post(step(name), answers).headers["Location"] == NEXT
    assert saleor.checkouts["Checkout:1"]["delivery"]["id"] == "Delivery:home"  # the only way to deliver it
    review = buyer.get(CHECKOUT).content.decode()
    for text in ("Bestellen en betalen", "€\N{NO-BREAK SPACE}298,50", "An Peeters", "9000 GENT", "Hetzelfde adres"):
        assert text in review
    paid = pay(buyer)
    assert paid.status_code == 303
    assert paid.headers["Location"] == PAGE
    asked = saleor.variables_of("transactionInitialize")
    assert asked["gateway"]["id"] == "sociaalgemaakt.payment"
    assert asked["gateway"]["data"] == {
        "success_url": "http://shop.test/nl/bedankt/",
        "cancel_url": "http://shop.test/nl/afrekenen/",
        "language": "nl",
    }


def test_the_address_reaches_saleor_with_an_international_number(buyer: Client, saleor: FakeSaleor) -> None:
    come_to_the_address(buyer).post(ADDRESSED, ADDRESS)
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"] == {
        "firstName": "An",
        "lastName": "Peeters",
        "companyName": "",
        "streetAddress1": "Kouter 12",
        "streetAddress2": "",
        "postalCode": "9000",
        "city": "Gent",
        "countryArea": "",
        "country": "BE",
        "phone": "+32470123456",
    }
    assert saleor.variables_of("checkoutBillingAddressUpdate") == saleor.variables_of("checkoutShippingAddressUpdate")


def test_the_summary_of_what_is_wrong_names_each_field_and_leads_to_it(buyer: Client) -> None:
    long = dict.fromkeys(("shipping-first_name", "shipping-street", "billing-city"), "x" * 121)
    form = {**ADDRESS, **BILLING, **long}
    form.pop("billing_same", None)
    page = come_to_the_address(buyer).post(ADDRESSED, form).content.decode()
    for field, name in (("shipping-first_name", "Voornaam"), ("shipping-street", "Straat en nummer")):
        assert f'<a href="#id_{field}">{name}: Hoogstens 120 tekens; dit zijn er 121.</a>' in page
    assert '<a href="#id_billing-city">Factuur, Gemeente: Hoogstens 120 tekens; dit zijn er 121.</a>' in page


def test_the_invoice_can_go_elsewhere(buyer: Client, saleor: FakeSaleor) -> None:
    form = {**ADDRESS, **BILLING}
    del form["billing_same"]
    assert come_to_the_address(buyer).post(ADDRESSED, form).status_code == 302
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
    assert come_to_the_address(buyer).post(ADDRESSED, {**ADDRESS, **given}).status_code == 302
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"]["postalCode"] == kept


def test_a_missing_house_number_is_asked_for_once(buyer: Client, saleor: FakeSaleor) -> None:
    without = {**ADDRESS, "shipping-street": "Kouter"}
    assert "heeft geen huisnummer" not in come_to_the_address(buyer).get(CHECKOUT).content.decode()
    html = buyer.post(ADDRESSED, without).content.decode()
    assert "Er staat geen huisnummer bij." in html
    assert html.count("Dit adres heeft geen huisnummer") == 1
    assert buyer.post(ADDRESSED, {**without, "shipping-no_number": "on"}).status_code == 302
    assert saleor.variables_of("checkoutShippingAddressUpdate")["address"]["streetAddress1"] == "Kouter"
    again = buyer.get(ADDRESSED).content.decode()
    assert 'name="shipping-no_number" id="id_shipping-no_number" checked' in again


def test_nothing_that_is_pasted_is_cut(buyer: Client) -> None:
    assert "maxlength" not in come_to_the_address(buyer).get(CHECKOUT).content.decode()
    assert "maxlength" not in buyer.get("/nl/mandje/").content.decode()
    html = buyer.post(ADDRESSED, {**ADDRESS, "shipping-last_name": "x" * 130}).content.decode()
    assert "Hoogstens 120 tekens; dit zijn er 130." in html
    assert "x" * 130 in html


def test_a_mail_address_is_shown_as_it_was_typed(buyer: Client) -> None:
    buyer.post(step("contact"), {"email": "an@xn--mnchen-3ya.example"})  # as browsers send it
    assert "<p>an@münchen.example</p>" in buyer.get(CHECKOUT).content.decode()
    assert 'value="an@münchen.example"' in buyer.get(step("contact")).content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
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
    answer = come_to_the_address(buyer).post(ADDRESSED, {**ADDRESS, field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(message) >= 2
    assert f'href="#id_{field}"' in html
    assert 'value="Kouter 12"' in html
    assert f'value="{value}"' in html or field == "shipping-country" or not value
    assert "checkoutShippingAddressUpdate" not in saleor.operations()
    assert opened(answer) == "adres"
    assert cursor(html) == f"id_{field}"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("an@", "Dit e-mailadres klopt niet."),
        ("", "Vul je e-mailadres in"),
        ("an@1مثال.com", "Naar dit e-mailadres kunnen we niets sturen."),
    ],
)
def test_a_wrong_mail_address_is_told_at_the_first_step(
    buyer: Client, saleor: FakeSaleor, value: str, message: str
) -> None:
    answer = buyer.post(step("contact"), {"email": value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(message) >= 2
    assert (opened(answer), cursor(html)) == ("contact", "id_email")
    assert "checkoutEmailUpdate" not in saleor.operations()


def test_what_saleor_finds_wrong_with_an_address_stands_beside_its_field(buyer: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutShippingAddressUpdate"] = [refusal("INVALID", "postalCode")]
    html = come_to_the_address(buyer).post(ADDRESSED, ADDRESS).content.decode()
    assert html.count("Dit klopt niet bij de rest van het adres.") == 2
    assert 'id="id_shipping-postal_code_error"' in html
    assert 'value="9000"' in html


def test_details_given_before_are_there_again(reviewer: Client) -> None:
    assert 'value="an@voorbeeld.be"' in reviewer.get(step("contact")).content.decode()
    assert 'value="Kouter 12"' in reviewer.get(ADDRESSED).content.decode()


@pytest.mark.parametrize("name", ["adres", "levering", "extra", "overzicht", "nergens"])
def test_a_step_cannot_be_skipped(buyer: Client, saleor: FakeSaleor, name: str) -> None:
    assert opened(buyer.get(step(name))) == "contact"
    assert buyer.post(step(name), {**ADDRESS, "message": "Dag"}).headers["Location"] == NEXT
    assert not {"checkoutShippingAddressUpdate", "updateMetadata"} & set(saleor.operations())


def test_a_new_address_keeps_the_one_way_of_delivering_and_of_several_it_is_asked(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    reviewer.post(ADDRESSED, {**ADDRESS, "shipping-street": "Kouter 14"})
    assert opened(reviewer) == "overzicht"
    saleor.ways = {"Delivery:home": 950, "Delivery:express": 1_450}
    saleor.checkouts["Checkout:1"]["delivery"] = None
    reviewer.post(ADDRESSED, {**ADDRESS, "shipping-street": "Kouter 16"})
    page = reviewer.get(CHECKOUT)
    assert opened(page) == "levering"
    assert page.content.decode().count('name="delivery"') == 2
    assert reviewer.post(step("levering"), {"delivery": "Delivery:gone"}).status_code == 422
    assert reviewer.post(step("levering"), {"delivery": "Delivery:express"}).headers["Location"] == NEXT
    assert saleor.checkouts["Checkout:1"]["delivery"]["id"] == "Delivery:express"


def test_an_address_that_nothing_reaches_says_so_and_leads_to_another(buyer: Client, saleor: FakeSaleor) -> None:
    saleor.ways = {}
    come_to_the_address(buyer).post(ADDRESSED, ADDRESS)
    page = buyer.get(CHECKOUT)
    assert opened(page) == "levering"
    assert "Naar dit adres kunnen we niet leveren" in page.content.decode()
    assert f'href="{CHECKOUT}?stap=adres#nu">Geef een ander adres' in page.content.decode()


def test_without_a_basket_there_is_nothing_to_check_out(visitor: Client) -> None:
    assert visitor.get(CHECKOUT).headers["Location"] == "/nl/mandje/"


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
    reviewer.get(CHECKOUT)
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
    assert reviewer.get(CHECKOUT).headers["Location"] == "/nl/bedankt/?ref=pay_1"
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
    assert reviewer.get("/nl/afrekenen/betalen/").headers["Location"] == CHECKOUT
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
    html = reviewer.get(f"{CHECKOUT}?ref=pay_1").content.decode()
    assert "Er is niets betaald. Je bestelling staat hier nog klaar." in html


def test_a_basket_that_became_an_order_meanwhile_leads_to_its_thanks_page(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    saleor.checkouts.clear()
    assert reviewer.get(CHECKOUT).headers["Location"] == "/nl/bedankt/?ref=pay_1"


def test_personal_pages_are_kept_in_no_cache(reviewer: Client) -> None:
    for address in (
        "/nl/mandje/",
        CHECKOUT,
        "/nl/volgen/good-token/",
        "/nl/bedankt/?ref=pay_7Kq2mX9vT4",
    ):
        assert "no-store" in reviewer.get(address).headers["Cache-Control"]


def test_each_workshops_part_is_told_with_the_days_that_are_promised_for_it(buyer: Client, saleor: FakeSaleor) -> None:
    saleor.days = 3
    buyer.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "2"})
    review(buyer)
    html = flat(buyer.get(CHECKOUT))
    assert "wordt op 2 plekken gemaakt" in html
    labeur, _compaan, compaan = html.partition("Gemaakt door Compaan")
    labeur = labeur.partition("Gemaakt door Labeur")[2]
    assert "<b>Koord</b>" in labeur
    assert "Klaar tegen <strong>vrijdag 4 december</strong>" in labeur
    assert ", bij jou tegen <strong>woensdag 9 december</strong>." in labeur
    assert "<b>Zit</b> × 2" in compaan
    assert "Klaar tegen <strong>vrijdag 11 december</strong>, bij jou tegen" in compaan


def test_where_nobody_says_how_long_it_travels_the_day_on_which_it_is_ready_is_all_that_is_told(
    reviewer: Client,
) -> None:
    html = flat(reviewer.get(CHECKOUT))
    assert "Klaar tegen <strong>vrijdag 4 december</strong>." in html
    assert "bij jou tegen" not in html


@pytest.mark.parametrize(
    ("from_", "working_days", "there"),
    [
        (date(2026, 12, 4), 0, date(2026, 12, 4)),
        (date(2026, 12, 4), 1, date(2026, 12, 7)),
        (date(2026, 12, 1), 3, date(2026, 12, 4)),
        (date(2026, 12, 5), 0, date(2026, 12, 7)),
        (date(2026, 12, 6), 6, date(2026, 12, 15)),
    ],
)
def test_a_weekend_is_no_day_on_which_a_parcel_comes_nearer(from_: date, working_days: int, there: date) -> None:
    assert after(from_, working_days) == there
