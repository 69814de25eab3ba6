"""A Saleor to test against: the stand-in on a free port, or a real one, with a small payment app installed in it.

A real one is meant when SALEOR_API_URL, SALEOR_EMAIL and SALEOR_PASSWORD are set; it must hold the demo's catalogue
and be allowed to call addresses of this machine. What is left in it are orders and checkouts, with what is set aside
for them; apps and accounts are taken out.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import jwt

from sandbox.common.settings import SandboxSettings
from sandbox.saleor.program import Sandbox, open_sandbox
from tests.support.payment_app import IDENTIFIERS, Delivery, PaymentApp
from tests.support.saleor_staff import MADE, Staff
from tests.support.stripe_sandbox import MovableClock, served, until

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
PLACED = ["order_created", "order_paid", "order_fully_paid", "order_updated", "order_confirmed"]


@dataclass
class SaleorBench:
    """A Saleor, a staff account, and an installed app."""

    api_url: str
    account: tuple[str, str]
    app: PaymentApp
    http: httpx2.Client
    sandbox: Sandbox | None
    clock: MovableClock | None = None
    staff: Staff = field(init=False)

    def __post_init__(self) -> None:
        self.staff = Staff(self, *self.account)

    @property
    def staff_token(self) -> str:
        """A token of the staff account that is still good for a while."""
        return self.staff.token

    def now(self) -> float:
        """Seconds of its own time, from anywhere: what was let pass has passed in it."""
        return time.monotonic() + (self.clock.ahead if self.clock else 0.0)

    def let_pass(self, seconds: float) -> None:
        """Time goes by, for Saleor at least."""
        if self.sandbox is None or self.clock is None:
            time.sleep(seconds)
        else:
            self.clock.ahead += seconds
            self.sandbox.core.outbox.workers.wake()

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
        """A variant for sale, with its product; tracked ones have pieces left, and fewer than Saleor admits to."""
        found = self.variants(tracked=tracked)
        if tracked and not any(_some_left(variant) for variant in found):
            # Nobody else makes new ones, and every test sells some.
            self.restock(found[0])
            found = self.variants(tracked=tracked)
        return next(variant for variant in found if not tracked or _some_left(variant))

    def restock(self, variant: dict[str, Any]) -> None:
        """Make new pieces of a tracked variant."""
        if self.sandbox is None:
            self.staff.restock(variant["id"])
            return
        with self.sandbox.core.store.write() as tx:
            stock = tx.find("stock", {"sku": variant["sku"]})[0]
            filled = {**stock, "quantity": stock["allocated"] + MADE}
            tx.put("stock", f"{stock['sku']}@{stock['warehouse']}", filled)

    def variants(self, *, tracked: bool) -> list[dict[str, Any]]:
        """The variants for sale that are tracked, or are not, each with its product."""
        data = self.ask(
            """query($c: String!) { products(first: 50, channel: $c) { edges { node { id name slug externalReference
              variants { id sku name trackInventory quantityAvailable
                pricing { price { gross { amount } net { amount } } } } } } } }""",
            c=CHANNEL,
        )
        return [
            {**variant, "product": edge["node"]}
            for edge in data["products"]["edges"]
            for variant in edge["node"]["variants"]
            if variant["trackInventory"] is tracked
        ]

    def checkout(
        self,
        lines: list[tuple[str, int]] | None = None,
        *,
        ready: bool = True,
        billing: Mapping[str, str] = ADDRESS,
    ) -> str:
        """A checkout's id; `ready` ones lack nothing but the payment, and have their invoice go to `billing`."""
        wanted = [{"variantId": v, "quantity": q} for v, q in lines or [(self.variant()["id"], 1)]]
        given: dict[str, Any] = {"channel": CHANNEL, "lines": wanted, "languageCode": "NL"}
        if ready:
            given |= {"email": "ann@example.com", "shippingAddress": ADDRESS, "billingAddress": billing}
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
        """A real Saleor completes what is paid by itself as well, and whoever asks at that very moment, in vain."""
        document = """mutation($id: ID!) { checkoutComplete(id: $id) { order { id number }
          errors { field code message variants } } }"""
        status, answer = self.send({"query": document, "variables": {"id": checkout}}, self.app.token)
        failed = [error["extensions"]["exception"]["code"] for error in answer.get("errors", ())]
        if failed == ["DoesNotExist"] and self.sandbox is None:
            status, answer = self.send({"query": document, "variables": {"id": checkout}}, self.app.token)
        assert status == 200, answer
        assert "errors" not in answer, answer
        completed: dict[str, Any] = answer["data"]["checkoutComplete"]
        return completed

    def order(
        self, lines: list[tuple[str, int]] | None = None, *, billing: Mapping[str, str] = ADDRESS
    ) -> "PlacedOrder":
        """A paid order."""
        checkout = self.checkout(lines, billing=billing)
        transaction = self.pay(checkout)
        done = self.complete(checkout)
        assert done["errors"] == [], done
        return PlacedOrder(self, done["order"]["id"], checkout, transaction)

    def wait_for_events(self, key: str, count: int) -> list[str]:
        """The events about an object by name, once there are that many (and no more come right after).

        The order in which they come is nobody's promise: a real Saleor has them made and sent by several workers.
        """
        until(lambda: len(self.app.events(key)) >= count)
        time.sleep(0.15 if self.sandbox else 0.5)
        return sorted(self.app.events(key))

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


def _some_left(variant: dict[str, Any]) -> bool:
    left: int = variant["quantityAvailable"]
    return 3 <= left < 50


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

    def told(self, *since: str) -> None:
        """The order was told as placed, then of this: each event so often, and no other."""
        expected = sorted([*PLACED, *since])
        assert self.bench.wait_for_events(self.id, len(expected)) == expected


INSTALLED: set[str] = set()
"""The identifiers of the apps that this run installed in a real Saleor."""


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
            account = (os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"])
        else:
            sandbox = stack.enter_context(running_sandbox(state, auto_complete_seconds, **options))
            api_url, account = sandbox.core.api_url, ("admin@example.com", "admin")
        bench = SaleorBench(api_url, account, app, http, sandbox, options.get("clock"))
        if sandbox is None:
            # A run that was broken off left its app, and Saleor is busy sending it what happens. Not one of this run.
            bench.staff.delete_apps(IDENTIFIERS, but=INSTALLED)
        if not app.token:
            install(bench, app)
            INSTALLED.add(app.identifier)
            stack.callback(uninstall, bench, app)
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


def install(bench: SaleorBench, app: PaymentApp) -> None:
    """Install an app as staff and wait until it is there."""
    start_installation(bench, app)
    until(lambda: bench.staff.app_id(app.identifier), seconds=120)  # its workers may be busy


def uninstall(bench: SaleorBench, app: PaymentApp) -> None:
    """Take an app out of a real Saleor, which would go on sending it what happens. The stand-in ends with the test."""
    if bench.sandbox is None:
        bench.staff.delete_apps(app.identifier)


def start_installation(bench: SaleorBench, app: PaymentApp) -> str:
    """Ask for the installation; its id."""
    answer = bench.staff.appoint(app)
    assert answer["errors"] == []
    key: str = answer["appInstallation"]["id"]
    return key
