"""A price list in Saleor: guarded before it opens, with what has a price in it, and closed where nobody guards it."""

from dataclasses import replace
from typing import Any

import pytest

from catalogue.values import CatalogueFile, Variant
from fulfilment.saleor_setup.plugins import WHOLESALE
from fulfilment.saleor_setup.setup import Change, SetUpError
from tests.support.setup_bench import SaleorToSetUp
from tests.unit.saleor_setup.test_setup import FILE, nodes

ONLY_SHOP = replace(FILE, customer_types={}, channels=(FILE.channel,))
BLANKET = FILE.products["SG-002"]
OPEN = {"id": "channel:wholesale", "input": {"isActive": True}}
GUARD = {
    "id": WHOLESALE,
    "channel": "channel:wholesale",
    "input": {
        "active": True,
        "configuration": [{"name": "customer_types", "value": "business"}, {"name": "minimum_net", "value": "250.00"}],
    },
}


def about(told: list[Change], kind: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(change.key, change.is_new, change.fields) for change in told if change.kind == kind]


def channel_of(saleor: SaleorToSetUp) -> dict[str, Any]:
    found: dict[str, Any] = saleor.answers["channels"]["channels"][-1]
    return found


def guard_of(saleor: SaleorToSetUp) -> dict[str, Any]:
    found: dict[str, Any] = saleor.answers["plugin"]["plugin"]["channelConfigurations"][-1]
    return found


def with_blankets(*variants: Variant) -> CatalogueFile:
    return replace(FILE, products={**FILE.products, BLANKET.code: replace(BLANKET, variants=variants)})


def test_a_new_price_list_is_guarded_then_opened_and_only_then_holds_something() -> None:
    saleor = SaleorToSetUp(ONLY_SHOP)
    told = saleor.run(FILE)
    assert about(told, "customer_type") == [("business", True, ())]
    created = next(variables["input"] for document, variables in saleor.written if document == "create_channel")
    assert (created["isActive"], created["currencyCode"], len(created["addWarehouses"])) == (False, "EUR", 7)
    documents = saleor.documents()
    opened = documents.index("update_channel")
    assert saleor.written[opened - 1] == ("update_plugin", {**GUARD, "channel": saleor.written[opened][1]["id"]})
    assert opened < documents.index("list_product")
    taxes = next(variables["input"] for document, variables in saleor.written if document == "update_tax_configuration")
    assert taxes == {"displayGrossPrices": False, "pricesEnteredWithTax": False}


def test_it_holds_what_has_a_price_in_it_and_delivers() -> None:
    saleor = SaleorToSetUp(ONLY_SHOP)
    told = saleor.run(FILE)
    assert [key for key, _new, _fields in about(told, "product")] == ["SG-001", "SG-002", "SG-004"]
    prices = {
        variables["id"]: [(given["channelId"], given["price"]) for given in variables["input"]]
        for document, variables in saleor.written
        if document == "list_variant"
    }
    channel = saleor.written[saleor.documents().index("update_plugin")][1]["channel"]
    assert prices["variant:SG-001"] == [(channel, "174.00")]
    assert prices["variant:SG-002-MOS"] == [(channel, "132.00")]
    assert len(prices) == 5
    (delivery,) = [variables for document, variables in saleor.written if document == "list_shipping_method"]
    assert delivery["input"]["addChannels"] == [{"channelId": channel, "price": "7.85"}]
    assert about(told, "shipping_zone") == [("België en Nederland", False, ("channels",))]


def test_a_plan_tells_of_a_price_list_what_the_run_then_does() -> None:
    planned, run = SaleorToSetUp(ONLY_SHOP), SaleorToSetUp(ONLY_SHOP)
    told = planned.run(FILE, apply=False)
    assert planned.written == []
    assert told == run.run(FILE)
    assert about(told, "channel") == [("wholesale", True, ()), ("wholesale", False, ("isActive",))]
    assert about(told, "channel.price_list") == [("wholesale", False, ("customer_types", "minimum_net", "active"))]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"active": False}, ("active",)),
        ({"configuration": [{"name": "customer_types", "value": "business"}]}, ("minimum_net",)),
    ],
)
def test_a_guard_that_staff_took_off_or_changed_is_put_back(changed: dict[str, Any], fields: tuple[str, ...]) -> None:
    saleor = SaleorToSetUp(FILE)
    guard_of(saleor).update(changed)
    assert about(saleor.run(FILE), "channel.price_list") == [("wholesale", False, fields)]
    assert saleor.written == [("update_plugin", GUARD)]


def test_a_price_list_that_was_closed_is_guarded_before_it_opens() -> None:
    saleor = SaleorToSetUp(FILE)
    channel_of(saleor)["isActive"] = False
    guard_of(saleor)["active"] = False
    saleor.run(FILE)
    assert saleor.written == [("update_plugin", GUARD), ("update_channel", OPEN)]


@pytest.mark.parametrize("held", [ONLY_SHOP, FILE])
def test_a_saleor_without_the_plugin_keeps_its_price_lists_closed(held: CatalogueFile) -> None:
    saleor = SaleorToSetUp(held)
    saleor.answers["plugin"] = {"plugin": None}
    saleor.run(FILE)
    opened = [variables["input"]["isActive"] for document, variables in saleor.written if document == "update_channel"]
    assert opened == ([] if held is ONLY_SHOP else [False])
    assert saleor.missing == [WHOLESALE]


def test_a_file_without_price_lists_asks_for_no_plugin() -> None:
    saleor = SaleorToSetUp(ONLY_SHOP)
    saleor.answers["plugin"] = {"plugin": None}
    saleor.run(ONLY_SHOP)
    assert saleor.missing == []


def test_the_type_that_everybody_has_is_refused_before_anything_is_sold_to_it() -> None:
    saleor = SaleorToSetUp(FILE)
    nodes(saleor, "customer_types", "customerTypes")[1]["isDefault"] = True
    with pytest.raises(SetUpError, match=r"^\[\[channel\]\] wholesale: everybody .* customer type 'business'"):
        saleor.run(FILE)


def test_a_product_without_a_price_any_more_leaves_the_list_with_its_variants() -> None:
    saleor = SaleorToSetUp(FILE)
    told = saleor.run(with_blankets(*(replace(variant, prices={}) for variant in BLANKET.variants)))
    assert about(told, "product") == [("SG-002", False, ("channels",))]
    gone = {"updateChannels": [], "removeChannels": ["channel:wholesale"]}
    assert saleor.written == [("list_product", {"id": "product:SG-002", "input": gone})]


def test_a_variant_without_a_price_any_more_goes_once_the_others_have_theirs() -> None:
    first, *others = BLANKET.variants
    dearer = [replace(variant, prices={"wholesale": 14_000}) for variant in others]
    saleor = SaleorToSetUp(FILE)
    told = saleor.run(with_blankets(replace(first, prices={}), *dearer))
    assert {fields for _key, _new, fields in about(told, "variant")} == {("price",)}
    assert saleor.documents() == ["list_variant", "list_variant", "list_product"]
    removed = [{"channelId": "channel:wholesale", "removeVariants": [f"variant:{first.sku}"]}]
    assert saleor.written[-1][1] == {"id": "product:SG-002", "input": {"updateChannels": removed}}


def test_a_way_of_delivering_without_a_price_any_more_leaves_the_list() -> None:
    saleor = SaleorToSetUp(FILE)
    (zone,) = FILE.zones
    (method,) = zone.methods
    saleor.run(replace(FILE, zones=(replace(zone, methods=(replace(method, prices={}),)),)))
    gone = {"addChannels": [], "removeChannels": ["channel:wholesale"]}
    assert saleor.written == [("list_shipping_method", {"id": "method:home", "input": gone})]
