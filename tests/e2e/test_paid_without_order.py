"""A basket that changes while it is being paid for, in another window or elsewhere: nobody loses money or way."""

import base64
import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Demo, eventually
from tests.e2e.people import fill_in, order, put_in_basket

Visit = Callable[..., Any]

CHANGE = """mutation($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $lines) { checkout { lines { quantity } } errors { field code } } }"""
LINES = "query($id: ID!) { checkout(id: $id) { lines { id } } }"


@pytest.fixture
def page(visit: Visit) -> Any:
    return visit()


def test_a_change_in_another_window_closes_the_page_to_pay_on(demo: Demo, page: Any) -> None:
    put_in_basket(page, demo, "koord")
    order(page)
    other = page.context.new_page()
    put_in_basket(other, demo, "zit")
    other.get_by_text("We hebben ze gesloten; er is niets betaald.").wait_for()
    page.reload()
    assert page.get_by_role("button", name="Betalen", exact=True).count() == 0
    order(other)
    other.get_by_role("button", name="Betalen", exact=True).click()
    other.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()


def test_money_for_a_basket_that_changed_elsewhere_goes_back_with_a_word_and_the_basket_can_be_ordered_again(
    demo: Demo, page: Any
) -> None:
    put_in_basket(page, demo, "koord")
    order(page)
    _change_it_behind_the_shops_back(demo)
    page.get_by_role("button", name="Betalen", exact=True).click()
    page.get_by_role("heading", name="Je krijgt € 298,50 terug.").wait_for()
    page.get_by_text("Je mandje veranderde terwijl je betaalde").wait_for()
    page.get_by_role("link", name="Naar je mandje").click()
    eventually("a mail to whoever paid", lambda: _mail_was_sent(demo, page))

    page.goto(f"{demo.shop}/nl/afrekenen/overzicht/")
    fill_in(page, "Levering", {})  # another basket asks again how it gets there
    page.get_by_role("button", name="Bestellen en betalen").click()
    page.get_by_role("button", name="Betalen", exact=True).click()
    page.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()
    assert demo.manage("books")["balanced"]


def _change_it_behind_the_shops_back(demo: Demo) -> None:
    """As whoever talks to Saleor itself could: two of the lamp in the newest checkout."""
    with urllib.request.urlopen(f"{demo.saleor}/control/state.json") as answer:
        key = json.load(answer)["documents"]["checkout"][0]["id"]
    checkout = base64.b64encode(f"Checkout:{key}".encode()).decode()
    line = _ask(demo, LINES, id=checkout)["checkout"]["lines"][0]["id"]
    changed = _ask(demo, CHANGE, id=checkout, lines=[{"lineId": line, "quantity": 2}])["checkoutLinesUpdate"]
    assert changed == {"checkout": {"lines": [{"quantity": 2}]}, "errors": []}


def _ask(demo: Demo, document: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": document, "variables": variables}).encode()
    request = urllib.request.Request(f"{demo.saleor}/graphql/", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return data


def _mail_was_sent(demo: Demo, page: Any) -> bool:
    page.goto(f"{demo.fulfilment}/mail/")
    return bool(page.get_by_text("Je krijgt € 298,50 terug").count())
