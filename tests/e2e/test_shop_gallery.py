"""Pictures and colours in a real browser, with scripts switched off: what is chosen is what is seen."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.test_shop_accessibility import judge, page, pytestmark, shop  # noqa: F401  fixtures
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.test_gallery import blanket

TARGET = 44
"""CSS pixels that what is pressed is high and wide at least."""

SHOWN = """() => [...document.querySelectorAll(".stage .shot")].filter(one => one.checkVisibility())
  .map(one => one.dataset.variant)"""
SMALL = """least => [...document.querySelectorAll(".option, .thumbs a, .thumbs-row a, .large a.quiet-link")]
  .filter(one => one.getBoundingClientRect().height < least || one.getBoundingClientRect().width < least)
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.fixture
def blankets(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:  # noqa: F811
    """A product in two colours, of which one is sold out, and one without."""
    fulfilment.promises["SG-002"] = {**fulfilment.promises["SG-003"], "product_code": "SG-002"}
    both = ("mos", "krijt")
    saleor.products = [blanket(), *saleor.products]
    three = saleor.products[0]["variants"]
    assert [variant["name"] for variant in three] == list(both)
    three.append({**three[1], "id": "Variant:SG-002-2", "sku": "SG-002-2", "name": "ruw", "media": []})
    three.append({**three[0], "id": "Variant:SG-002-3", "sku": "SG-002-3", "name": "nacht", "quantityAvailable": 0})


@pytest.fixture
def plain(browser: Any) -> Iterator[Any]:
    """Makes a page on which no script runs of itself."""
    contexts = []

    def open_page(width: int, **how: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False, **how)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_picture_follows_the_choice_without_a_script(
    shop: str,  # noqa: F811
    plain: Any,
    blankets: None,
    width: int,
) -> None:
    found = plain(width)
    found.goto(f"{shop}/nl/product/inslag/?variant=SG-002-1")
    assert found.evaluate(SHOWN) == ["1"]
    found.click(".option:has-text('mos')")
    assert found.evaluate(SHOWN) == ["0"]
    found.keyboard.press("ArrowRight")  # as radios are chosen by the keyboard
    assert found.evaluate(SHOWN) == ["1"]
    found.click(".option:has-text('ruw')")  # which has no picture of its own
    assert found.evaluate(SHOWN) == ["none"]
    found.click(".option:has-text('nacht')", force=True)
    assert found.locator("input[name=variant]:checked").get_attribute("value") == "Variant:SG-002-2"


@pytest.mark.parametrize("width", [320, 1440])
def test_everything_that_is_pressed_is_large_enough_for_a_finger(
    shop: str,  # noqa: F811
    plain: Any,
    blankets: None,
    width: int,
) -> None:
    found = plain(width)
    for address in ("/nl/product/inslag/", "/nl/product/inslag/beeld/2/"):
        found.goto(shop + address)
        assert found.evaluate(SMALL, TARGET) == [], address
        assert found.evaluate("document.documentElement.scrollWidth") <= width


def test_where_colours_are_the_visitors_own_the_radio_says_what_is_chosen(
    shop: str,  # noqa: F811
    plain: Any,
    blankets: None,
) -> None:
    opacity = "getComputedStyle(document.querySelector('.option-swatch input')).opacity"
    found = plain(390, forced_colors="active")
    found.goto(f"{shop}/nl/product/inslag/")
    assert found.evaluate(opacity) == "1"
    found = plain(390)
    found.goto(f"{shop}/nl/product/inslag/")
    assert found.evaluate(opacity) == "0"


def test_a_picture_opens_large_and_the_way_back_leads_to_it(
    shop: str,  # noqa: F811
    plain: Any,
    blankets: None,
) -> None:
    found = plain(390)
    found.goto(f"{shop}/nl/product/inslag/")
    found.click(".stage .shot.is-chosen")
    found.wait_for_url("**/nl/product/inslag/beeld/4/")
    assert found.evaluate("document.querySelector('.large-frame img').getBoundingClientRect().width") == 1.8 * 390
    found.focus(".large-frame")
    found.keyboard.press("ArrowRight")
    found.click("text=Terug naar Inslag")
    found.wait_for_url("**/nl/product/inslag/#beelden")


def test_both_pages_pass_axe(shop: str, page: Any, blankets: None) -> None:  # noqa: F811
    for address in ("/nl/product/inslag/", "/nl/product/inslag/beeld/2/"):
        page.goto(shop + address)
        judge(page)
