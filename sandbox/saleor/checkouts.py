"""Checkouts as the API shows them, and what is wrong with them."""

from typing import Any

from graphql import GraphQLResolveInfo

from catalogue.values import ShippingMethod
from sandbox.common.store import Document
from sandbox.saleor.addresses import address_node
from sandbox.saleor.auth import no_such_id, require
from sandbox.saleor.catalogue import available
from sandbox.saleor.checkout_state import PricedLine, Totals, chosen, collection_points, load, totals
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, core_of
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import money, share_of
from sandbox.saleor.products import channel_node, variant_node, warehouse_node
from sandbox.saleor.transaction_state import transactions_of

resolvers = Resolvers()


def checkout_node(core: Core, checkout: Document) -> Node:
    """The checkout as the API shows it."""
    costs = totals(core, checkout)
    return {
        "__typename": "Checkout",
        "id": global_id("Checkout", checkout["id"]),
        **{name: checkout[name] for name in ("created", "updatedAt", "email", "languageCode")},
        **{name: checkout[name] for name in ("authorizeStatus", "chargeStatus")},
        "channel": channel_node(core),
        "shippingAddress": address_node(checkout["shippingAddress"], f"{checkout['id']}-shipping"),
        "billingAddress": address_node(checkout["billingAddress"], f"{checkout['id']}-billing"),
        "lines": [_line_node(core, line) for line in costs.lines],
        "subtotalPrice": costs.subtotal,
        "shippingPrice": costs.shipping,
        "totalPrice": costs.total,
        "voucherCode": checkout.get("voucher_code"),
        "discount": money(checkout.get("discount", 0), costs.total["currency"]),
        "discountName": checkout.get("discount_name"),
        "translatedDiscountName": checkout.get("translated_discount_name"),
        "_checkout": checkout,
        "_totals": costs,
    }


def _line_node(core: Core, priced: PricedLine) -> Node:
    currency = priced.total["currency"]
    return {
        "id": global_id("CheckoutLine", priced.line["id"]),
        "quantity": priced.line["quantity"],
        "unitPrice": priced.unit,
        "totalPrice": priced.total,
        "undiscountedUnitPrice": money(share_of(priced.undiscounted, priced.line["quantity"]), currency),
        "undiscountedTotalPrice": money(priced.undiscounted, currency),
        "variant": variant_node(core, priced.product, priced.variant, core.catalogue.file.channel.slug),
    }


def delivery_node(core: Core, delivery: Document) -> Node:
    method = core.catalogue.method(delivery["method"])
    shown = method_node(core, method, delivery["valid"]) if method else None
    return {"id": global_id("CheckoutDelivery", delivery["id"]), "shippingMethod": shown}


def method_node(core: Core, method: ShippingMethod, active: bool) -> Node:
    """A way of delivering as the API shows it: in a checkout, or of the channel."""
    currency = core.catalogue.file.channel.currency
    return {
        "__typename": "ShippingMethod",
        "id": global_id("ShippingMethod", core.catalogue.number("ShippingMethodType", method.slug)),
        "name": method.name,
        "price": money(method.price, currency),
        "minimumOrderPrice": money(method.minimum, currency) if method.minimum else None,
        "minimumDeliveryDays": method.days[0],
        "maximumDeliveryDays": method.days[1],
        "active": active,
        "_method": method,
    }


@resolvers.field("Query.checkout")
def checkout(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node | None:
    core = core_of(info)
    if id is not None and key_of("Checkout", id) is None:
        raise no_such_id(id, "Checkout")
    with core.store.read() as reader:
        found = load(reader, id)
    return checkout_node(core, found) if found else None


@resolvers.field("Query.checkouts")
def checkouts(
    _root: object,
    info: GraphQLResolveInfo,
    filter: dict[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    require(info, "MANAGE_CHECKOUTS", "HANDLE_PAYMENTS")
    core = core_of(info)
    size, start = page_size(first), place(after)
    wanted = (filter or {}).get("authorizeStatus")
    with core.store.read() as reader:
        # Newest change first, as in Saleor. Checkouts vanish with their order, so there are never many.
        found = reader.find(
            "checkout", {"authorizeStatus": wanted} if wanted else None, order_by="updatedAt", newest_first=True
        )
    if start is not None:
        found = [c for c in found if [c["updatedAt"], c["id"]] < start]
    found.sort(key=lambda c: [c["updatedAt"], c["id"]], reverse=True)
    return connection(found, size, lambda c: [c["updatedAt"], c["id"]], lambda c: checkout_node(core, c))


@resolvers.field("Checkout.delivery")
def checkout_delivery(root: Node, info: GraphQLResolveInfo) -> Node | None:
    found = chosen(root["_checkout"])
    return delivery_node(core_of(info), found) if found else None


@resolvers.field("Checkout.deliveryMethod")
def checkout_delivery_method(root: Node, info: GraphQLResolveInfo) -> Node | None:
    """The way of delivering, or where its customer comes for it."""
    core = core_of(info)
    point = core.catalogue.file.warehouses.get(root["_checkout"].get("collection_point") or "")
    if point is not None:
        return warehouse_node(core, point)
    found = chosen(root["_checkout"])
    return delivery_node(core, found)["shippingMethod"] if found else None


@resolvers.field("Checkout.availableCollectionPoints")
def available_collection_points(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    core = core_of(info)
    with core.store.read() as reader:
        found = collection_points(core, reader, root["_checkout"])
    return [warehouse_node(core, point) for point in found]


@resolvers.field("Checkout.totalBalance")
def checkout_balance(root: Node, info: GraphQLResolveInfo) -> Any:
    core = core_of(info)
    with core.store.read() as reader:
        paid = reader.find("transaction", {"checkout": root["_checkout"]["id"]})
    charged = sum(t["amounts"]["charged"] for t in paid)
    return money(charged - root["totalPrice"]["gross"], root["totalPrice"]["currency"])


@resolvers.field("Checkout.transactions")
def checkout_transactions(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require(info, "MANAGE_CHECKOUTS", "HANDLE_PAYMENTS")
    core = core_of(info)
    with core.store.read() as reader:
        return transactions_of(reader, "checkout", root["_checkout"]["id"])


@resolvers.field("Checkout.problems")
def checkout_problems(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    core = core_of(info)
    found = _delivery_problems(core, root)
    costs: Totals = root["_totals"]
    wanted: dict[str, int] = {}
    for priced in costs.lines:
        wanted[priced.variant.sku] = wanted.get(priced.variant.sku, 0) + priced.line["quantity"]
    with core.store.read() as reader:
        for priced, node in zip(costs.lines, root["lines"], strict=True):
            if not priced.product.listed:
                found.append({"__typename": "CheckoutLineProblemVariantNotAvailable", "line": node})
            elif priced.variant.tracked and (left := available(reader, priced.variant)) < wanted[priced.variant.sku]:
                found.append(
                    {
                        "__typename": "CheckoutLineProblemInsufficientStock",
                        "availableQuantity": left,
                        "line": node,
                        "variant": node["variant"],
                    }
                )
    return found


def _delivery_problems(core: Core, root: Node) -> list[Node]:
    delivery = chosen(root["_checkout"])
    if delivery is None:
        return []
    if not delivery["valid"]:
        kind = "CheckoutProblemDeliveryMethodInvalid"
    elif root["_checkout"]["stale"]:
        kind = "CheckoutProblemDeliveryMethodStale"
    else:
        return []
    return [{"__typename": kind, "delivery": delivery_node(core, delivery)}]
