"""Pieces that came back, or never left: they move to a fulfilment of what was returned."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import key_of
from sandbox.saleor.order_state import follow_fulfillments, load_order, next_fulfillment_order
from sandbox.saleor.orders import fulfillment_node, order_node
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()

Moving = list[tuple[Document, Document, int]]
"""Pieces to move: their fulfilment, its line, how many."""

Dropped = list[tuple[Document, int]]
"""Pieces that never left: the line of the order, how many."""


def _failed(error: Node) -> Node:
    return {"returnFulfillment": None, "order": None, "errors": [error]}


@resolvers.field("Mutation.orderFulfillmentReturnProducts")
def order_fulfillment_return_products(
    _root: object, info: GraphQLResolveInfo, order: str, input: Mapping[str, Any]
) -> Node:
    """No money moves, and nothing goes back on a shelf; what never left is set aside no longer.

    Nothing recognises a repeated call: it returns more.
    """
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    with core.store.write() as tx:
        found = load_order(tx, order)
        if found is None:
            return _failed(problem("NOT_FOUND", f"Couldn't resolve to a node: {order}", "order"))
        if input.get("refund"):
            return _failed(problem("CANNOT_REFUND", "Order cannot be refunded.", "order"))
        dropped, wrong = _dropped(found, input.get("orderLines") or [])
        if wrong:
            return _failed(wrong)
        moving, wrong = _moving(tx, found, input.get("fulfillmentLines") or [])
        if wrong:
            return _failed(wrong)
        for line, quantity in dropped:
            line["fulfilled"] += quantity
            _set_free(core, tx, line, quantity)
        returned = _move(core, tx, found, dropped, moving, input.get("reason") or "")
        emit(core, tx, "ORDER_UPDATED", order=found["id"])
    return {
        "returnFulfillment": fulfillment_node(core, returned, found),
        "order": order_node(core, found),
        "errors": [],
    }


def _dropped(order: Document, given: Sequence[Mapping[str, Any]]) -> tuple[Dropped, Node | None]:
    lines = {line["id"]: line for line in order["lines"]}
    dropped: Dropped = []
    for wanted in given:
        line = lines.get(key_of("OrderLine", wanted["orderLineId"]) or "")
        if line is None:
            text = f"Couldn't resolve to a node: {wanted['orderLineId']}"
            return [], problem("GRAPHQL_ERROR", text, "orderLines")
        if line["quantity"] - line["fulfilled"] < wanted["quantity"]:
            text = "Provided quantity is bigger than unfulfilled quantity."
            return [], problem("INVALID_QUANTITY", text, "orderLineId")
        dropped.append((line, wanted["quantity"]))
    return dropped, None


def _set_free(core: Core, tx: Transaction, line: Document, quantity: int) -> None:
    """What was set aside for a line can be sold again: of the oldest shelf first, wherever it would have left from."""
    held = [(one, tx.require("stock", f"{line['sku']}@{one['warehouse']}")) for one in line["allocations"]]
    for allocation, stock in held:
        freed = min(quantity, allocation["quantity"])
        if not freed:
            continue
        quantity -= freed
        allocation["quantity"] -= freed
        left = stock["quantity"] - stock["allocated"]
        key = f"{stock['sku']}@{stock['warehouse']}"
        tx.put("stock", key, {**stock, "allocated": stock["allocated"] - freed})
        if left <= 0 < left + freed:
            emit(core, tx, "PRODUCT_VARIANT_BACK_IN_STOCK")


def _moving(tx: Transaction, order: Document, given: Sequence[Mapping[str, Any]]) -> tuple[Moving, Node | None]:
    left = tx.find("fulfillment", {"order": order["id"]})
    everything = {str(line["id"]): (one, line) for one in left for line in one["lines"]}
    moving: Moving = []
    for wanted in given:
        found = everything.get(key_of("FulfillmentLine", wanted["fulfillmentLineId"]) or "")
        if found is None:
            text = f"Couldn't resolve to a node: {wanted['fulfillmentLineId']}"
            return [], problem("GRAPHQL_ERROR", text, "fulfillmentLines")
        fulfillment, line = found
        if line["quantity"] < wanted["quantity"]:
            text = "Provided quantity is bigger than quantity from fulfillment line"
            return [], problem("INVALID_QUANTITY", text, "fulfillmentLineId")
        if fulfillment["status"] != "FULFILLED":
            text = "Unable to process action for fulfillmentLine with different status than fulfilled."
            return [], problem("INVALID", text, "fulfillmentLineId")
        moving.append((fulfillment, line, wanted["quantity"]))
    return moving, None


def _move(core: Core, tx: Transaction, order: Document, dropped: Dropped, moving: Moving, reason: str) -> Document:
    """What is left of a fulfilment stays; one of which all came back is gone. What never left, left from nowhere."""
    returned: Document = {
        "id": str(tx.next_number("Fulfillment")),
        "order": order["id"],
        "fulfillmentOrder": next_fulfillment_order(tx, order),
        "status": "RETURNED",
        "trackingNumber": "",
        "created": core.now(),
        "warehouse": moving[0][0]["warehouse"] if moving and not dropped else "",
        "reason": reason,
        "lines": [
            {"id": tx.next_number("FulfillmentLine"), "line": line["id"], "quantity": quantity}
            for line, quantity in dropped
        ],
    }
    for fulfillment, line, quantity in moving:
        returned["lines"].append({"id": tx.next_number("FulfillmentLine"), "line": line["line"], "quantity": quantity})
        line["quantity"] -= quantity
        fulfillment["lines"] = [one for one in fulfillment["lines"] if one["quantity"]]
        if fulfillment["lines"]:
            tx.put("fulfillment", fulfillment["id"], fulfillment)
        else:
            tx.delete("fulfillment", fulfillment["id"])
    tx.insert("fulfillment", returned["id"], returned)
    follow_fulfillments(tx, core, order)
    return returned
