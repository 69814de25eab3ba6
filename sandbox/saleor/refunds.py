"""Refunds that are granted on an order: for pieces of its lines, for its shipping, or for an amount."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import to_minor
from sandbox.saleor.order_state import load_order, touch
from sandbox.saleor.orders import granted_refund_node, order_node
from sandbox.saleor.transaction_state import load_transaction

resolvers = Resolvers()


def _grant_failed(*errors: Node) -> Node:
    return {"order": None, "grantedRefund": None, "errors": list(errors)}


@resolvers.field("Mutation.orderGrantRefundCreate")
def order_grant_refund_create(_root: object, info: GraphQLResolveInfo, id: str, input: Mapping[str, Any]) -> Node:
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    lines_given, shipping = input.get("lines") or [], bool(input.get("grantRefundForShipping"))
    if input.get("amount") is None and not lines_given and not shipping:
        text = "You must provide at least one of `amount`, `lines`, `grantRefundForShipping`."
        return _grant_failed(
            *(problem("REQUIRED", text, name) for name in ("amount", "lines", "grantRefundForShipping"))
        )
    with core.store.write() as tx:
        order = load_order(tx, id)
        if order is None:
            return _grant_failed(problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id"))
        transaction = load_transaction(tx, input["transactionId"])
        if transaction is None or transaction["order"] != order["id"]:
            text = "Transaction with provided id does not belong to the order."
            return _grant_failed(problem("NOT_FOUND", text, "transactionId"))
        former = tx.find("granted_refund", {"order": order["id"]})
        wrong = _line_faults(order, former, lines_given)
        if wrong:
            return _grant_failed(problem("INVALID", "Provided input for lines is invalid.", "lines", lines=wrong))
        if shipping and any(one["shipping"] for one in former):
            text = "Shipping costs have already been granted."
            return _grant_failed(problem("SHIPPING_COSTS_ALREADY_GRANTED", text, "grantRefundForShipping"))
        charged = transaction["amounts"]["charged"]
        if input.get("amount") is None:
            amount = min(charged, _worth(order, lines_given) + (order["shipping"]["gross"] if shipping else 0))
        else:
            amount = to_minor(input["amount"])
            if amount > charged:
                text = "Provided amount is greater than the charged amount of the transaction."
                return _grant_failed(problem("AMOUNT_GREATER_THAN_AVAILABLE", text, "amount"))
        granted = _grant(core, tx, order, transaction, amount, shipping, input)
        node = granted_refund_node(tx, granted, order)
    return {"order": order_node(core, order), "grantedRefund": node, "errors": []}


def _line_faults(order: Document, former: Sequence[Document], given: Sequence[Mapping[str, Any]]) -> list[Node]:
    known = {global_id("OrderLine", line["id"]): line for line in order["lines"]}
    faults = []
    for one in given:
        line = known.get(one["id"])
        if line is None:
            text = f"Could not find any line with ID: {one['id']}."
            code = "NOT_FOUND" if key_of("OrderLine", one["id"]) else "GRAPHQL_ERROR"
            faults.append({"lineId": one["id"], "field": "id", "code": code, "message": text})
            continue
        taken = sum(g["quantity"] for f in former for g in f["lines"] if g["line"] == line["id"])
        if one["quantity"] > line["quantity"] - taken:
            text = f"Cannot grant refund for more than available quantity for the line ({line['quantity'] - taken})."
            code = "QUANTITY_GREATER_THAN_AVAILABLE"
            faults.append({"lineId": one["id"], "field": "quantity", "code": code, "message": text})
    return faults


def _worth(order: Document, given: Sequence[Mapping[str, Any]]) -> int:
    units = {global_id("OrderLine", line["id"]): line["unit"]["gross"] for line in order["lines"]}
    return sum(units[one["id"]] * one["quantity"] for one in given)


def _grant(
    core: Core,
    tx: Transaction,
    order: Document,
    transaction: Document,
    amount: int,
    shipping: bool,
    input: Mapping[str, Any],
) -> Document:
    now = core.now()
    granted: Document = {
        "id": str(tx.next_number("OrderGrantedRefund")),
        "order": order["id"],
        "transaction": transaction["id"],
        "created": now,
        "updated": now,
        "amount": amount,
        "reason": input.get("reason") or "",
        "shipping": shipping,
        "lines": [
            {
                "id": tx.next_number("OrderGrantedRefundLine"),
                "line": key_of("OrderLine", one["id"]),
                "quantity": one["quantity"],
                "reason": one.get("reason") or "",
            }
            for one in input.get("lines") or []
        ],
    }
    tx.insert("granted_refund", granted["id"], granted)
    touch(tx, core, order)
    return granted
