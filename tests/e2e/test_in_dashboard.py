"""What staff see of us in Saleor's Dashboard, in a browser: the token comes by the App Bridge, the content with the
token, links are opened by the Dashboard; and a page of anybody else gets nothing, shown or told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import Demo, eventually
from tests.e2e.dashboard import Dashboard, StaffOfSaleor, host_page
from tests.e2e.people import number_of, order, put_in_basket
from tests.support.stripe_sandbox import served

Visit = Callable[..., Any]

WIDGET = 380
"""Pixels that a widget is wide, about."""
JUDGE = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(found => found.violations)"""
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def staff(demo: Demo) -> StaffOfSaleor:
    return StaffOfSaleor(demo)


@pytest.fixture(scope="module")
def dashboard(demo: Demo) -> Dashboard:
    """Where the setting says."""
    return Dashboard(demo, demo.dashboard)


@pytest.fixture(scope="module")
def stranger(demo: Demo) -> Iterator[Dashboard]:
    """Somebody else, who says the same from another address."""
    with served(host_page) as url:
        yield Dashboard(demo, url)


@pytest.fixture(scope="module")
def ordered(demo: Demo, browser: Any, staff: StaffOfSaleor) -> tuple[str, str]:
    """A lamp, a stool and a gift box that somebody paid: the number of the order, and Saleor's id."""
    context = browser.new_context(locale="nl-BE")
    page = context.new_page()
    for product in ("koord", "zit", "strik"):
        put_in_basket(page, demo, product)
    order(page)
    page.get_by_role("button", name="Betalen", exact=True).click()
    follow = page.get_by_role("link", name="Volg je bestelling")
    follow.wait_for(timeout=60_000)
    follow.click()
    number = number_of(page)
    context.close()
    nodes = staff.ask("{ orders(first: 50) { edges { node { id number } } } }")["orders"]["edges"]
    return number, next(edge["node"]["id"] for edge in nodes if edge["node"]["number"] == number)


def heard(page: Any, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate("kind => heard.filter(said => said.type === kind)", kind)
    return found


def test_an_order_shows_who_makes_it_and_who_gets_what(
    visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor, ordered: tuple[str, str]
) -> None:
    number, key = ordered
    page = visit(width=WIDGET)
    token = staff.token_for("ORDER_DETAILS_WIDGETS")
    inside = dashboard.show(page, "/order", token, orderId=key)
    inside.get_by_text("Wie krijgt wat").wait_for()
    for maker in ("Labeur", "Compaan", "Dienstenbedrijf Gent"):
        inside.locator("strong").filter(has_text=maker).wait_for()
    inside.get_by_text("Ontvangen van de klant").wait_for()
    assert len(heard(page, "notifyReady")) == 1

    link = inside.get_by_role("link", name=f"Bestelling {number} in de backoffice")
    link.click()
    said = eventually("the Dashboard to be asked for the page", lambda: heard(page, "redirect"))[0]
    assert said["payload"]["to"] == link.get_attribute("href")
    assert said["payload"]["to"].startswith(f"{dashboard.demo.fulfilment}/backoffice/orders/order/")
    assert said["payload"]["newContext"] is True
    assert page.url.startswith(f"{dashboard.origin}/dashboard/")


def test_a_widget_is_as_high_as_what_is_in_it_and_no_wider_than_its_place(
    visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor, ordered: tuple[str, str]
) -> None:
    page = visit(width=300)
    inside = dashboard.show(page, "/order", staff.token_for("ORDER_DETAILS_WIDGETS"), orderId=ordered[1])
    inside.get_by_text("Ontvangen van de klant").wait_for()
    body = inside.locator("html")

    def fits() -> bool:
        return bool(body.evaluate("root => root.scrollHeight <= root.clientHeight"))

    eventually("the frame to be as high as its content", fits)
    assert body.evaluate("root => root.scrollWidth <= root.clientWidth")


def test_a_product_shows_its_workshop_and_what_its_price_leaves(
    visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor
) -> None:
    lamp = staff.ask('{ product(externalReference: "SG-001") { id } }')["product"]["id"]
    page = visit(width=WIDGET)
    inside = dashboard.show(page, "/product", staff.token_for("PRODUCT_DETAILS_WIDGETS"), productId=lamp)
    inside.get_by_role("heading", name="Labeur").wait_for()
    inside.get_by_text("Getekend door").wait_for()
    inside.get_by_text("Per stuk, zonder btw").first.wait_for()


def test_what_waits_is_one_page_by_day_and_by_night(visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor) -> None:
    page = visit()
    inside = dashboard.show(page, "/waiting", staff.token_for("NAVIGATION_ORDERS"), theme="dark")
    inside.get_by_role("heading", name="Wat wacht").wait_for()
    inside.get_by_role("heading", name="Uitzonderingen").wait_for()
    ground = "() => getComputedStyle(document.documentElement).backgroundColor"
    assert inside.locator("html").evaluate(ground) == "rgb(20, 20, 20)"
    page.evaluate("say('theme', { theme: 'light' })")
    eventually("the day", lambda: inside.locator("html").evaluate(ground) == "rgb(255, 255, 255)")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(
    visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor, ordered: tuple[str, str], theme: str
) -> None:
    page = visit(width=320)
    lamp = staff.ask('{ product(externalReference: "SG-001") { id } }')["product"]["id"]
    faults: list[str] = []
    for frame, mount, about in (
        ("/order", "ORDER_DETAILS_WIDGETS", {"orderId": ordered[1]}),
        ("/product", "PRODUCT_DETAILS_WIDGETS", {"productId": lamp}),
        ("/waiting", "NAVIGATION_ORDERS", {}),
    ):
        dashboard.show(page, frame, staff.token_for(mount), theme=theme, **about).locator("h2").first.wait_for()
        found = next(one for one in page.frames if "/in-saleor" in one.url)
        found.evaluate(Axe().axe_script)
        faults += [f"{frame} {fault['id']}: {fault['nodes'][0]['html']}" for fault in found.evaluate(JUDGE, RULES)]
    assert faults == []


def test_a_new_token_brings_the_page_up_to_date(visit: Visit, dashboard: Dashboard, staff: StaffOfSaleor) -> None:
    page = visit()
    inside = dashboard.show(page, "/waiting", "")
    inside.get_by_text("Saleor zei niet wie je bent").wait_for()
    page.evaluate("token => say('tokenRefresh', { token })", staff.token_for("NAVIGATION_ORDERS"))
    inside.get_by_role("heading", name="Uitzonderingen").wait_for()


def test_a_token_that_is_none_of_saleors_is_refused_in_words(visit: Visit, dashboard: Dashboard) -> None:
    inside = dashboard.show(visit(width=WIDGET), "/order", "a.b.c", orderId="T3JkZXI6MQ==")
    inside.get_by_text("dit bewijs komt niet van onze Saleor").wait_for()


def test_a_page_of_anybody_else_cannot_show_it(
    visit: Visit, stranger: Dashboard, staff: StaffOfSaleor, ordered: tuple[str, str]
) -> None:
    page = visit()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    stranger.show(page, "/order", staff.token_for("ORDER_DETAILS_WIDGETS"), orderId=ordered[1])
    eventually("the browser to refuse the frame", lambda: any("frame-ancestors" in said for said in refused))
    assert heard(page, "notifyReady") == []


def test_a_page_that_opened_it_is_not_listened_to(visit: Visit, stranger: Dashboard, staff: StaffOfSaleor) -> None:
    """Opened alone it says so, and a token that the opener sends is not taken."""
    page = visit()
    stranger.show(page, "/waiting", None)
    with page.expect_popup() as opened:
        address = f"{stranger.demo.fulfilment}/in-saleor/waiting"
        page.evaluate("address => { window.victim = window.open(address) }", address)
    victim = opened.value
    victim.get_by_text("Deze bladzijde hoort in het Dashboard van Saleor.").wait_for()
    asked: list[str] = []
    victim.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "token => victim.postMessage({ type: 'handshake', payload: { token, version: 1 } }, '*')",
        staff.token_for("NAVIGATION_ORDERS"),
    )
    victim.wait_for_timeout(500)
    assert asked == []


def test_without_the_dashboards_word_the_page_says_so(visit: Visit, dashboard: Dashboard) -> None:
    inside = dashboard.show(visit(width=WIDGET), "/order", None, orderId="x")
    inside.get_by_text("Het Dashboard zei niet wie je bent.").wait_for()
