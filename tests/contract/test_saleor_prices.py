"""What a variant costs in a channel, and the price before a reduction that our app writes beside it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from fulfilment.gateways.saleor.client import document
from fulfilment.gateways.saleor.offers import read_listed_prices
from tests.support.saleor_bench import CHANNEL, SaleorBench


@pytest.fixture
def listed(saleor: SaleorBench) -> Iterator[dict[str, Any]]:
    """A variant as our app lists prices; what a test writes beside its price is taken away again."""
    told = saleor.as_app(document("listed_prices"), channel=CHANNEL)["products"]["edges"]
    product = next(edge["node"] for edge in told if edge["node"]["variants"])
    variant = product["variants"][0]
    listing = next(one["id"] for one in variant["channelListings"] if one["channel"]["slug"] == CHANNEL)
    ids = {"product": product["id"], "variant": variant["id"], "listing": listing}
    saleor.as_app(document("set_prior_price"), **ids, price=None)
    yield ids
    saleor.as_app(document("set_prior_price"), **ids, price=None)


def pricing(saleor: SaleorBench, listed: dict[str, Any]) -> dict[str, Any]:
    """As a visitor reads it."""
    products = """query($c: String!) { products(first: 50, channel: $c) { edges { node { variants { id
      pricing { onSale price { gross { amount } } pricePrior { gross { amount } net { amount } } } } } } } }"""
    edges = saleor.ask(products, c=CHANNEL)["products"]["edges"]
    variants = (variant for edge in edges for variant in edge["node"]["variants"])
    found: dict[str, Any] = next(one["pricing"] for one in variants if one["id"] == listed["variant"])
    return found


def test_what_nobody_reduced_has_no_prior_price_and_announces_nothing(
    saleor: SaleorBench, listed: dict[str, Any]
) -> None:
    told = pricing(saleor, listed)
    assert told["onSale"] is False
    assert told["pricePrior"] is None


def test_the_prior_price_stands_beside_the_price_which_stays_what_it_is(
    saleor: SaleorBench, listed: dict[str, Any]
) -> None:
    before = pricing(saleor, listed)["price"]
    answer = saleor.as_app(document("set_prior_price"), **listed, price="242.00")["productVariantBulkUpdate"]
    assert answer["errors"] == []
    told = pricing(saleor, listed)
    assert told["price"] == before
    assert told["pricePrior"] == {"gross": {"amount": Decimal("242.00")}, "net": {"amount": Decimal("200.00")}}
    assert told["onSale"] is False  # it says what was, and announces nothing
    saleor.as_app(document("set_prior_price"), **listed, price=None)
    assert pricing(saleor, listed)["pricePrior"] is None


def test_a_visitor_writes_no_prior_price_and_reads_no_listings(saleor: SaleorBench, listed: dict[str, Any]) -> None:
    assert saleor.refused(document("set_prior_price"), **listed, price="1.00") == "PermissionDenied"
    assert saleor.refused(document("listed_prices"), channel=CHANNEL) == "PermissionDenied"


def test_our_gateway_reads_what_it_wrote(saleor: SaleorBench, listed: dict[str, Any]) -> None:
    saleor.as_app(document("set_prior_price"), **listed, price="242.00")
    edges = saleor.as_app(document("listed_prices"), channel=CHANNEL)["products"]["edges"]
    prices = [price for edge in edges for price in read_listed_prices(edge["node"], CHANNEL, "EUR")]
    found = next(price for price in prices if price.variant_id == listed["variant"])
    assert (found.listing_id, found.prior_minor, found.is_reduced) == (listed["listing"], 24_200, False)
    assert all(price.minor > 0 for price in prices)
