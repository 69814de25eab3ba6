"""Shipping zones, and the ways of delivering in each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from catalogue.values import ShippingMethod, ShippingZone
from fulfilment.saleor_setup.setup import Node, Setup, prices_to_set
from fulfilment.saleor_setup.translations import translate


def set_up_shipping(setup: Setup) -> None:
    seen = {node["name"]: node for node in setup.nodes("shipping_zones")}
    for zone in setup.file.zones:
        node = seen.get(zone.name)
        _zone(setup, zone, node)
        methods = {method["name"]: method for method in (node or {}).get("shippingMethods") or ()}
        for method in zone.methods:
            _method(setup, method, zone, methods.get(method.name))


def _zone(setup: Setup, zone: ShippingZone, node: Node | None) -> None:
    channels = {channel["slug"] for channel in node["channels"]} if node else set()
    warehouses = {warehouse["externalReference"] or "" for warehouse in node["warehouses"]} if node else set()
    wanted = {
        "countries": sorted(zone.countries),
        "channels": sorted({*channels, *setup.channel_ids()}),
        "warehouses": sorted({*warehouses, *setup.file.warehouses}),
    }

    def as_input(fields: Node) -> Node:
        given = dict(fields)
        if "channels" in given:
            given["addChannels"] = [
                setup.ids["channel", slug] for slug in given.pop("channels") if slug not in channels
            ]
        if "warehouses" in given:
            fresh = [name for name in given.pop("warehouses") if name not in warehouses]
            given["addWarehouses"] = [setup.ids["warehouse", name] for name in fresh]
        return given

    now = None
    if node is not None:
        countries = sorted(country["code"] for country in node["countries"])
        now = {
            "id": node["id"],
            "countries": countries,
            "channels": sorted(channels),
            "warehouses": sorted(warehouses),
        }
    setup.ensure("shipping_zone", zone.name, now, wanted, extra={"name": zone.name}, as_input=as_input)


def _method(setup: Setup, method: ShippingMethod, zone: ShippingZone, node: Node | None) -> None:
    least, most = method.days
    wanted = {
        "taxClass": setup.file.tax_classes[method.tax_class],
        "minimumDeliveryDays": least,
        "maximumDeliveryDays": most,
    }
    now = {**node, "taxClass": (node["taxClass"] or {}).get("name")} if node else None

    def as_input(fields: Node) -> Node:
        given = dict(fields)
        if "taxClass" in given:
            given["taxClass"] = setup.ids["tax_class", method.tax_class]
        return given

    extra = {"name": method.name, "type": "PRICE", "shippingZone": setup.ids["shipping_zone", zone.name]}
    setup.ensure("shipping_method", method.slug, now, wanted, extra=extra, as_input=as_input)
    _prices(setup, method, node)
    translate(setup, "shipping_method", method.slug, node, method.translations)


def _prices(setup: Setup, method: ShippingMethod, node: Node | None) -> None:
    """What a way of delivering costs in each channel, and from which sum; where it has no price, it is not offered."""
    listings = (node or {}).get("channelListings") or ()
    changed: dict[str, dict[str, Any]] = {}
    for given in (
        *prices_to_set(setup, ("shipping_method", method.slug), listings, method),
        *_minima(setup, method, listings),
    ):
        changed.setdefault(given["channelId"], {}).update(given)
    gone = {listing["channel"]["slug"] for listing in listings} - set(setup.file.sold_in(method))
    removed = [channel_id for slug, channel_id in setup.channel_ids().items() if slug in gone]
    if changed or removed:
        variables = {
            "id": setup.ids["shipping_method", method.slug],
            "input": {"addChannels": [*changed.values()], "removeChannels": removed},
        }
        setup.change("shipping_method", method.slug, ("price",), "list_shipping_method", variables, is_new=node is None)


def _minima(setup: Setup, method: ShippingMethod, listings: Sequence[Node]) -> list[dict[str, Any]]:
    """What the goods must come to, in each channel that is no price list and has another minimum in Saleor."""
    seen = {listing["channel"]["slug"]: listing["minimumOrderPrice"] for listing in listings}
    wanted = Decimal(method.minimum).scaleb(-2) if method.minimum else None
    return [
        {"channelId": setup.ids["channel", channel.slug], "minimumOrderPrice": str(wanted) if wanted else None}
        for channel in setup.file.channels
        if channel.price_list is None
        and setup.is_ours(
            "shipping_method", method.slug, f"minimum ({channel.slug})", _amount(seen.get(channel.slug)), wanted
        )
    ]


def _amount(told: Node | None) -> Decimal | None:
    """Saleor keeps a minimum that nobody set as nought."""
    return (Decimal(told["amount"]) or None) if told else None
