"""A Saleor to test against: the stand-in on a free port, or a real one, with a small payment app installed in it.

A real one is meant when SALEOR_API_URL, SALEOR_EMAIL and SALEOR_PASSWORD are set; it must hold the demo's catalogue
and be allowed to call addresses of this machine.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import jwt

from sandbox.common.settings import SandboxSettings
from sandbox.saleor.program import Sandbox, open_sandbox
from tests.support.payment_app import Delivery, PaymentApp
from tests.support.stripe_sandbox import served, until

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "demo" / "catalogue.toml"
CHANNEL = "consumer"
ADDRESS = {
    "firstName": "Ann",
    "lastName": "Peeters",
    "streetAddress1": "Veldstraat 1",
    "city": "Gent",
    "postalCode": "9000",
    "country": "BE",
}


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
                transaction { actions pspReference
                  chargedAmount { amount } refundedAmount { amount } refundPendingAmount { amount }
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
