"""Whatever was typed and sent, *Back* in a real browser never meets a page that would have to be sent again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.test_shop_accessibility import pytestmark, shop  # noqa: F401  fixtures
from tests.shop.buying import ADDRESS
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures

REFUSED_WHEN_EMPTY = (
    "/nl/nieuwsbrief/",
    "/nl/herroepen/",
    "/nl/herroepen/good-token/",
    "/nl/terugbetaling/good-token/?wijzig=1",
    "/nl/echt/good-token/",
    "/nl/account/inloggen/",
    "/nl/account/wachtwoord-vergeten/",
)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def go_back_to_the_start(page: Any) -> list[str]:
    """Presses *Back* as long as there is something behind; the addresses that were seen, each with a page of ours."""
    seen: list[str] = []
    for _press in range(page.evaluate("history.length")):
        page.go_back()  # raises what a browser calls ERR_CACHE_MISS
        if page.url == "about:blank":
            return seen
        assert page.locator("main").count() == 1, page.content()[:300]
        seen.append(page.url)
    return seen


def fill_address(page: Any, **other: str) -> None:
    typed = {name.removeprefix("shipping-"): value for name, value in ADDRESS.items() if name.startswith("shipping-")}
    for name, value in (typed | other).items():
        if name != "country":
            page.locator(f"[name=shipping-{name}]").fill(value)


def to_the_address(page: Any, shop: str) -> None:  # noqa: F811
    page.goto(f"{shop}/nl/product/koord/")
    page.locator(".buy .button").click()
    page.get_by_role("button", name="Afrekenen").first.click()
    page.locator("[name=email]").fill("an@")
    page.get_by_role("button", name="Verder").click()
    assert "Dit e-mailadres klopt niet." in page.locator(".step-open").inner_text()
    assert page.locator("[name=email]").input_value() == "an@"
    page.locator("[name=email]").fill("an@voorbeeld.be")
    page.get_by_role("button", name="Verder").click()


def test_a_mistake_that_was_corrected_leaves_no_page_behind_that_has_to_be_sent_again(
    shop: str,  # noqa: F811
    page: Any,
) -> None:
    to_the_address(page, shop)
    fill_address(page, postal_code="12")
    page.get_by_role("button", name="Verder").click()
    assert page.locator("[name=shipping-postal_code]").input_value() == "12"
    assert page.evaluate("document.activeElement.name") == "shipping-postal_code"
    fill_address(page)
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Bestellen en betalen").wait_for()

    page.go_back()
    page.go_back()
    assert page.locator("main").is_visible()
    assert page.locator(".error-summary").count() == 0
    page.go_forward()
    page.go_forward()
    assert page.get_by_role("button", name="Bestellen en betalen").is_visible()
    assert len(go_back_to_the_start(page)) > 5


def test_loading_a_page_of_mistakes_again_asks_nothing(shop: str, page: Any) -> None:  # noqa: F811
    to_the_address(page, shop)
    fill_address(page, postal_code="12")
    page.get_by_role("button", name="Verder").click()
    page.reload()
    assert page.locator(".error-summary").count() == 0
    assert page.locator("[name=shipping-street]").is_visible()


def test_two_windows_with_mistakes_each_show_their_own(shop: str, page: Any) -> None:  # noqa: F811
    to_the_address(page, shop)
    other = page.context.new_page()
    other.goto(page.url)
    for window, code in ((page, "12"), (other, "34")):
        fill_address(window, postal_code=code)
        window.get_by_role("button", name="Verder").click()
    assert [one.locator("[name=shipping-postal_code]").input_value() for one in (page, other)] == ["12", "34"]


def test_whatever_is_asked_for_and_refused_can_be_left_by_back(
    shop: str,  # noqa: F811
    page: Any,
) -> None:
    page.goto(f"{shop}/nl/")
    page.goto(f"{shop}/nl/product/koord/")
    page.locator("[name=quantity]").fill("0")
    page.locator(".buy .button").click()
    assert page.locator(".error-summary").is_visible()
    assert page.evaluate("document.activeElement.className").count("error-summary") == 1
    for address in REFUSED_WHEN_EMPTY:
        page.goto(shop + address)
        page.locator("main form .button").first.click()
        assert page.locator(".error-summary").is_visible(), address
    page.goto(f"{shop}/nl/product/koord/")
    page.locator(".buy .button").click()
    page.locator("[name$='-quantity']").first.fill("99")
    page.locator("[name$='-quantity']").first.press("Enter")
    assert page.locator(".field-error, .error-summary").first.is_visible()
    page.goto(f"{shop}/nl/")
    assert len(go_back_to_the_start(page)) > 15
