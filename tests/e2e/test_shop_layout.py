"""The shop's pages in a real browser: whatever is seen can be pressed, wherever one scrolled to, and no page is wider
than the narrowest screen."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.test_shop_accessibility import PAGES, pytestmark, shop  # noqa: F401  fixtures
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures
from tests.shop.fakes import FakeSaleor, collection_point, refusal

NARROWEST = 320
"""CSS pixels; what is left of a laptop's screen at a zoom of 400 % (WCAG 1.4.10)."""
STEP = 150

COVERED = """step => {
  const covered = [];
  const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary");
  const lowest = document.documentElement.scrollHeight - innerHeight;
  for (let down = 0; down < lowest + step; down += step) {
    scrollTo(0, down);
    for (const control of controls) {
      const box = control.getClientRects()[0] || control.getBoundingClientRect();  // of two lines, the first
      const x = box.left + Math.min(box.width, 40) / 2, y = box.top + box.height / 2;
      const isSeen = box.width > 1 && box.height > 1 && box.top >= 0 && box.bottom <= innerHeight;
      if (!isSeen || !control.checkVisibility({visibilityProperty: true})) continue;
      const hit = document.elementFromPoint(x, y);
      const isReached = hit && (control.contains(hit) || hit.contains(control) && hit.closest("a, label, summary"));
      if (!isReached)
        covered.push(`${down}: ${control.outerHTML.slice(0, 80)} under ${hit && hit.outerHTML.slice(0, 80)}`);
    }
  }
  return covered;
}"""
"""The controls that are wholly in sight, and under something else, wherever one scrolled to."""

TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > room + 0.5 && !one.closest(".visually-hidden"))
    .map(one => `${Math.round(one.getBoundingClientRect().right)}: ${one.outerHTML.slice(0, 90)}`);
}"""
"""What stands out of the page to the right."""

CHOSEN = """() => [...document.querySelectorAll("picture img")].filter(img => img.currentSrc).map(img => {
  const offered = img.parentElement.querySelector("source").srcset.split(", ")
    .map(one => one.split(" ")).map(([address, width]) => [address, parseInt(width)]);
  const enough = offered.find(([, width]) => width >= img.clientWidth * 0.97) || offered[offered.length - 1];
  return [img.clientWidth, enough[0], img.currentSrc];
})"""
"""Of each picture that was fetched: how wide it stands, the smallest that is enough for it, and which one was taken."""


@pytest.fixture
def sized(browser: Any) -> Iterator[Any]:
    """Makes a page of a width and a height."""
    contexts = []

    def open_page(width: int, height: int) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def test_whatever_is_in_sight_can_be_pressed_wherever_one_scrolled_to(shop: str, sized: Any) -> None:  # noqa: F811
    """Without a script, a page that is turned to another screen is the page that was opened there."""
    screens = ((1024, 700), (1440, 900), (1920, 1080), (820, 1180), (390, 844))
    page = sized(*screens[0])
    put_in_basket(page, shop)
    for address in ("/nl/product/zit/", "/nl/mandje/", "/nl/makers/labeur/", "/nl/verkoopsvoorwaarden/", "/nl/"):
        page.goto(shop + address)
        for width, height in screens:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(COVERED, STEP) == [], (address, width)


@pytest.mark.parametrize(("width", "height"), [(1024, 700), (1440, 900), (1920, 1080)])
def test_the_button_that_buys_is_pressed_wherever_it_is_seen(
    shop: str,  # noqa: F811
    sized: Any,
    width: int,
    height: int,
    saleor: FakeSaleor,  # noqa: F811
) -> None:
    page = sized(width, height)
    pressed = 0
    for y in (0, 300, 900, 1500, 2100):
        page.goto(f"{shop}/nl/product/koord/")
        page.evaluate("y => scrollTo(0, y)", y)
        box = page.locator(".buy .button").bounding_box()
        if box["y"] >= 0 and box["y"] + box["height"] <= height:
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_url("**/nl/mandje/")
            pressed += 1
    assert pressed > 0
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-001-0"]["quantity"] == pressed


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1100, 800), (1350, 940), (1920, 1080)])
def test_a_browser_takes_the_smallest_picture_that_is_enough(
    shop: str,  # noqa: F811
    sized: Any,
    width: int,
    height: int,
) -> None:
    page = sized(width, height)
    for address in ("/nl/", "/nl/product/koord/", "/nl/makers/labeur/", "/nl/zo-wordt-het-gemaakt/", "/nl/zakelijk/"):
        page.goto(shop + address)
        shown = page.evaluate(CHOSEN)
        assert shown, address
        assert [found for found in shown if found[1] != found[2]] == [], address


def put_in_basket(page: Any, shop: str) -> None:  # noqa: F811
    for product in ("zit", "koord"):
        page.goto(f"{shop}/nl/product/{product}/")
        page.click("text=Leg in mijn mandje")
    page.click("text=Voeg toe voor")


def fits(page: Any) -> None:
    page.wait_for_load_state("load")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROWEST, (page.url, wide, page.evaluate(TOO_WIDE))


def test_no_page_is_wider_than_the_narrowest_screen(shop: str, sized: Any, saleor: FakeSaleor) -> None:  # noqa: F811
    page = sized(NARROWEST, 700)
    for found in saleor.products:  # longer words than the demo's own
        found["assignedAttribute"] = _with_long_words(found["assignedAttribute"])
    for address in PAGES:
        page.goto(shop + address)
        fits(page)


def test_no_step_to_the_payment_is_wider_than_the_narrowest_screen(
    shop: str,  # noqa: F811
    sized: Any,
    saleor: FakeSaleor,  # noqa: F811
) -> None:
    page = sized(NARROWEST, 700)
    for found in saleor.products:
        found["assignedAttribute"] = _with_long_words(found["assignedAttribute"])
    put_in_basket(page, shop)
    fits(page)
    page.locator(".field-quantity input").first.fill("99")
    page.click("text=Heb je een kortingscode?")
    page.fill("[name=code]", "GEBRUIKTEGESCHENKVERPAKKINGSCODE" * 3)
    page.click("text=Naar afrekenen")
    fits(page)
    page.goto(f"{shop}/nl/mandje/")
    page.click("text=Heb je een kortingscode?")
    page.fill("[name=code]", "welkom")
    saleor.points = [collection_point()]
    page.click("text=Naar afrekenen")
    fits(page)
    page.fill("[name=email]", f"an.{'peeters' * 8}@voorbeeld.be")
    for _step in ("contact", "way"):
        page.click("text=Verder")
        fits(page)
    page.uncheck("[name=billing_same]")
    page.click("text=Verder")
    fits(page)
    page.check("[name=billing_same]")
    _fill_in_the_longest(page)
    page.click("text=Verder")
    fits(page)
    page.fill("[name=message]", "Peeters" * 40)
    page.fill("[name=note]", "Peeters" * 40)
    page.click("text=Verder")
    fits(page)
    page.click(".summary-fold summary")
    fits(page)
    saleor.refuse["transactionInitialize"] = [refusal("INVALID", "id")]
    page.click("text=Bestellen en betalen")
    fits(page)
    page.goto(f"{shop}/nl/mandje/")
    page.click("text=Verwijder >> nth=0")
    fits(page)


def _fill_in_the_longest(page: Any) -> None:
    endless = "Peeters" * 17
    for name, value in {"first_name": "An", "last_name": endless, "company": endless, "street": "Kouter 12"}.items():
        page.fill(f"[name=shipping-{name}]", value)
    page.fill("[name=shipping-postal_code]", "9000")
    page.fill("[name=shipping-city]", "Gent")


def _with_long_words(former: Any) -> Any:
    def read(info: Any, slug: str) -> Any:
        if slug == "subtitle":
            return {"__typename": "AssignedPlainTextAttribute", "value": "herbruikbare geschenkverpakkingsstoffen"}
        return former(info, slug)

    return read
