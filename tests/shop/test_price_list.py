"""A company's price list: what its members read, search and take along, and that nothing of it is kept anywhere."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

import httpx2
import pytest
from django.test import Client

from shop.business.pricelist import found, grouped, table
from shop.fulfilment.companies import NetPrice
from shop.money import Money
from shop.pages import middleware
from tests.shop import members
from tests.shop.fake_companies import COMPANY
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.members import AN, PAGE, html, logged_in

PRICES, TABLE = f"{PAGE}prijzen/", f"{PAGE}prijzen.csv"


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    with members.at_once():
        yield


@pytest.fixture
def an(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Client:
    return logged_in(saleor, AN)


def price(sku: str, name: str = "Koord", *, product: str = "", variant: str = "", minor: int = 100) -> NetPrice:
    return NetPrice(sku, product, name, variant, Money(minor, "EUR"))


def many(fulfilment: FakeFulfilment, number: int) -> None:
    fulfilment.companies.prices["prices"] = [
        {"sku": f"X-{n}", "product_code": f"X-{n}", "name": f"Ding {n}", "variant_name": "", "net_minor": n}
        for n in range(number)
    ]


# Read


def test_what_belongs_to_one_product_stands_together_with_its_picture_and_its_net_prices(an: Client) -> None:
    page = html(an, PRICES)
    assert page.count("<tbody>") == 2
    for told in ("€ 159,25", "zithoogte 45 cm", "€ 146,00", "SG-003-1", "gemaakt door Compaan", "Excl. btw"):
        assert told in page, told
    assert "http://media/zit-object-" in page
    assert "Een bestelling komt op minstens € 250." in page


def test_it_says_how_one_orders_and_nothing_of_prices_with_vat(an: Client) -> None:
    page = html(an, PRICES)
    assert "?subject=Bestelling%20Hotel%20Voorbeeld" in page
    assert "De prijzen op deze pagina zijn zonder btw." in page
    assert "Alle prijzen zijn met btw." not in page


def test_what_the_shop_does_not_sell_has_its_price_and_no_picture(an: Client, fulfilment: FakeFulfilment) -> None:
    many(fulfilment, 1)
    page = html(an, PRICES)
    assert '<span class="price-name">Ding 0</span>' in page
    assert "<picture>" not in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("koo", {"Koord"}),
        ("SG-003", {"Zit"}),
        ("zithoogte 65", {"Zit"}),
        ("compaan", {"Zit"}),
        ("labeur zit", set()),
    ],
)
def test_one_searches_by_name_code_variant_or_maker(an: Client, query: str, names: set[str]) -> None:
    page = html(an, f"{PRICES}?q={query}")
    assert {name for name in ("Koord", "Zit") if f">{name}</a></span>" in page} == names
    assert f"<strong>{len(names)}</strong>" in page
    assert f'value="{query}"' in page


def test_a_long_list_has_pages_which_keep_what_was_searched(an: Client, fulfilment: FakeFulfilment) -> None:
    many(fulfilment, 130)
    first = html(an, f"{PRICES}?q=ding")
    assert "Bladzijde 1 van 3" in first
    assert 'href="?q=ding&amp;page=2"' in first
    assert html(an, f"{PRICES}?q=ding&page=3").count("<tbody>") == 10
    assert "Bladzijde 3 van 3" in html(an, f"{PRICES}?page=99")


def test_an_empty_list_says_so(an: Client, fulfilment: FakeFulfilment) -> None:
    many(fulfilment, 0)
    assert "Er staat nog niets op jullie prijslijst." in html(an, PRICES)


def test_a_suspended_company_reads_that_its_list_is_closed(an: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.companies.companies[COMPANY]["state"] = "suspended"
    page = html(an, PRICES)
    assert "De prijslijst is nu gesloten" in page
    assert "159,25" not in page
    assert an.get(TABLE)["Location"] == PRICES


# Taken along


def rows(answer: Any, delimiter: str) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=delimiter))


def test_the_whole_list_is_a_table_as_spreadsheets_of_each_language_read_it(an: Client) -> None:
    answer = an.get(TABLE)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="prijzen-hotel-voorbeeld-')
    heading, first, *_more = rows(answer, ";")
    assert heading == ["Productcode", "Code", "Naam", "Uitvoering", "Netto, zonder btw", "Munt"]
    assert first == ["SG-001", "SG-001-0", "Koord", "", "159,25", "EUR"]
    english = rows(an.get(f"/en/business/company/{COMPANY}/prices.csv"), ",")
    assert english[1] == ["SG-001", "SG-001-0", "Koord", "", "159.25", "EUR"]


@pytest.mark.parametrize("name", ["=1+1", "+32", "-1", "@sum", "\tx"])
def test_no_cell_is_a_formula(name: str) -> None:
    (row,) = csv.reader(StringIO(table([price("SG-1", name)], (), comma=False).partition("\n")[2]))
    assert row[2] == f"'{name}"


def test_a_cent_and_a_million_are_written_whole() -> None:
    text = table([price("a", minor=1), price("b", minor=123_456_789), price("c", minor=0)], (), comma=True)
    assert [line.split(";")[4] for line in text.splitlines()[1:]] == ["0,01", "1234567,89", "0,00"]


# Put together


def test_products_keep_the_order_of_the_list_and_what_has_no_code_stands_alone() -> None:
    prices = [price("b-1", product="b"), price("x"), price("b-2", product="b"), price("y")]
    assert [(one.code, len(one.prices)) for one in grouped(prices, {})] == [("b", 2), ("x", 1), ("y", 1)]


def test_every_word_that_was_typed_must_begin_a_word() -> None:
    products = grouped([price("SG-1", "Thé-kan", variant="groot"), price("SG-2", "Kan")], {})
    assert [one.code for one in found(products, "THE kan")] == ["SG-1"]
    assert [one.code for one in found(products, "an")] == []
    assert len(found(products, "  ")) == 2


# Kept nowhere


@pytest.mark.parametrize("address", [PRICES, TABLE, PAGE, members.MINE])
def test_nothing_of_a_company_is_kept_by_anybody(an: Client, address: str) -> None:
    answer = an.get(address)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert all(COMPANY not in str(key) and "mijn-bedrijven" not in str(key) for key in middleware._counting)


def test_while_the_list_cannot_be_read_the_page_asks_to_come_again(an: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.Response(503, json={"error": {"code": "GATEWAY", "message": ""}})
    for address in (PRICES, TABLE):
        assert an.get(address).status_code == 503
