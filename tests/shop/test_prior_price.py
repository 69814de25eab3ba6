"""Beside every reduction stands the lowest price of the thirty days before it; without that, none is announced."""

from typing import Any

import pytest
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.shelves import gross, in_dollars

TOLD = "Laagste prijs van de 30 dagen ervoor: €\N{NO-BREAK SPACE}265"


def reduce(
    saleor: FakeSaleor, minor: int = 21_200, prior: int | None = 26_500, *, announced: bool = True
) -> dict[str, Any]:
    """The first stool's variant at another price, as Saleor tells it with its prior one."""
    stool: dict[str, Any] = saleor.products[1]
    before = gross(prior) if prior else None
    for variant in stool["variants"]:
        variant["pricing"] = {"price": gross(minor), "onSale": announced, "pricePrior": before}
    stool["pricing"] = {"priceRange": {"start": gross(minor), "stop": gross(minor)}}
    return stool


def test_a_reduction_is_told_with_its_prior_price_on_the_page_and_the_card(visitor: Client, saleor: FakeSaleor) -> None:
    reduce(saleor)
    for address in ("/nl/product/zit/", "/nl/collectie/", "/nl/"):
        html = visitor.get(address).content.decode()
        assert html.count(TOLD) == 1, address
        assert "€\N{NO-BREAK SPACE}212" in html, address
    assert "Lowest price of the 30 days before: €265" in visitor.get("/en/product/zit/").content.decode()


def test_the_basket_and_the_overview_say_it_too(reviewer: Client, saleor: FakeSaleor) -> None:
    reduce(saleor)
    reviewer.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": "1"})
    for address in ("/nl/mandje/", "/nl/afrekenen/"):
        html = reviewer.get(address).content.decode()
        assert "Nu €\N{NO-BREAK SPACE}212 per stuk." in html, address
        assert html.count(TOLD) == 1, address


@pytest.mark.parametrize(
    "changes",
    [
        {"prior": None},  # nobody knows what it was before
        {"prior": 21_200},  # it was as cheap within those days
        {"prior": 19_900},
        {"announced": False},  # another price, and no reduction
    ],
)
def test_what_is_no_reduction_by_law_is_a_price_like_any_other(
    visitor: Client, saleor: FakeSaleor, changes: dict[str, Any]
) -> None:
    reduce(saleor, **changes)
    for address in ("/nl/product/zit/", "/nl/collectie/"):
        html = visitor.get(address).content.decode()
        assert "€\N{NO-BREAK SPACE}212" in html
        assert "Laagste prijs" not in html


def test_variants_that_are_not_reduced_alike_say_so_each_for_itself(visitor: Client, saleor: FakeSaleor) -> None:
    stool = reduce(saleor)
    stool["variants"][1]["pricing"] = {"price": gross(26_500), "onSale": False, "pricePrior": None}
    html = visitor.get("/nl/product/zit/").content.decode()
    assert html.count(TOLD) == 1
    options = html[html.index('class="options"') : html.index("</fieldset>")]
    assert options.count(TOLD) == 1
    assert options.index(TOLD) < options.index("zithoogte 65 cm")


def test_a_prior_price_in_a_currency_that_we_do_not_sell_in_is_none(visitor: Client, saleor: FakeSaleor) -> None:
    stool = reduce(saleor)
    for variant in stool["variants"]:
        variant["pricing"]["pricePrior"] = in_dollars(variant["pricing"]["pricePrior"])
    assert "Laagste prijs" not in visitor.get("/nl/product/zit/").content.decode()


def test_what_cannot_be_bought_announces_nothing(
    visitor: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    reduce(saleor)
    del fulfilment.promises["SG-003"]
    assert "Laagste prijs" not in visitor.get("/nl/product/zit/").content.decode()
