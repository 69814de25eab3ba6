"""What the law wants a buyer to be told stands where a buyer looks for it."""

from html import unescape

import pytest
from django.test import Client

from shop import settings as shop_settings
from shop.terms.kept import ROWS
from tests.shop.buying import review

PAGES = {"/nl/verkoopsvoorwaarden/": "Verkoopsvoorwaarden", "/nl/privacy/": "Privacy", "/nl/contact/": "Wie we zijn"}
SELLER = {"name": "Gemaakt bv", "address": "Kouter 1, 9000 Gent", "number": "0123.456.749", "phone": "09 123 45 67"}


@pytest.fixture(autouse=True)
def _seller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_settings, "SELLER", SELLER)


def _text(visitor: Client, address: str) -> str:
    return visitor.get(address).content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_the_conditions_the_privacy_statement_and_whoever_sells(
    visitor: Client, address: str
) -> None:
    for page in ("/nl/", "/nl/mandje/", "/nl/nergens/"):
        assert f'<a href="{address}">' in _text(visitor, page)
    assert f"<h1>{PAGES[address]}</h1>" in _text(visitor, address)
    assert f'<a href="{address}" aria-current="page">' in _text(visitor, address)


@pytest.mark.parametrize("address", PAGES)
def test_the_seller_is_named_with_address_number_mail_and_telephone(visitor: Client, address: str) -> None:
    html = _text(visitor, address)
    for text in (*SELLER.values(), "BE 0123.456.749", "mailto:hallo@sociaalgemaakt.example"):
        assert text in html


def test_the_number_of_the_company_stands_below_every_page(visitor: Client) -> None:
    footer = _text(visitor, "/nl/").partition("<footer")[2]
    assert "Gemaakt bv · Kouter 1, 9000 Gent" in footer
    assert "ondernemingsnummer 0123.456.749" in footer


def test_what_nobody_filled_in_leaves_no_hole(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_settings, "SELLER", {"name": "Gemaakt bv", "address": "", "number": "", "phone": ""})
    html = _text(visitor, "/nl/contact/")
    assert "Ondernemingsnummer" not in html
    assert "Telefoon" not in html


def test_the_demo_says_that_nothing_of_it_is_real(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shop_settings, "IS_DEMO", False)
    assert "verzonnen" not in _text(visitor, "/nl/verkoopsvoorwaarden/")
    monkeypatch.setattr(shop_settings, "IS_DEMO", True)
    assert "Er wordt niets verkocht" in _text(visitor, "/nl/verkoopsvoorwaarden/")
    assert "ondernemingsnummer 0123.456.749</span> (verzonnen)" in _text(visitor, "/nl/")


def test_the_conditions_tell_how_to_withdraw_and_where_to_complain(visitor: Client) -> None:
    html = _text(visitor, "/nl/verkoopsvoorwaarden/")
    for text in ("veertien dagen", "Modelformulier voor herroeping", "twee jaar wettelijke garantie"):
        assert text in html
    assert "https://consumentenombudsdienst.be" in html
    assert "ec.europa.eu" not in html  # the platform for disputes that shops used to link to is closed


def test_the_privacy_statement_names_the_cookies_that_the_shop_sets(visitor: Client) -> None:
    html = _text(visitor, "/nl/privacy/")
    assert shop_settings.SESSION_COOKIE_NAME in html
    assert shop_settings.CSRF_COOKIE_NAME in html


def test_the_privacy_statement_says_of_each_thing_how_long_it_is_kept(visitor: Client) -> None:
    html = unescape(_text(visitor, "/nl/privacy/"))
    for row in ROWS:
        assert f"<dt>{row.what}</dt><dd>{row.how_long}, {row.since}</dd>" in html
    assert "2 jaar, nadat alles geleverd" in html


def test_the_conditions_are_agreed_to_beside_the_button_that_orders(visitor: Client) -> None:
    visitor.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    review(visitor)
    agreed, _button, _rest = _text(visitor, "/nl/afrekenen/").partition("Bestellen en betalen</button>")
    assert 'ga je akkoord met de <a href="/nl/verkoopsvoorwaarden/">verkoopsvoorwaarden</a>' in agreed
