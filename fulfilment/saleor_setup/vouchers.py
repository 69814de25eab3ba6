"""Vouchers: what a code takes off, where and for whom; and, in their public metadata, who funds it.

Saleor has no name of ours for a voucher: one is known by any of its codes. Codes are added and never taken away, so
that what staff handed out stays good.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from catalogue.values import Voucher, VoucherScope
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry
from fulfilment.saleor_setup.translations import translate


def set_up_vouchers(setup: Setup) -> None:
    seen = {edge["node"]["code"]: node for node in setup.nodes("vouchers") for edge in node["codes"]["edges"]}
    for voucher in setup.file.vouchers:
        found = {seen[code]["id"]: seen[code] for code in voucher.codes if code in seen}
        if len(found) > 1:
            told = f"its codes {', '.join(voucher.codes)} belong to {len(found)} vouchers in Saleor"
            raise SetUpError(f"{entry('voucher', voucher.key)}: {told}")
        node = next(iter(found.values()), None)
        _voucher(setup, voucher, node)
        _listed(setup, voucher, node)
        _funded(setup, voucher, node)
        translate(setup, "voucher", voucher.key, node, voucher.translations)


def _voucher(setup: Setup, voucher: Voucher, node: Node | None) -> None:
    wanted = {
        "name": voucher.name,
        "type": voucher.saleor_type,
        "discountValueType": "FIXED" if voucher.percent is None else "PERCENTAGE",
        "applyOncePerOrder": voucher.scope is VoucherScope.CHEAPEST,
        "applyOncePerCustomer": voucher.once_per_customer,
        "singleUse": voucher.single_use,
        "usageLimit": voucher.usage_limit,
        "startDate": voucher.valid_from,
        "endDate": voucher.valid_until,
        "minCheckoutItemsQuantity": voucher.minimum_quantity or None,
        "products": sorted(voucher.products),
        "collections": sorted(voucher.collections),
        "codes": sorted({*voucher.codes, *(_codes(node) if node else ())}),
    }

    def as_input(fields: Node) -> Node:
        given = dict(fields)
        for name in ("startDate", "endDate"):
            if given.get(name) is not None:
                given[name] = given[name].isoformat()
        for name, kind in (("products", "product"), ("collections", "collection")):
            if name in given:
                given[name] = [setup.ids[kind, key] for key in given[name]]
        if "codes" in given:
            there = _codes(node) if node else ()
            given["addCodes"] = [code for code in given.pop("codes") if code not in there]
        return given

    setup.ensure("voucher", voucher.key, _now(node) if node else None, wanted, as_input=as_input)


def _codes(node: Node) -> list[str]:
    return [edge["node"]["code"] for edge in node["codes"]["edges"]]


def _now(node: Node) -> Node:
    """The voucher of Saleor with the fields that we compare."""
    return {
        **node,
        "startDate": datetime.fromisoformat(node["startDate"]),
        "endDate": datetime.fromisoformat(node["endDate"]) if node["endDate"] else None,
        "products": sorted(edge["node"]["externalReference"] or "" for edge in node["products"]["edges"]),
        "collections": sorted(edge["node"]["slug"] for edge in node["collections"]["edges"]),
        "codes": sorted(_codes(node)),
    }


def _listed(setup: Setup, voucher: Voucher, node: Node | None) -> None:
    """What it takes off in each channel, and what must be bought there; it leaves the channels that it names not."""
    listings: Mapping[str, Node] = {one["channel"]["slug"]: one for one in (node or {}).get("channelListings") or ()}
    value = voucher.percent if voucher.percent is not None else Decimal(voucher.amount or 0).scaleb(-2)
    least = Decimal(voucher.minimum).scaleb(-2)
    wrong = [
        slug
        for slug in voucher.channels
        if setup.is_ours("voucher", voucher.key, f"value ({slug})", _listing(listings.get(slug)), (value, least))
    ]
    ours = setup.channel_ids()
    gone = [ours[slug] for slug in listings if slug in ours and slug not in voucher.channels]
    if wrong or gone:
        added = [
            {
                "channelId": ours[slug],
                "discountValue": str(value),
                "minAmountSpent": str(least) if voucher.minimum else None,
            }
            for slug in wrong
        ]
        given = {"addChannels": added, "removeChannels": gone}
        variables = {"id": setup.ids["voucher", voucher.key], "input": given}
        setup.change("voucher", voucher.key, ("value",), "list_voucher", variables, is_new=node is None)


def _listing(found: Node | None) -> tuple[Decimal, Decimal] | None:
    if found is None:
        return None
    least = found["minSpent"]["amount"] if found["minSpent"] else 0
    return Decimal(found["discountValue"]), Decimal(least)


def _funded(setup: Setup, voucher: Voucher, node: Node | None) -> None:
    if ((node or {}).get("fundedBy") or "") != voucher.funded_by:
        variables = {"id": setup.ids["voucher", voucher.key], "funder": voucher.funded_by}
        setup.change("voucher", voucher.key, ("funded_by",), "fund_voucher", variables, is_new=node is None)
