"""A payment transaction as it is kept, and as the API shows it.

Document `transaction`: id (the token), app, checkout, order (the key of either), currency, created, modified, actions,
unreadable (an action that breaks whoever reads them, or None), pspReference, name (its app's, for the control page),
events, amounts. An event: id, type, amount, pspReference, message,
externalUrl, idempotencyKey, createdAt, counted, granted_refund.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.core import Core, Node
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import money
from sandbox.saleor.transaction_amounts import NOTHING, amounts_of


def new_transaction(core: Core, *, app: Document, owner: str, key: str, name: str) -> Document:
    """A transaction without events; `owner` is checkout or order."""
    now = core.now()
    return {
        "id": str(uuid4()),
        "app": app["id"],
        "checkout": key if owner == "checkout" else None,
        "order": key if owner == "order" else None,
        "currency": core.catalogue.file.channel.currency,
        "created": now,
        "modified": now,
        "actions": [],
        "unreadable": None,
        "pspReference": "",
        "name": name,
        "events": [],
        "amounts": dict(NOTHING),
    }


def add_event(core: Core, tx: Transaction, transaction: Document, kind: str, amount: int, **more: Any) -> Document:
    """Append an event and count anew; the caller stores the transaction."""
    event = {
        "id": tx.next_number("TransactionEvent"),
        "type": kind,
        "amount": amount,
        "pspReference": "",
        "message": "",
        "externalUrl": "",
        "idempotencyKey": None,
        "createdAt": core.now(),
        "counted": True,
        "granted_refund": None,
        **more,
    }
    transaction["events"].append(event)
    recount(transaction)
    return event


# Of these there may be several under one reference; of all others a second one is the first one told again.
_TOLD_ANEW = {"INFO", "CHARGE_ACTION_REQUIRED", "AUTHORIZATION_ACTION_REQUIRED"}


def same_event(transaction: Document, kind: str, reference: str) -> Document | None:
    """The event of that kind that was told under that reference before."""
    if kind in _TOLD_ANEW:
        return None
    return next((e for e in transaction["events"] if (e["type"], e["pspReference"]) == (kind, reference)), None)


def tell(core: Core, tx: Transaction, transaction: Document, kind: str, amount: int, **more: Any) -> Document | None:
    """An event that counts: the one that was told before, or a new one; None where the former had another amount."""
    former = same_event(transaction, kind, more["pspReference"])
    if former is None:
        return add_event(core, tx, transaction, kind, amount, **more)
    return former if former["amount"] == amount else None


def set_actions(transaction: Document, actions: Sequence[str], *, unreadable: bool = False) -> None:
    """What can be done with the transaction, as the app says."""
    transaction["actions"] = list(actions)
    transaction["unreadable"] = actions[0] if unreadable and actions else None


def recount(transaction: Document) -> None:
    """Bring the amounts up to date with the events."""
    transaction["amounts"] = dict(amounts_of(transaction["events"]))


def store_transaction(core: Core, tx: Transaction, transaction: Document) -> None:
    transaction["modified"] = core.now()
    tx.put("transaction", transaction["id"], transaction)


def load_transaction(reader: Reader, global_id: str | None) -> Document | None:
    """The transaction of that id, or None."""
    key = key_of("TransactionItem", global_id)
    return reader.get("transaction", key) if key else None


def transactions_of(reader: Reader, owner: str, key: str) -> list[Node]:
    """The transactions of a checkout or an order, as the API shows them."""
    return [transaction_node(t) for t in reader.find("transaction", {owner: key})]


def transaction_node(transaction: Document) -> Node:
    currency = transaction["currency"]
    amounts = transaction["amounts"]
    return {
        "__typename": "TransactionItem",
        "id": global_id("TransactionItem", transaction["id"]),
        "token": transaction["id"],
        "createdAt": transaction["created"],
        "modifiedAt": transaction["modified"],
        **{name: transaction[name] for name in ("actions", "pspReference")},
        # Nothing that this stand-in understands fills these in.
        **dict.fromkeys(("message", "name", "externalUrl"), ""),
        "chargedAmount": money(amounts["charged"], currency),
        "chargePendingAmount": money(amounts["charge_pending"], currency),
        "refundedAmount": money(amounts["refunded"], currency),
        "refundPendingAmount": money(amounts["refund_pending"], currency),
        "events": [event_node(event, currency) for event in newest_first(transaction["events"])],
        "_transaction": transaction,
    }


def newest_first(events: Sequence[Document]) -> list[Document]:
    """The events as the API lists them."""
    return sorted(events, key=lambda e: (e["createdAt"], e["id"]), reverse=True)


def event_node(event: Document, currency: str) -> Node:
    return {
        "id": global_id("TransactionEvent", event["id"]),
        "amount": money(event["amount"], currency),
        **{
            name: event[name]
            for name in ("createdAt", "pspReference", "message", "externalUrl", "type", "idempotencyKey")
        },
    }
