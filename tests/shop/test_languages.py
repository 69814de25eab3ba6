"""The shop in three languages: addresses, the switch, what search engines are told, Saleor's texts, the basket."""

from datetime import date

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from shop.money import Money, format_money
from tests.shop.buying import CONTACT
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor

SHOP = "http://shop.test"
PLACES = {
    "tracking": "tracking:track",
    "withdrawal": "withdrawal:withdraw",
    "piece": "piece:piece",
    "refund": "refund:account",
    "conditions": "terms:conditions",
    "deletion": "account:delete",
    "product": "catalogue:product",
    "restock_confirm": "restock:confirm",
    "restock_leave": "restock:leave",
    "newsletter_confirm": "newsletter:confirm",
    "newsletter_leave": "newsletter:leave",
    "company": "business:company",
    "company_invitation": "business:invitation",
}


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [("fr-BE,fr;q=0.9", "/fr/"), ("en-GB", "/en/"), ("nl", "/nl/"), ("de", "/nl/"), ("", "/nl/")],
)
def test_the_first_address_leads_to_what_the_browser_asks_for(visitor: Client, asked: str, leads_to: str) -> None:
    response = visitor.get("/", headers={"Accept-Language": asked})
    assert response["Location"] == leads_to
    assert "private" in response["Cache-Control"]
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize(
    ("address", "heading", "language"),
    [
        ("/nl/mandje/", "Je mandje is leeg", "nl"),
        ("/en/basket/", "Your basket is empty", "en"),
        ("/fr/panier/", "Votre panier est vide", "fr"),
    ],
)
def test_a_page_says_what_it_speaks(visitor: Client, address: str, heading: str, language: str) -> None:
    response = visitor.get(address)
    assert heading in response.content.decode()
    assert f'<html lang="{language}">' in response.content.decode()
    assert response["Content-Language"] == language


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_the_pages_that_fulfilment_links_to_are_where_it_says(name: str, language: str) -> None:
    told = golden("shop_pages.v1.json")[name][language]
    with override(language):
        assert reverse(PLACES[name], args=["a-token"] if "a-token" in told else []) == told


def test_the_switch_stays_on_the_page_with_what_it_was_asked_with(visitor: Client) -> None:
    html = visitor.get("/nl/terugbetaling/good-token/?wijzig=1").content.decode()
    assert '<a href="/en/refund/good-token/?wijzig=1" lang="en" hreflang="en">English</a>' in html
    assert '<a href="/fr/remboursement/good-token/?wijzig=1" lang="fr" hreflang="fr">Français</a>' in html
    assert 'lang="nl" hreflang="nl" aria-current="true">Nederlands</a>' in html


def test_after_a_refused_form_the_switch_is_there_too(visitor: Client) -> None:
    response = visitor.post("/en/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "0"})
    assert response.status_code == 422
    assert "Order at least 1." in response.content.decode()
    assert '<a href="/fr/produit/zit/" lang="fr" hreflang="fr">' in response.content.decode()


def test_of_a_page_that_is_not_there_it_leads_to_the_first_page(visitor: Client) -> None:
    html = visitor.get("/fr/rien/").content.decode()
    assert "Cette page n’existe pas." in html
    assert '<a href="/en/" lang="en" hreflang="en">' in html


def test_a_page_that_can_be_found_names_itself_and_its_other_languages(visitor: Client) -> None:
    html = visitor.get("/fr/produit/koord/?from=a-mail").content.decode()
    assert html.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{SHOP}/fr/produit/koord/">' in html
    for language, address in (("nl", "nl/product"), ("en", "en/product"), ("x-default", "nl/product")):
        assert f'hreflang="{language}" href="{SHOP}/{address}/koord/">' in html
    assert 'rel="canonical"' not in visitor.get("/fr/panier/").content.decode()


def test_saleors_texts_are_asked_in_the_language_and_are_dutch_where_there_is_none(visitor: Client) -> None:
    english = visitor.get("/en/product/koord/").content.decode()
    for text in ("[EN] ondertitel van Koord", "[EN] Wonen", "[EN] Het verhaal van Koord.", "[EN] gerecupereerd"):
        assert text in english
    french = visitor.get("/fr/produit/koord/").content.decode()
    assert "ondertitel van Koord" in french
    assert "[EN]" not in french


def test_a_picture_says_what_it_shows_in_the_language_of_the_page(visitor: Client) -> None:
    shown = {language: visitor.get(f"/{language}/").content.decode() for language in ("nl", "en")}
    for address, told in (
        ("/nl/product/koord/", 'alt="Koord: object"'),
        ("/en/product/koord/", 'alt="[EN] Koord: object"'),
    ):
        assert told in visitor.get(address).content.decode()
    assert 'alt="Koord' not in shown["en"]


def test_a_town_is_called_as_the_language_does_and_its_address_stays(visitor: Client) -> None:
    french = visitor.get("/fr/produit/koord/").content.decode()
    assert "Labeur</b> à Gand" in french or "Labeur</a> à Gand" in french
    assert "à Gent" not in french


def test_what_is_kept_of_saleor_is_kept_by_language(visitor: Client, saleor: FakeSaleor) -> None:
    for address in ("/en/", "/nl/", "/en/", "/nl/"):
        visitor.get(address)
    assert saleor.operations() == ["products", "products"]


def test_the_basket_and_its_order_speak_the_visitors_language(visitor: Client, saleor: FakeSaleor) -> None:
    visitor.post("/en/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    assert saleor.variables_of("checkoutCreate")["input"]["languageCode"] == "EN"
    visitor.get("/en/basket/")
    assert "checkoutLanguageCodeUpdate" not in saleor.operations()


def test_whoever_switches_with_a_full_basket_gets_the_mails_in_the_new_language(
    buyer: Client, saleor: FakeSaleor
) -> None:
    buyer.get("/fr/panier/")
    assert saleor.variables_of("checkoutLanguageCodeUpdate") == {"id": "Checkout:1", "language": "FR"}
    buyer.get("/fr/panier/")
    assert saleor.operations().count("checkoutLanguageCodeUpdate") == 1
    response = buyer.post("/en/checkout/?stap=contact", CONTACT)
    assert response["Location"] == "/en/checkout/#nu"
    assert saleor.checkouts["Checkout:1"]["languageCode"] == "EN"


def test_who_pays_comes_back_to_the_shop_in_their_language(reviewer: Client, saleor: FakeSaleor) -> None:
    reviewer.post("/fr/commande/paiement/", {"total": "29850"})
    given = saleor.variables_of("transactionInitialize")["gateway"]["data"]
    assert given["success_url"].endswith("/fr/merci/")
    assert given["cancel_url"].endswith("/fr/commande/")
    assert given["language"] == "fr"


def test_fulfilment_is_asked_in_the_visitors_language(visitor: Client, fulfilment: FakeFulfilment) -> None:
    html = visitor.get("/fr/suivi/good-token/").content.decode()
    assert fulfilment.requests[0].headers["Accept-Language"] == "fr"
    assert "Koord est maintenant à l’établi, chez Labeur." in html
    assert "575,50\N{NO-BREAK SPACE}€" in html


@pytest.mark.parametrize(
    ("language", "written"),
    [("nl", "−€ 1.250,00"), ("en", "−€1,250.00"), ("fr", "−1 250,00 €")],
)
def test_an_amount_is_written_as_the_language_does(language: str, written: str) -> None:
    with override(language):
        assert format_money(Money(-125_000, "EUR")).replace("\N{NO-BREAK SPACE}", " ") == written


@pytest.mark.parametrize(
    ("language", "first", "fourth"),
    [
        ("nl", "dinsdag 1 december", "4 december 2026"),
        ("en", "Tuesday 1 December", "4 December 2026"),
        ("fr", "mardi 1er décembre", "4 décembre 2026"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, first: str, fourth: str) -> None:
    template = Template('{% load house %}{{ first|day:"weekday" }}; {{ fourth|day:"year" }}')
    with override(language):
        shown = template.render(Context({"first": date(2026, 12, 1), "fourth": date(2026, 12, 4)}))
    assert shown == f"{first}; {fourth}"
