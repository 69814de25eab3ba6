"""What of a product can be bought, as our app reads it, and as a visitor of the shop does."""

from collections.abc import Iterator
from typing import Any

import pytest

from fulfilment.gateways.saleor.client import document
from fulfilment.gateways.saleor.offers import read_stocked
from tests.support.saleor_bench import CHANNEL, SaleorBench

LISTED = """query($c: String!) { products(first: 50, channel: $c) { edges { node { id slug externalReference
  variants { id sku quantityAvailable } } } } }"""
SHELVES = """query($id: ID!, $c: String!) { product(id: $id, channel: $c) { variants { id trackInventory
  stocks { quantity quantityAllocated warehouse { id } } } } }"""


@pytest.fixture
def tracked(saleor: SaleorBench) -> Iterator[tuple[str, dict[str, Any]]]:
    """A product with one variant that is counted, and that variant; its shelves are filled again afterwards."""
    for edge in saleor.ask(LISTED, c=CHANNEL)["products"]["edges"]:
        told = saleor.as_app(SHELVES, id=edge["node"]["id"], c=CHANNEL)["product"]["variants"]
        if len(told) == 1 and told[0]["trackInventory"]:
            break
    yield edge["node"]["id"], told[0]
    for stock in told[0]["stocks"]:
        fill(saleor, told[0], stock, stock["quantity"])


def fill(saleor: SaleorBench, variant: dict[str, Any], stock: dict[str, Any], quantity: int) -> None:
    given = {"variant": variant["id"], "warehouse": stock["warehouse"]["id"], "quantity": quantity}
    answer = saleor.as_app(document("fill_shelf"), **given)
    assert answer["productVariantStocksUpdate"]["errors"] == []


def test_what_is_sold_out_cannot_be_bought_until_one_lies_there_again(
    saleor: SaleorBench, tracked: tuple[str, dict[str, Any]]
) -> None:
    product, variant = tracked

    def buyable() -> set[str]:
        told = saleor.as_app(document("stocked_product"), id=product, channel=CHANNEL)["product"]
        return set(read_stocked(told).buyable)

    for stock in variant["stocks"]:
        fill(saleor, variant, stock, stock["quantityAllocated"])
    assert buyable() == set()
    fill(saleor, variant, variant["stocks"][0], variant["stocks"][0]["quantityAllocated"] + 1)
    assert buyable() == {variant["id"]}


def test_our_app_reads_of_every_product_what_a_visitor_can_buy(saleor: SaleorBench) -> None:
    nodes = [edge["node"] for edge in saleor.ask(LISTED, c=CHANNEL)["products"]["edges"]]
    assert nodes
    for node in nodes:
        told = saleor.as_app(document("stocked_product"), id=node["id"], channel=CHANNEL)["product"]
        found = read_stocked(told)
        assert (found.code, found.slug) == (node["externalReference"], node["slug"])
        buyable = {one["id"]: one["sku"] for one in node["variants"] if one["quantityAvailable"]}
        assert dict(found.buyable) == buyable


def test_what_is_not_there_is_told_as_nothing(saleor: SaleorBench) -> None:
    answer = saleor.as_app(document("stocked_product"), id="UHJvZHVjdDo5OTk5OTk=", channel=CHANNEL)
    assert answer["product"] is None
