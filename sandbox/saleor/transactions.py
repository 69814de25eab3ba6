"""Payments: a session is opened at an app, continued, and what happened at the provider is reported."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.auth import PermissionDenied, require
from sandbox.saleor.checkout_state import freeze_prices, save, totals
from sandbox.saleor.checkouts import checkout_node
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.ids import global_id, split_id
from sandbox.saleor.money import to_decimal, to_minor
from sandbox.saleor.orders import order_node
from sandbox.saleor.payment_answers import short, take_session_answer
from sandbox.saleor.payment_effects import settle
from sandbox.saleor.transaction_state import (
    add_event,
    event_node,
    load_transaction,
    new_transaction,
    same_event,
    set_actions,
    store_transaction,
    transaction_node,
)
from sandbox.saleor.webhooks import SyncAnswer, call, event_root, webhook_for

resolvers = Resolvers()

_SETTLED = ("CHARGE_SUCCESS", "CHARGE_FAILURE")
_AMOUNT_NEEDED = ("REQUEST", "SUCCESS", "ACTION_REQUIRED")


def _failed(*errors: Node) -> Node:
    return {"transaction": None, "transactionEvent": None, "data": None, "errors": list(errors)}


@resolvers.field("Mutation.transactionInitialize")
def transaction_initialize(
    _root: object,
    info: GraphQLResolveInfo,
    id: str,
    paymentGateway: Mapping[str, Any],
    amount: Decimal | None = None,
    idempotencyKey: str | None = None,
    customerIpAddress: str | None = None,
) -> Node:
    core = core_of(info)
    with core.store.write() as tx:
        owner, source = _source(tx, id)
        if source is None:
            return _failed(problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id"))
        app = tx.first("app", {"identifier": paymentGateway["id"], "is_active": True})
        if webhook_for(app, "TRANSACTION_INITIALIZE_SESSION") is None:
            return _failed(problem("NOT_FOUND", "App with provided identifier not found.", "paymentGateway"))
        assert app is not None
        if owner == "checkout":
            _freeze_prices_once(core, tx, source)
        asked = _open_amount(core, tx, owner, source) if amount is None else to_minor(amount)
        key = idempotencyKey or str(uuid4())
        transaction, request = _by_key(tx, app, key)
        if transaction is None:
            transaction = new_transaction(core, app=app, owner=owner, key=source["id"], name=app["name"])
            request = add_event(core, tx, transaction, "CHARGE_REQUEST", asked, idempotencyKey=key, counted=False)
            transaction["idempotency_key"] = key
            store_transaction(core, tx, transaction)
        elif transaction[owner] != source["id"] or request["amount"] != asked:
            text = "Different transaction with provided idempotency key already exists."
            return _failed(problem("UNIQUE", text, "idempotencyKey"))
    # From here on the transaction is committed: the app may report to it before it answers.
    root = _session_root(core, "TRANSACTION_INITIALIZE_SESSION", transaction, request, info, customerIpAddress)
    root |= {"data": paymentGateway.get("data"), "idempotencyKey": key}
    answer = call(core, app, "TRANSACTION_INITIALIZE_SESSION", root)
    return _taken(core, transaction["id"], request["id"], answer)


def _source(reader: Reader, id: str) -> tuple[str, Document | None]:
    """The checkout or the order that is to be paid."""
    type_name, key = split_id(id) or ("", "")
    kind = type_name.lower()
    return (kind, reader.get(kind, key)) if kind in ("checkout", "order") else ("", None)


def _freeze_prices_once(core: Core, tx: Transaction, checkout: Document) -> None:
    """What is about to be paid must not change while it is being paid."""
    if checkout["prices_until"] <= core.now():
        freeze_prices(core, checkout)
        save(tx, core, checkout)


def _open_amount(core: Core, reader: Reader, owner: str, source: Document) -> int:
    total: int = (totals(core, source).total if owner == "checkout" else source["total"])["gross"]
    paid: int = sum(
        t["amounts"]["charged"] + t["amounts"]["charge_pending"]
        for t in reader.find("transaction", {owner: source["id"]})
    )
    return max(0, total - paid)


def _by_key(reader: Reader, app: Document, key: str) -> tuple[Document | None, Document]:
    """The transaction that was opened under this idempotency key, with its request event."""
    found = reader.first("transaction", {"app": app["id"], "idempotency_key": key})
    if found is None:
        return None, {}
    return found, next(e for e in found["events"] if e["idempotencyKey"] == key)


def _session_root(
    core: Core, event: str, transaction: Document, request: Document, info: GraphQLResolveInfo, ip: str | None
) -> Node:
    """What the app reads of a session."""
    with core.store.read() as reader:
        if transaction["order"] is not None:
            source = order_node(core, reader.require("order", transaction["order"]))
        else:
            source = checkout_node(core, reader.require("checkout", transaction["checkout"]))
    action = {
        "amount": to_decimal(request["amount"]),
        "currency": transaction["currency"],
        "actionType": "CHARGE",
    }
    return event_root(
        event,
        core.now(),
        transaction=transaction_node(transaction),
        sourceObject=source,
        merchantReference=global_id("TransactionItem", transaction["id"]),
        customerIpAddress=ip or context(info).client_ip,
        action=action,
    )


def _taken(core: Core, key: str, request_id: int, answer: SyncAnswer) -> Node:
    if answer.body is not None and not isinstance(answer.body, dict):
        # Saleor stumbles over it; the request event stays without an outcome.
        raise AttributeError("what the app answered is no JSON object")
    with core.store.write() as tx:
        transaction = tx.require("transaction", key)
        event = take_session_answer(core, tx, transaction, request_id, answer)
    return {
        "transaction": transaction_node(transaction),
        "transactionEvent": event_node(event, transaction["currency"]),
        "data": (answer.body or {}).get("data"),
        "errors": [],
    }


@resolvers.field("Mutation.transactionProcess")
def transaction_process(
    _root: object,
    info: GraphQLResolveInfo,
    id: str | None = None,
    data: Any = None,
    customerIpAddress: str | None = None,
) -> Node:
    core = core_of(info)
    with core.store.read() as reader:
        transaction = load_transaction(reader, id)
        if transaction is None:
            return _failed(problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id"))
        app = reader.get("app", transaction["app"])
    settled = [e for e in transaction["events"] if e["type"] in _SETTLED]
    if settled:
        event = event_node(settled[-1], transaction["currency"])
        return {"transaction": transaction_node(transaction), "transactionEvent": event, "data": None, "errors": []}
    if app is None or webhook_for(app, "TRANSACTION_PROCESS_SESSION") is None:
        return _failed(problem("MISSING_PAYMENT_APP", "Payment app is not available.", "id"))
    request = next(e for e in transaction["events"] if e["type"] == "CHARGE_REQUEST")
    root = _session_root(core, "TRANSACTION_PROCESS_SESSION", transaction, request, info, customerIpAddress)
    answer = call(core, app, "TRANSACTION_PROCESS_SESSION", {**root, "data": data})
    return _taken(core, transaction["id"], request["id"], answer)


@resolvers.field("Mutation.transactionCreate")
def transaction_create(_root: object, info: GraphQLResolveInfo, id: str, transaction: Mapping[str, Any]) -> Node:
    """A transaction without money, of the app that asks; what happens on it is reported afterwards."""
    core = core_of(info)
    requestor = require(info, "HANDLE_PAYMENTS")
    assert requestor.app_id is not None, "only apps are tried here"
    with core.store.write() as tx:
        owner, source = _source(tx, id)
        if source is None:
            return {"transaction": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
        app = tx.require("app", requestor.app_id)
        made = new_transaction(core, app=app, owner=owner, key=source["id"], name=transaction.get("name") or "")
        made["pspReference"] = transaction.get("pspReference") or ""
        store_transaction(core, tx, made)
    return {"transaction": transaction_node(made), "errors": []}


# The first of these events gives a transaction its reference, where the app had not answered one.
_NAMES_THE_TRANSACTION = {"AUTHORIZATION_REQUEST", "AUTHORIZATION_SUCCESS", "CHARGE_REQUEST", "CHARGE_SUCCESS"}


@resolvers.field("Mutation.transactionEventReport")
def transaction_event_report(
    _root: object,
    info: GraphQLResolveInfo,
    type: str,
    pspReference: str,
    id: str | None = None,
    amount: Decimal | None = None,
    time: int | None = None,
    message: str | None = None,
    externalUrl: str | None = None,
    availableActions: Sequence[str] | None = None,
) -> Node:
    core = core_of(info)
    requestor = require(info, "HANDLE_PAYMENTS")
    with core.store.write() as tx:
        transaction = load_transaction(tx, id)
        if transaction is None:
            return _report(None, None, problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id"))
        if requestor.kind != "app" or requestor.app_id != transaction["app"]:
            raise PermissionDenied("OWNER")
        asked = _reported_amount(transaction, type, pspReference, amount)
        if asked is None:
            return _report(None, None, problem("REQUIRED", "Amount is required.", "amount"))
        former = same_event(transaction, type, pspReference)
        before, granted = transaction["amounts"], _granted_refund(transaction, type, pspReference)
        if former is not None and former["amount"] == asked:
            if availableActions is not None:
                set_actions(transaction, availableActions)
                store_transaction(core, tx, transaction)
            return _report(transaction, former, already=True)
        if former is not None:
            text = "The transaction with provided `pspReference` and `type` already exists with different amount."
            more = {"pspReference": pspReference, "message": text, "counted": False, "granted_refund": granted}
            add_event(core, tx, transaction, f"{type.partition('_')[0]}_FAILURE", asked, **more)
            store_transaction(core, tx, transaction)
            return _report(None, None, problem("INCORRECT_DETAILS", text, "pspReference"))
        event = add_event(
            core,
            tx,
            transaction,
            type,
            asked,
            pspReference=pspReference,
            message=short(message),
            externalUrl=externalUrl or "",
            createdAt=core.now() if time is None else time,
            granted_refund=granted,
        )
        if type in _NAMES_THE_TRANSACTION and not transaction["pspReference"]:
            transaction["pspReference"] = pspReference
        if availableActions is not None:
            set_actions(transaction, availableActions)
        settle(core, tx, transaction, before)
    return _report(transaction, event)


def _report(transaction: Document | None, event: Document | None, *errors: Node, already: bool = False) -> Node:
    return {
        "alreadyProcessed": already if transaction else None,
        "transaction": transaction_node(transaction) if transaction else None,
        "transactionEvent": event_node(event, transaction["currency"]) if transaction and event else None,
        "errors": list(errors),
    }


def _reported_amount(transaction: Document, kind: str, reference: str, amount: Decimal | None) -> int | None:
    """Where no amount is told and the kind of event allows it, that of an earlier event with the same reference."""
    if amount is not None:
        return to_minor(amount)
    if kind == "INFO":
        return 0
    if kind.partition("_")[2] in _AMOUNT_NEEDED:
        return None
    earlier = [e["amount"] for e in transaction["events"] if e["pspReference"] == reference]
    return earlier[-1] if earlier else None


def _granted_refund(transaction: Document, kind: str, reference: str) -> str | None:
    """The granted refund whose request the reported refund answers."""
    if not kind.startswith("REFUND_"):
        return None
    requests = (e for e in transaction["events"] if e["type"] == "REFUND_REQUEST" and e["pspReference"] == reference)
    return next((e["granted_refund"] for e in requests), None)


@resolvers.field("TransactionItem.actions")
def transaction_actions(root: Node, _info: GraphQLResolveInfo) -> list[str]:
    """What an app said together with a refund that is still under way, Saleor keeps as it cannot read it again."""
    unreadable = root["_transaction"].get("unreadable")
    if unreadable is not None:
        raise GraphQLError(f'Expected a value of type "TransactionActionEnum" but received: {unreadable}')
    actions: list[str] = root["actions"]
    return actions


@resolvers.field("TransactionItem.order")
def transaction_order(root: Node, info: GraphQLResolveInfo) -> Node | None:
    core = core_of(info)
    key = root["_transaction"]["order"]
    return order_node(core, core.store.require("order", key)) if key else None


@resolvers.field("TransactionItem.checkout")
def transaction_checkout(root: Node, info: GraphQLResolveInfo) -> Node | None:
    core = core_of(info)
    key = root["_transaction"]["checkout"]
    found = core.store.get("checkout", key) if key else None
    return checkout_node(core, found) if found else None
