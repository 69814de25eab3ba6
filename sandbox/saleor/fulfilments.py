"""Shipping: pieces leave a producer's warehouse, and their tracking number may follow later."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.catalogue import empty_shelf
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.order_state import follow_fulfillments, load_order, next_fulfillment_order, payment_of
from sandbox.saleor.orders import fulfillment_node, order_node
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()

Wanted = dict[str, dict[str, int]]
"""Pieces to ship, by warehouse reference and order line."""


def _fulfil_failed(*errors: Node) -> Node:
    return {"fulfillments": None, "order": None, "errors": list(errors)}


@resolvers.field("Mutation.orderFulfill")
def order_fulfill(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any], order: str | None = None) -> Node:
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    with core.store.write() as tx:
        found = load_order(tx, order)
        if found is None:
            return _fulfil_failed(problem("NOT_FOUND", f"Couldn't resolve to a node: {order}", "order"))
        if not core.catalogue.file.fulfil_unpaid and not payment_of(tx, found).is_paid:
            text = "Cannot fulfill unpaid order."
            return _fulfil_failed(problem("CANNOT_FULFILL_UNPAID_ORDER", text, "order"))
        wanted, wrong = _wanted(core, found, input["lines"])
        wrong = wrong or _stock_faults(core, tx, found, wanted, bool(input.get("allowStockToBeExceeded")))
        if wrong:
            return _fulfil_failed(wrong)
        fulfillments = _ship(core, tx, found, wanted, input.get("trackingNumber") or "")
        notify = input.get("notifyCustomer")
        _tell(core, tx, found, fulfillments, notify=notify is None or bool(notify))
    return {
        "fulfillments": [fulfillment_node(core, one, found) for one in fulfillments],
        "order": order_node(core, found),
        "errors": [],
    }


def _wanted(core: Core, order: Document, lines: Sequence[Mapping[str, Any]]) -> tuple[Wanted, Node | None]:
    wanted: Wanted = {}
    known = {line["id"]: line for line in order["lines"]}
    seen: set[str] = set()
    for given in lines:
        key = key_of("OrderLine", given.get("orderLineId")) or ""
        line = known.get(key)
        if line is None:
            return {}, problem("NOT_FOUND", f"Couldn't resolve to a node: {given.get('orderLineId')}", "orderLineId")
        if key in seen:
            text = "Duplicated orderLine IDs."
            return {}, problem("DUPLICATED_INPUT_ITEM", text, "orderLineId", orderLines=[given["orderLineId"]])
        seen.add(key)
        total = 0
        for stock in given["stocks"]:
            warehouse = core.catalogue.warehouse_by_id(stock["warehouse"])
            if warehouse is None:
                return {}, problem("NOT_FOUND", f"Couldn't resolve to a node: {stock['warehouse']}", "warehouse")
            if stock["quantity"] > 0:
                pieces = wanted.setdefault(warehouse.reference, {})
                pieces[key] = pieces.get(key, 0) + stock["quantity"]
            total += stock["quantity"]
        left = line["quantity"] - line["fulfilled"]
        if total > left:
            text = f"Only {left} item{'' if left == 1 else 's'} remaining to fulfill."
            return {}, problem("FULFILL_ORDER_LINE", text, "orderLineId", orderLines=[given["orderLineId"]])
    if not wanted:
        return {}, problem("ZERO_QUANTITY", "Total quantity must be larger than 0.", "lines")
    return wanted, None


def _stock_faults(core: Core, tx: Transaction, order: Document, wanted: Wanted, may_exceed: bool) -> Node | None:
    """Where the stock may not be exceeded, even a variant that is not tracked needs a stock row in the warehouse that
    ships it; where it may, nothing can be short."""
    if may_exceed:
        return None
    lines = {line["id"]: line for line in order["lines"]}
    for warehouse, pieces in wanted.items():
        for key, quantity in pieces.items():
            line = lines[key]
            stock = tx.get("stock", f"{line['sku']}@{warehouse}")
            own = sum(a["quantity"] for a in line["allocations"] if a["warehouse"] == warehouse)
            short = stock is not None and quantity > stock["quantity"] - stock["allocated"] + own
            if stock is None or (line["tracked"] and short):
                text = f"Insufficient product stock: {line['sku']}"
                return problem(
                    "INSUFFICIENT_STOCK",
                    text,
                    "stocks",
                    orderLines=[global_id("OrderLine", key)],
                    warehouse=global_id("Warehouse", core.catalogue.number("Warehouse", warehouse)),
                )
    return None


def _ship(core: Core, tx: Transaction, order: Document, wanted: Wanted, tracking: str) -> list[Document]:
    """One fulfilment per warehouse. Nothing recognises a repeated call: it ships again as long as pieces are left."""
    lines = {line["id"]: line for line in order["lines"]}
    made = []
    for warehouse, pieces in wanted.items():
        fulfillment: Document = {
            "id": str(tx.next_number("Fulfillment")),
            "order": order["id"],
            "fulfillmentOrder": next_fulfillment_order(tx, order),
            "status": "FULFILLED",
            "trackingNumber": tracking,
            "created": core.now(),
            "warehouse": warehouse,
            "lines": [
                {"id": tx.next_number("FulfillmentLine"), "line": key, "quantity": quantity}
                for key, quantity in pieces.items()
            ],
        }
        for key, quantity in pieces.items():
            lines[key]["fulfilled"] += quantity
            if lines[key]["tracked"]:
                _take(tx, lines[key], warehouse, quantity)
        tx.insert("fulfillment", fulfillment["id"], fulfillment)
        made.append(fulfillment)
    follow_fulfillments(tx, core, order)
    return made


def _take(tx: Transaction, line: Document, warehouse: str, quantity: int) -> None:
    """Pieces leave the shelf; what was set aside for the line is released, here first and elsewhere for the rest."""
    stock = tx.get("stock", f"{line['sku']}@{warehouse}")
    if stock is not None:
        tx.put("stock", f"{line['sku']}@{warehouse}", {**stock, "quantity": stock["quantity"] - quantity})
    left = quantity
    for allocation in sorted(line["allocations"], key=lambda a: a["warehouse"] != warehouse):
        released = min(left, allocation["quantity"])
        allocation["quantity"] -= released
        left -= released
        key = f"{line['sku']}@{allocation['warehouse']}"
        held = tx.require("stock", key)
        tx.put("stock", key, {**held, "allocated": held["allocated"] - released})


def _tell(core: Core, tx: Transaction, order: Document, made: Sequence[Document], *, notify: bool) -> None:
    key = order["id"]
    for one in made:
        emit(core, tx, "FULFILLMENT_CREATED", order=key, fulfillment=one["id"], notify=notify)
    last = order["status"] == "FULFILLED"
    if last:
        for one in made:
            emit(core, tx, "FULFILLMENT_APPROVED", order=key, fulfillment=one["id"], notify=notify)
    if made[0]["trackingNumber"]:
        for one in made:
            emit(core, tx, "FULFILLMENT_TRACKING_NUMBER_UPDATED", order=key, fulfillment=one["id"])
    emit(core, tx, "ORDER_UPDATED", order=key)
    if last:
        emit(core, tx, "ORDER_FULFILLED", order=key)


@resolvers.field("Mutation.orderFulfillmentCancel")
def order_fulfillment_cancel(
    _root: object, info: GraphQLResolveInfo, id: str, input: Mapping[str, Any] | None = None
) -> Node:
    """The pieces go back on the shelf of a warehouse; those of tracked variants are set aside there for the order."""
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    place = (input or {}).get("warehouseId")
    warehouse = core.catalogue.warehouse_by_id(place) if place else None
    with core.store.write() as tx:
        fulfillment = tx.get("fulfillment", key_of("Fulfillment", id) or "")
        wrong = _cancel_fault(fulfillment, id, place, warehouse is not None)
        if fulfillment is None or wrong is not None or warehouse is None:
            return {"fulfillment": None, "order": None, "errors": [wrong]}
        order = tx.require("order", fulfillment["order"])
        lines = {line["id"]: line for line in order["lines"]}
        for one in fulfillment["lines"]:
            line = lines[one["line"]]
            line["fulfilled"] -= one["quantity"]
            if line["tracked"]:
                _give_back(tx, line, warehouse.reference, one["quantity"])
        fulfillment["status"] = "CANCELED"
        tx.put("fulfillment", fulfillment["id"], fulfillment)
        follow_fulfillments(tx, core, order)
        emit(core, tx, "FULFILLMENT_CANCELED", order=order["id"], fulfillment=fulfillment["id"])
        emit(core, tx, "ORDER_UPDATED", order=order["id"])
    return {
        "fulfillment": fulfillment_node(core, fulfillment, order),
        "order": order_node(core, order),
        "errors": [],
    }


def _cancel_fault(fulfillment: Document | None, id: str, place: str | None, is_known: bool) -> Node | None:
    if fulfillment is None:
        return problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")
    if place and not is_known:
        return problem("NOT_FOUND", f"Couldn't resolve to a node: {place}", "warehouseId")
    if fulfillment["status"] != "FULFILLED":
        return problem("CANNOT_CANCEL_FULFILLMENT", "This fulfillment can't be canceled", "fulfillment")
    if not place:
        text = "This parameter is required for fulfillments which are not in WAITING_FOR_APPROVAL state."
        return problem("REQUIRED", text, "warehouseId")
    return None


def _give_back(tx: Transaction, line: Document, warehouse: str, quantity: int) -> None:
    """Pieces come back on a shelf, which is made where there is none, and are set aside for the line."""
    key = f"{line['sku']}@{warehouse}"
    stock = tx.get("stock", key) or empty_shelf(line["sku"], warehouse)
    tx.put(
        "stock",
        key,
        {**stock, "quantity": stock["quantity"] + quantity, "allocated": stock["allocated"] + quantity},
    )
    for allocation in line["allocations"]:
        if allocation["warehouse"] == warehouse:
            allocation["quantity"] += quantity
            return
    number = tx.next_number("Allocation")
    line["allocations"].append({"id": number, "warehouse": warehouse, "quantity": quantity})


@resolvers.field("Mutation.orderFulfillmentUpdateTracking")
def order_fulfillment_update_tracking(
    _root: object, info: GraphQLResolveInfo, id: str, input: Mapping[str, Any]
) -> Node:
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    with core.store.write() as tx:
        fulfillment = tx.get("fulfillment", key_of("Fulfillment", id) or "")
        if fulfillment is None:
            wrong = problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")
            return {"fulfillment": None, "order": None, "errors": [wrong]}
        fulfillment["trackingNumber"] = input.get("trackingNumber") or ""
        tx.put("fulfillment", fulfillment["id"], fulfillment)
        order = tx.require("order", fulfillment["order"])
        # Neither does this move the order's `updatedAt`; an equal number is told again all the same.
        emit(core, tx, "FULFILLMENT_TRACKING_NUMBER_UPDATED", order=order["id"], fulfillment=fulfillment["id"])
        emit(core, tx, "ORDER_UPDATED", order=order["id"])
    return {
        "fulfillment": fulfillment_node(core, fulfillment, order),
        "order": order_node(core, order),
        "errors": [],
    }
