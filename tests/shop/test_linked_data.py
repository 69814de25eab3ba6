"""What a page says for machines is what it says for people, and nothing but data."""

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from shop import settings as shop_settings
from shop.found.written import linked
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.shelves import LABEUR, SEP_VERBOOM, in_dollars, product

SHOP = "http://shop.test"
ELEMENT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told(html: str) -> list[dict[str, Any]]:
    """The nodes of a page."""
    [text] = ELEMENT.findall(html)
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    graph: list[dict[str, Any]] = data["@graph"]
    return graph


def node(visitor: Client, path: str, kind: str) -> dict[str, Any]:
    return next(one for one in told(visitor.get(path).content.decode()) if one["@type"] == kind)


def test_a_product_says_what_it_costs_who_makes_it_and_that_it_is_made_to_order(visitor: Client) -> None:
    lamp = node(visitor, "/nl/product/koord/", "Product")
    assert lamp["offers"] == {
        "@type": "Offer",
        "url": f"{SHOP}/nl/product/koord/",
        "price": "289.00",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/MadeToOrder",
        "itemCondition": "https://schema.org/NewCondition",
        "seller": {"@type": "Organization", "@id": f"{SHOP}/#house", "name": shop_settings.SELLER["name"]},
    }
    assert lamp["sku"] == "SG-001-0"
    assert lamp["description"] == "Het verhaal van Koord."
    assert lamp["image"][0] == "http://media/koord-object-2048.WEBP"
    assert lamp["manufacturer"]["name"] == "Labeur"
    assert lamp["manufacturer"]["url"] == f"{SHOP}/nl/makers/labeur/"
    assert {one["name"]: one["value"] for one in lamp["additionalProperty"]} == {
        "Ontworpen door": "Sep Verboom",
        "Uren werk": "9",
    }


def test_nobody_is_said_to_have_judged_it(visitor: Client) -> None:
    html = visitor.get("/nl/product/koord/").content.decode()
    assert not re.search("rating|review", html, re.IGNORECASE)


def test_versions_of_a_piece_are_a_group_each_with_its_own_offer(visitor: Client, saleor: FakeSaleor) -> None:
    higher = saleor.variant("Variant:SG-003-1")
    higher["pricing"]["price"]["gross"]["amount"] = 280.5
    stool = node(visitor, "/nl/product/zit/", "ProductGroup")
    assert stool["productGroupID"] == "SG-003"
    assert "offers" not in stool
    assert [(one["@type"], one["name"], one["sku"], one["offers"]["price"]) for one in stool["hasVariant"]] == [
        ("Product", "Zit, zithoogte 45 cm", "SG-003-0", "265.00"),
        ("Product", "Zit, zithoogte 65 cm", "SG-003-1", "280.50"),
    ]


@pytest.mark.parametrize(
    ("change", "availability"),
    [
        ({"trackInventory": True}, "InStock"),
        ({"trackInventory": True, "quantityAvailable": 0}, "SoldOut"),
        ({"trackInventory": False}, "MadeToOrder"),
    ],
)
def test_it_is_to_be_had_as_the_page_says(
    visitor: Client, saleor: FakeSaleor, change: dict[str, Any], availability: str
) -> None:
    saleor.products[2]["variants"][0].update(change)
    assert node(visitor, "/nl/product/strik/", "Product")["offers"]["availability"].endswith(f"/{availability}")
    assert ("Uitverkocht" in visitor.get("/nl/product/strik/").content.decode()) is (availability == "SoldOut")


def test_what_nobody_makes_now_is_out_of_stock_and_what_has_no_price_of_ours_has_no_offer(
    visitor: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    fulfilment.promises["SG-001"]["sellable"] = False
    assert node(visitor, "/nl/product/koord/", "Product")["offers"]["availability"].endswith("/OutOfStock")
    stool = saleor.products[1]
    stool["pricing"] = in_dollars(stool["pricing"])
    for variant in stool["variants"]:
        variant["pricing"] = in_dollars(variant["pricing"])
    versions = node(visitor, "/nl/product/zit/", "ProductGroup")["hasVariant"]
    assert all("offers" not in version for version in versions)


def test_a_name_that_would_end_the_element_or_begin_another_is_only_a_name(visitor: Client, saleor: FakeSaleor) -> None:
    name = "</script><script>alert(1)</script><!-- & \u2028 \"'"
    saleor.products = [product("SG-001", "koord", name, 28_900, maker=LABEUR, designer=SEP_VERBOOM)]
    for path in ("/nl/product/koord/", "/nl/collectie/", "/nl/makers/labeur/"):
        html = visitor.get(path).content.decode()
        assert len(re.findall("<script", html)) == len(re.findall("</script>", html)) == 1
        assert "alert(1)</script>" not in html
    assert node(visitor, "/nl/product/koord/", "Product")["name"] == name


def test_without_a_node_there_is_no_element() -> None:
    assert linked([]) == ""


def test_the_way_to_a_page_begins_at_home_and_ends_at_itself(visitor: Client) -> None:
    way = node(visitor, "/en/product/koord/", "BreadcrumbList")["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in way] == [
        (1, "Sociaal Gemaakt", f"{SHOP}/en/"),
        (2, "The collection", f"{SHOP}/en/collection/"),
        (3, "Koord", f"{SHOP}/en/product/koord/"),
    ]
    html = visitor.get("/en/product/koord/").content.decode()
    assert all(f'href="{path}"' in html for path in ("/en/", "/en/collection/"))


def test_the_first_page_says_who_sells_as_the_foot_of_the_page_does(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = {"name": "Gemaakt bv", "address": "Kouter 1, 9000 Gent", "number": "0123.456.749", "phone": ""}
    monkeypatch.setattr(shop_settings, "SELLER", seller)
    house = node(visitor, "/nl/", "Organization")
    assert house["name"] == "Gemaakt bv"
    assert house["address"] == "Kouter 1, 9000 Gent"
    assert house["vatID"] == "BE 0123.456.749"
    assert "telephone" not in house
    assert house["hasMerchantReturnPolicy"]["merchantReturnDays"] == shop_settings.WITHDRAWAL_DAYS
    assert house["hasMerchantReturnPolicy"]["applicableCountry"] == ["BE", "NL"]
    assert finders.find(house["logo"].removeprefix(f"{SHOP}/static/"))


def test_a_workshop_is_an_organisation_and_a_designer_a_name_that_things_bear(visitor: Client) -> None:
    workshop = node(visitor, "/nl/makers/labeur/", "Organization")
    assert (workshop["name"], workshop["email"]) == ("Labeur", "hallo@labeur.example")
    assert workshop["description"] == "Labeur werkt met touw & hout."
    designer = node(visitor, "/nl/makers/sep-verboom/", "Brand")
    assert designer["url"] == f"{SHOP}/nl/makers/sep-verboom/"


def test_a_story_is_an_article_with_its_day_and_what_it_is_about(visitor: Client) -> None:
    article = node(visitor, "/nl/verhalen/negen-uur-touw/", "Article")
    assert article["headline"] == "Negen uur touw"
    assert article["datePublished"] == "2026-10-05T09:00:00+00:00"
    assert [one["url"] for one in article["about"]] == [f"{SHOP}/nl/product/koord/"]
    assert article["image"] == ["http://media/koord-use-2048.WEBP"]
    assert node(visitor, "/en/stories/negen-uur-touw/", "Article")["headline"] == "[EN] Negen uur touw"


def test_a_page_of_pieces_lists_them_in_the_order_in_which_they_stand(visitor: Client) -> None:
    listed = node(visitor, "/nl/collectie/in-huis/", "CollectionPage")
    assert listed["name"] == "In huis"
    names = [one["name"] for one in listed["mainEntity"]["itemListElement"]]
    assert names == ["Koord", "Zit"]


def test_saleors_texts_are_told_in_the_language_of_the_page(visitor: Client) -> None:
    assert node(visitor, "/en/product/koord/", "Product")["description"] == "[EN] Het verhaal van Koord."
