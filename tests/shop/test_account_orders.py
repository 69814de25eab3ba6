"""How far the orders of an account are, in the words of who comes for them."""

from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.test_account import HOME, an, customer, html  # noqa: F401  fixtures


def test_what_its_customer_comes_for_is_told_so(
    customer: Client,  # noqa: F811
    fulfilment: FakeFulfilment,
) -> None:
    order = golden("storefront_customer_orders.v1.json")["orders"][0]
    made = golden("storefront_tracking.v1.json")["parts"][1]
    there = made["parcels"][0] | {"at_point_since": "2026-11-26T09:00:00+00:00"}
    for state, told in (("shipped", "ligt klaar om af te halen"), ("delivered", "afgehaald")):
        fulfilment.orders = [order | {"parts": [{**made, "state": state, "parcels": [there]}]}]
        assert f"Compaan: {told}" in html(customer, HOME)
