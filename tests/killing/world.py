"""The whole of it in one process: fulfilment on its real database, the stand-ins for Saleor and Stripe, mail and queue.

Nothing runs by itself. `settle` lets what is due happen until all is at rest, as workers and the clock would.
"""

import io
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import httpx2
from celery.schedules import crontab
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from werkzeug.test import Client as WsgiClient

from fulfilment.config.celery import app as celery_app
from fulfilment.entrypoints import jobs
from fulfilment.entrypoints.payment_app import app_manifest
from fulfilment.gateways.saleor import connect
from fulfilment.partners.models import User
from sandbox.common.settings import SandboxSettings
from sandbox.common.store import Store
from sandbox.saleor.apps import Installer
from sandbox.saleor.completion import AutomaticCompletion
from sandbox.saleor.program import Sandbox, open_sandbox
from sandbox.stripe.program import StripeSandbox
from sandbox.stripe.settings import StripeSettings
from tests.killing.clock import Clock
from tests.killing.network import Letter, Network
from tests.killing.probe import Killed, Probe, watching
from tests.support import tables
from tests.support.payment_app import PaymentApp
from tests.support.saleor_bench import CATALOGUE, SaleorBench

ROUNDS = (0, 15, 100, 700, 1900, 1990, 2400)
"""Seconds after something happened at which the clockwork runs while all comes to rest."""
NIGHT = timedelta(hours=3, minutes=20)
MAIL_SERVER = "smtp://mail.test:25"
_serial = count(1)
APP = "sociaalgemaakt.payment"


@dataclass(frozen=True)
class Kept:
    """A moment to come back to."""

    tables: "tables.Tables"
    stores: list[Path]
    seconds: float
    last: dict[str, float]
    completes_at: float
    queue: list[tuple[str, tuple[Any, ...]]]
    letters: list[Letter]
    failures: list[str]
    mail_server: str


class Interrupted(Exception):
    """Whoever was waiting for an answer of fulfilment got none: the process died."""


@dataclass
class World:
    """All the programs, and whoever uses them."""

    saleor: Sandbox
    stripe: StripeSandbox
    clock: Clock
    folder: Path
    failures: list[str] = field(default_factory=list)
    """Jobs that ended in an exception: a bug, which the worker's log would show."""
    network: Network = field(init=False)
    _last: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """When the clockwork last started a job."""
    bench: SaleorBench = field(init=False)

    def __post_init__(self) -> None:
        self.completion = AutomaticCompletion(self.saleor.core, 60)
        url = self.saleor.core.base_url
        self.network = Network(Probe(), settings.FULFILMENT_URL, WSGIHandler(), url, self.saleor.app, self.stripe.app)
        http = httpx2.Client(timeout=30, trust_env=False)
        account = ("admin@example.com", "admin")
        self.bench = SaleorBench(f"{url}/graphql/", account, PaymentApp(identifier=APP), http, self.saleor)

    @property
    def probe(self) -> Probe:
        return self.network.probe

    # --- the beginning ------------------------------------------------------------------------------------------------
    def furnish(self) -> None:
        """Partners, agreements and people of the demo; our app installed at Saleor, the producers published."""
        call_command("seed_demo", verbosity=0, stdout=io.StringIO())
        with self._process():
            manifest = app_manifest()
        self.bench.staff.ask(
            "mutation($i: AppInstallInput!) { appInstall(input: $i) { errors { code } } }",
            i={
                "appName": "Sociaal Gemaakt",
                "manifestUrl": f"{settings.FULFILMENT_URL}/saleor/manifest",
                "permissions": manifest["permissions"],
                "activateAfterInstallation": True,
            },
        )
        assert Installer(self.saleor.core).install_one()
        self.job("fulfilment.publish")

    def kept(self) -> "Kept":
        """All of it as it is now."""
        copies = []
        for store in self._stores():
            copies.append(self.folder / f"{next(_serial)}-{store.path.name}")
            with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(copies[-1])) as target:
                source.backup(target)
        lists = (list(self.network.queue), list(self.network.letters), list(self.failures))
        begun = (self.clock.seconds, dict(self._last), self.completion._next)
        return Kept(tables.kept(), copies, *begun, *lists, self.network.mail_server)

    def back_to(self, kept: "Kept", probe: Probe, *, deaf: bool) -> None:
        """As it was kept, with a probe that counts from here."""
        self.network.probe, self.network.deaf, self.network.mail_server = probe, deaf, kept.mail_server
        self.network.queue[:], self.network.letters[:] = kept.queue, kept.letters
        self.failures[:] = kept.failures
        self.clock.seconds = kept.seconds
        self._last = defaultdict(float, kept.last)
        self.completion = AutomaticCompletion(self.saleor.core, 60)
        self.completion._next = kept.completes_at
        tables.restore(kept.tables)
        for store, copy in zip(self._stores(), kept.stores, strict=True):
            _restore(store.path, copy)

    def _stores(self) -> tuple[Store, Store]:
        return self.saleor.core.store, self.stripe.store

    # --- processes of fulfilment --------------------------------------------------------------------------------------
    @contextmanager
    def _process(self) -> Iterator[None]:
        """A process of its own, for whoever asks it something; `Interrupted` where it dies."""
        try:
            with self.probe.process():
                yield
        except Killed as killed:
            raise Interrupted(str(killed)) from killed

    def command(self, *words: str) -> None:
        """A management command of the operator."""
        with self._process():
            call_command(*words, verbosity=0, stdout=io.StringIO())

    def job(self, name: str, *arguments: Any) -> None:
        """A worker does a job; one that dies says nothing, and the others go on."""
        try:
            with self._process():
                celery_app.tasks[name](*arguments)
        except Interrupted:
            return
        except Exception as error:
            self.failures.append(f"{name}{arguments}: {type(error).__name__}: {error}")

    def person(self, email: str) -> "Person":
        """Somebody who is logged in."""
        return Person(self, email)

    def shop_asks(self, path: str) -> Any:
        """What the shop is told for a page."""
        with self._process():
            headers = {"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}", "host": "127.0.0.1"}
            answer = Client(headers=headers).get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def shop_tells(self, path: str, told: Mapping[str, Any]) -> None:
        """The shop passes on what a customer filled in."""
        with self._process():
            headers = {"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}", "host": "127.0.0.1"}
            answer = Client(headers=headers).post(path, told, content_type="application/json")
        assert answer.status_code == 200, answer.content

    # --- Stripe, for others than fulfilment ---------------------------------------------------------------------------
    @property
    def stripe_page(self) -> WsgiClient:
        """A customer's browser at Stripe."""
        return WsgiClient(self.stripe.app)

    def at_stripe(self, path: str, **fields: Any) -> Any:
        """What somebody does in Stripe's dashboard."""
        headers = {"Authorization": f"Bearer {settings.STRIPE_SECRET_KEY}"}
        answer = self.stripe_page.post(path, data=fields, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def let_at_stripe(self, path: str, **wanted: Any) -> None:
        """What the stand-in lets happen to money there, as customers and banks would."""
        answer = self.stripe_page.post(path, json=wanted)
        assert answer.status_code == 200, answer.text

    # --- time ---------------------------------------------------------------------------------------------------------
    def settle(self, rounds: tuple[int, ...] = ROUNDS) -> None:
        """Let time pass until everything is at rest."""
        begun = self.clock.seconds
        for seconds in rounds:
            self.clock.to(begun + seconds)
            self._until_idle()
            self._round()

    def _round(self) -> None:
        """The clockwork starts what it starts every so many seconds."""
        for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
            if isinstance(entry["schedule"], crontab) or self.clock.seconds - self._last[name] < entry["schedule"]:
                continue
            self._last[name] = self.clock.seconds
            self.job(entry["task"], *entry.get("args", ()))
            self._until_idle()

    def nights(self, days: int) -> None:
        """Days pass. In the last two nights the clockwork does its work: what dies in one is for the next."""
        end = timezone.localtime(self.clock.now()) + timedelta(days=days)
        midnight = datetime.combine(end.date(), datetime.min.time(), tzinfo=end.tzinfo)
        for night in (midnight - timedelta(days=1), midnight):
            self.clock.to((night + NIGHT).timestamp())
            self._until_idle()
            for entry in settings.CELERY_BEAT_SCHEDULE.values():
                if isinstance(entry["schedule"], crontab):
                    self.job(entry["task"])
        self.clock.to(end.timestamp())
        self.settle(ROUNDS[:2])

    def _until_idle(self) -> None:
        """Whatever is due happens, one thing after another."""
        steps = (
            self.stripe.timers.run_one,
            self.saleor.core.outbox.send_one,
            self.stripe.outbox.send_one,
            self._work_one,
            self.completion.round_when_due,
        )
        while any(step() for step in steps):
            pass

    def _work_one(self) -> bool:
        if not self.network.queue:
            return False
        name, arguments = self.network.queue.pop(0)
        self.job(name, *arguments)
        return True


class Person:
    """Somebody with a browser at fulfilment."""

    def __init__(self, world: World, email: str) -> None:
        self._world = world
        self._client = Client(headers={"host": "127.0.0.1"})
        self._client.force_login(User.objects.get(email=email))

    def get(self, path: str) -> str:
        return self._ask("get", path)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> str:
        return self._ask("post", path, dict(fields or {}))

    def _ask(self, method: str, path: str, *given: Any) -> str:
        with self._world._process():
            answer = getattr(self._client, method)(path, *given)
        assert answer.status_code < 400 or answer.status_code == 422, f"{method} {path}: {answer.status_code}"
        return bytes(answer.content).decode(errors="replace")


def _restore(path: Path, kept: Path) -> None:
    with closing(sqlite3.connect(path)) as target:
        target.execute("ATTACH ? AS kept", [str(kept)])
        for table in ("document", "counter"):
            target.execute(f"DELETE FROM {table}")
            target.execute(f"INSERT INTO {table} SELECT * FROM kept.{table}")
        target.commit()


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """All the programs, nothing in them yet, on the database of the test."""
    clock = Clock()
    saleor_url = settings.SALEOR_API_URL.removesuffix("/graphql/")
    given = SandboxSettings(folder, saleor_url, settings.STRIPE_API_BASE or "https://api.stripe.com")
    hook = f"{settings.FULFILMENT_URL}/hooks/stripe/"
    logging.disable(logging.CRITICAL)
    with ExitStack() as stack:
        stack.callback(logging.disable, logging.NOTSET)
        stack.enter_context(clock.everywhere())
        stack.enter_context(
            override_settings(MAIL_URL=MAIL_SERVER, PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
        )
        saleor = open_sandbox(given, CATALOGUE, auto_complete_seconds=60, clock=clock)
        stripe = StripeSandbox(
            StripeSettings(given, settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, hook), clock
        )
        stack.callback(saleor.stop)
        stack.callback(stripe.stop)
        world = World(saleor, stripe, clock, folder)
        stack.callback(world.bench.http.close)
        stack.enter_context(world.network.replacing())
        # What a process counted goes with it, and Valkey's queues are the network's: a story is told twice alike.
        stack.enter_context(mock.patch.object(jobs, "totals", dict))
        stack.enter_context(mock.patch.object(jobs, "lengths", return_value={}))
        stack.enter_context(watching(lambda: world.probe))
        connect._as_app.cache_clear()
        celery_app.loader.import_default_modules()
        yield world
