"""Whoever buys in a storm, and in the bench of a burst, speaks to Saleor as the shop does now."""

import pytest

from demo import storm_customers
from demo.storm_customers import Customer, look_at_shelf
from demo.storm_orders import wish
from tests.support.saleor_bench import SaleorBench

URL = "http://stripe.example/pay/cs_1?x=1"


def test_a_customer_comes_from_the_shelf_to_the_page_that_is_paid_on(
    saleor: SaleorBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    if saleor.sandbox is None:
        pytest.skip("a storm is of the demo's collection, which the sandbox has")
    monkeypatch.setenv("SALEOR_API_URL", saleor.api_url)
    monkeypatch.setenv("SHOP_URL", "http://shop.example")
    monkeypatch.setattr(storm_customers, "GATEWAY", saleor.app.identifier)
    data = {"url": URL, "reference": "pay_1"}
    monkeypatch.setitem(
        saleor.app.answers,
        "/initialize",
        lambda asked: (
            200,
            {"result": "CHARGE_ACTION_REQUIRED", "pspReference": "pi_storm", "amount": 1, "data": data},
        ),
    )
    shelf = look_at_shelf()
    assert shelf.made
    assert set(shelf.made) | set(shelf.stocked) == set(shelf.variants)
    ready = Customer(shelf).come_to_pay(wish(1, 1, shelf.made, ()), {shelf.made[0]: 2})
    assert (ready.page, ready.reference) == (URL, "pay_1")
