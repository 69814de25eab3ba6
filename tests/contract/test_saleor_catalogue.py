"""Products, pages and warehouses, as the shop and fulfilment read them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.support.saleor_bench import CHANNEL, SaleorBench

PRODUCT = """query($s: String, $c: String, $e: String) { product(slug: $s, channel: $c, externalReference: $e) {
  id name slug externalReference description category { slug name }
  listed: metafield(key: "producer") metadata { key value }
  pricing { priceRange { start { gross { amount currency } net { amount } tax { amount } } stop { gross { amount } } } }
  subtitle: assignedAttribute(slug: "subtitle") { ... on AssignedPlainTextAttribute { value } }
  none: assignedAttribute(slug: "no-such-attribute") { __typename }
  producer: assignedAttribute(slug: "producer") { attribute { slug }
    ... on AssignedSinglePageReferenceAttribute { page: value { slug title pageType { slug } } } }
  designers: assignedAttribute(slug: "designers") {
    ... on AssignedMultiPageReferenceAttribute { pages: value(limit: 5) { slug pageType { slug } } } }
  media { alt type url small: url(size: 512, format: WEBP) }
  variants { id sku trackInventory quantityAvailable pricing { price { gross { amount } net { amount } } } }
} }"""


def test_a_product_tells_who_makes_it_and_what_it_costs(saleor: SaleorBench) -> None:
    product = saleor.ask(PRODUCT, s=saleor.variant()["product"]["slug"], c=CHANNEL)["product"]
    assert product["externalReference"].startswith("SG-")
    assert product["producer"]["page"]["pageType"]["slug"] == "maker"
    assert product["producer"]["attribute"]["slug"] == "producer"
    assert {page["pageType"]["slug"] for page in product["designers"]["pages"]} == {"designer"}
    assert product["subtitle"]["value"]
    assert product["none"] is None
    start = product["pricing"]["priceRange"]["start"]
    assert start["gross"]["currency"] == "EUR"
    assert start["net"]["amount"] == (start["gross"]["amount"] / Decimal("1.21")).quantize(Decimal("0.01"))
    assert start["net"]["amount"] + start["tax"]["amount"] == start["gross"]["amount"]


def test_what_is_made_to_order_is_always_available_up_to_the_limit(saleor: SaleorBench) -> None:
    assert saleor.variant(tracked=False)["quantityAvailable"] == 50
    assert 0 < saleor.variant(tracked=True)["quantityAvailable"] <= 50


def test_pictures_are_served(saleor: SaleorBench) -> None:
    product = saleor.ask(PRODUCT, s=saleor.variant()["product"]["slug"], c=CHANNEL)["product"]
    picture = product["media"][0]
    assert picture["type"] == "IMAGE"
    assert picture["alt"]
    assert picture["small"].startswith("http")


OF_VARIANTS = """query($c: String!) { products(first: 50, channel: $c) { edges { node {
  media { id dimensions: metafield(key: "dimensions") none: metafield(key: "no-such-key") }
  variants { name media { id }
    colour: assignedAttribute(slug: "colour") { attribute { slug } ... on AssignedSwatchAttribute {
      value { name slug hexColor file { url } told: translation(languageCode: FR) } } }
    none: assignedAttribute(slug: "no-such-attribute") { __typename } } } } } }"""


def test_a_variant_has_pictures_that_are_among_its_products(saleor: SaleorBench) -> None:
    products = [edge["node"] for edge in saleor.ask(OF_VARIANTS, c=CHANNEL)["products"]["edges"]]
    given = [(product, variant) for product in products for variant in product["variants"] if variant["media"]]
    assert len(given) > 1
    for product, variant in given:
        there = [medium["id"] for medium in product["media"]]
        assert {medium["id"] for medium in variant["media"]} < set(there[1:]), variant["name"]


def test_a_picture_tells_how_large_its_original_is_where_the_set_up_wrote_it(saleor: SaleorBench) -> None:
    products = [edge["node"] for edge in saleor.ask(OF_VARIANTS, c=CHANNEL)["products"]["edges"]]
    told = {medium["dimensions"] for product in products for medium in product["media"] if medium["dimensions"]}
    assert "1600x2000" in told
    assert all(medium["none"] is None for product in products for medium in product["media"])


def test_the_colour_of_a_variant_is_a_swatch_with_a_name_in_each_language(saleor: SaleorBench) -> None:
    products = [edge["node"] for edge in saleor.ask(OF_VARIANTS, c=CHANNEL)["products"]["edges"]]
    variants = [variant for product in products for variant in product["variants"]]
    assert all(variant["none"] is None for variant in variants)
    colours = {variant["name"]: variant["colour"] for variant in variants}
    assert colours["mos"]["attribute"]["slug"] == "colour"
    told = {"name": "mos", "slug": "mos", "hexColor": "#4B5A37", "file": None, "told": "mousse"}
    assert colours["mos"]["value"] == told
    without = colours["zithoogte 45 cm"]  # of the same type, and without a value
    assert without is None or without["value"] is None


def test_a_product_is_found_by_its_code_and_not_in_a_channel_that_does_not_sell_it(saleor: SaleorBench) -> None:
    code = saleor.variant()["product"]["externalReference"]
    assert saleor.as_app(PRODUCT, e=code)["product"]["externalReference"] == code
    assert saleor.as_app(PRODUCT, e=code)["product"]["pricing"] is None
    assert saleor.as_app(PRODUCT, e="NO-SUCH-CODE")["product"] is None
    assert saleor.ask(PRODUCT, s="no-such-slug", c=CHANNEL)["product"] is None


TOLD = """query($s: String!, $c: String!, $l: LanguageCodeEnum!) { product(slug: $s, channel: $c) {
  name told: translation(languageCode: $l) { name description }
  subtitle: assignedAttribute(slug: "subtitle") {
    ... on AssignedPlainTextAttribute { value told: translation(languageCode: $l) } }
  category { name told: translation(languageCode: $l) { name } }
  producer: assignedAttribute(slug: "producer") { ... on AssignedSinglePageReferenceAttribute {
    page: value { title told: translation(languageCode: $l) { title content } } } }
  variants { name told: translation(languageCode: $l) { name } }
} }"""


def test_a_product_is_told_in_other_languages_and_is_nothing_in_one_that_nobody_wrote(saleor: SaleorBench) -> None:
    slug = saleor.variant()["product"]["slug"]
    french = saleor.ask(TOLD, s=slug, c=CHANNEL, l="FR")["product"]
    assert french["subtitle"]["told"]
    assert french["subtitle"]["told"] != french["subtitle"]["value"]
    assert '"blocks"' in french["told"]["description"]
    assert french["told"]["name"] is None  # a name is the same in every language
    assert french["category"]["told"]["name"]
    assert '"blocks"' in french["producer"]["page"]["told"]["content"]
    dutch = saleor.ask(TOLD, s=slug, c=CHANNEL, l="NL")["product"]
    assert dutch["told"] is dutch["subtitle"]["told"] is dutch["category"]["told"] is None
    assert dutch["producer"]["page"]["told"] is None


def test_the_list_goes_on_after_its_cursor(saleor: SaleorBench) -> None:
    document = """query($c: String!, $a: String, $n: Int!) { products(first: $n, after: $a, channel: $c) {
      pageInfo { hasNextPage endCursor } edges { node { slug } } } }"""
    every = [e["node"]["slug"] for e in saleor.ask(document, c=CHANNEL, n=100)["products"]["edges"]]
    seen: list[str] = []
    after = None
    while True:
        page = saleor.ask(document, c=CHANNEL, n=2, a=after)["products"]
        seen += [edge["node"]["slug"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == every


def test_a_page_about_a_maker_is_public(saleor: SaleorBench) -> None:
    product = saleor.ask(PRODUCT, s=saleor.variant()["product"]["slug"], c=CHANNEL)["product"]
    slug = product["producer"]["page"]["slug"]
    document = """query($s: String!) { page(slug: $s) { slug title content isPublished
      city: assignedAttribute(slug: "city") { ... on AssignedPlainTextAttribute { value } }
      mark: assignedAttribute(slug: "mark") { ... on AssignedFileAttribute { value { url } } } } }"""
    page = saleor.ask(document, s=slug)["page"]
    assert page["isPublished"]
    assert page["city"]["value"]
    assert page["mark"]["value"]["url"].startswith("http")
    assert '"blocks"' in page["content"]
    assert saleor.ask(document, s="no-such-page")["page"] is None


def test_the_drawing_of_a_products_measures_is_public(saleor: SaleorBench) -> None:
    document = """query($s: String!, $c: String!) { product(slug: $s, channel: $c) {
      drawing: assignedAttribute(slug: "drawing") { ... on AssignedFileAttribute { file: value { url } } } } }"""
    found = saleor.ask(document, s=saleor.variant()["product"]["slug"], c=CHANNEL)["product"]
    assert found["drawing"]["file"]["url"].startswith("http")
    assert found["drawing"]["file"]["url"].endswith(".svg")


def test_what_is_delivered_where_and_for_how_much_is_public(saleor: SaleorBench) -> None:
    document = """query($c: String!, $l: CountryCode!) { shop { availableShippingMethods(
      channel: $c, address: { country: $l }) { name price { amount currency }
        told: translation(languageCode: FR) { name } minimumDeliveryDays maximumDeliveryDays } } }"""

    def offered(channel: str, country: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = saleor.ask(document, c=channel, l=country)["shop"]["availableShippingMethods"]
        return found

    assert [method["price"]["currency"] for method in offered(CHANNEL, "BE")] == ["EUR"]
    assert offered(CHANNEL, "BE") == offered(CHANNEL, "NL")
    assert offered(CHANNEL, "BE")[0]["told"]["name"]
    assert offered(CHANNEL, "FR") == offered("no-such-channel", "BE") == []


def test_of_products_and_pages_everybody_is_told_since_when_they_are_there(saleor: SaleorBench) -> None:
    slug = saleor.variant()["product"]["slug"]
    document = """query($s: String!, $c: String!) { product(slug: $s, channel: $c) {
      created updatedAt availableForPurchaseAt
      producer: assignedAttribute(slug: "producer") { ... on AssignedSinglePageReferenceAttribute {
        page: value { created publishedAt } } } } }"""
    product = saleor.ask(document, s=slug, c=CHANNEL)["product"]
    page = product["producer"]["page"]
    told = [product["created"], product["updatedAt"], product["availableForPurchaseAt"], page["created"]]
    assert all(datetime.fromisoformat(moment).tzinfo for moment in told)
    assert page["publishedAt"] is None or datetime.fromisoformat(page["publishedAt"]).tzinfo


def test_public_metadata_is_written_by_the_app_and_read_by_everybody(saleor: SaleorBench) -> None:
    product = saleor.variant()["product"]
    document = """mutation($id: ID!, $v: String!) {
      updateMetadata(id: $id, input: [{key: "producer", value: $v}]) { errors { field code } } }"""
    assert saleor.refused(document, id=product["id"], v="x") == "PermissionDenied"
    assert saleor.as_app(document, id=product["id"], v="labeur")["updateMetadata"]["errors"] == []
    read = saleor.ask(PRODUCT, s=product["slug"], c=CHANNEL)["product"]
    assert read["listed"] == "labeur"
    assert {"key": "producer", "value": "labeur"} in read["metadata"]
    private = "query($id: ID!, $c: String) { product(id: $id, channel: $c) { privateMetadata { key value } } }"
    assert saleor.refused(private, id=product["id"], c=CHANNEL) == "PermissionDenied"
    shown = saleor.as_app(private, id=product["id"])["product"]["privateMetadata"]
    assert "producer" not in {item["key"] for item in shown}


def test_only_who_manages_products_may_leave_the_channel_out(saleor: SaleorBench) -> None:
    product = saleor.variant()["product"]
    one, several = "query($id: ID!) { product(id: $id) { name } }", "{ products(first: 1) { edges { node { name } } } }"
    assert saleor.refused(one, id=product["id"]) == saleor.refused(several) == "GraphQLError"
    assert saleor.as_app(one, id=product["id"])["product"] == {"name": product["name"]}
    assert saleor.as_app(several)["products"]["edges"]
    assert saleor.refused("query($c: String) { product(channel: $c) { name } }", c=CHANNEL) == "GraphQLError"


def test_a_variant_without_a_name_bears_its_sku(saleor: SaleorBench) -> None:
    variant = saleor.variant(tracked=True)
    assert variant["name"] == variant["sku"]
    assert saleor.order([(variant["id"], 1)]).read("lines { variantName }")["lines"] == [
        {"variantName": variant["sku"]}
    ]


def test_a_warehouse_is_found_by_the_slug_of_its_partner(saleor: SaleorBench) -> None:
    product = saleor.ask(PRODUCT, s=saleor.variant()["product"]["slug"], c=CHANNEL)["product"]
    slug = product["producer"]["page"]["slug"]
    document = "query($e: String!) { warehouse(externalReference: $e) { id externalReference address { city } } }"
    assert saleor.as_app(document, e=slug)["warehouse"]["externalReference"] == slug
    assert saleor.as_app(document, e="nobody") == {"warehouse": None}
    assert saleor.refused(document, e=slug) == "PermissionDenied"


def test_a_picture_tells_what_it_shows_in_other_languages_where_the_set_up_wrote_it(saleor: SaleorBench) -> None:
    asked = """query($c: String!) { products(first: 50, channel: $c) { edges { node { media {
      alt fr: metafield(key: "alt_fr") nl: metafield(key: "alt_nl") } } } } }"""
    shown = [one for edge in saleor.ask(asked, c=CHANNEL)["products"]["edges"] for one in edge["node"]["media"]]
    assert any(one["fr"] and one["fr"] != one["alt"] for one in shown)
    assert {one["nl"] for one in shown} == {None}
