"""Orders as the API shows them. Whoever knows an order's id may read it, as in Saleor."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Reader
from sandbox.saleor.addresses import address_node
from sandbox.saleor.auth import no_such_id, require
from sandbox.saleor.checkouts import method_node
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, core_of
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import money, share_of, taxed, to_decimal
from sandbox.saleor.order_state import Payment, load_order, payment_of
from sandbox.saleor.products import channel_node, variant_node, warehouse_node
from sandbox.saleor.transaction_state import event_node, transaction_node, transactions_of

resolvers = Resolvers()


def order_node(core: Core, order: Document) -> Node:
    """The order as the API shows it; what depends on other documents is read when it is asked."""
    currency = order["total"]["currency"]
    lines, voucher = order["lines"], order.get("voucher")
    return {
        "__typename": "Order",
        "id": global_id("Order", order["id"]),
        "number": str(order["number"]),
        "checkoutId": global_id("Checkout", order["checkout"]),
        "languageCodeEnum": order["languageCode"],
        **{name: order[name] for name in ("created", "updatedAt", "status", "shippingMethodName")},
        "collectionPointName": order.get("collectionPointName"),
        "userEmail": order["userEmail"] or None,
        "channel": channel_node(core),
        "shippingAddress": address_node(order["shippingAddress"], f"{order['id']}-shipping"),
        "billingAddress": address_node(order["billingAddress"], f"{order['id']}-billing"),
        "lines": [line_node(line, currency, voucher) for line in lines],
        "subtotal": {
            "gross": sum(line["total"]["gross"] for line in lines),
            "net": sum(line["total"]["net"] for line in lines),
            "currency": currency,
        },
        "shippingPrice": order["shipping"],
        "shippingTaxRate": Decimal(order["shipping_rate"]) / 100,
        "total": order["total"],
        "undiscountedShippingPrice": money(order.get("undiscounted_shipping", order["shipping"]["gross"]), currency),
        "voucherCode": voucher["code"] if voucher else None,
        "discounts": [_order_discount(voucher, currency)] if voucher and voucher["amount"] else [],
        "_order": order,
    }


def _order_discount(voucher: Document, currency: str) -> Node:
    """A voucher on the whole order, or on its delivery; Saleor keeps it as an amount, however it was counted."""
    return {
        "type": "VOUCHER",
        "name": voucher["name"],
        "translatedName": voucher["translated_name"],
        "valueType": "FIXED",
        "value": to_decimal(voucher["amount"]),
        "total": money(voucher["amount"], currency),
    }


def _line_discounts(line: Document, voucher: Document | None, currency: str) -> list[Node]:
    """What was taken off a line itself: by a promotion, and then by a voucher on lines."""
    found = []
    if promotion := line.get("promotion"):
        names = {"name": promotion["name"], "translatedName": promotion["translated"], "reason": promotion["reason"]}
        found.append({"type": "PROMOTION", **names, "total": money(promotion["off"], currency)})
    if voucher and (off := line.get("voucher_discount", 0)):
        names = {"name": voucher["name"], "translatedName": voucher["translated_name"]}
        found.append(
            {"type": "VOUCHER", **names, "reason": f"Voucher code: {voucher['code']}", "total": money(off, currency)}
        )
    return found


def line_node(line: Document, currency: str, voucher: Document | None = None) -> Node:
    rate, quantity = Decimal(line["rate"]), line["quantity"]
    undiscounted = line.get("undiscounted", line["total"]["gross"])
    whole = undiscounted == line["total"]["gross"]
    discounts = _line_discounts(line, voucher, currency)
    return {
        "id": global_id("OrderLine", line["id"]),
        "productName": line["productName"],
        "variantName": line["variantName"],
        "translatedProductName": line.get("translatedProductName", ""),
        "translatedVariantName": line.get("translatedVariantName", ""),
        "productSku": line["sku"],
        "quantity": line["quantity"],
        "quantityFulfilled": line["fulfilled"],
        "quantityToFulfill": line["quantity"] - line["fulfilled"],
        "taxRate": Decimal(line["rate"]) / 100,
        "unitPrice": line["unit"],
        "undiscountedUnitPrice": line["unit"] if whole else taxed(share_of(undiscounted, quantity), rate, currency),
        "unitDiscount": money(line.get("unit_discount", 0), currency),
        "unitDiscountType": "FIXED",
        "unitDiscountValue": to_decimal(line.get("unit_discount", 0)),
        "unitDiscountReason": " & ".join(one["reason"] for one in discounts) or None,
        "totalPrice": line["total"],
        "undiscountedTotalPrice": line["total"] if whole else taxed(undiscounted, rate, currency),
        "discounts": discounts,
        "_line": line,
    }


@resolvers.field("Order.deliveryMethod")
def order_delivery_method(root: Node, info: GraphQLResolveInfo) -> Node | None:
    """As it is now: a way of delivering or a collection point that is gone is none."""
    core, kept = core_of(info), root["_order"]
    point = core.catalogue.file.warehouses.get(kept.get("collection_point") or "")
    if point is not None:
        return warehouse_node(core, point)
    method = core.catalogue.method(kept.get("method") or "")
    return method_node(core, method, True) if method else None


@resolvers.field("Query.order")
def order(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node | None:
    core = core_of(info)
    if id is not None and key_of("Order", id) is None:
        raise no_such_id(id, "Order")
    with core.store.read() as reader:
        found = load_order(reader, id)
    return order_node(core, found) if found else None


_SORTED_BY = {"CREATED_AT": "created", "LAST_MODIFIED_AT": "updatedAt", "NUMBER": "number"}


@resolvers.field("Query.orders")
def orders(
    _root: object,
    info: GraphQLResolveInfo,
    sortBy: Mapping[str, str] | None = None,
    where: Mapping[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    size, start = page_size(first), place(after)
    sorting = sortBy or {"field": "NUMBER", "direction": "DESC"}
    name, descending = _SORTED_BY[sorting["field"]], sorting["direction"] == "DESC"
    window = (where or {}).get("updatedAt") or {}
    people = ((where or {}).get("userEmail") or {}).get("oneOf")
    whose = {"userEmail": list(people)} if people is not None else {}
    at_least = {"updatedAt": window["gte"]} if window.get("gte") is not None else {}
    at_most = {"updatedAt": window["lte"]} if window.get("lte") is not None else {}
    with core.store.read() as reader:
        same = 0
        if start is not None:
            # The page begins at the cursor's own value, of which some orders were shown already.
            same = reader.count("order", {name: start[0], **whose})
            bound = at_most if descending else at_least
            if name not in bound or (bound[name] > start[0]) == descending:
                bound[name] = start[0]
        found = reader.find(
            "order",
            whose,
            at_least=at_least,
            at_most=at_most,
            order_by=name,
            newest_first=descending,
            limit=size + 1 + same,
        )

    def key(one: Document) -> list[Any]:
        return [one[name], one["number"]]

    if start is not None:
        found = [o for o in found if (key(o) < start if descending else key(o) > start)]
    return connection(found, size, key, lambda one: order_node(core, one))


def _payment(root: Node, info: GraphQLResolveInfo) -> Payment:
    if "_payment" not in root:
        with core_of(info).store.read() as reader:
            root["_payment"] = payment_of(reader, root["_order"])
    found = root["_payment"]
    assert isinstance(found, Payment)
    return found


def _amount(root: Node, minor: int) -> Any:
    return money(minor, root["total"]["currency"])


@resolvers.field("Order.isPaid")
def order_is_paid(root: Node, info: GraphQLResolveInfo) -> bool:
    return _payment(root, info).is_paid


@resolvers.field("Order.paymentStatus")
def order_payment_status(root: Node, info: GraphQLResolveInfo) -> str:
    return _payment(root, info).payment_status


@resolvers.field("Order.chargeStatus")
def order_charge_status(root: Node, info: GraphQLResolveInfo) -> str:
    return _payment(root, info).charge_status


@resolvers.field("Order.authorizeStatus")
def order_authorize_status(root: Node, info: GraphQLResolveInfo) -> str:
    return _payment(root, info).authorize_status


@resolvers.field("Order.totalCharged")
def order_total_charged(root: Node, info: GraphQLResolveInfo) -> Any:
    return _amount(root, _payment(root, info).charged)


@resolvers.field("Order.totalRefunded")
def order_total_refunded(root: Node, info: GraphQLResolveInfo) -> Any:
    return _amount(root, _payment(root, info).refunded)


@resolvers.field("Order.totalRefundPending")
def order_total_refund_pending(root: Node, info: GraphQLResolveInfo) -> Any:
    require(info, "MANAGE_ORDERS")
    return _amount(root, _payment(root, info).refund_pending)


@resolvers.field("Order.totalGrantedRefund")
def order_total_granted_refund(root: Node, info: GraphQLResolveInfo) -> Any:
    require(info, "MANAGE_ORDERS")
    return _amount(root, _payment(root, info).granted)


@resolvers.field("Order.totalRemainingGrant")
def order_total_remaining_grant(root: Node, info: GraphQLResolveInfo) -> Any:
    require(info, "MANAGE_ORDERS")
    paid = _payment(root, info)
    return _amount(root, max(0, paid.granted - paid.refunded - paid.refund_pending))


@resolvers.field("Order.transactions")
def order_transactions(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require(info, "MANAGE_ORDERS", "HANDLE_PAYMENTS")
    with core_of(info).store.read() as reader:
        return transactions_of(reader, "order", root["_order"]["id"])


@resolvers.field("Order.fulfillments")
def order_fulfillments(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    core = core_of(info)
    with core.store.read() as reader:
        found = reader.find("fulfillment", {"order": root["_order"]["id"]})
    return [fulfillment_node(core, one, root["_order"]) for one in found]


def fulfillment_node(core: Core, fulfillment: Document, order: Document) -> Node:
    """A fulfilment of that order."""
    lines = {line["id"]: line for line in order["lines"]}
    currency = order["total"]["currency"]
    warehouse = core.catalogue.file.warehouses.get(fulfillment["warehouse"])
    return {
        "__typename": "Fulfillment",
        "id": global_id("Fulfillment", fulfillment["id"]),
        **{name: fulfillment[name] for name in ("fulfillmentOrder", "status", "trackingNumber", "created")},
        "warehouse": warehouse_node(core, warehouse) if warehouse else None,
        "reason": fulfillment.get("reason", ""),
        "lines": [
            {
                "id": global_id("FulfillmentLine", one["id"]),
                "quantity": one["quantity"],
                "orderLine": line_node(lines[one["line"]], currency),
            }
            for one in fulfillment["lines"]
        ],
    }


@resolvers.field("Order.grantedRefunds")
def order_granted_refunds(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require(info, "MANAGE_ORDERS")
    with core_of(info).store.read() as reader:
        found = reader.find("granted_refund", {"order": root["_order"]["id"]})
        return [granted_refund_node(reader, one, root["_order"]) for one in found]


def granted_refund_node(reader: Reader, granted: Document, order: Document) -> Node:
    """A granted refund; its status follows from the transaction's events that carry it."""
    lines = {line["id"]: line for line in order["lines"]}
    currency = order["total"]["currency"]
    transaction = reader.get("transaction", granted["transaction"])
    return {
        "id": global_id("OrderGrantedRefund", granted["id"]),
        "createdAt": granted["created"],
        "updatedAt": granted["updated"],
        "amount": money(granted["amount"], currency),
        "reason": granted["reason"],
        "shippingCostsIncluded": granted["shipping"],
        "status": granted_refund_status(transaction, granted["id"]),
        "transaction": transaction_node(transaction) if transaction else None,
        "transactionEvents": [event_node(event, currency) for event in _events_of(transaction, granted["id"])],
        "lines": [
            {
                "id": global_id("OrderGrantedRefundLine", one["id"]),
                "quantity": one["quantity"],
                "reason": one["reason"],
                "orderLine": line_node(lines[one["line"]], currency),
            }
            for one in granted["lines"]
        ],
    }


def _events_of(transaction: Document | None, granted_id: str) -> list[Document]:
    """The transaction's events that carry a granted refund."""
    return [event for event in (transaction or {"events": []})["events"] if event["granted_refund"] == granted_id]


def granted_refund_status(transaction: Document | None, granted_id: str) -> str:
    """NONE until a refund was asked, then what became of the last one."""
    events = _events_of(transaction, granted_id)
    if not events:
        return "NONE"
    last = max(events, key=lambda e: (e["createdAt"], e["id"]))
    return {"REFUND_SUCCESS": "SUCCESS", "REFUND_FAILURE": "FAILURE"}.get(last["type"], "PENDING")


@resolvers.field("OrderLine.variant")
def order_line_variant(root: Node, info: GraphQLResolveInfo) -> Node | None:
    """The variant as it is now; the line itself keeps what it was. None once it is gone or no longer for sale."""
    core = core_of(info)
    found = core.catalogue.variant(root["_line"]["sku"])
    if found is None:
        return None
    may_see_all = info.context.requestor.may("MANAGE_ORDERS", "MANAGE_DISCOUNTS", "MANAGE_PRODUCTS")
    if not found[0].listed and not may_see_all:
        return None
    return variant_node(core, *found, core.catalogue.file.channel.slug)


@resolvers.field("OrderLine.allocations")
def order_line_allocations(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require(info, "MANAGE_PRODUCTS", "MANAGE_ORDERS")
    core = core_of(info)
    warehouses = core.catalogue.file.warehouses
    return [
        {
            "id": global_id("Allocation", one["id"]),
            "quantity": one["quantity"],
            "warehouse": warehouse_node(core, warehouses[one["warehouse"]]),
        }
        for one in root["_line"]["allocations"]
        # What was shipped stays, as an allocation of nothing.
        if one["warehouse"] in warehouses
    ]
