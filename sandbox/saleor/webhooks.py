"""Webhooks to apps: which events there are, planning them with their cause, their headers, and the synchronous ones."""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx2
from graphql import DocumentNode, GraphQLError

from sandbox.common.outbox import DELIVERED, FAILED, Message, RetryPolicy
from sandbox.common.store import Document, Transaction
from sandbox.saleor.auth import app_requestor
from sandbox.saleor.core import VERSION, Context, Core, Node

log = logging.getLogger(__name__)

CATALOGUE_EVENTS = (
    "PRODUCT_CREATED",
    "PRODUCT_UPDATED",
    "PRODUCT_DELETED",
    "PRODUCT_METADATA_UPDATED",
    "PRODUCT_MEDIA_CREATED",
    "PRODUCT_MEDIA_UPDATED",
    "PRODUCT_MEDIA_DELETED",
    "PRODUCT_VARIANT_CREATED",
    "PRODUCT_VARIANT_UPDATED",
    "PRODUCT_VARIANT_DELETED",
    "PRODUCT_VARIANT_OUT_OF_STOCK",
    "PRODUCT_VARIANT_BACK_IN_STOCK",
    "PRODUCT_VARIANT_STOCK_UPDATED",
    "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED",
    "PROMOTION_CREATED",
    "PROMOTION_UPDATED",
    "PROMOTION_DELETED",
    "PROMOTION_STARTED",
    "PROMOTION_ENDED",
    "PROMOTION_RULE_CREATED",
    "PROMOTION_RULE_UPDATED",
    "PROMOTION_RULE_DELETED",
    "CATEGORY_CREATED",
    "CATEGORY_UPDATED",
    "CATEGORY_DELETED",
    "COLLECTION_CREATED",
    "COLLECTION_UPDATED",
    "COLLECTION_DELETED",
    "COLLECTION_METADATA_UPDATED",
    "PAGE_CREATED",
    "PAGE_UPDATED",
    "PAGE_DELETED",
    "MENU_CREATED",
    "MENU_UPDATED",
    "MENU_DELETED",
    "MENU_ITEM_CREATED",
    "MENU_ITEM_UPDATED",
    "MENU_ITEM_DELETED",
    "TRANSLATION_CREATED",
    "TRANSLATION_UPDATED",
)
"""What changed of what is for sale. Here only metadata and stocks ever do."""
ASYNC_EVENTS = {
    "ACCOUNT_CONFIRMATION_REQUESTED": "AccountConfirmationRequested",
    "ACCOUNT_SET_PASSWORD_REQUESTED": "AccountSetPasswordRequested",
    "ACCOUNT_CHANGE_EMAIL_REQUESTED": "AccountChangeEmailRequested",
    **{event: "".join(part.capitalize() for part in event.split("_")) for event in CATALOGUE_EVENTS},
    "CHECKOUT_FULLY_PAID": "CheckoutFullyPaid",
    "CHECKOUT_FULLY_AUTHORIZED": "CheckoutFullyAuthorized",
    "ORDER_CREATED": "OrderCreated",
    "ORDER_CONFIRMED": "OrderConfirmed",
    "ORDER_PAID": "OrderPaid",
    "ORDER_FULLY_PAID": "OrderFullyPaid",
    "ORDER_UPDATED": "OrderUpdated",
    "ORDER_CANCELLED": "OrderCancelled",
    "ORDER_REFUNDED": "OrderRefunded",
    "ORDER_FULLY_REFUNDED": "OrderFullyRefunded",
    "ORDER_FULFILLED": "OrderFulfilled",
    "FULFILLMENT_CREATED": "FulfillmentCreated",
    "FULFILLMENT_APPROVED": "FulfillmentApproved",
    "FULFILLMENT_CANCELED": "FulfillmentCanceled",
    "FULFILLMENT_TRACKING_NUMBER_UPDATED": "FulfillmentTrackingNumberUpdated",
}
"""Events sent in the background, with the type that a subscription sees."""
SYNC_EVENTS = {
    "TRANSACTION_INITIALIZE_SESSION": "TransactionInitializeSession",
    "TRANSACTION_PROCESS_SESSION": "TransactionProcessSession",
    "TRANSACTION_REFUND_REQUESTED": "TransactionRefundRequested",
}
"""Events whose answer matters. A refund request is nevertheless sent in the background."""

CONNECT_SECONDS, READ_SECONDS = 2, 18
RETRIES = RetryPolicy(waits=(10, 20, 40, 80, 160), timeout=READ_SECONDS, retried=lambda status: status >= 500)
"""Six tries; what the receiver refuses with 3xx or 4xx is never tried again."""
_KEPT_ANSWER = 2000


@dataclass(frozen=True)
class SyncAnswer:
    """The JSON that an app answered at once; where there is none, `failure` says why."""

    body: Any
    failure: str = ""


def emit(core: Core, tx: Transaction, event: str, **subject: Any) -> None:
    """Plan a background webhook to every app that listens, within the transaction of its cause. `subject` names the
    objects by key; the payload is made from them when it is sent."""
    for app in tx.find("app", {"is_active": True}):
        for webhook in app["webhooks"]:
            if event in webhook["events"] and webhook["isActive"]:
                send(core, tx, app, webhook, event, **subject)


def send(core: Core, tx: Transaction, app: Document, webhook: Document, event: str, **subject: Any) -> None:
    """Plan one webhook to one app."""
    about: Document = {"app": app["id"], "webhook": webhook["id"], "event": event, "issued": core.now(), **subject}
    core.outbox.enqueue(tx, event=event.lower(), subject=about)


def webhook_for(app: Document | None, event: str) -> Document | None:
    """The app's webhook for that event, if it has one that is switched on."""
    if app is None or not app["is_active"]:
        return None
    return next((w for w in app["webhooks"] if event in w["events"] and w["isActive"]), None)


def payload(core: Core, app: Document, document: DocumentNode, root: Node) -> bytes:
    """The body of a webhook: the subscription run with the app's rights. Raises GraphQLError where that fails."""
    context = Context(core, lambda: app_requestor(app))
    result = core.executor.execute(document, context, root={"event": root})
    if result.errors:
        raise result.errors[0]
    assert result.data is not None
    return json.dumps(result.data["event"], default=_number, ensure_ascii=False).encode()


def _number(value: object) -> object:
    assert isinstance(value, Decimal), value
    return int(value) if value == value.to_integral_value() else float(value)


_asked_in: ContextVar[str] = ContextVar("asked_in", default="")


@contextmanager
def asked_in(traceparent: str) -> Iterator[None]:
    """Around the answer to a request: whom Saleor asks meanwhile, it asks in the trace that the request came with. What
    it tells afterwards has one of its own."""
    token = _asked_in.set(traceparent)
    try:
        yield
    finally:
        _asked_in.reset(token)


def headers(core: Core, event: str, body: bytes, webhook: Document) -> dict[str, str]:
    """The headers of a delivery. There is no delivery id and no time among them, as in Saleor."""
    named = {
        "Saleor-Event": event.lower(),
        "Saleor-Domain": core.domain,
        "Saleor-Api-Url": core.api_url,
        "Saleor-Signature": core.keys.sign_detached(body),
    }
    old = {f"X-{name}": value for name, value in named.items()}
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Saleor/{VERSION.rpartition('.')[0]}",
        "traceparent": _asked_in.get() or f"00-{uuid4().hex}-{uuid4().hex[:16]}-01",
        **named,
        **old,
        **webhook["customHeaders"],
    }


def message(core: Core, app: Document, webhook: Document, event: str, root: Node) -> Message:
    """The whole request of a delivery; raises GraphQLError where its payload cannot be made."""
    body = payload(core, app, core.executor.read(webhook["query"]), root)
    return Message(webhook["targetUrl"], body, headers(core, event, body, webhook))


def event_root(event: str, issued: int, **fields: Any) -> Node:
    """The event object that a subscription reads."""
    return {"__typename": (ASYNC_EVENTS | SYNC_EVENTS)[event], "issuedAt": issued, "version": VERSION, **fields}


def call(core: Core, app: Document, event: str, root: Node) -> SyncAnswer:
    """Ask an app and wait for its answer. Never raises: whatever goes wrong is the `failure`.

    Must not be called with a transaction open, since the app may call back before it answers.
    """
    webhook = webhook_for(app, event)
    if webhook is None:
        return SyncAnswer(None, "The app does not listen to this event.")
    try:
        request = message(core, app, webhook, event, root)
    except GraphQLError as error:
        log.warning("the payload of %s cannot be made: %s", event, error.message)
        return SyncAnswer(None, "Failed to delivery request.")
    started, clock = core.clock(), time.monotonic()
    attempt: Document = {"url": request.url, "headers": dict(request.headers), "body": request.body.decode()}
    attempt |= {"at": started, "status": None, "error": None, "answer": ""}
    answer = _post(core, request, attempt)
    attempt["milliseconds"] = round((time.monotonic() - clock) * 1000)
    _record(core, event, attempt, answer, {"app": app["id"], "event": event, "synchronous": True})
    return answer


def _post(core: Core, request: Message, attempt: Document) -> SyncAnswer:
    if core.faults.take_alone("fail_sync_next"):
        attempt |= {"status": 500, "error": "nagebootste storing: niet echt verstuurd"}
        return SyncAnswer(None, "Failed to delivery request.")
    try:
        response = core.http.post(request.url, content=request.body, headers=dict(request.headers))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        attempt["error"] = f"{type(error).__name__}: {error}"
        return SyncAnswer(None, "Failed to delivery request.")
    attempt |= {"status": response.status_code, "answer": response.text[:_KEPT_ANSWER]}
    if not response.is_success:
        return SyncAnswer(None, "Failed to delivery request.")
    return read_answer(response.text)


def read_answer(text: str) -> SyncAnswer:
    """The JSON that an app answered; amounts are read exactly. Null is no answer."""
    try:
        body = json.loads(text, parse_float=Decimal)
    except ValueError:
        body = None
    return SyncAnswer(body, "Failed to delivery request." if body is None else "")


def _record(core: Core, event: str, attempt: Document, answer: SyncAnswer, subject: Mapping[str, Any]) -> None:
    """Keep a synchronous call beside the others, for the control page."""
    key = f"sync_{uuid4().hex}"
    delivery: Document = {
        "id": key,
        "event": event.lower(),
        "subject": dict(subject),
        "created_at": attempt["at"],
        "due_at": attempt["at"],
        "state": DELIVERED if answer.body is not None else FAILED,
        "tries": 1,
        "duplicate": False,
    }
    with core.store.write() as tx:
        tx.insert("delivery", key, delivery)
        tx.insert("attempt", f"{key}:1", {**attempt, "id": f"{key}:1", "delivery": key, "number": 1})
