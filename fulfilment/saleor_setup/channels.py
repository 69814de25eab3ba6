"""The shop's settings, its warehouses and its channels, with how each is taxed."""

from typing import Any

from catalogue.values import Channel, Warehouse
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry

ORDERS = {
    "automaticallyConfirmAllNewOrders": True,
    "allowUnpaidOrders": False,
    "markAsPaidStrategy": "TRANSACTION_FLOW",
    "useLegacyLineDiscountPropagation": False,
}
CHECKOUTS = {"useLegacyErrorFlow": False, "allowLegacyGiftCardUse": False}
COMPLETION = {"enabled": True, "delay": 0}
"""Saleor completes what is paid by itself, should we not be there to do it."""

PAYMENTS = {
    "defaultTransactionFlowStrategy": "CHARGE",
    "releaseFundsForExpiredCheckouts": True,
    "checkoutTtlBeforeReleasingFunds": 6,
}
STOCK = {"allocationStrategy": "PRIORITIZE_HIGH_STOCK"}
ACCOUNTS: dict[str, object] = {
    "enableAccountConfirmationByEmail": True,
    "allowLoginWithoutConfirmation": False,
    "accountConfirmMergeMode": "REQUIRE_PASSWORD",
}
"""Whoever confirms an account types its password again: else who follows a link that somebody else asked for, with a
password of their own, gives that person the orders of the address."""


def set_up_shop(setup: Setup) -> None:
    """The rest of an order is shipped after a refund (`fulfillmentAllowUnpaid`); a warehouse serves whole channels."""
    now = {"id": "", **setup.saleor.execute("setup/shop")["shop"]}
    wanted = {
        "fulfillmentAllowUnpaid": setup.file.fulfil_unpaid,
        "fulfillmentAutoApprove": True,
        "useLegacyShippingZoneStockAvailability": False,
        **ACCOUNTS,
    }
    changed = {name: value for name, value in wanted.items() if now[name] != value}
    if changed:
        setup.change("shop", "", tuple(changed), "update_shop", {"input": changed})


def set_up_warehouses(setup: Setup) -> None:
    seen = {node["externalReference"]: node for node in setup.nodes("warehouses")}
    for reference, warehouse in setup.file.warehouses.items():
        address = {**warehouse.address, "city": warehouse.address["city"].upper()}  # as Saleor writes Belgian cities
        wanted = {"name": warehouse.name, "email": warehouse.email, "address": address}
        now = _warehouse(seen[reference]) if reference in seen else None
        setup.ensure("warehouse", reference, now, wanted, extra={"externalReference": reference, "slug": reference})
        _collecting(setup, warehouse, seen.get(reference))


def _collecting(setup: Setup, warehouse: Warehouse, node: Node | None) -> None:
    """Whether customers may come there for what they bought, and when; Saleor takes neither with a new warehouse."""
    reference, is_new = warehouse.reference, node is None
    option = "ALL" if warehouse.collects else "DISABLED"
    now = node["clickAndCollectOption"] if node else "DISABLED"
    if setup.is_ours("warehouse", reference, "collects", now, option):
        variables = {"id": setup.ids["warehouse", reference], "input": {"clickAndCollectOption": option}}
        setup.change("warehouse", reference, ("collects",), "update_warehouse", variables, is_new=is_new)
    hours = {("hours" if language == "nl" else f"hours_{language}"): told for language, told in warehouse.hours.items()}
    told = dict(node["hours"] or {}) if node else {}
    if hours and setup.is_ours("warehouse", reference, "hours", told, hours):
        given_hours = [{"key": key, "value": text} for key, text in hours.items()]
        to_tell = {"id": setup.ids["warehouse", reference], "input": given_hours}
        setup.change("warehouse", reference, ("hours",), "tell_hours", to_tell, is_new=is_new)


def _warehouse(node: Node) -> Node:
    address = {**node["address"], "country": node["address"]["country"]["code"]}
    return {**node, "address": {**address, "city": address["city"].upper()}}


def set_up_channels(setup: Setup) -> None:
    seen = _seen(setup)
    for channel in setup.file.channels:
        now = seen.get(channel.slug)
        if now is not None and now["currencyCode"] != channel.currency:
            told = f"its currency is {now['currencyCode']} in Saleor and cannot be changed to {channel.currency}"
            raise SetUpError(f"{entry('channel', channel.slug)}: {told}")
        _channel(setup, channel, now)
    made = _seen(setup)
    for channel in setup.file.channels:
        if channel.slug in made:
            _taxes(setup, channel, made[channel.slug]["taxConfiguration"], is_new=channel.slug not in seen)


def _channel(setup: Setup, channel: Channel, now: Node | None) -> None:
    warehouses = sorted(setup.file.warehouses)

    def as_input(fields: Node) -> Node:
        given = dict(fields)
        if given.pop("warehouses", None):
            there = now["warehouses"] if now else ()
            given["addWarehouses"] = [setup.ids["warehouse", name] for name in warehouses if name not in there]
        if completion := given.pop("completion", None):
            given["checkoutSettings"] = {**CHECKOUTS, "automaticCompletion": completion}
        return given

    wanted: dict[str, Any] = {
        "name": channel.name,
        "defaultCountry": channel.country,
        "warehouses": sorted({*warehouses, *(now["warehouses"] if now else ())}),
        "stockSettings": STOCK,
        "orderSettings": ORDERS,
        "checkoutSettings": CHECKOUTS,
        "completion": COMPLETION,
        "paymentSettings": PAYMENTS,
    }
    if channel.price_list is None:  # `set_up_price_lists` opens it, once it is guarded
        wanted["isActive"] = channel.is_active
    setup.ensure(
        "channel",
        channel.slug,
        now,
        wanted,
        extra={"slug": channel.slug, "currencyCode": channel.currency, "isActive": False},
        as_input=as_input,
    )


def _seen(setup: Setup) -> dict[str, dict[str, Any]]:
    """Saleor's channels by slug, with the fields that we compare."""
    found: dict[str, dict[str, Any]] = {}
    for node in setup.saleor.execute("setup/channels")["channels"]:
        checkouts = node["checkoutSettings"]
        found[node["slug"]] = {
            **node,
            "defaultCountry": node["defaultCountry"]["code"],
            "warehouses": sorted(warehouse["externalReference"] or "" for warehouse in node["warehouses"]),
            "orderSettings": {name: node["orderSettings"][name] for name in ORDERS},
            "checkoutSettings": {name: checkouts[name] for name in CHECKOUTS},
            "completion": {
                "enabled": checkouts["automaticallyCompleteFullyPaidCheckouts"],
                "delay": checkouts["automaticCompletionDelay"] or 0,
            },
        }
    return found


def _taxes(setup: Setup, channel: Channel, now: Node, *, is_new: bool) -> None:
    wanted = {
        "chargeTaxes": True,
        "taxCalculationStrategy": "FLAT_RATES",
        "displayGrossPrices": channel.prices_with_tax,
        "pricesEnteredWithTax": channel.prices_with_tax,
    }
    changed = {name: value for name, value in wanted.items() if now[name] != value}
    if changed:
        variables = {"id": now["id"], "input": changed}
        key, document = channel.slug, "update_tax_configuration"
        setup.change("tax_configuration", key, tuple(changed), document, variables, is_new=is_new)
