"""Refunds: granted on an order, asked of the payment app, answered by it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from sandbox.common.outbox import DELIVERED
from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import to_minor
from sandbox.saleor.order_state import load_order, touch
from sandbox.saleor.orders import granted_refund_node, granted_refund_status, order_node
from sandbox.saleor.payment_effects import settle
from sandbox.saleor.transaction_state import (
    add_event,
    load_transaction,
    recount,
    store_transaction,
    transaction_node,
)
from sandbox.saleor.webhooks import emit, read_answer, send, webhook_for

resolvers = Resolvers()

_EVENT = "TRANSACTION_REFUND_REQUESTED"
_RESULTS = ("REFUND_SUCCESS", "REFUND_FAILURE")


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
        charged = max(0, transaction["amounts"]["charged"])
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
            faults.append({"lineId": one["id"], "field": "id", "code": "NOT_FOUND", "message": text})
            continue
        taken = sum(g["quantity"] for f in former for g in f["lines"] if g["line"] == line["id"])
        if not 0 < one["quantity"] <= line["quantity"] - taken:
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
    return granted


@resolvers.field("Mutation.transactionRequestAction")
def transaction_request_action(
    _root: object, info: GraphQLResolveInfo, actionType: str, id: str | None = None, amount: Decimal | None = None
) -> Node:
    require(info, "HANDLE_PAYMENTS")
    core = core_of(info)
    with core.store.write() as tx:
        transaction = load_transaction(tx, id)
        if transaction is None:
            return _request_failed("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")
        app = tx.get("app", transaction["app"])
        # No app can listen for the other two actions: the stand-in has no such events.
        if actionType != "REFUND" or webhook_for(app, _EVENT) is None:
            text = "No app or plugin is configured to handle transaction action requests."
            return _request_failed("MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK", text, None)
        charged = max(0, transaction["amounts"]["charged"])
        asked = charged if amount is None else min(charged, to_minor(amount))
        _request(core, tx, transaction, asked, None)
    return {"transaction": transaction_node(transaction), "errors": []}


@resolvers.field("Mutation.transactionRequestRefundForGrantedRefund")
def transaction_request_refund_for_granted_refund(
    _root: object, info: GraphQLResolveInfo, grantedRefundId: str, id: str | None = None
) -> Node:
    require(info, "HANDLE_PAYMENTS")
    core = core_of(info)
    with core.store.write() as tx:
        transaction = load_transaction(tx, id)
        if transaction is None:
            return _request_failed("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")
        granted = tx.get("granted_refund", key_of("OrderGrantedRefund", grantedRefundId) or "")
        if granted is None or granted["transaction"] != transaction["id"]:
            return _request_failed("NOT_FOUND", f"Couldn't resolve to a node: {grantedRefundId}", "grantedRefundId")
        status = granted_refund_status(transaction, granted["id"])
        if status == "SUCCESS":
            return _request_failed("REFUND_ALREADY_PROCESSED", "Refund has already been processed.", "grantedRefundId")
        if status == "PENDING":
            return _request_failed("REFUND_IS_PENDING", "Refund is already pending.", "grantedRefundId")
        if granted["amount"] > transaction["amounts"]["charged"]:
            text = "The granted amount is greater than what is charged."
            return _request_failed("AMOUNT_GREATER_THAN_AVAILABLE", text, "grantedRefundId")
        if webhook_for(tx.get("app", transaction["app"]), _EVENT) is None:
            text = "No app or plugin is configured to handle transaction action requests."
            return _request_failed("MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK", text, None)
        _request(core, tx, transaction, granted["amount"], granted["id"])
    return {"transaction": transaction_node(transaction), "errors": []}


def _request_failed(code: str, message: str, field_name: str | None) -> Node:
    return {"transaction": None, "errors": [problem(code, message, field_name)]}


def _request(core: Core, tx: Transaction, transaction: Document, amount: int, granted: str | None) -> None:
    """Ask the app. From now on the money counts as pending; the event has a key of its own for the provider."""
    request = add_event(
        core, tx, transaction, "REFUND_REQUEST", amount, idempotencyKey=str(uuid4()), granted_refund=granted
    )
    store_transaction(core, tx, transaction)
    if transaction["order"] is not None:
        touch(tx, core, tx.require("order", transaction["order"]))
    app = tx.require("app", transaction["app"])
    webhook = webhook_for(app, _EVENT)
    assert webhook is not None
    about = {"transaction": transaction["id"], "request": request["id"], "granted_refund": granted}
    send(core, tx, app, webhook, _EVENT, **about)


def take_refund_answer(core: Core, delivery: Document, attempt: Document) -> None:
    """What the app answered to a refund request, or that it could not be reached, as the outbox tells it."""
    subject = delivery["subject"]
    if subject["event"] != _EVENT:
        return
    with core.store.write() as tx:
        transaction = tx.require("transaction", subject["transaction"])
        before = transaction["amounts"]
        request = next(e for e in transaction["events"] if e["id"] == subject["request"])
        answer = read_answer(attempt["answer"]).body if delivery["state"] == DELIVERED else None
        reference = (answer or {}).get("pspReference")
        result = str((answer or {}).get("result") or "").upper()
        if isinstance(reference, str) and reference and (not result or result in _RESULTS):
            request["pspReference"] = reference
            transaction["pspReference"] = reference
            recount(transaction)
            if result and not _known(transaction, result, reference):
                _answered(core, tx, transaction, request, result, answer or {})
        elif not request["pspReference"] and request["counted"]:
            request["counted"] = False
            text = "Failed to delivery request." if answer is None else "Incorrect value for response."
            granted = request["granted_refund"]
            add_event(
                core, tx, transaction, "REFUND_FAILURE", request["amount"],
                message=text, counted=False, granted_refund=granted,
            )  # fmt: skip
        if before["refunded"] != transaction["amounts"]["refunded"] or transaction["order"] is None:
            settle(core, tx, transaction, before)
        else:
            store_transaction(core, tx, transaction)
            touch(tx, core, tx.require("order", transaction["order"]))
            emit(core, tx, "ORDER_UPDATED", order=transaction["order"])


def _known(transaction: Document, kind: str, reference: str) -> bool:
    return any(e["type"] == kind and e["pspReference"] == reference for e in transaction["events"])


def _answered(
    core: Core, tx: Transaction, transaction: Document, request: Document, result: str, answer: Mapping[str, Any]
) -> None:
    given = answer.get("amount")
    amount = request["amount"] if given is None else to_minor(Decimal(str(given)))
    add_event(
        core,
        tx,
        transaction,
        result,
        amount,
        pspReference=request["pspReference"],
        message=str(answer.get("message") or ""),
        granted_refund=request["granted_refund"],
    )


def refund_node(reader: Reader, subject: Document) -> Node | None:
    """The granted refund that a refund request is about, if it is about one."""
    if subject["granted_refund"] is None:
        return None
    granted = reader.require("granted_refund", subject["granted_refund"])
    return granted_refund_node(reader, granted, reader.require("order", granted["order"]))
