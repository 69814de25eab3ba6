"""What a variant costs in the channel now and before any promotion, and what is written beside it.

Document `prior_price`, by SKU.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from graphql import GraphQLResolveInfo

from catalogue.values import Product, Variant
from sandbox.saleor.auth import require, require_staff_or_app
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id
from sandbox.saleor.money import Taxed, gross_of, money, taxed
from sandbox.saleor.products import channel_node
from sandbox.saleor.promotions import price_now
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()


@resolvers.field("Product.pricing")
def product_pricing(root: Node, info: GraphQLResolveInfo) -> Node | None:
    core, found = core_of(info), root["_product"]
    if root["_channel"] != core.catalogue.file.channel.slug or not found.listed:
        return None  # of a price list each variant has its own
    now = sorted(price_now(core, found, variant) for variant in found.variants)
    before = sorted(variant.price for variant in found.variants)
    discount = _difference(core, found, before[0], now[0])
    return {
        "onSale": discount is not None,
        "discount": discount,
        "priceRange": _range(core, found, now),
        "priceRangeUndiscounted": _range(core, found, before),
    }


def _range(core: Core, found: Product, prices: list[int]) -> Node:
    return {"start": _price(core, found, prices[0]), "stop": _price(core, found, prices[-1])}


@resolvers.field("ProductVariant.pricing")
def variant_pricing(root: Node, info: GraphQLResolveInfo) -> Node | None:
    if root["_channel"] is None or not root["_product"].listed:
        return None
    core, product, variant = core_of(info), root["_product"], root["_variant"]
    if root["_channel"] in core.catalogue.file.price_lists:
        return _in_price_list(core, product, variant, root["_channel"])
    prior, now = prior_price(core, variant), price_now(core, product, variant)
    discount = _difference(core, product, variant.price, now)
    return {
        "price": _price(core, product, now),
        "priceUndiscounted": _price(core, product, variant.price),
        "discount": discount,
        "onSale": discount is not None,
        "pricePrior": None if prior is None else _price(core, product, prior),
    }


def _in_price_list(core: Core, product: Product, variant: Variant, channel: str) -> Node | None:
    """At the net price of the list, without promotions; None where it is not in it."""
    net = variant.prices.get(channel)
    if net is None:
        return None
    [found] = [one for one in core.catalogue.file.channels if one.slug == channel]
    rate = core.catalogue.file.rate(product.tax_class, found.country)
    price: Taxed = {"gross": gross_of(net, rate), "net": net, "currency": found.currency}
    return {"price": price, "priceUndiscounted": price, "discount": None, "onSale": False, "pricePrior": None}


def _difference(core: Core, found: Product, before: int, now: int) -> Any:
    """What is taken off, with and without tax; None where it is nothing."""
    if now >= before:
        return None
    full, reduced = _price(core, found, before), _price(core, found, now)
    return {**full, "gross": full["gross"] - reduced["gross"], "net": full["net"] - reduced["net"]}


def prior_price(core: Core, variant: Variant) -> int | None:
    """What somebody wrote as the price before a reduction, in minor units."""
    found: int | None = (core.store.get("prior_price", variant.sku) or {}).get("minor")
    return found


def _price(core: Core, found: Product, gross: int) -> Any:
    channel = core.catalogue.file.channel
    rate: Decimal = core.catalogue.file.rate(found.tax_class, channel.country)
    return taxed(gross, rate, channel.currency)


def _listing_id(core: Core, variant: Variant) -> str:
    """There is one channel, and in it one listing of each variant."""
    return global_id("ProductVariantChannelListing", core.catalogue.number("ProductVariant", variant.sku))


@resolvers.field("ProductVariant.channelListings")
def listings(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require_staff_or_app(info)
    core, variant = core_of(info), root["_variant"]
    if not root["_product"].listed:
        return []
    prior = prior_price(core, variant)
    currency = core.catalogue.file.channel.currency
    return [
        {
            "id": _listing_id(core, variant),
            "channel": channel_node(core),
            "price": money(variant.price, currency),
            "priorPrice": None if prior is None else money(prior, currency),
        }
    ]


@resolvers.field("Mutation.productVariantBulkUpdate")
def bulk_update(_root: object, info: GraphQLResolveInfo, product: str, variants: Sequence[Mapping[str, Any]]) -> Node:
    """All or none; of a listing only the price before a reduction can be written here."""
    require(info, "MANAGE_PRODUCTS")
    core = core_of(info)
    of_product = core.catalogue.product_by_id(product)
    changed: dict[str, int | None] = {}
    for given in variants:
        found = core.catalogue.variant_by_id(given["id"])
        updates = (given.get("channelListings") or {}).get("update") or ()
        if found is None or found[0] != of_product:
            return _refused("id", given["id"])
        for update in updates:
            if update["channelListing"] != _listing_id(core, found[1]):
                return _refused("channelListings", update["channelListing"])
            if "priorPrice" in update:
                changed[found[1].sku] = _minor(update["priorPrice"])
    with core.store.write() as tx:
        for sku, minor in changed.items():
            tx.put("prior_price", sku, {"minor": minor})
        for _given in variants:
            emit(core, tx, "PRODUCT_VARIANT_UPDATED")
    return {"count": len(variants), "errors": []}


def _refused(field: str, of: str) -> Node:
    return {"count": 0, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {of}", field)]}


def _minor(price: Decimal | None) -> int | None:
    return None if price is None else int(Decimal(price).scaleb(2))
