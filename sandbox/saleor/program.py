"""The WSGI program: its parts put together, its addresses, and its background work."""

import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from catalogue.file import read_catalogue
from sandbox.common.calls import Calls
from sandbox.common.control import ControlPage
from sandbox.common.disturbances import Disturbances
from sandbox.common.faults import Faults, Switch
from sandbox.common.settings import SandboxSettings
from sandbox.common.store import Store
from sandbox.common.web import Program, Route, json_response
from sandbox.common.worker import Clock, Workers
from sandbox.saleor import control, vies, webhooks
from sandbox.saleor.apps import Installer
from sandbox.saleor.catalogue import open_catalogue
from sandbox.saleor.completion import AutomaticCompletion
from sandbox.saleor.core import Core
from sandbox.saleor.deliveries import Deliveries
from sandbox.saleor.execution import Executor
from sandbox.saleor.keys import Keys
from sandbox.saleor.logins import Logins
from sandbox.saleor.moments import moment
from sandbox.saleor.promotion_changes import PromotionClock
from sandbox.saleor.refund_requests import take_refund_answer
from sandbox.saleor.schema import executable_schema
from sandbox.saleor.subscriptions import render
from sandbox.saleor.thumbnails import Pictures

_INDEXES = (
    *("state due_at", "due_at", "delivery", "token", "identifier", "status", "checkout", "order"),
    *("updatedAt", "authorizeStatus", "sku", "idempotency_key", "email", "user"),
)
_SWITCHES = (
    Switch(
        "fail_sync_next",
        "count",
        "Laat betaalvragen mislukken",
        "Zoveel synchrone webhooks (betaling starten) krijgen zogezegd antwoord 500.",
    ),
)


@dataclass
class Sandbox:
    """The running stand-in: the WSGI application and the threads behind it."""

    core: Core
    app: Program
    workers: list[Workers]

    def start(self) -> None:
        """Start what happens by itself."""
        self.core.outbox.start()
        for workers in self.workers:
            workers.start()

    def stop(self) -> None:
        """Let what is under way end, then close the state."""
        for workers in self.workers:
            workers.stop()
        self.core.outbox.stop()
        self.core.http.close()
        self.core.store.close()


def open_sandbox(
    settings: SandboxSettings, catalogue: Path, *, auto_complete_seconds: float = 60, clock: Clock = time.time
) -> Sandbox:
    """Put the parts together; nothing runs yet. Raises CatalogueError."""
    file = read_catalogue(catalogue)
    store = Store(settings.state / "saleor.sqlite3", indexes=_INDEXES)
    core = Core(
        store=store,
        faults=Faults(store, _SWITCHES),
        catalogue=open_catalogue(file, catalogue.parent / "pictures", store, moment(catalogue.stat().st_mtime)),
        keys=Keys.in_folder(settings.state),
        logins=Logins(clock),
        executor=Executor(executable_schema()),
        http=httpx2.Client(
            timeout=httpx2.Timeout(webhooks.READ_SECONDS, connect=webhooks.CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        ),
        base_url=settings.saleor_url,
        clock=clock,
    )
    core.outbox = Deliveries(
        store,
        core.faults,
        policy=webhooks.RETRIES,
        render=lambda subject: render(core, subject),
        # The signature is among the headers already: it covers the body alone, not the time.
        sign=lambda message, now: {},
        clock=clock,
        settled=lambda delivery, attempt: take_refund_answer(core, delivery, attempt),
        # What is told of an order arrives in the order in which it happened.
        lane=lambda subject: str(subject.get("order", "")),
    )
    completion = AutomaticCompletion(core, auto_complete_seconds)
    workers = [completion.workers, Installer(core).workers, PromotionClock(core).workers]
    return Sandbox(core, _program(core, settings), workers)


def _program(core: Core, settings: SandboxSettings) -> Program:
    def graphql(request: Request) -> Response:
        with webhooks.asked_in(request.headers.get("traceparent", "")):
            return core.executor.respond(core, request)

    def jwks(request: Request) -> Response:
        return json_response(core.keys.jwks())

    def unavailable(request: Request) -> Response | None:
        return Response("Service Unavailable", 503) if core.faults.is_down(core.clock()) else None

    def failed(request: Request, error: HTTPException) -> Response | None:
        return None

    disturbances = Disturbances(core.store, core.faults, core.clock, ("/graphql/", "/.well-known/"))
    calls = Calls(("/graphql/",), disturbances.around)
    page = ControlPage(
        "Saleor",
        settings=settings,
        store=core.store,
        faults=core.faults,
        outbox=core.outbox,
        clock=core.clock,
        sections=control.SECTIONS,
        panel=control.panel(core),
        calls=calls.counts,
    )
    routes = [
        Route("/graphql/", graphql, ("POST",)),
        Route("/.well-known/jwks.json", jwks),
        Route("/vies/ms/<country>/vat/<number>", vies.looked_up),
        *Pictures(core, settings.state / "thumbnails").routes(),
        *page.routes(),
    ]
    return Program(routes, store=core.store, unavailable=unavailable, failed=failed, around=calls.around)
