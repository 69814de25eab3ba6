"""A small payment app, as Saleor sees it: it takes what it is sent and answers what a test tells it to."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import uuid4

from werkzeug.wrappers import Request, Response

IDENTIFIERS = "contract."
PERMISSIONS = [
    *("HANDLE_PAYMENTS", "MANAGE_ORDERS", "HANDLE_CHECKOUTS", "MANAGE_CHECKOUTS", "MANAGE_PRODUCTS", "MANAGE_SHIPPING"),
    *("MANAGE_DISCOUNTS", "MANAGE_USERS", "MANAGE_PLUGINS"),
]
ORDER_EVENTS = [
    *("ORDER_CREATED", "ORDER_CONFIRMED", "ORDER_PAID", "ORDER_FULLY_PAID", "ORDER_UPDATED", "ORDER_CANCELLED"),
    *("ORDER_REFUNDED", "ORDER_FULLY_REFUNDED", "ORDER_FULFILLED", "FULFILLMENT_CREATED", "FULFILLMENT_APPROVED"),
    *("FULFILLMENT_CANCELED", "FULFILLMENT_TRACKING_NUMBER_UPDATED", "CHECKOUT_FULLY_PAID"),
    *("CHECKOUT_FULLY_AUTHORIZED", "PRODUCT_VARIANT_BACK_IN_STOCK"),
]
ACCOUNT_EVENTS = [
    *("ACCOUNT_CONFIRMATION_REQUESTED", "ACCOUNT_SET_PASSWORD_REQUESTED", "ACCOUNT_CHANGE_EMAIL_REQUESTED"),
]
_ORDER = "order { id number updatedAt chargeStatus }"
EVENTS_QUERY = """subscription { event { __typename issuedAt
  ... on CheckoutFullyPaid { checkout { id chargeStatus } } ... on CheckoutFullyAuthorized { checkout { id } }
  ... on OrderCreated { ORDER } ... on OrderConfirmed { ORDER } ... on OrderPaid { ORDER }
  ... on OrderFullyPaid { ORDER }
  ... on OrderUpdated { ORDER } ... on OrderCancelled { ORDER } ... on OrderRefunded { ORDER }
  ... on OrderFullyRefunded { ORDER } ... on OrderFulfilled { ORDER } ... on FulfillmentCanceled { ORDER }
  ... on FulfillmentCreated { ORDER fulfillment { id trackingNumber warehouse { externalReference } } }
  ... on ProductVariantBackInStock { version }
  ... on FulfillmentApproved { ORDER } ... on FulfillmentTrackingNumberUpdated { ORDER fulfillment { trackingNumber } }
} }""".replace("ORDER", _ORDER)
_SESSION = """action { amount currency actionType } data merchantReference transaction { id }
  sourceObject { __typename ... on Checkout { id } ... on Order { id } }"""
INITIALIZE_QUERY = (
    "subscription { event { __typename ... on TransactionInitializeSession { idempotencyKey " + _SESSION + " } } }"
)
PROCESS_QUERY = "subscription { event { __typename ... on TransactionProcessSession { " + _SESSION + " } } }"
ACCOUNTS_QUERY = """subscription { event { __typename issuedAt
  ... on AccountConfirmationRequested { token redirectUrl channel { slug } USER }
  ... on AccountSetPasswordRequested { token redirectUrl channel { slug } USER }
  ... on AccountChangeEmailRequested { token redirectUrl newEmail channel { slug } USER }
} }""".replace("USER", "user { id email firstName languageCode isConfirmed }")
REFUND_QUERY = """subscription { event { __typename ... on TransactionRefundRequested {
  action { amount currency actionType } grantedRefund { id }
  transaction { id pspReference events { type idempotencyKey pspReference amount { amount } } } } } }"""


@dataclass(frozen=True)
class Delivery:
    """A request that the app took."""

    path: str
    headers: dict[str, str]
    body: bytes

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The body, with its amounts read exactly."""
        read: dict[str, Any] = json.loads(self.body, parse_float=Decimal)
        return read


Answer = tuple[int, Any]
"""A status and what becomes the JSON of the body; bytes are sent as they are."""
HANG_UP: Answer = (0, None)
"""No answer: the line goes dead."""


@dataclass
class PaymentApp:
    """An app as Saleor sees it. `answers` decides what the addresses below answer, by path."""

    identifier: str = field(default_factory=lambda: f"{IDENTIFIERS}{uuid4().hex[:12]}")
    url: str = ""
    token: str = ""
    taken: list[Delivery] = field(default_factory=list)
    answers: dict[str, Callable[[Delivery], Answer]] = field(default_factory=dict)
    permissions: list[str] = field(default_factory=lambda: list(PERMISSIONS))
    async_events: list[str] = field(default_factory=lambda: list(ORDER_EVENTS))
    on_register: Callable[[str], None] = lambda token: None

    def manifest(self) -> dict[str, Any]:
        def hook(name: str, query: str, **events: list[str]) -> dict[str, Any]:
            return {"name": name, "targetUrl": f"{self.url}/{name}", "query": query, "isActive": True, **events}

        return {
            "id": self.identifier,
            "version": "1.0.0",
            "name": "Contract",
            "about": "",
            "requiredSaleorVersion": "^3.23",
            "tokenTargetUrl": f"{self.url}/register",
            "appUrl": f"{self.url}/",
            "permissions": self.permissions,
            "webhooks": [
                hook("events", EVENTS_QUERY, asyncEvents=self.async_events),
                hook("initialize", INITIALIZE_QUERY, syncEvents=["TRANSACTION_INITIALIZE_SESSION"]),
                hook("process", PROCESS_QUERY, syncEvents=["TRANSACTION_PROCESS_SESSION"]),
                hook("accounts", ACCOUNTS_QUERY, asyncEvents=list(ACCOUNT_EVENTS)),
                hook("refund", REFUND_QUERY, syncEvents=["TRANSACTION_REFUND_REQUESTED"]),
            ],
        }

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        delivery = Delivery(request.path, dict(request.headers), request.get_data())
        self.taken.append(delivery)
        status, body = self._answer(delivery)
        if not status:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(text, status or 200, mimetype="application/json")(environ, start_response)

    def _answer(self, delivery: Delivery) -> Answer:
        if delivery.path in self.answers:
            return self.answers[delivery.path](delivery)
        if delivery.path == "/manifest":
            return 200, self.manifest()
        if delivery.path == "/register":
            self.token = delivery.payload["auth_token"]
            self.on_register(self.token)
        if delivery.path == "/initialize":
            return 200, {"result": "CHARGE_ACTION_REQUIRED", "data": {"url": "http://pay.example/"}, "actions": []}
        return 200, {}

    def deliveries(self, path: str) -> list[Delivery]:
        return [delivery for delivery in list(self.taken) if delivery.path == path]

    def events(self, key: str) -> list[str]:
        """The events about an order or checkout (its global id), in the order in which they came."""
        return [delivery.headers["Saleor-Event"] for delivery in self.about(key)]

    def about(self, key: str, event: str = "") -> list[Delivery]:
        """What was told about an order or checkout: everything, or one kind of event."""
        found = []
        for delivery in self.deliveries("/events"):
            payload = delivery.payload
            subject = payload.get("order") or payload.get("checkout") or {}
            if subject.get("id") == key and event in ("", delivery.headers["Saleor-Event"]):
                found.append(delivery)
        return found
