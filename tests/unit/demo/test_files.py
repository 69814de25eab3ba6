"""The two files that describe the demo shop agree with each other and with the pictures beside them."""

import datetime
import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from stdnum import iban
from stdnum.be import iban as belgian_iban
from stdnum.be import vat as belgian_vat

from catalogue.file import HEADING
from shop.info.views import MAKING, QUESTIONS

DEMO = Path(__file__).parents[3] / "demo"
PICTURES = DEMO / "pictures"
HEIGHTS = {"object": 2000, "material": 2000, "use": 1067}
NO_BREAK_SPACE = "\u00a0"
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def _read(name: str) -> dict[str, Any]:
    with (DEMO / name).open("rb") as file:
        return tomllib.load(file)


CATALOGUE, PARTNERS = _read("catalogue.toml"), _read("partners.toml")
PRODUCTS: list[dict[str, Any]] = CATALOGUE["product"]
AGREEMENTS: list[dict[str, Any]] = PARTNERS["agreement"]
KINDS = {partner["slug"]: partner["kind"] for partner in PARTNERS["partner"]}
per_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product["code"])
per_agreement = pytest.mark.parametrize("agreement", AGREEMENTS, ids=lambda agreement: agreement["product"])


PRODUCT_TEXTS = ("description", "subtitle", "material", "hours", "size", "care", "reclaimed", "repair", "warnings")
PAGE_TEXTS = ("content", "summary", "address", "techniques", "bench", "evidence", "view")


def _pages(kind: str) -> dict[str, dict[str, Any]]:
    return {page["slug"]: page for page in CATALOGUE["page"] if page["type"] == kind}


def _translatable() -> dict[str, tuple[dict[str, Any], tuple[str, ...]]]:
    """Every entry that has texts in three languages, with the names of those texts, by what it is called in a report.

    Products, people and the variants without a name of their own keep their names in every language.
    """
    methods = [method for zone in CATALOGUE["shipping_zone"] for method in zone["method"]]
    variants = [variant for product in PRODUCTS for variant in product["variant"] if variant["name"]]
    kinds: list[tuple[str, list[dict[str, Any]], str, tuple[str, ...]]] = [
        ("product", PRODUCTS, "code", PRODUCT_TEXTS),
        ("variant", variants, "sku", ("name",)),
        ("page", [*_pages("maker").values(), *_pages("designer").values()], "slug", PAGE_TEXTS),
        ("page", [*_pages("material").values(), *_pages("story").values()], "slug", ("title", *PAGE_TEXTS)),
        ("page", list(_pages("information").values()), "slug", ("title", *PAGE_TEXTS)),
        ("category", CATALOGUE["category"], "slug", ("name",)),
        ("shipping", methods, "slug", ("name",)),
        ("collection", CATALOGUE["collection"], "slug", ("name", "description")),
        ("menu", CATALOGUE["menu_item"], "name", ("name",)),
    ]
    return {
        f"{kind} {entry[key]}": (entry, tuple(field for field in fields if field in entry))
        for kind, entries, key, fields in kinds
        for entry in entries
    }


TRANSLATABLE = _translatable()
per_text = pytest.mark.parametrize(("entry", "fields"), TRANSLATABLE.values(), ids=TRANSLATABLE)
per_language = pytest.mark.parametrize("language", ["en", "fr"])


def test_the_collection_is_the_six_products_of_the_brand() -> None:
    prices = {product["code"]: product["price"] for product in PRODUCTS}
    assert prices == {
        "SG-001": "289.00",
        "SG-002": "219.00",
        "SG-003": "265.00",
        "SG-004": "98.00",
        "SG-005": "129.00",
        "SG-006": "12.00",
    }


def test_there_are_six_makers_and_five_designers_with_a_story_and_a_city() -> None:
    assert len(_pages("maker")) == 6
    assert len(_pages("designer")) == 5
    people = [*_pages("maker").values(), *_pages("designer").values()]
    assert all(page["content"].strip() and page["city"] and page["title"] for page in people)


def test_every_maker_can_be_reached_as_whoever_makes_a_thing_must_be() -> None:
    assert all("Gent" in page["address"] and "@" in page["email"] for page in _pages("maker").values())


def test_what_is_said_of_a_material_has_its_evidence_beside_it() -> None:
    assert all(page["summary"] and page["evidence"] and page["content"] for page in _pages("material").values())


@per_product
def test_every_product_names_pages_of_its_materials_and_stories(product: dict[str, Any]) -> None:
    assert product["materials"]
    assert set(product["materials"]) <= set(_pages("material"))
    assert set(product.get("stories", ())) <= set(_pages("story"))


@per_product
def test_every_product_has_a_maker_page_a_warehouse_and_a_producing_partner(product: dict[str, Any]) -> None:
    warehouses = {warehouse["external_reference"] for warehouse in CATALOGUE["warehouse"]}
    assert product["producer"] in _pages("maker")
    assert product["producer"] in warehouses
    assert KINDS[product["producer"]] == "producer"


@per_product
def test_every_designer_of_a_product_has_a_page_and_is_a_partner(product: dict[str, Any]) -> None:
    for designer in product["designers"]:
        assert designer in _pages("designer")
        assert KINDS[designer] == "designer"


@per_product
def test_every_product_has_one_signed_agreement_with_its_own_producer(product: dict[str, Any]) -> None:
    matching = [agreement for agreement in AGREEMENTS if agreement["product"] == product["code"]]
    assert len(matching) == 1
    assert matching[0]["signed"] is True
    assert matching[0]["producer"] == product["producer"]
    sharing = {term["partner"] for term in matching[0]["terms"]}
    assert sharing >= {product["producer"], *product["designers"], "sociaal-gemaakt"}


@per_product
def test_every_product_says_all_that_its_page_shows(product: dict[str, Any]) -> None:
    for field in ("slug", "name", "subtitle", "description", "material", "hours", "size", "care"):
        assert product[field].strip(), field
    assert product["category"] in {category["slug"] for category in CATALOGUE["category"]}
    assert product["tax_class"] in {tax_class["slug"] for tax_class in CATALOGUE["tax_class"]}
    assert 2 <= len(product["description"].strip().split("\n\n")) <= 3


def test_only_the_trays_and_the_gift_box_come_from_stock() -> None:
    assert {product["code"] for product in PRODUCTS if not product["made_to_order"]} == {"SG-004", "SG-006"}


def test_every_sku_is_used_once_and_starts_with_its_product_code() -> None:
    skus = [(product["code"], variant["sku"]) for product in PRODUCTS for variant in product["variant"]]
    assert len({sku for _, sku in skus}) == len(skus)
    assert all(sku.startswith(code) for code, sku in skus)
    assert {code: len(product["variant"]) for product in PRODUCTS if (code := product["code"])} == {
        "SG-001": 1,
        "SG-002": 3,
        "SG-003": 2,
        "SG-004": 1,
        "SG-005": 1,
        "SG-006": 1,
    }


@per_agreement
def test_the_percentages_of_an_agreement_total_exactly_one_hundred(agreement: dict[str, Any]) -> None:
    shares = [Decimal(term["share"]) for term in agreement["terms"] if term["kind"] == "percent"]
    assert sum(shares) == Decimal(100)
    assert all(share > 0 for share in shares)


@per_agreement
def test_an_agreement_pays_the_workshop_a_fixed_amount_first_and_leaves_something_to_share(
    agreement: dict[str, Any],
) -> None:
    first, *rest = agreement["terms"]
    assert (first["kind"], first["partner"]) == ("fixed", agreement["producer"])
    assert all(term["kind"] == "percent" for term in rest)
    ranks = [term["rank"] for term in agreement["terms"]]
    assert ranks == sorted(set(ranks))
    gross = next(Decimal(product["price"]) for product in PRODUCTS if product["code"] == agreement["product"])
    assert Decimal(0) < Decimal(first["amount"]) < gross / Decimal("1.21")


@per_agreement
def test_an_agreement_names_only_partners_that_exist_and_was_in_force_before_the_demo(
    agreement: dict[str, Any],
) -> None:
    assert {term["partner"] for term in agreement["terms"]} <= KINDS.keys()
    assert isinstance(agreement["from"], datetime.date)


@pytest.mark.parametrize("partner", PARTNERS["partner"], ids=lambda partner: partner["slug"])
def test_every_partner_has_a_valid_but_unallocated_bank_account_and_one_tax_regime(partner: dict[str, Any]) -> None:
    assert iban.is_valid(partner["iban"])
    assert belgian_iban.is_valid(partner["iban"])
    assert partner["iban"][4:7] == "999"
    assert len(partner["bic"]) in (8, 11)
    (tax,) = partner["tax"]
    assert tax["regime"] in {"vat_liable", "small_business", "royalty", "none"}
    assert tax["vat_basis_points"] == (2100 if tax["regime"] == "vat_liable" else 0)
    assert tax["withholding_basis_points"] == (1500 if tax["regime"] == "royalty" else 0)
    if tax["regime"] == "vat_liable":
        assert belgian_vat.is_valid(tax["vat_number"])


def test_no_two_partners_share_a_bank_account() -> None:
    accounts = [partner["iban"] for partner in PARTNERS["partner"]]
    assert len(set(accounts)) == len(accounts)


def test_there_is_one_platform_and_one_public_body() -> None:
    kinds = list(KINDS.values())
    assert KINDS["sociaal-gemaakt"] == "platform"
    assert KINDS["stad-gent"] == "public_body"
    assert (kinds.count("platform"), kinds.count("public_body")) == (1, 1)


def test_every_workshop_has_a_coach_and_one_person_works_in_two_workshops() -> None:
    coached = {
        membership["partner"]
        for user in PARTNERS["user"]
        for membership in user["memberships"]
        if membership["role"] == "coach"
    }
    assert coached == {slug for slug, kind in KINDS.items() if kind == "producer"}
    workers = [user for user in PARTNERS["user"] if any(m["role"] == "worker" for m in user["memberships"])]
    assert [len(user["memberships"]) for user in workers] == [2]


def test_every_role_of_staff_can_be_tried() -> None:
    assert [user["staff"] for user in PARTNERS["user"] if "staff" in user] == [
        "operator",
        "finance",
        "support",
        "reader",
    ]


@per_product
def test_every_product_has_three_pictures_with_a_text_for_who_cannot_see_them(product: dict[str, Any]) -> None:
    names = [medium["file"] for medium in product["media"]]
    assert names == [f"{product['slug']}-{view}-1600.webp" for view in ("object", "material", "use")]
    assert all(len(medium["alt"]) > 20 for medium in product["media"])


@per_product
@pytest.mark.parametrize("view", ["object", "material", "use"])
def test_every_picture_is_there_in_the_size_of_its_kind(product: dict[str, Any], view: str) -> None:
    with Image.open(PICTURES / f"{product['slug']}-{view}-1600.webp") as picture:
        assert picture.size == (1600, HEIGHTS[view])


@per_product
def test_every_variant_that_one_can_choose_has_a_picture_of_its_own(product: dict[str, Any]) -> None:
    variants = product["variant"] if len(product["variant"]) > 1 else []
    for variant in variants:
        (medium,) = variant["media"]
        assert len(medium["alt"]) > 20
        with Image.open(PICTURES / medium["file"]) as picture:
            assert picture.size == (1600, 2000)
    assert len({variant["media"][0]["file"] for variant in variants}) == len(variants)


def test_every_maker_and_designer_has_a_small_mark() -> None:
    for page in (*_pages("maker").values(), *_pages("designer").values()):
        assert page["mark"] == f"{page['slug']}-mark.svg"
        mark = (PICTURES / page["mark"]).read_text(encoding="utf-8")
        assert mark.startswith("<svg ")
        assert len(mark) < 6_000


def _figures(text: str) -> list[str]:
    """What is measured; the 27 of a fitting E27 is not."""
    return sorted(re.findall(r"(?<![A-Z\d])\d+", text))


@per_product
def test_the_drawing_of_the_measures_has_the_figures_of_the_size_in_every_language(product: dict[str, Any]) -> None:
    assert product["drawing"] == f"{product['slug']}-measures.svg"
    drawing = (PICTURES / product["drawing"]).read_text(encoding="utf-8")
    drawn = sorted(figure for text in re.findall("<text[^>]*>([^<]*)</text>", drawing) for figure in _figures(text))
    for told in (product, *(product[language] for language in ("en", "fr"))):
        assert drawn == _figures(told["size"])


@per_product
def test_a_drawing_of_measures_is_small_and_fetches_nothing(product: dict[str, Any]) -> None:
    drawing = (PICTURES / product["drawing"]).read_text(encoding="utf-8")
    assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"')
    assert len(drawing) < 12_000
    assert re.findall(r"url\((?!data:)|href|<script", drawing) == []


def test_every_maker_has_a_picture_of_their_place_with_a_text_for_who_cannot_see_it() -> None:
    for slug, page in _pages("maker").items():
        assert page["place"] == f"{slug}-place-1200.webp"
        assert (PICTURES / page["place"]).stat().st_size <= 60_000
        with Image.open(PICTURES / page["place"]) as picture:
            assert picture.size == (1200, 800)
        assert page["title"] in page["view"]


def test_the_pictures_together_stay_below_three_megabytes() -> None:
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) <= 3_000_000


def _in_numbers_of(language: str, text: str) -> str:
    """A Dutch text with its numbers as the language writes them: English has a decimal point."""
    return NUMBER.sub(lambda found: found[0].replace(",", "."), text) if language == "en" else text


def test_the_pages_that_the_shop_asks_for_are_there() -> None:
    assert set(_pages("information")) == {QUESTIONS, MAKING}


@per_language
def test_a_heading_is_one_in_every_language(language: str) -> None:
    for page in _pages("information").values():
        told = [[part.startswith(HEADING) for part in _paragraphs(of["content"])] for of in (page, page[language])]
        assert told[0] == told[1]
        assert told[0].count(True) > 2


def _paragraphs(text: str) -> list[str]:
    return text.strip().split("\n\n")


@per_language
@per_text
def test_every_text_is_there_in_english_and_french_but_where_it_is_only_a_number_that_is_written_alike(
    entry: dict[str, Any], fields: tuple[str, ...], language: str
) -> None:
    texts = entry[language]
    alike = {
        field
        for field in fields
        if NUMBER.fullmatch(entry[field]) and _in_numbers_of(language, entry[field]) == entry[field]
    }
    assert texts.keys() == {*fields} - alike
    for field, text in texts.items():
        assert text.strip(), field
        assert text != entry[field], field


@per_language
@per_text
def test_a_translation_has_the_paragraphs_of_the_dutch(
    entry: dict[str, Any], fields: tuple[str, ...], language: str
) -> None:
    for field, text in entry[language].items():
        assert len(_paragraphs(text)) == len(_paragraphs(entry[field])), field


@per_language
@per_text
def test_a_translation_has_the_numbers_of_the_dutch(
    entry: dict[str, Any], fields: tuple[str, ...], language: str
) -> None:
    for field, text in entry[language].items():
        expected = NUMBER.findall(_in_numbers_of(language, entry[field]))
        assert sorted(NUMBER.findall(text)) == sorted(expected), field


@per_text
def test_french_has_a_no_break_space_before_its_high_signs_and_inside_its_quotation_marks(
    entry: dict[str, Any], fields: tuple[str, ...]
) -> None:
    for field, text in entry["fr"].items():
        assert re.findall(rf"[^{NO_BREAK_SPACE}][;:?!%»]|«[^{NO_BREAK_SPACE}]", text) == [], field


@per_text
def test_english_sets_no_space_before_its_signs(entry: dict[str, Any], fields: tuple[str, ...]) -> None:
    for field, text in entry["en"].items():
        assert re.findall(r"\s[;:?!%,.]|\u00a0", text) == [], field


@per_language
@per_text
def test_a_translation_has_curly_apostrophes(entry: dict[str, Any], fields: tuple[str, ...], language: str) -> None:
    assert [text for text in entry[language].values() if "'" in text or '"' in text] == []


def test_one_collection_shows_all_products_and_every_collection_is_in_the_menu() -> None:
    collections = {collection["slug"]: collection["products"] for collection in CATALOGUE["collection"]}
    assert collections["alles-uit-gent"] == [product["code"] for product in PRODUCTS]
    assert all(len(set(codes)) == len(codes) >= 2 for codes in collections.values())
    in_menu = [item["collection"] for item in CATALOGUE["menu_item"] if "collection" in item]
    assert in_menu == list(collections)


def test_the_menu_leads_to_the_makers() -> None:
    assert [item["url"] for item in CATALOGUE["menu_item"] if "url" in item] == ["/makers/"]
