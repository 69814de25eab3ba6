"""The payload of a background webhook, made when it is sent: it tells the world as it is then."""

from collections.abc import Callable
from typing import Any

from sandbox.common.outbox import Message
from sandbox.common.store import Document, Reader
from sandbox.saleor.checkouts import checkout_node
from sandbox.saleor.core import Core, Node
from sandbox.saleor.money import to_decimal
from sandbox.saleor.orders import fulfillment_node, order_node
from sandbox.saleor.refunds import refund_node
from sandbox.saleor.transaction_state import transaction_node
from sandbox.saleor.webhooks import event_root, message


def render(core: Core, subject: Document) -> Message | None:
    """The message of a delivery; None where the app or its webhook is gone, or was switched off, and where somebody
    asks for a synchronous one again: nobody waits for its answer any more."""
    if subject.get("synchronous"):
        return None
    with core.store.read() as reader:
        app = reader.get("app", subject["app"])
        webhooks = app["webhooks"] if app and app["is_active"] else []
        webhook = next((w for w in webhooks if w["id"] == subject["webhook"]), None)
        if app is None or webhook is None:
            return None
        fields = _fields(core, reader, subject)
    root = event_root(subject["event"], subject["issued"], **fields)
    return message(core, app, webhook, subject["event"], root)


def _fields(core: Core, reader: Reader, subject: Document) -> Node:
    fields: Node = {}
    shown: dict[str, Callable[[Document], Any]] = {
        "order": lambda found: order_node(core, found),
        "checkout": lambda found: checkout_node(core, found),
        "transaction": transaction_node,
    }
    for name, node in shown.items():
        if name in subject:
            found = reader.get(name, subject[name])
            fields[name] = node(found) if found else None
    if "fulfillment" in subject:
        order = reader.require("order", subject["order"])
        fulfillment = reader.require("fulfillment", subject["fulfillment"])
        fields["fulfillment"] = fulfillment_node(core, fulfillment, order)
        fields["notifyCustomer"] = subject.get("notify", False)
    if "request" in subject:
        transaction = reader.require("transaction", subject["transaction"])
        request = next(e for e in transaction["events"] if e["id"] == subject["request"])
        # Unlike a notice, this is fixed when it is asked: requests made since do not stand in it.
        until = transaction["events"].index(request) + 1
        fields["transaction"] = transaction_node({**transaction, "events": transaction["events"][:until]})
        amount = to_decimal(request["amount"])
        fields["action"] = {"actionType": "REFUND", "amount": amount, "currency": transaction["currency"]}
        fields["grantedRefund"] = refund_node(reader, subject)
    return fields
