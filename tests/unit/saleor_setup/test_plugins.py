"""Our plugins in Saleor are told where fulfilment is, as long as Saleor has them."""

from typing import Any, cast

import pytest

from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.saleor_setup.plugins import ORDER_ROUTING, set_up_order_routing
from fulfilment.saleor_setup.setup import Change, Setup
from tests.support.setup_bench import SHOP, SaleorToSetUp
from tests.support.setup_products import DEMO
from tests.unit.saleor_setup.test_setup import FILE

WANTED = {"notice_address": "https://fulfilment.example/hooks/plugin/", "notice_secret": "s" * 32 + "1234"}


def configured(plugin: dict[str, Any] | None) -> tuple[list[Change], SaleorToSetUp, list[str]]:
    saleor = SaleorToSetUp(FILE)
    saleor.answers["plugin"] = {"plugin": plugin}
    told: list[Change] = []
    setup = Setup(cast(SaleorClient, saleor), FILE, DEMO, SHOP, True, told.append)
    set_up_order_routing(setup, WANTED)
    return told, saleor, setup.missing


def plugin(*, active: bool = True, address: str = WANTED["notice_address"], secret: str = "1234") -> dict[str, Any]:
    values = [{"name": "notice_address", "value": address}, {"name": "notice_secret", "value": secret}]
    return {"id": ORDER_ROUTING, "globalConfiguration": {"active": active, "configuration": values}}


def test_a_plugin_that_is_as_it_should_be_is_left_alone() -> None:
    told, saleor, missing = configured(plugin())
    assert (told, saleor.written, missing) == ([], [], [])


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (plugin(active=False), "active"),
        (plugin(address="https://old.example/"), "notice_address"),
        (plugin(secret="4321"), "notice_secret"),
    ],
)
def test_a_plugin_that_differs_is_configured_whole_and_switched_on(found: dict[str, Any], field: str) -> None:
    (told,), saleor, _missing = configured(found)
    assert told.fields == (field,)
    values = [{"name": name, "value": value} for name, value in WANTED.items()]
    given = {"active": True, "configuration": values}
    assert saleor.written == [("update_plugin", {"id": ORDER_ROUTING, "input": given})]


def test_a_saleor_without_the_plugin_is_told_of_and_not_in_the_way() -> None:
    assert configured(None)[2] == [ORDER_ROUTING]
