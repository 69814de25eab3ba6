"""On a real Saleor that was set up with our plugins, a price list sells to whom it names, from its minimum on."""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from fulfilment.saleor_setup.plugins import WHOLESALE
from tests.support.saleor_bench import ADDRESS, SaleorBench
from tests.support.saleor_staff import sign_in
from tests.support.stripe_sandbox import until

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "SALEOR_EMAIL" not in os.environ, reason="no real Saleor was named (SALEOR_API_URL, SALEOR_EMAIL)"
    ),
]
CHANNEL = "wholesale"
WORKERS = 120
"""Seconds that Saleor's workers may be busy with the set-up of a whole shop."""
PASSWORD = "long-enough-for-a-test"


@pytest.fixture(scope="module", autouse=True)
def only_with_the_plugin(saleor: SaleorBench) -> None:
    if saleor.staff.ask("query($id: ID!) { plugin(id: $id) { id } }", id=WHOLESALE)["plugin"] is None:
        pytest.skip(f"this Saleor has no plugin {WHOLESALE}")
    # What was just set up is for sale once Saleor's workers have reckoned its prices.
    until(lambda: _lamp(saleor), seconds=WORKERS)


@pytest.fixture(scope="module")
def business(saleor: SaleorBench) -> Iterator[str]:
    """A token of a customer whose type the price list names."""
    types = saleor.staff.ask("{ customerTypes(first: 50) { edges { node { id slug } } } }")["customerTypes"]["edges"]
    yield from _customer(
        saleor, {"customerType": next(e["node"]["id"] for e in types if e["node"]["slug"] == "business")}
    )


@pytest.fixture(scope="module")
def everybody(saleor: SaleorBench) -> Iterator[str]:
    """A token of a customer who did no more than register."""
    yield from _customer(saleor, {})


def _customer(saleor: SaleorBench, given: dict[str, Any]) -> Iterator[str]:
    email = f"price-list-{uuid4().hex[:8]}@example.com"
    saleor.ask(
        "mutation($i: AccountRegisterInput!) { accountRegister(input: $i) { errors { field code } } }",
        i={"email": email, "password": PASSWORD, "channel": CHANNEL, "redirectUrl": "http://localhost/"},
    )
    key = saleor.staff.ask("query($e: String!) { user(email: $e) { id } }", e=email)["user"]["id"]
    done = saleor.staff.ask(
        "mutation($id: ID!, $i: CustomerInput!) { customerUpdate(id: $id, input: $i) { errors { field code } } }",
        id=key,
        i={"isConfirmed": True, "isActive": True, **given},
    )
    assert done["customerUpdate"]["errors"] == []
    yield sign_in(saleor, email, PASSWORD)
    saleor.staff.delete_customers([email])


def _lamp(saleor: SaleorBench) -> Any:
    """The lamp as the price list sells it; None as long as it does not."""
    document = 'query($c: String!) { product(externalReference: "SG-001", channel: $c) { variants { id } } }'
    return saleor.ask(document, c=CHANNEL)["product"]


def _checkout(saleor: SaleorBench, token: str, pieces: int) -> str:
    """A checkout of so many lamps that lacks nothing but the payment."""
    lamp = _lamp(saleor)["variants"][0]["id"]
    given = {"channel": CHANNEL, "lines": [{"variantId": lamp, "quantity": pieces}], "email": "ann@example.com"}
    made = saleor.ask(
        """mutation($i: CheckoutCreateInput!) {
          checkoutCreate(input: $i) { checkout { id } errors { field code } } }""",
        token,
        i={**given, "shippingAddress": ADDRESS, "billingAddress": ADDRESS},
    )["checkoutCreate"]
    assert made["errors"] == [], made
    key: str = made["checkout"]["id"]
    saleor.choose_delivery(key)
    return key


def _refusal(saleor: SaleorBench, checkout: str) -> str:
    """What is said to whoever may not pay; no payment app was asked."""
    asked = len(saleor.app.deliveries("/initialize"))
    answer = saleor.initialize(checkout)
    (error,) = answer["errors"]
    assert (error["code"], answer["transaction"]) == ("GRAPHQL_ERROR", None)
    assert len(saleor.app.deliveries("/initialize")) == asked
    said: str = error["message"]
    return said


def test_a_business_orders_at_net_prices_from_the_minimum_on(saleor: SaleorBench, business: str) -> None:
    checkout = _checkout(saleor, business, 2)
    saleor.pay(checkout)
    done = saleor.complete(checkout)
    assert done["errors"] == [], done
    order = saleor.as_app(
        """query($id: ID!) { order(id: $id) {
          channel { slug } subtotal { net { amount } } shippingPrice { net { amount } } } }""",
        id=done["order"]["id"],
    )["order"]
    assert order["channel"]["slug"] == CHANNEL
    assert order["subtotal"]["net"]["amount"] == Decimal("348.00")
    assert order["shippingPrice"]["net"]["amount"] == Decimal("7.85")


def test_below_the_minimum_nobody_orders(saleor: SaleorBench, business: str) -> None:
    assert "250,00" in _refusal(saleor, _checkout(saleor, business, 1))


def test_who_only_registered_does_not_order(saleor: SaleorBench, everybody: str) -> None:
    assert "Met je account kan je hier niet bestellen" in _refusal(saleor, _checkout(saleor, everybody, 2))


def test_who_is_nobody_does_not_order(saleor: SaleorBench) -> None:
    assert "Log in" in _refusal(saleor, _checkout(saleor, "", 2))


def test_what_has_no_price_in_the_list_is_not_in_it(saleor: SaleorBench) -> None:
    edges = saleor.ask(
        "query($c: String!) { products(first: 50, channel: $c) { edges { node { externalReference } } } }", c=CHANNEL
    )["products"]["edges"]
    assert {edge["node"]["externalReference"] for edge in edges} == {"SG-001", "SG-002", "SG-004"}
