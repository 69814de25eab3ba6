"""The payload of a background webhook, made when it is first sent: it tells the world as it is then."""

from collections.abc import Callable
from typing import Any

from sandbox.common.outbox import SENDING, Message
from sandbox.common.store import Document, Reader
from sandbox.saleor.checkouts import checkout_node
from sandbox.saleor.core import Core, Node
from sandbox.saleor.customers import user_node
from sandbox.saleor.money import to_decimal
from sandbox.saleor.orders import fulfillment_node, order_node
from sandbox.saleor.products import channel_node
from sandbox.saleor.refund_requests import REFUND_REQUESTED, granted_refund_of
from sandbox.saleor.transaction_state import transaction_node
from sandbox.saleor.webhooks import event_root, headers, message


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
        former = _former_body(reader, subject)
        fields = _fields(core, reader, subject) if former is None else {}
    if former is not None:
        return Message(webhook["targetUrl"], former, headers(core, subject["event"], former, webhook))
    root = event_root(subject["event"], subject["issued"], **fields)
    return message(core, app, webhook, subject["event"], root)


def _former_body(reader: Reader, subject: Document) -> bytes | None:
    """What the webhook that is now under way was sent with before, if this is another try of it. A request whose answer
    is awaited has lost its body then: that is a fault of Saleor 3.23, and its signature is that of nothing."""
    under_way = reader.find("delivery", {"state": SENDING})
    again = next((d for d in under_way if d["tries"] and d["subject"] == subject), None)
    if again is None:
        return None
    if subject["event"] == REFUND_REQUESTED:
        return b""
    tried = [a["body"] for a in reader.find("attempt", {"delivery": again["id"]}) if "body" in a]
    return tried[-1].encode() if tried else None


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
    if "customer" in subject:
        customer = reader.get("customer", subject["customer"])
        fields |= {"user": user_node(customer) if customer else None, "channel": channel_node(core), **subject["told"]}
    if "fulfillment" in subject:
        order = reader.require("order", subject["order"])
        fulfillment = reader.require("fulfillment", subject["fulfillment"])
        fields["fulfillment"] = fulfillment_node(core, fulfillment, order)
        fields["notifyCustomer"] = subject.get("notify", False)
    if "request" in subject:
        transaction = subject["asked"]
        request = next(e for e in transaction["events"] if e["id"] == subject["request"])
        fields["transaction"] = transaction_node(transaction)
        amount = to_decimal(request["amount"])
        fields["action"] = {"actionType": "REFUND", "amount": amount, "currency": transaction["currency"]}
        fields["grantedRefund"] = granted_refund_of(reader, subject)
    return fields
