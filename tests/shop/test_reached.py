"""Where parcels go is told on every page as Saleor's shipping zones have it, and asked for no page."""

import pytest
from django.test import Client

from shop import generation
from shop.saleor import reached
from tests.shop.buying import fill
from tests.shop.fakes import FakeSaleor, collection_point

SAID = {
    "nl": ("We leveren in België en Nederland.", "Thuis geleverd in België en Nederland."),
    "en": ("We deliver to: Belgium and Netherlands.", "Delivered to your home: Belgium and Netherlands."),
    "fr": (
        "Pays de livraison\N{NO-BREAK SPACE}: Belgique et Pays-Bas.",
        "Livraison à domicile\N{NO-BREAK SPACE}: Belgique et Pays-Bas.",
    ),
}
PRODUCT = {"nl": "/nl/product/koord/", "en": "/en/product/koord/", "fr": "/fr/produit/koord/"}


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("language", SAID)
def test_the_countries_are_named_in_the_language_of_the_page(visitor: Client, language: str) -> None:
    in_the_foot, beside_the_piece = SAID[language]
    html = page(visitor, PRODUCT[language])
    assert in_the_foot in html
    assert beside_the_piece in html


def test_a_country_that_is_added_is_named_wherever_they_are(visitor: Client, saleor: FakeSaleor) -> None:
    page(visitor, "/nl/")
    saleor.delivered["FR"] = saleor.delivered["BE"]
    generation.rise()
    generation.forget()
    for address in ("/nl/", "/nl/product/koord/", "/nl/verkoopsvoorwaarden/"):
        assert "België, Frankrijk en Nederland." in page(visitor, address), address
    assert '"applicableCountry":["BE","FR","NL"]' in page(visitor, "/nl/").replace('", "', '","').replace(": [", ":[")


def test_of_many_countries_it_is_said_how_many(visitor: Client, saleor: FakeSaleor) -> None:
    for code in ("DE", "FR", "LU"):
        saleor.delivered[code] = saleor.delivered["BE"]
    assert "We leveren in 5 landen." in page(visitor, "/nl/")


def test_no_page_asks_saleor_for_it(visitor: Client, saleor: FakeSaleor) -> None:
    page(visitor, "/nl/")
    assert saleor.operations() == ["products"]
    assert "We leveren in België en Nederland." in page(visitor, "/nl/verkoopsvoorwaarden/")
    assert saleor.operations() == ["products"]


def test_another_process_hears_it_from_valkey_and_a_page_before_anybody_was_told_says_nothing(visitor: Client) -> None:
    assert "We leveren" not in page(visitor, "/nl/verkoopsvoorwaarden/")
    page(visitor, "/nl/")
    reached.forget()
    assert "We leveren in België en Nederland." in page(visitor, "/nl/verkoopsvoorwaarden/")


def test_a_product_says_where_it_can_be_collected_once_a_basket_was_offered_it(
    visitor: Client, saleor: FakeSaleor
) -> None:
    fill(visitor)
    assert "af te halen" not in page(visitor, "/nl/product/zit/")
    saleor.points = [collection_point()]
    page(visitor, "/nl/mandje/")
    for address, told in (("/nl/product/koord/", "Of gratis af te halen in Gent."), ("/fr/produit/koord/", "à Gand.")):
        assert told in page(visitor, address)
    saleor.points = [collection_point() | {"clickAndCollectOption": "LOCAL"}]
    page(visitor, "/nl/mandje/")
    assert reached.towns() == ()
