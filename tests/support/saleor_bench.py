"""A Saleor to test against: the stand-in on a free port, or a real one, with a small payment app installed in it.

A real one is meant when SALEOR_API_URL, SALEOR_EMAIL and SALEOR_PASSWORD are set; it must hold the demo's catalogue
and be allowed to call addresses of this machine.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import jwt
from werkzeug.wrappers import Request, Response

from sandbox.common.settings import SandboxSettings
from sandbox.saleor.program import Sandbox, open_sandbox
from tests.support.stripe_sandbox import served, until

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "demo" / "catalogue.toml"
CHANNEL = "consumer"
PERMISSIONS = [
    *("HANDLE_PAYMENTS", "MANAGE_ORDERS", "HANDLE_CHECKOUTS", "MANAGE_CHECKOUTS", "MANAGE_PRODUCTS", "MANAGE_SHIPPING")
]
ADDRESS = {
    "firstName": "Ann",
    "lastName": "Peeters",
    "streetAddress1": "Veldstraat 1",
    "city": "Gent",
    "postalCode": "9000",
    "country": "BE",
}

ORDER_EVENTS = [
    *("ORDER_CREATED", "ORDER_CONFIRMED", "ORDER_PAID", "ORDER_FULLY_PAID", "ORDER_UPDATED", "ORDER_CANCELLED"),
    *("ORDER_REFUNDED", "ORDER_FULLY_REFUNDED", "ORDER_FULFILLED", "FULFILLMENT_CREATED", "FULFILLMENT_APPROVED"),
    *("FULFILLMENT_CANCELED", "FULFILLMENT_TRACKING_NUMBER_UPDATED", "CHECKOUT_FULLY_PAID"),
    "CHECKOUT_FULLY_AUTHORIZED",
]
_ORDER = "order { id number updatedAt chargeStatus }"
EVENTS_QUERY = """subscription { event { __typename issuedAt
  ... on CheckoutFullyPaid { checkout { id chargeStatus } } ... on CheckoutFullyAuthorized { checkout { id } }
  ... on OrderCreated { ORDER } ... on OrderConfirmed { ORDER } ... on OrderPaid { ORDER }
  ... on OrderFullyPaid { ORDER }
  ... on OrderUpdated { ORDER } ... on OrderCancelled { ORDER } ... on OrderRefunded { ORDER }
  ... on OrderFullyRefunded { ORDER } ... on OrderFulfilled { ORDER } ... on FulfillmentCanceled { ORDER }
  ... on FulfillmentCreated { ORDER fulfillment { id trackingNumber warehouse { externalReference } } }
  ... on FulfillmentApproved { ORDER } ... on FulfillmentTrackingNumberUpdated { ORDER fulfillment { trackingNumber } }
} }""".replace("ORDER", _ORDER)
_SESSION = """action { amount currency actionType } data merchantReference transaction { id }
  sourceObject { __typename ... on Checkout { id } ... on Order { id } }"""
INITIALIZE_QUERY = (
    "subscription { event { __typename ... on TransactionInitializeSession { idempotencyKey " + _SESSION + " } } }"
)
PROCESS_QUERY = "subscription { event { __typename ... on TransactionProcessSession { " + _SESSION + " } } }"
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


@dataclass
class PaymentApp:
    """An app as Saleor sees it. `answers` decides what the addresses below answer, by path."""

    identifier: str = field(default_factory=lambda: f"contract.{uuid4().hex[:12]}")
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
                hook("refund", REFUND_QUERY, syncEvents=["TRANSACTION_REFUND_REQUESTED"]),
            ],
        }

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        delivery = Delivery(request.path, dict(request.headers), request.get_data())
        self.taken.append(delivery)
        status, body = self._answer(delivery)
        return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)

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
        found = []
        for delivery in self.deliveries("/events"):
            payload = delivery.payload
            about = payload.get("order") or payload.get("checkout") or {}
            if about.get("id") == key:
                found.append(delivery.headers["Saleor-Event"])
        return found


@dataclass
class SaleorBench:
    """A Saleor, a staff account's token, and an installed app."""

    api_url: str
    staff_token: str
    app: PaymentApp
    http: httpx2.Client
    sandbox: Sandbox | None

    @property
    def host(self) -> str:
        return self.api_url.removesuffix("/graphql/")

    def send(self, body: Any, token: str = "") -> tuple[int, Any]:
        """A raw request: the HTTP status and the answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.http.post(self.api_url, content=content, headers={"Content-Type": "application/json", **headers})
        return answer.status_code, json.loads(answer.text, parse_float=Decimal)

    def ask(self, document: str, token: str = "", **variables: Any) -> dict[str, Any]:
        """The data of an operation that must not fail."""
        status, answer = self.send({"query": document, "variables": variables}, token)
        assert status == 200, answer
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def as_app(self, document: str, **variables: Any) -> dict[str, Any]:
        return self.ask(document, self.app.token, **variables)

    def refused(self, document: str, token: str = "", **variables: Any) -> str:
        """The code of the error that an operation must end in."""
        status, answer = self.send({"query": document, "variables": variables}, token)
        assert status == 200, answer
        code: str = answer["errors"][0]["extensions"]["exception"]["code"]
        return code

    def variant(self, *, tracked: bool = False) -> dict[str, Any]:
        """A variant for sale, with its product; tracked ones have pieces left."""
        data = self.ask(
            """query($c: String!) { products(first: 50, channel: $c) { edges { node { id name slug externalReference
              variants { id sku name trackInventory quantityAvailable
                pricing { price { gross { amount } net { amount } } } } } } } }""",
            c=CHANNEL,
        )
        for edge in data["products"]["edges"]:
            for variant in edge["node"]["variants"]:
                if variant["trackInventory"] is tracked and variant["quantityAvailable"] >= 3:
                    return {**variant, "product": edge["node"]}
        raise AssertionError("no such variant in the catalogue")

    def checkout(self, lines: list[tuple[str, int]] | None = None, *, ready: bool = True) -> str:
        """A checkout's id; `ready` ones lack nothing but the payment."""
        wanted = [{"variantId": v, "quantity": q} for v, q in lines or [(self.variant()["id"], 1)]]
        given: dict[str, Any] = {"channel": CHANNEL, "lines": wanted, "languageCode": "NL"}
        if ready:
            given |= {"email": "ann@example.com", "shippingAddress": ADDRESS, "billingAddress": ADDRESS}
        made = self.ask(
            """mutation($i: CheckoutCreateInput!) {
              checkoutCreate(input: $i) { checkout { id } errors { field code } } }""",
            i=given,
        )["checkoutCreate"]
        assert made["errors"] == [], made
        key: str = made["checkout"]["id"]
        if ready:
            self.choose_delivery(key)
        return key

    def choose_delivery(self, checkout: str) -> None:
        deliveries = self.ask(
            "mutation($id: ID!) { deliveryOptionsCalculate(id: $id) { deliveries { id } errors { code } } }",
            id=checkout,
        )["deliveryOptionsCalculate"]["deliveries"]
        chosen = self.ask(
            """mutation($id: ID!, $d: ID!) {
              checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $d) { errors { field code } } }""",
            id=checkout,
            d=deliveries[0]["id"],
        )
        assert chosen["checkoutDeliveryMethodUpdate"]["errors"] == []

    def total(self, checkout: str) -> Decimal:
        data = self.ask("query($id: ID!) { checkout(id: $id) { totalPrice { gross { amount } } } }", id=checkout)
        amount: Decimal = data["checkout"]["totalPrice"]["gross"]["amount"]
        return amount

    def initialize(self, source: str, **more: Any) -> dict[str, Any]:
        """transactionInitialize at the app, as the shop does it."""
        answer: dict[str, Any] = self.ask(
            """mutation($id: ID!, $g: PaymentGatewayToInitialize!, $k: String, $a: PositiveDecimal) {
              transactionInitialize(id: $id, paymentGateway: $g, idempotencyKey: $k, amount: $a) {
                transaction { id token pspReference actions events { type idempotencyKey message } }
                transactionEvent { type message pspReference amount { amount } } data
                errors { field code message } } }""",
            id=source,
            g={"id": self.app.identifier, "data": more.pop("data", None)},
            k=more.pop("key", None),
            a=more.pop("amount", None),
        )["transactionInitialize"]
        return answer

    def report(
        self, transaction: str, kind: str, reference: str, amount: Decimal | None, **more: Any
    ) -> dict[str, Any]:
        """transactionEventReport by the app."""
        answer: dict[str, Any] = self.as_app(
            """mutation($id: ID!, $t: TransactionEventTypeEnum!, $p: String!, $a: PositiveDecimal, $m: String,
                $x: [TransactionActionEnum!]) {
              transactionEventReport(id: $id, type: $t, pspReference: $p, amount: $a, message: $m,
                availableActions: $x) {
                alreadyProcessed transactionEvent { type }
                transaction { actions chargedAmount { amount } refundedAmount { amount } refundPendingAmount { amount }
                  events { type pspReference } }
                errors { field code message } } }""",
            id=transaction,
            t=kind,
            p=reference,
            a=None if amount is None else float(amount),
            m=more.get("message"),
            x=more.get("actions"),
        )["transactionEventReport"]
        return answer

    def pay(self, checkout: str) -> str:
        """Pay a checkout in full; the transaction's id."""
        started = self.initialize(checkout)
        key: str = started["transaction"]["id"]
        done = self.report(key, "CHARGE_SUCCESS", f"pi_{uuid4().hex[:10]}", self.total(checkout), actions=["REFUND"])
        assert done["errors"] == [], done
        return key

    def complete(self, checkout: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.as_app(
            """mutation($id: ID!) { checkoutComplete(id: $id) { order { id number }
              errors { field code message variants } } }""",
            id=checkout,
        )["checkoutComplete"]
        return answer

    def order(self, lines: list[tuple[str, int]] | None = None) -> "PlacedOrder":
        """A paid order."""
        checkout = self.checkout(lines)
        transaction = self.pay(checkout)
        done = self.complete(checkout)
        assert done["errors"] == [], done
        return PlacedOrder(self, done["order"]["id"], checkout, transaction)

    def wait_for_events(self, key: str, count: int) -> list[str]:
        """The events about an object, once there are that many (and no more come right after)."""
        until(lambda: len(self.app.events(key)) >= count)
        time.sleep(0.15)
        return self.app.events(key)

    def verified(self, delivery: Delivery) -> bool:
        """Whether a delivery's detached signature is this Saleor's, checked as an app does."""
        keys = self.http.get(f"{self.host}/.well-known/jwks.json").json()["keys"]
        signature = delivery.headers["Saleor-Signature"]
        kid = jwt.get_unverified_header(signature)["kid"]
        key = next(jwt.PyJWK.from_dict(k) for k in keys if k["kid"] == kid)
        try:
            jwt.PyJWS().decode_complete(signature, key=key.key, algorithms=["RS256"], detached_payload=delivery.body)
        except jwt.InvalidSignatureError:
            return False
        return True


@dataclass(frozen=True)
class PlacedOrder:
    """An order with what it came from."""

    bench: SaleorBench
    id: str
    checkout: str
    transaction: str

    def read(self, fields: str) -> dict[str, Any]:
        """Fields of the order, read as the app."""
        data = self.bench.as_app(f"query($id: ID!) {{ order(id: $id) {{ {fields} }} }}", id=self.id)
        found: dict[str, Any] = data["order"]
        return found


@contextmanager
def saleor_bench(state: Path, *, auto_complete_seconds: float = 1, **options: Any) -> Iterator[SaleorBench]:
    """The stand-in (or the real Saleor of the environment) with the app installed."""
    with ExitStack() as stack:
        app: PaymentApp = options.pop("app", None) or PaymentApp()
        app.url = stack.enter_context(served(app))
        http = stack.enter_context(httpx2.Client(timeout=30, trust_env=False, verify=False))
        sandbox = None
        if os.environ.get("SALEOR_API_URL") and os.environ.get("SALEOR_EMAIL"):
            api_url = os.environ["SALEOR_API_URL"]
            staff = (os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"])
        else:
            sandbox = stack.enter_context(running_sandbox(state, auto_complete_seconds, **options))
            api_url, staff = sandbox.core.api_url, ("admin@example.com", "admin")
        bench = SaleorBench(api_url, "", app, http, sandbox)
        bench.staff_token = sign_in(bench, *staff)
        if not app.token:
            install(bench, app)
        yield bench


@contextmanager
def running_sandbox(
    state: Path,
    auto_complete_seconds: float = 60,
    *,
    catalogue: Path = CATALOGUE,
    clock: Callable[[], float] = time.time,
) -> Iterator[Sandbox]:
    """The stand-in alone, on a free port; entering again with the same folder is a restart."""
    served_by: list[Any] = []
    with served(lambda environ, start: served_by[0](environ, start)) as url:
        settings = SandboxSettings(state, url, "http://127.0.0.1:1")
        sandbox = open_sandbox(settings, catalogue, auto_complete_seconds=auto_complete_seconds, clock=clock)
        served_by.append(sandbox.app)
        sandbox.start()
        try:
            yield sandbox
        finally:
            sandbox.stop()


def sign_in(bench: SaleorBench, email: str, password: str) -> str:
    """A staff token."""
    data = bench.ask(
        "mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) { token errors { code } } }",
        e=email,
        p=password,
    )
    token: str = data["tokenCreate"]["token"]
    return token


def install(bench: SaleorBench, app: PaymentApp) -> None:
    """Install an app as staff and wait until it is there."""
    start_installation(bench, app)

    def installed() -> bool:
        found = bench.ask("{ apps(first: 100) { edges { node { identifier isActive } } } }", bench.staff_token)
        return any(e["node"] == {"identifier": app.identifier, "isActive": True} for e in found["apps"]["edges"])

    until(installed)


def start_installation(bench: SaleorBench, app: PaymentApp) -> str:
    """Ask for the installation; its id."""
    answer = bench.ask(
        """mutation($i: AppInstallInput!) {
          appInstall(input: $i) { appInstallation { id status } errors { field code } } }""",
        bench.staff_token,
        i={
            "appName": "Contract",
            "manifestUrl": f"{app.url}/manifest",
            "permissions": app.permissions,
            "activateAfterInstallation": True,
        },
    )["appInstall"]
    assert answer["errors"] == []
    key: str = answer["appInstallation"]["id"]
    return key
