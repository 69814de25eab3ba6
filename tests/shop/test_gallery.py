"""Pictures of variants and colours to choose from, and each picture as large as it is."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from shop.saleor.pictures import pictures_from
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.shelves import COMPAAN, product

FIELDS = ("Tiny", "Small", "Medium", "Large")


def blanket(**changes: Any) -> dict[str, Any]:
    """A product in two colours, each with a picture of its own."""
    both = ("mos", "krijt")
    return product("SG-002", "inslag", "Inslag", 21_900, maker=COMPAAN, variants=both, colours=both, **changes)


@pytest.fixture
def shelf(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> dict[str, Any]:
    fulfilment.promises["SG-002"] = {**fulfilment.promises["SG-003"], "product_code": "SG-002"}
    saleor.products = [blanket()]
    return saleor.products[0]


def body_of(answer: Any) -> str:
    """Without the style sheet that the page carries, which names what it may show."""
    content: bytes = answer.content
    return content.decode().partition("<body>")[2]


def shown_first(html: str) -> list[str]:
    """What stands above the name as long as nobody chose: the addresses of its pictures, without size and kind."""
    return re.findall(r'class="frame shot is-chosen".*?<img src="http://media/([\w-]+)-1024', html)


def test_the_picture_above_the_name_is_that_of_the_variant_that_is_chosen(
    visitor: Client, shelf: dict[str, Any]
) -> None:
    assert shown_first(visitor.get("/nl/product/inslag/").content.decode()) == ["inslag-mos"]
    html = visitor.get("/nl/product/inslag/?variant=SG-002-1").content.decode()
    assert shown_first(html) == ["inslag-krijt"]
    assert 'value="Variant:SG-002-1" data-shot="1" checked' in html
    assert shown_first(visitor.get("/nl/product/inslag/?variant=SG-999").content.decode()) == ["inslag-mos"]


def test_a_choice_that_was_refused_keeps_its_picture(visitor: Client, shelf: dict[str, Any]) -> None:
    answer = visitor.post("/nl/product/inslag/", {"variant": "Variant:SG-002-1", "quantity": "veel"})
    assert shown_first(answer.content.decode()) == ["inslag-krijt"]


def test_every_choice_has_its_picture_ready_for_when_it_is_made(visitor: Client, shelf: dict[str, Any]) -> None:
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert re.findall(r'data-variant="(\w+)"', html) == ["none", "0", "1"]
    assert re.findall(r'data-shot="(\d)"', html) == ["0", "1"]


def test_of_more_choices_than_the_style_sheet_knows_the_others_show_the_first_picture(
    visitor: Client, shelf: dict[str, Any]
) -> None:
    moss = shelf["variants"][0]
    shelf["variants"] = [{**moss, "id": f"Variant:{n}", "sku": f"SKU-{n}", "name": f"tint {n}"} for n in range(14)]
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert re.findall(r'data-shot="(\d+)"', html) == [str(number) for number in range(12)]
    css = Path(finders.find("shop/shop.css") or "").read_text(encoding="utf-8")
    assert [f'.shot[data-variant="{number}"]' in css for number in (0, 11, 12)] == [True, True, False]


def test_a_product_whose_variants_have_no_pictures_shows_its_own(visitor: Client, saleor: FakeSaleor) -> None:
    html = body_of(visitor.get("/nl/product/zit/"))
    assert shown_first(html) == ["zit-object"]
    assert "data-shot" not in html


def test_the_basket_and_the_order_show_what_was_chosen_and_lead_back_to_it(
    visitor: Client, shelf: dict[str, Any]
) -> None:
    visitor.post("/nl/product/inslag/", {"variant": "Variant:SG-002-1", "quantity": "1"})
    html = visitor.get("/nl/mandje/").content.decode()
    assert "inslag-krijt-" in html
    assert "inslag-object-" not in html
    assert 'href="/nl/product/inslag/?variant=SG-002-1"' in html
    assert "inslag-krijt-" in visitor.get("/nl/afrekenen/").content.decode()


def test_following_an_order_shows_what_was_chosen(
    visitor: Client, shelf: dict[str, Any], fulfilment: FakeFulfilment
) -> None:
    line = {"product_code": "SG-002", "name": "Inslag", "variant_name": "krijt", "quantity": 1, "sku": "SG-002-1"}
    order = fulfilment.trackings["good-token"]
    fulfilment.trackings["one"] = {**order, "parts": [{**order["parts"][0], "lines": [line]}], "returns": []}
    html = visitor.get("/nl/volgen/one/").content.decode()
    assert "inslag-krijt-" in html
    assert "inslag-object-" not in html
    line["sku"] = "gone"
    assert "inslag-object-" in visitor.get("/nl/volgen/one/").content.decode()


def test_a_colour_is_seen_named_and_chosen_by_a_radio(visitor: Client, shelf: dict[str, Any]) -> None:
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert "<legend>Kleur</legend>" in html
    assert html.count('fill="#4B5A37"') == html.count('fill="#E9DEC7"') == 1
    assert html.count('type="radio" name="variant"') == 2
    assert "<span>mos<" in html


@pytest.mark.parametrize("colour", ["", "rgb(1,2,3)", "#12", '"/><script>', None])
def test_what_is_no_colour_is_chosen_by_its_name(visitor: Client, shelf: dict[str, Any], colour: str | None) -> None:
    for variant in shelf["variants"]:
        told = {"name": "", "hexColor": colour, "file": None}
        swatch = {"__typename": "AssignedSwatchAttribute", "value": told}
        variant["assignedAttribute"] = lambda info, slug, swatch=swatch: swatch
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert "<legend>Uitvoering</legend>" in html
    assert 'class="swatch"' not in html
    assert "<span>mos<" in html


def test_a_stuff_is_seen_by_its_picture(visitor: Client, shelf: dict[str, Any]) -> None:
    told = {"name": "", "hexColor": None, "file": {"url": "http://media/canvas.webp"}}
    swatch = {"__typename": "AssignedSwatchAttribute", "value": told}
    shelf["variants"][0]["assignedAttribute"] = lambda info, slug: swatch
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert '<img class="swatch" src="http://media/canvas.webp" alt=""' in html


def test_what_is_sold_out_is_said_and_cannot_be_chosen(visitor: Client, shelf: dict[str, Any]) -> None:
    shelf["variants"][0]["quantityAvailable"] = 0
    html = visitor.get("/nl/product/inslag/?variant=SG-002-0").content.decode()
    assert 'value="Variant:SG-002-0" data-shot="0" disabled' in html
    assert "uitverkocht" in html
    assert 'value="Variant:SG-002-1" data-shot="1" checked' in html
    assert shown_first(html) == ["inslag-krijt"]
    answer = visitor.post("/nl/product/inslag/", {"variant": "Variant:SG-002-0", "quantity": "1"})
    assert "Deze uitvoering is er niet meer" in answer.content.decode()


def test_what_is_left_of_the_variants_is_bought_as_before(visitor: Client, shelf: dict[str, Any]) -> None:
    shelf["variants"][0]["quantityAvailable"] = 0
    answer = visitor.post("/nl/product/inslag/", {"variant": "Variant:SG-002-1", "quantity": "1"})
    assert answer.headers["Location"] == "/nl/mandje/"


def test_every_picture_has_a_page_of_its_own_with_the_way_back(visitor: Client, shelf: dict[str, Any]) -> None:
    html = body_of(visitor.get("/nl/product/inslag/"))
    assert [f"/nl/product/inslag/beeld/{number}/" in html for number in range(1, 6)] == [True] * 5
    html = visitor.get("/nl/product/inslag/beeld/4/").content.decode()
    for text in (
        "Inslag, beeld 4 van 5",
        'href="/nl/product/inslag/#beelden"',
        'href="/nl/product/inslag/beeld/3/"',
        'href="/nl/product/inslag/beeld/5/"',
        "Inslag: mos",
        "http://media/inslag-mos-2048.AVIF",
        'href="/nl/product/inslag/beeld/4/" aria-current="page"',
    ):
        assert text in html, text
    assert "Vorig beeld" not in visitor.get("/nl/product/inslag/beeld/1/").content.decode()
    assert "Volgend beeld" not in visitor.get("/nl/product/inslag/beeld/5/").content.decode()


@pytest.mark.parametrize("number", ["0", "6", "99999999999"])
def test_a_picture_that_is_not_there_is_said(visitor: Client, shelf: dict[str, Any], number: str) -> None:
    assert visitor.get(f"/nl/product/inslag/beeld/{number}/").status_code == 404
    assert visitor.get("/nl/product/niets/beeld/1/").status_code == 404


def medium(name: str, dimensions: str | None) -> dict[str, Any]:
    addresses = {f"{form}{size}": f"{name}-{form}-{size}" for form in ("avif", "webp") for size in FIELDS}
    return {"id": name, "alt": "", "told": None, "type": "IMAGE", "dimensions": dimensions, **addresses}


@pytest.mark.parametrize(
    ("dimensions", "widths"),
    [
        ("1600x2000", [205, 410, 819, 1600]),  # Saleor makes none larger than the original
        ("1600x1067", [256, 512, 1024, 1600]),
        ("600x600", [256, 512, 600]),
        ("100x80", [100]),
        (None, [205, 410, 819, 1638]),
        ("wide", [205, 410, 819, 1638]),
        ("0x0", [205, 410, 819, 1638]),
    ],
)
def test_a_browser_is_told_how_wide_each_picture_really_is(dimensions: str | None, widths: list[int]) -> None:
    [found] = pictures_from([medium("one", dimensions)], ())
    told = [source.split() for source in found.sizes.avif.split(", ")]
    assert [width for _address, width in told] == [f"{width}w" for width in widths]
    assert found.sizes.webp.startswith("one-webp-Tiny ")
    assert found.fallback == f"one-webp-{FIELDS[min(2, len(widths) - 1)]}"


def test_a_picture_stands_or_lies_as_it_is_and_by_its_place_where_nobody_told() -> None:
    media = [medium("a", None), medium("b", "1600x1067"), medium("of-one", None), medium("c", None), medium("d", None)]
    found = pictures_from(media, {"of-one"})
    assert [picture.is_lying for picture in found] == [False, True, False, True, True]
    film = {**medium("film", None), "type": "VIDEO"}
    assert [picture.id for picture in pictures_from([film, *media[:1]], ())] == ["a"]
