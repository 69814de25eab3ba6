"""What customers want to know before they buy: facts from where they are decided, words from the page in Saleor."""

from typing import Any

import pytest
from django.test import Client

from shop import settings as shop_settings
from shop.info.reading import Section, offers, sections
from shop.info.views import CHECKED_ON, QUESTIONS
from shop.money import Money
from shop.saleor.delivery import Delivery
from shop.saleor.richtext import Block
from tests.shop import shelves
from tests.shop.fakes import FakeSaleor
from tests.shop.shelves import euros
from tests.shop.test_linked_data import node

PAGES = {
    "/nl/levering-en-retour/": "Levering en retour",
    "/nl/vragen-en-antwoorden/": "Vragen en antwoorden",
    "/nl/zo-wordt-het-gemaakt/": "Zo wordt het gemaakt",
    "/nl/toegankelijkheid/": "Toegankelijkheid",
    "/en/delivery-and-returns/": "Delivery and returns",
    "/fr/questions-et-reponses/": "Questions et réponses",
    "/fr/comment-c-est-fait/": "Comment c’est fait",
    "/en/accessibility/": "Accessibility",
}


def text(visitor: Client, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """Somebody wrote both pages in Saleor."""
    for slug, content in shelves.INFORMATION.items():
        monkeypatch.setitem(shelves.PAGES, slug, shelves.information(slug, content))
    return shelves.PAGES


@pytest.mark.parametrize("path", PAGES)
def test_every_page_leads_to_them_and_they_say_what_they_are(visitor: Client, path: str) -> None:
    language = path[:4]
    assert f'<a href="{path}">' in text(visitor, language).partition("<footer")[2]
    html = text(visitor, path)
    assert f"<h1>{PAGES[path]}</h1>" in html
    assert f'<a href="{path}" aria-current="page">' in html
    assert f"<title>{PAGES[path]} – Sociaal Gemaakt</title>" in html


def test_delivery_costs_what_saleor_says_and_countries_that_pay_the_same_stand_together(
    visitor: Client, saleor: FakeSaleor
) -> None:
    html = text(visitor, "/nl/levering-en-retour/")
    assert '<dt>België · Nederland</dt><dd>Aan huis geleverd <span class="figure">€\u00a09,50</span></dd>' in html
    assert saleor.operations().count("delivery") == 2


def test_another_price_and_the_days_on_the_way_are_said_for_each_country(visitor: Client, saleor: FakeSaleor) -> None:
    far = {**saleor.delivered["NL"][0], "price": euros(1_450), "minimumDeliveryDays": 2, "maximumDeliveryDays": 4}
    saleor.delivered["NL"] = [far]
    html = text(visitor, "/nl/levering-en-retour/")
    assert "<dt>België</dt>" in html
    assert "€\u00a014,50" in html
    assert "2 tot 4 werkdagen onderweg" in html
    assert "2 to 4 working days on its way" in text(visitor, "/en/delivery-and-returns/")


def test_where_nothing_is_delivered_it_says_so(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.delivered = {}
    assert "We kunnen nu nergens leveren." in text(visitor, "/nl/levering-en-retour/")


def test_the_time_to_withdraw_is_the_settings(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_settings, "WITHDRAWAL_DAYS", 30)
    html = text(visitor, "/nl/levering-en-retour/")
    assert "Je hebt 30 dagen bedenktijd" in html
    assert '<a href="/nl/herroepen/">Herroep hier je aankoop</a>, helemaal of voor een deel.' in html


def test_a_question_of_the_page_in_saleor_opens_on_its_answer(visitor: Client, written: Any) -> None:
    html = text(visitor, "/nl/vragen-en-antwoorden/")
    assert "<details><summary>Waarom touw?</summary>" in html
    assert html.count("<details>") == 2
    asked = node(visitor, "/nl/vragen-en-antwoorden/", "FAQPage")["mainEntity"]
    assert [(one["name"], one["acceptedAnswer"]["text"]) for one in asked] == [
        ("Waarom touw?", "Omdat het er is."),
        ("En hout?", "Ook."),
    ]


def test_how_it_is_made_is_told_by_the_page_in_saleor_beside_materials_of_different_workshops(
    visitor: Client, written: Any
) -> None:
    html = text(visitor, "/nl/zo-wordt-het-gemaakt/")
    assert "<h2>Eerst</h2>" in html
    assert "In één zin." in html
    assert all(f"{slug}-material-512.WEBP" in html for slug in ("koord", "zit", "strik"))
    assert "Vakmensen in een atelier" not in html


def test_as_long_as_nobody_wrote_them_both_pages_say_what_the_house_knows(visitor: Client) -> None:
    assert "Vakmensen in een atelier" in text(visitor, "/nl/zo-wordt-het-gemaakt/")
    html = text(visitor, "/nl/vragen-en-antwoorden/")
    assert "<details" not in html
    assert "Staat je vraag er niet bij?" in html


def test_a_page_of_another_kind_with_that_name_is_not_taken_for_it(visitor: Client, written: Any) -> None:
    written[QUESTIONS]["pageType"] = {"slug": "story"}
    assert "<details" not in text(visitor, "/nl/vragen-en-antwoorden/")


def test_the_statement_on_accessibility_names_the_standard_the_limits_whom_to_ask_and_the_day(visitor: Client) -> None:
    html = text(visitor, "/nl/toegankelijkheid/")
    for said in (
        "WCAG 2.2, niveau AA",
        "EN 301 549",
        "Wat nog niet lukt",
        "Stripe",
        "http://shop.test",
        "FOD Economie",
    ):
        assert said in html
    assert f"mailto:{shop_settings.CONTACT_EMAIL}" in html
    assert f"nagekeken op {CHECKED_ON.day} november {CHECKED_ON.year}" in html


def test_what_stands_before_the_first_heading_is_no_answer_and_a_heading_without_any_is_left_out() -> None:
    first, answer = Block("paragraph", ("Dag.",)), Block("list", ("een", "twee"))
    told = [first, Block("heading", ("Leeg?",)), Block("heading", ("Vol?",)), answer]
    assert sections(told) == ((first,), [Section("Vol?", (answer,))])
    assert sections([]) == ((), [])
    assert Section("Vol?", (answer,)).lines == ["een", "twee"]


def test_countries_with_the_same_offer_stand_together_and_one_without_any_does_not_stand_there() -> None:
    home = (Delivery("Thuis", Money(950, "EUR"), None, (None, None)),)
    found = offers([("België", home), ("Nederland", home), ("Frankrijk", ())])
    assert [(one.countries, one.deliveries) for one in found] == [(("België", "Nederland"), home)]
