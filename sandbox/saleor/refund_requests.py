"""Refunds that are asked of the payment app. It is asked in the background; no money moves before it has answered."""

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import key_of
from sandbox.saleor.money import to_minor
from sandbox.saleor.orders import granted_refund_node, granted_refund_status
from sandbox.saleor.payment_answers import (
    UnreadableAnswerError,
    read_actions,
    read_amount,
    read_reference,
    short,
)
from sandbox.saleor.payment_effects import settle
from sandbox.saleor.transaction_state import (
    add_event,
    load_transaction,
    recount,
    set_actions,
    store_transaction,
    tell,
    transaction_node,
)
from sandbox.saleor.webhooks import read_answer, send, webhook_for

log = logging.getLogger(__name__)
resolvers = Resolvers()

REFUND_REQUESTED = "TRANSACTION_REFUND_REQUESTED"
_RESULTS = ("REFUND_SUCCESS", "REFUND_FAILURE")


@resolvers.field("Mutation.transactionRequestAction")
def transaction_request_action(
    _root: object, info: GraphQLResolveInfo, actionType: str, id: str | None = None, amount: Decimal | None = None
) -> Node:
    require(info, "HANDLE_PAYMENTS")
    core = core_of(info)
    with core.store.write() as tx:
        transaction = load_transaction(tx, id)
        if transaction is None:
            return _failed("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")
        # No app can listen for the other two actions: the stand-in has no such events.
        if actionType != "REFUND" or _webhook(tx, transaction) is None:
            return _nobody_listens()
        charged: int = transaction["amounts"]["charged"]
        # What was asked before and is not answered yet does not count: together they may be more than was charged.
        _request(core, tx, transaction, min(charged, to_minor(amount or Decimal(0)) or charged), None)
    return {"transaction": transaction_node(transaction), "errors": []}


@resolvers.field("Mutation.transactionRequestRefundForGrantedRefund")
def transaction_request_refund_for_granted_refund(
    _root: object, info: GraphQLResolveInfo, grantedRefundId: str, id: str | None = None
) -> Node:
    """`id` is for grants that are tied to no transaction; here each is, and it is not looked at."""
    require(info, "HANDLE_PAYMENTS")
    core = core_of(info)
    with core.store.write() as tx:
        granted = tx.get("granted_refund", key_of("OrderGrantedRefund", grantedRefundId) or "")
        if granted is None:
            return _failed("NOT_FOUND", f"Couldn't resolve to a node: {grantedRefundId}", "grantedRefundId")
        transaction = tx.require("transaction", granted["transaction"])
        status = granted_refund_status(transaction, granted["id"])
        if status == "SUCCESS":
            return _failed("REFUND_ALREADY_PROCESSED", "Refund has already been processed.", "grantedRefundId")
        if status == "PENDING":
            return _failed("REFUND_IS_PENDING", "Refund is already pending.", "grantedRefundId")
        if granted["amount"] > transaction["amounts"]["charged"]:
            text = "The granted amount is greater than what is charged."
            return _failed("AMOUNT_GREATER_THAN_AVAILABLE", text, "grantedRefundId")
        if _webhook(tx, transaction) is None:
            return _nobody_listens()
        _request(core, tx, transaction, granted["amount"], granted["id"])
    return {"transaction": transaction_node(transaction), "errors": []}


def _failed(code: str, message: str, field_name: str | None) -> Node:
    return {"transaction": None, "errors": [problem(code, message, field_name)]}


def _nobody_listens() -> Node:
    text = "No app or plugin is configured to handle transaction action requests."
    return _failed("MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK", text, None)


def _webhook(reader: Reader, transaction: Document) -> Document | None:
    return webhook_for(reader.get("app", transaction["app"]), REFUND_REQUESTED)


def _request(core: Core, tx: Transaction, transaction: Document, amount: int, granted: str | None) -> None:
    """Ask the app. The event has a key of its own for the provider; it counts once the app has named a reference."""
    request = add_event(
        core, tx, transaction, "REFUND_REQUEST", amount, idempotencyKey=str(uuid4()), granted_refund=granted,
        counted=False,
    )  # fmt: skip
    store_transaction(core, tx, transaction)
    webhook = _webhook(tx, transaction)
    assert webhook is not None
    # Unlike a notice, a request tells the world as it is when it is asked, however late it is delivered.
    about = {"transaction": transaction["id"], "request": request["id"], "granted_refund": granted}
    app = tx.require("app", transaction["app"])
    send(core, tx, app, webhook, REFUND_REQUESTED, **about, asked=transaction)


def take_refund_answer(core: Core, delivery: Document, attempt: Document) -> None:
    """What the app answered to a refund request, or that it could not be reached, as the outbox tells it."""
    subject = delivery["subject"]
    if subject["event"] != REFUND_REQUESTED:
        return
    status, text = attempt["status"], attempt["answer"]
    # As in Saleor, an answer 4xx is read like any other.
    answer = read_answer(text if status is not None and status < 500 else "")
    if answer.body is not None and not isinstance(answer.body, dict):
        log.error(
            "what the app answered to a refund request is no JSON object: the request stays unanswered, as in Saleor"
        )
        return
    with core.store.write() as tx:
        transaction = tx.require("transaction", subject["transaction"])
        request = next(e for e in transaction["events"] if e["id"] == subject["request"])
        try:
            if answer.body is None:
                raise UnreadableAnswerError(answer.failure)
            _take(core, tx, transaction, request, answer.body)
        except UnreadableAnswerError as error:
            add_event(
                core, tx, transaction, "REFUND_FAILURE", request["amount"], message=short(error), counted=False,
                pspReference=request["pspReference"], granted_refund=request["granted_refund"],
            )  # fmt: skip
            store_transaction(core, tx, transaction)


def _take(core: Core, tx: Transaction, transaction: Document, request: Document, body: Mapping[str, Any]) -> None:
    """Raises UnreadableAnswerError. From now on the request counts, and with it what became of it, if that was told."""
    result, before = body.get("result"), transaction["amounts"]
    if result and result not in _RESULTS:
        raise UnreadableAnswerError(f"Missing or invalid value for `result`: {result}.")
    reference = read_reference(body, needed=result != "REFUND_FAILURE")
    amount, actions = read_amount(body, request["amount"]), read_actions(body)
    if reference:
        request |= {"pspReference": reference, "counted": True}
        recount(transaction)
    if result:
        more = {"pspReference": reference, "message": short(body.get("message"))}
        if tell(core, tx, transaction, result, amount, **more, granted_refund=request["granted_refund"]) is None:
            raise UnreadableAnswerError("This was told before, with another amount.")
    if actions is not None:
        set_actions(transaction, actions, unreadable=not result)
    settle(core, tx, transaction, before)


def granted_refund_of(reader: Reader, subject: Document) -> Node | None:
    """The granted refund that a refund request is about, if it is about one."""
    if subject["granted_refund"] is None:
        return None
    granted = reader.require("granted_refund", subject["granted_refund"])
    return granted_refund_node(reader, granted, reader.require("order", granted["order"]))
