"""Knocking at every door as everybody with anything: no door may break, and who is refused leaves nothing behind."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from fulfilment.partners.models import Membership, User
from tests.fuzz.addresses import Address, addresses
from tests.fuzz.corpus import VALUES, bodies
from tests.support import rows, workshop
from tests.support.furnished import House
from tests.support.outside import undone
from tests.support.signed import SaleorKey, known_keys, notice_headers

BUSY = 503
"""A neighbour is away: what a door says in kind, and no break of its own."""
SEARCHED = (
    "q",
    "p",
    "o",
    "all",
    "as_of",
    "pagina",
    "product",
    "bestand",
    "next",
    "kind",
    "reason",
    "seen",
    "codes",
    "term",
)
UNCOUNTED = {"django_session", "usersessions_usersession"}
"""What may be left behind by who is refused."""


@dataclass(frozen=True)
class Knock:
    """One request, and what was wrong with its answer."""

    who: str
    method: str
    path: str
    sent: str
    fault: str

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]!r} as {self.who}, sent {self.sent[:300]}: {self.fault}"


class Forms(HTMLParser):
    """The forms of a page: where each goes, how, and with which fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), given.get("method", "get").lower(), {}))
        elif tag in ("input", "select", "textarea", "button") and self.found and given.get("name"):
            self.found[-1][2].setdefault(given["name"], given.get("value", ""))


@dataclass
class Fuzzer:
    """Everybody, each with a browser, in a furnished house; `seed` is what is tried, in which order."""

    house: House
    seed: int
    random: Random = field(init=False)
    people: dict[str, Client] = field(init=False)
    doors: list[Address] = field(init=False)
    known: dict[str, list[str]] = field(init=False)
    counted: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.random, self.doors = Random(self.seed), addresses()
        self.people = {"nobody": Client(raise_request_exception=False), **_everybody(self.house)}
        task, order = self.house.task, self.house.order
        self.known = {
            "task": [task.public_id],
            "parcel": list(task.parcels.values_list("public_id", flat=True)),
            "workshop": [self.house.labeur.public_id],
            "payout": list(self.house.batch.payouts.values_list("public_id", flat=True)),
            "order": [order.public_id],
            "payment": [self.house.payment.idempotency_key],
            **{word: _numbers() for word in ("pk", "object_id", "partner_id")},
        }
        known_keys(SaleorKey())
        self.counted = _counts()

    def knocks(self) -> Iterator[Knock | None]:
        """One after another, without end: None where a door held."""
        while True:
            door, who = self.random.choice(self.doors), self.random.choice(list(self.people))
            yield from self._tried(door, who)

    def _tried(self, door: Address, who: str) -> Iterator[Knock | None]:
        path = door.filled(self.known, self.random)
        page = self._look(path)
        yield self._knock(who, "GET", path, query=page)
        raw, kind = bodies(self.random)
        yield self._knock(who, "POST", path, raw=raw, kind=kind)
        with undone():
            answer = self.people[who].get(path)
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            for action, method, fields in self._forms(answer.content.decode(errors="replace")):
                target = urlsplit(urljoin(f"http://testserver{path}", action)).path
                yield self._knock(who, method.upper(), target, query=self._spoilt(fields))

    def _look(self, path: str) -> dict[str, str]:
        return {self.random.choice(SEARCHED): self.random.choice(VALUES) for _ in range(self.random.randrange(3))}

    def _forms(self, page: str) -> list[tuple[str, str, dict[str, str]]]:
        forms = Forms()
        forms.feed(page)
        return self.random.sample(forms.found, min(2, len(forms.found)))

    def _spoilt(self, fields: dict[str, str]) -> dict[str, str]:
        """What a form asks for, with some of it as nobody means it."""
        spoilt = dict(fields)
        for name in self.random.sample(list(fields), min(len(fields), self.random.randint(1, 4))):
            spoilt[name] = self.random.choice(VALUES)
        return spoilt

    def _knock(
        self, who: str, method: str, path: str, *, query: Any = None, raw: bytes | None = None, kind: str = ""
    ) -> Knock | None:
        client = self.people[who]
        headers = _signed(path, raw) if raw is not None and self.random.random() < 0.7 else {}
        with undone():
            try:
                if method == "GET":
                    answer = client.get(path, query or {}, headers=headers)
                elif raw is not None:
                    answer = client.generic("POST", path, raw, content_type=kind, headers=headers)
                else:
                    answer = client.post(path, query or {})
            except Exception as error:
                if isinstance(error, UnicodeError) and not isinstance(error, UnicodeDecodeError):
                    return None  # the test's own client cannot write it down
                return Knock(who, method, path, _short(query, raw, kind), f"{type(error).__name__}: {error}"[:500])
            fault = self._fault(answer)
        return Knock(who, method, path, _short(query, raw, kind), fault) if fault else None

    def _fault(self, answer: Any) -> str:
        if answer.status_code >= 500 and answer.status_code != BUSY:
            broken = getattr(answer, "exc_info", None)
            return f"{answer.status_code} {broken[1]!r}" if broken else str(answer.status_code)
        if answer.status_code >= 400 and connection.in_atomic_block and not connection.needs_rollback:
            left = {table for table, count in _counts().items() if count != self.counted.get(table, 0)} - UNCOUNTED
            return f"{answer.status_code}, and left something in {', '.join(sorted(left))}" if left else ""
        return ""


def _everybody(house: House) -> dict[str, Client]:
    found = {role: rows.user(f"{role}@example.com", role=role) for role in User.StaffRole.values}
    found |= {
        role: workshop.member(house.labeur, role=role, email=f"{role}@labeur.example")
        for role in Membership.Role.values
    }
    clients = {}
    for name, user in found.items():
        clients[name] = Client(raise_request_exception=False)
        clients[name].force_login(user)
    return clients


def _signed(path: str, raw: bytes) -> dict[str, str]:
    """As the shop, or as whoever signs what comes to that door: here is tried what lies behind the lock."""
    headers = {"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}"}
    stamp = int(time.time())
    if path == "/hooks/plugin/":
        headers |= notice_headers(raw, settings.PLUGIN_NOTICE_SECRETS[0], stamp)
    if path == "/hooks/stripe/":
        told = notice_headers(raw, settings.STRIPE_WEBHOOK_SECRET, stamp)["X-Notice-Signature"]
        headers["Stripe-Signature"] = f"t={stamp},{told}"
    if path.startswith(("/hooks/saleor/", "/saleor/")):
        headers |= {"Saleor-Api-Url": settings.SALEOR_API_URL, "Saleor-Signature": SaleorKey().signature(raw)}
    return headers


def _numbers() -> list[str]:
    return [str(number) for number in range(1, 8)]


def _counts() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    asked = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in sorted(set(tables)))
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


def _short(query: Any, raw: bytes | None, kind: str) -> str:
    return f"{kind} {raw[:80]!r}" if raw is not None else repr(query)
