"""Vouchers as the API shows them, to those who manage discounts and on the orders that were made with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from catalogue.values import Voucher, VoucherScope
from sandbox.common.store import Reader
from sandbox.saleor.auth import require
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, core_of
from sandbox.saleor.ids import global_id
from sandbox.saleor.moments import moment, of_moment
from sandbox.saleor.money import money, to_decimal
from sandbox.saleor.products import channel_node, product_node
from sandbox.saleor.vouchers import find, usage

resolvers = Resolvers()


@resolvers.field("Query.vouchers")
def vouchers(
    _root: object,
    info: GraphQLResolveInfo,
    filter: Mapping[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    require(info, "MANAGE_DISCOUNTS")
    core = core_of(info)
    size, start = page_size(first), place(after)
    found = sorted({id(one): one for one in core.catalogue.vouchers.values()}.values(), key=lambda one: _place(one))
    with core.store.read() as reader:
        wanted = set((filter or {}).get("status") or ())
        if wanted:
            found = [voucher for voucher in found if _status(core, reader, voucher) in wanted]
        if start is not None:
            found = [voucher for voucher in found if _place(voucher) > start]
        return connection(found, size, _place, lambda voucher: _node(core, reader, voucher))


def _place(voucher: Voucher) -> list[str]:
    return [voucher.name, voucher.key]


def _status(core: Core, reader: Reader, voucher: Voucher) -> str:
    now = of_moment(core.now())
    if voucher.valid_from > now:
        return "SCHEDULED"
    used = sum(usage(reader, code)["used"] for code in voucher.codes)
    is_over = voucher.valid_until is not None and voucher.valid_until < now
    is_used_up = voucher.usage_limit is not None and used >= voucher.usage_limit
    return "EXPIRED" if is_over or is_used_up else "ACTIVE"


@resolvers.field("Order.voucher")
def order_voucher(root: Node, info: GraphQLResolveInfo) -> Node | None:
    core = core_of(info)
    voucher = find(core, root["voucherCode"])
    if voucher is None:
        return None
    with core.store.read() as reader:
        return _node(core, reader, voucher)


def _node(core: Core, reader: Reader, voucher: Voucher) -> Node:
    file = core.catalogue.file
    collections = [one for one in file.collections if one.slug in voucher.collections]
    products = [product_node(core, file.products[code], None) for code in voucher.products]
    value = voucher.percent if voucher.percent is not None else to_decimal(voucher.amount or 0)
    listing = {
        "channel": channel_node(core),
        "discountValue": value,
        "minSpent": money(voucher.minimum, file.channel.currency) if voucher.minimum else None,
    }
    return {
        "id": global_id("Voucher", voucher.key),
        "name": voucher.name,
        "type": voucher.saleor_type,
        "discountValueType": "FIXED" if voucher.percent is None else "PERCENTAGE",
        "applyOncePerOrder": voucher.scope is VoucherScope.CHEAPEST,
        "startDate": moment(voucher.valid_from.timestamp()),
        "endDate": moment(voucher.valid_until.timestamp()) if voucher.valid_until else None,
        "codes": _all([{"code": code, "isActive": usage(reader, code)["active"]} for code in voucher.codes]),
        "channelListings": [listing] if file.channel.slug in voucher.channels else [],
        "products": _all(products),
        "variants": _all([]),
        "collections": _all([{"slug": one.slug, "name": one.name} for one in collections]),
        "categories": _all([]),
        "_voucher": voucher,
    }


def _all(nodes: Sequence[Node]) -> Node:
    """A connection that fits on one page; the resolver of its field cuts nothing off."""
    return {"edges": [{"node": node} for node in nodes]}


@resolvers.field("Voucher.metafield")
def metafield(root: Node, _info: GraphQLResolveInfo, key: str) -> str | None:
    voucher: Voucher = root["_voucher"]
    return voucher.funded_by or None if key == "funded_by" else None
