"""The checkout as one page: a step that is answered is closed and can be changed, and nothing beside it moves."""

import re

import pytest
from django.test import Client

from tests.shop.buying import ADDRESS, CHECKOUT, CONTACT, NEXT, review, step
from tests.shop.fake_accounts import PASSWORD, FakeCustomer
from tests.shop.fakes import FakeSaleor, collection_point, offer, refusal

ANSWERS = {"contact": CONTACT, "manier": {"way": "home"}, "adres": ADDRESS, "extra": {"note": "Bel aan."}}
BILLING = {name.replace("shipping", "billing"): value for name, value in ADDRESS.items() if "-" in name}


def page(client: Client, address: str = CHECKOUT) -> str:
    return " ".join(client.get(address).content.decode().split())


def opened(html: str) -> str:
    """The title of the step that is open."""
    found = re.search(r'<h2 id="nu" tabindex="-1">.*?<span>([^<]+)</span></h2>', html)
    assert found
    return found[1]


def rows(html: str) -> list[str]:
    """What the sum beside the steps adds up."""
    return re.findall("<dt>([^<]+)</dt>", html.partition('<aside class="summary"')[2])


@pytest.fixture
def chooser(buyer: Client, saleor: FakeSaleor) -> Client:
    """Who may come for it, too."""
    saleor.points = [collection_point()]
    return buyer


def test_each_step_opens_after_the_one_before_and_what_was_said_stays_in_sight(chooser: Client) -> None:
    titles = {"contact": "Contact", "manier": "Thuis of afhalen", "adres": "Adres", "extra": "Cadeau of opmerking"}
    for name, title in titles.items():
        assert opened(page(chooser)) == title
        assert chooser.post(step(name), ANSWERS[name])["Location"] == NEXT
    html = page(chooser)
    assert opened(html) == "Overzicht"
    for said in ("an@voorbeeld.be", "Thuis, of op een ander adres", "An Peeters<br>Kouter 12", "Bel aan."):
        assert said in html
    assert html.count(">Wijzig<") == len(titles)


def test_a_step_is_changed_and_the_page_goes_on_where_it_was(chooser: Client, saleor: FakeSaleor) -> None:
    for name, answers in ANSWERS.items():
        chooser.post(step(name), answers)
    html = page(chooser, step("contact"))
    assert opened(html) == "Contact"
    assert "Bestellen en betalen" not in html
    assert f'<a href="{CHECKOUT}#nu">Niets veranderen</a>' in html
    assert chooser.post(step("contact"), {"email": "bo@voorbeeld.be"})["Location"] == NEXT
    assert opened(page(chooser)) == "Overzicht"
    assert saleor.checkouts["Checkout:1"]["email"] == "bo@voorbeeld.be"


def test_the_sum_has_the_same_rows_at_every_step(chooser: Client) -> None:
    seen = [rows(page(chooser))]
    for name, answers in ANSWERS.items():
        chooser.post(step(name), answers)
        seen.append(rows(page(chooser)))
    assert seen == [["Producten", "Levering", "Totaal"]] * 5


@pytest.mark.parametrize("ways", [(950, 1_450), ()])
def test_a_sum_of_which_the_delivery_is_not_known_says_so(
    buyer: Client, saleor: FakeSaleor, ways: tuple[int, ...]
) -> None:
    saleor.delivered["BE"] = [offer(price) for price in ways]
    assert '<dt>Zonder levering</dt><dd class="figure">€ 289,00</dd>' in page(buyer)
    assert '<span class="soft small">zonder levering</span>' in page(buyer)


def test_a_page_asks_saleor_twice_at_most(chooser: Client, saleor: FakeSaleor) -> None:
    saleor.customers["an@voorbeeld.be"] = FakeCustomer("an@voorbeeld.be")
    chooser.post("/nl/account/inloggen/", {"email": "an@voorbeeld.be", "password": PASSWORD})
    for name, answers in (*ANSWERS.items(), ("overzicht", {})):
        chooser.get(step(name))  # what is the same for all is kept from now on
        before = len(saleor.calls)
        chooser.get(CHECKOUT)
        assert len(saleor.calls) - before <= 2, (name, saleor.operations()[before:])
        chooser.post(step(name), answers)
    before = len(saleor.calls)
    chooser.get(step("levering"))
    assert len(saleor.calls) - before == 2


@pytest.mark.parametrize("name", ["gegevens", "levering", "overzicht"])
def test_the_addresses_of_before_lead_to_the_page(reviewer: Client, name: str) -> None:
    assert reviewer.get(f"/nl/afrekenen/{name}/")["Location"] == CHECKOUT
    assert reviewer.post(f"/nl/afrekenen/{name}/", CONTACT)["Location"] == CHECKOUT
    assert reviewer.get(f"/nl/afrekenen/{name}/?ref=pay_1&x=1")["Location"] == f"{CHECKOUT}?ref=pay_1"


# Countries


def countries(html: str, section: str) -> list[str]:
    """The codes that the field offers, in their order."""
    field = html.partition(f'name="{section}-country"')[2].partition("</select>")[0]
    return re.findall(r'<option value="([A-Z]+)"', field)


def test_a_parcel_goes_where_the_shipping_zones_reach_and_an_invoice_anywhere(
    buyer: Client, saleor: FakeSaleor
) -> None:
    saleor.delivered["FR"] = [offer(1_450)]
    buyer.post(step("contact"), CONTACT)
    html = page(buyer)
    assert countries(html, "shipping") == ["BE", "FR", "NL"]
    assert countries(html, "billing")[:3] == ["BE", "FR", "NL"]
    assert len(countries(html, "billing")) == len(set(countries(html, "billing"))) > 240
    assert '<option value="JP">Japan</option>' in html
    assert "Ivoorkust" in html
    assert "Côte d’Ivoire" in page(buyer, "/fr/commande/")
    given = {**ADDRESS, "shipping-country": "FR", "shipping-postal_code": "59000", "shipping-phone": ""}
    assert buyer.post(step("adres"), given)["Location"] == NEXT
    assert "GENT<br>Frankrijk" in page(buyer)
    answer = buyer.post(step("adres"), {**given, "shipping-country": "DE"})
    assert "We leveren in België, Frankrijk en Nederland." in answer.content.decode()


def test_a_number_of_another_country_is_asked_with_its_code(buyer: Client, saleor: FakeSaleor) -> None:
    buyer.post(step("contact"), CONTACT)
    there = {**BILLING, "billing-country": "FR", "billing-postal_code": "", "billing-phone": "06 12 34 56 78"}
    given = {name: value for name, value in ADDRESS.items() if name != "billing_same"} | there
    assert "Begin dit nummer met + en het landnummer." in buyer.post(step("adres"), given).content.decode()
    given["billing-phone"] = "0033 6 12 34 56 78"
    assert buyer.post(step("adres"), given)["Location"] == NEXT  # that it has postal codes is for Saleor to say
    assert saleor.variables_of("checkoutBillingAddressUpdate")["address"]["phone"] == "+33612345678"


def test_a_state_is_asked_for_once_saleor_misses_it(buyer: Client, saleor: FakeSaleor) -> None:
    buyer.post(step("contact"), CONTACT)
    given = {name: value for name, value in ADDRESS.items() if name != "billing_same"} | BILLING
    given |= {"billing-country": "ES", "billing-postal_code": "28013", "billing-phone": ""}
    assert "Provincie of staat" not in page(buyer)
    saleor.refuse["checkoutBillingAddressUpdate"] = [refusal("REQUIRED", "countryArea")] * 2  # as Saleor says it
    html = buyer.post(step("adres"), given).content.decode()
    assert 'id="id_billing-area_error"' in html
    assert html.partition('id="id_billing-area_error"')[2].partition("</")[0].count("Vul dit aan") == 1
    assert "Vul dit aan: in dit land hoort het bij een adres." in html
    saleor.refuse.clear()
    assert buyer.post(step("adres"), {**given, "billing-area": "Madrid"})["Location"] == NEXT
    assert saleor.variables_of("checkoutBillingAddressUpdate")["address"]["countryArea"] == "Madrid"
    assert "Madrid, Spanje" in page(buyer)


def test_an_address_where_nothing_is_delivered_is_not_offered_for_the_parcel(
    chooser: Client, saleor: FakeSaleor
) -> None:
    abroad = {**BILLING, "billing-country": "ES", "billing-postal_code": "28013", "billing-phone": ""}
    for name, answers in (("contact", CONTACT), ("manier", {"way": "Warehouse:1"}), ("adres", abroad)):
        chooser.post(step(name), answers)
    chooser.post(step("manier"), {"way": "home"})
    html = page(chooser)
    assert 'name="shipping-street" value' not in html
    assert 'id="id_billing_same" checked' not in html
    assert '<option value="ES" selected>' in html.partition('name="billing-country"')[2]


# What there is to say


def test_a_note_is_kept_with_the_basket_and_shown_before_it_is_paid(buyer: Client, saleor: FakeSaleor) -> None:
    review(buyer)
    assert "updateMetadata" not in saleor.operations()
    assert "Geen kaartje en geen opmerking." in page(buyer)
    assert buyer.post(step("extra"), {"note": " Bel  aan.\r\nDank!"})["Location"] == NEXT
    assert saleor.notes == {("Checkout:1", "customer_note"): "Bel aan.\nDank!"}
    html = page(buyer)
    assert "Bel aan.<br>Dank!" in html
    assert "Op het kaartje" not in html


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("a" * 301, "Hoogstens 300 tekens; dit zijn er 301."),
        ("Dag 🌷", "“🌷” kunnen we hier niet overnemen."),
        ("\n".join("abcdefghijk"), "Gebruik hoogstens 10 regels."),
    ],
)
def test_a_note_that_is_no_plain_text_comes_back_with_why(
    reviewer: Client, saleor: FakeSaleor, typed: str, told: str
) -> None:
    answer = reviewer.post(step("extra"), {"note": typed})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert saleor.notes == {}


def test_who_buys_with_a_vat_number_is_led_to_where_companies_ask_for_their_prices(buyer: Client) -> None:
    buyer.post(step("contact"), CONTACT)
    html = page(buyer)
    assert "Koop je met een btw-nummer" in html
    assert '<a href="/nl/zakelijk/">Zo gaat dat<span class="visually-hidden"> voor bedrijven</span></a>' in html


def above_the_button(client: Client) -> str:
    """What stands in the overview between the parts and the button that pays, in words."""
    after = page(client).partition('class="pay"')[2]
    return " ".join(re.sub("<[^>]+>", " ", after.partition("Bestellen en betalen")[0]).split())


def test_what_it_comes_to_with_its_delivery_and_day_stands_above_the_button(
    chooser: Client, saleor: FakeSaleor
) -> None:
    """On a phone the sum beside the steps is folded."""
    saleor.days = 3
    review(chooser)
    told = above_the_button(chooser)
    assert "1 stuk € 289" in told
    assert re.search(r"Levering bij jou tegen woensdag 9 december € 9,50", told)
    assert "Te betalen € 298,50" in told
    chooser.post(step("manier"), {"way": "Warehouse:1"})
    chooser.post(step("adres"), BILLING)
    told = above_the_button(chooser)
    assert re.search(r"Afhalen in Gent klaar tegen vrijdag 4 december gratis", told)
    assert "Levering" not in told


def billed(**wrong: str) -> dict[str, str]:
    """Two addresses, with some of it typed otherwise."""
    return {name: value for name, value in ADDRESS.items() if name != "billing_same"} | BILLING | wrong


def summary(html: str) -> list[str]:
    """What the summary of mistakes says, in words."""
    told = html.partition("error-summary")[2].partition("</ul>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall("<li>.*?</li>", told)]


@pytest.mark.parametrize("street", ["Kouter 12", "Kouter"])
def test_all_that_is_wrong_with_two_addresses_is_told_in_one_round(
    buyer: Client, saleor: FakeSaleor, street: str
) -> None:
    buyer.post(step("contact"), CONTACT)
    saleor.refuse["checkoutShippingAddressUpdate"] = [refusal("INVALID", "postalCode")]
    saleor.refuse["checkoutBillingAddressUpdate"] = [refusal("INVALID", "postalCode"), refusal("UNIQUE", "postalCode")]
    told = summary(buyer.post(step("adres"), billed(**{"shipping-street": street})).content.decode())
    assert len(told) == 2
    assert told[-1] == "Factuur, Postcode: Dit klopt niet bij de rest van het adres. Kijk het even na."


def test_of_an_invoice_no_parcel_is_told(buyer: Client) -> None:
    buyer.post(step("contact"), CONTACT)
    html = buyer.post(step("adres"), billed(**{"billing-first_name": "🌷"})).content.decode()
    assert summary(html) == ["Factuur, Voornaam: “🌷” kunnen we niet op de factuur zetten. Gebruik gewone letters."]


def test_a_basket_that_changed_in_another_window_is_not_called_a_changed_price(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    sent = dict(re.findall(r'name="(total|contents)" value="([^"]+)"', page(reviewer)))
    line = saleor.checkouts["Checkout:1"]["lines"]["Line:SG-001-0"]
    line["quantity"] = 2
    html = reviewer.post("/nl/afrekenen/betalen/", sent).content.decode()
    assert "Je mandje is veranderd" in html
    assert "De prijs is veranderd" not in html
    assert "2 stuks" in html
