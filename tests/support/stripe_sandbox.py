"""The stand-in for Stripe on a free port, with a receiver for its webhooks and the real SDK to reach it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import stripe
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from sandbox.common.settings import SandboxSettings
from sandbox.stripe.program import StripeSandbox
from sandbox.stripe.settings import StripeSettings

KEY = "sk_test_bench_0123456789abcdef"
SECRET = "whsec_bench"
T = TypeVar("T")


NOW = time.time
"""The real one, also while a test that shares this process has moved `time.time` (`tests/killing/clock.py`)."""


class MovableClock:
    """Unix time that runs with the real one and can be moved on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return NOW() + self.ahead


class Quiet(WSGIRequestHandler):
    """A request handler that writes no log."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def served(app: Any) -> Iterator[str]:
    """A WSGI program in threads of this process; gives its base address."""
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Receiver:
    """Takes webhooks. Answers the statuses in `answers` one by one, then 200."""

    answers: list[int] = field(default_factory=list)
    taken: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.taken.append((request.get_data(), dict(request.headers)))
        status = self.answers.pop(0) if self.answers else 200
        return Response("taken", status)(environ, start_response)


@dataclass
class Bench:
    """What a test needs to use the stand-in as our programs and a customer would."""

    sandbox: StripeSandbox
    url: str
    client: stripe.StripeClient
    receiver: Receiver
    clock: MovableClock
    http: httpx2.Client

    def open_session(self, amount: int = 57550, **more: Any) -> stripe.checkout.Session:
        line = {"price_data": {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Koord"}}}
        wanted: Any = {
            "mode": "payment",
            "line_items": [{**line, "quantity": 1}],
            "success_url": "http://shop.example/nl/bedankt/?ref=pay_1&s={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.example/nl/afrekenen/overzicht/?ref=pay_1",
            "client_reference_id": "pay_1",
            "payment_intent_data": {"metadata": {"reference": "pay_1"}, "transfer_group": "pay_1"},
            **more,
        }
        return self.client.v1.checkout.sessions.create(wanted)

    def submit(self, session_id: str, action: str = "pay", method: str = "bancontact") -> httpx2.Response:
        return self.http.post(f"{self.url}/pay/{session_id}", data={"action": action, "method": method})

    def paid(self, amount: int = 57550, method: str = "bancontact") -> stripe.PaymentIntent:
        """A payment that succeeded and whose fee is known, with its charge and balance transaction expanded."""
        session = self.open_session(amount)
        assert self.submit(session.id, method=method).status_code == 303
        self.move_on(2)
        intent_id = str(self.client.v1.checkout.sessions.retrieve(session.id).payment_intent)

        def fee_known() -> stripe.PaymentIntent | None:
            expand: Any = {"expand": ["latest_charge.balance_transaction"]}
            intent = self.client.v1.payment_intents.retrieve(intent_id, expand)
            assert isinstance(intent.latest_charge, stripe.Charge)
            return intent if intent.latest_charge.balance_transaction else None

        return until(fee_known)

    def move_on(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.ahead += seconds
        self.sandbox.timers.workers.wake()
        self.sandbox.outbox.workers.wake()

    def events(self, kind: str = "") -> list[stripe.Event]:
        """What the receiver took, every signature checked as fulfilment checks it."""
        taken = [
            stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
            for body, headers in list(self.receiver.taken)
        ]
        return [event for event in taken if not kind or event.type == kind]

    def faults(self, **wanted: Any) -> None:
        assert self.http.post(f"{self.url}/control/faults", json=wanted).status_code == 200

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{self.url}/control/state.json").json()
        return found


def until(look: Callable[[], T | None], seconds: float = 8) -> T:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def stripe_bench(state: Path, clock: MovableClock | None = None) -> Iterator[Bench]:
    """A running stand-in whose state lives in a folder; entering again with the same folder is a restart."""
    clock = clock or MovableClock()
    receiver = Receiver()

    def late(environ: Any, start_response: Any) -> Any:
        return running.app(environ, start_response)

    with served(late) as url, served(receiver) as receiver_url, httpx2.Client(trust_env=False) as http:
        settings = StripeSettings(
            sandbox=SandboxSettings(state=state, saleor_url="http://127.0.0.1:9", stripe_url=url),
            secret_key=KEY,
            webhook_secret=SECRET,
            webhook_url=f"{receiver_url}/hooks/stripe/",
        )
        running = StripeSandbox(settings, clock)
        running.start()
        transport = stripe.RequestsClient()
        client = stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=2, http_client=transport)
        try:
            yield Bench(running, url, client, receiver, clock, http)
        finally:
            transport.close()  # type: ignore[no-untyped-call]
            running.stop()
