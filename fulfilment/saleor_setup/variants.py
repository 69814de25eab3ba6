"""What can be bought of a product: its price in each channel, and a first stock in its producer's warehouse."""

from typing import Any

from catalogue.values import COLOUR, Product, Variant
from fulfilment.saleor_setup.setup import Node, Setup, prices_to_set
from fulfilment.saleor_setup.translations import translate


def set_up_variants(setup: Setup, product: Product, node: Node | None) -> None:
    seen = {variant["sku"]: variant for variant in (node or {}).get("variants") or ()}
    for variant in product.variants:
        found = seen.get(variant.sku)
        _variant(setup, product, variant, found)
        if found is not None:
            _stock(setup, variant, found)
            _prices(setup, variant, found)
        translate(setup, "variant", variant.sku, found, variant.translations)
    for variant in product.variants:  # once all are priced: a product goes with the last of its variants
        _unlist(setup, product, variant, seen.get(variant.sku))


def _variant(setup: Setup, product: Product, variant: Variant, node: Node | None) -> None:
    # Saleor knows no variant without a name: it would bear its SKU.
    wanted = {"name": variant.name or variant.sku, "trackInventory": variant.tracked, COLOUR: variant.colour}
    now = {**node, COLOUR: _colour(node)} if node is not None else None
    extra: dict[str, Any] = {"sku": variant.sku, "attributes": []}
    if node is None:
        extra |= {
            "stocks": [_first_stock(setup, variant)],
            "channelListings": prices_to_set(setup, ("variant", variant.sku), (), variant),
        }

    def as_input(fields: Node) -> Node:
        given: dict[str, Any] = {name: value for name, value in fields.items() if name != COLOUR}
        if fields.get(COLOUR):
            swatch = {"id": setup.ids["colour", variant.colour]}
            given["attributes"] = [{"id": setup.ids["attribute", COLOUR], "swatch": swatch}]
        return given

    of = {"product": setup.ids["product", product.code]}
    setup.ensure("variant", variant.sku, now, wanted, extra=extra, of=of, as_input=as_input)


def _colour(node: Node) -> str:
    """Which colour Saleor gives a variant; "?" where it is none of the file's."""
    given = next((one["values"] for one in node["attributes"] if one["attribute"]["slug"] == COLOUR), ())
    return (given[0]["externalReference"] or "?") if given else ""


def _stock(setup: Setup, variant: Variant, node: Node) -> None:
    """Once: afterwards the stock is what sales and counting make of it. Saleor ships from no warehouse without one."""
    if variant.warehouse in {stock["warehouse"]["externalReference"] for stock in node["stocks"]}:
        return
    variables = {"variantId": node["id"], "stocks": [_first_stock(setup, variant)]}
    setup.change("variant", variant.sku, ("stock",), "add_stock", variables)


def _first_stock(setup: Setup, variant: Variant) -> Node:
    return {"warehouse": setup.ids["warehouse", variant.warehouse], "quantity": variant.stock}


def _prices(setup: Setup, variant: Variant, node: Node) -> None:
    given = prices_to_set(setup, ("variant", variant.sku), node["channelListings"], variant)
    if given:
        setup.change("variant", variant.sku, ("price",), "list_variant", {"id": node["id"], "input": given})


def _unlist(setup: Setup, product: Product, variant: Variant, node: Node | None) -> None:
    """Out of the channels where it has no price any more and others of the product have one."""
    gone = set(setup.file.sold_in(*product.variants)) - set(setup.file.sold_in(variant))
    listed = [listing["channel"]["slug"] for listing in (node or {}).get("channelListings") or ()]
    removed = {"removeVariants": [setup.ids["variant", variant.sku]]}
    channels = [{"channelId": setup.ids["channel", slug], **removed} for slug in listed if slug in gone]
    if channels:
        variables = {"id": setup.ids["product", product.code], "input": {"updateChannels": channels}}
        setup.change("variant", variant.sku, ("price",), "list_product", variables)
