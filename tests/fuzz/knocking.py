"""Knocking at every door as everybody with anything: no door may break, and who is refused leaves nothing behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

from tests.fuzz.addresses import Address, addresses
from tests.fuzz.corpus import VALUES, bodies

BUSY = 503
"""A neighbour is away: what a door says in kind, and no break of its own."""
LASTS = 50
"""After so many knocks the people are others: what a knock did to them may not keep the next from a door."""


@dataclass(frozen=True)
class Site:
    """What is knocked at.

    `people` have a browser each, made anew by each call where a site cannot undo what they did; `known` are words of
    addresses with what stands there; `searched` the names of queries that pages read; `signed` gives the headers that
    open a machine's door; `undone` is around each knock; `left` says, within it, where something was written.
    """

    people: Callable[[], dict[str, Client]]
    known: Mapping[str, list[str]]
    searched: tuple[str, ...]
    signed: Callable[[str, bytes], dict[str, str]]
    undone: Callable[[], AbstractContextManager[None]]
    left: Callable[[], set[str]]


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
    """Everybody at every door of a site; `seed` is what is tried, in which order."""

    site: Site
    seed: int
    random: Random = field(init=False)
    doors: list[Address] = field(init=False)
    people: dict[str, Client] = field(init=False)

    def __post_init__(self) -> None:
        self.random, self.doors = Random(self.seed), addresses()

    def knocks(self) -> Iterator[Knock | None]:
        """One after another, without end: None where a door held."""
        while True:
            self.people = self.site.people()
            for _turn in range(LASTS):
                yield from self._tried(self.random.choice(self.doors), self.random.choice(list(self.people)))

    def _tried(self, door: Address, who: str) -> Iterator[Knock | None]:
        path = door.filled(self.site.known, self.random)
        yield self._knock(who, "GET", path, fields=self._look())
        raw, kind = bodies(self.random)
        yield self._knock(who, "POST", path, raw=raw, kind=kind)
        with self.site.undone():
            answer = self.people[who].get(path)
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            for action, method, fields in self._forms(answer.content.decode(errors="replace")):
                target = urlsplit(urljoin(f"http://testserver{path}", action))._replace(scheme="", netloc="").geturl()
                yield self._knock(who, method.upper(), target, fields=self._spoilt(fields))

    def _look(self) -> dict[str, str]:
        searched = self.site.searched
        return {self.random.choice(searched): self.random.choice(VALUES) for _ in range(self.random.randrange(3))}

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
        self,
        who: str,
        method: str,
        path: str,
        *,
        fields: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        kind: str = "",
    ) -> Knock | None:
        client = self.people[who]
        sent = f"{kind} {raw[:80]!r}" if raw is not None else repr(fields)
        headers = self.site.signed(path, raw) if raw is not None and self.random.random() < 0.7 else {}
        with self.site.undone():
            try:
                if raw is not None:
                    answer: Any = client.generic("POST", path, raw, content_type=kind, headers=headers)
                else:
                    answer = (client.get if method == "GET" else client.post)(path, fields or {})
            except UnicodeEncodeError:
                return None  # the test's own client cannot write it down
            except Exception as error:
                return Knock(who, method, path, sent, f"{type(error).__name__}: {error}"[:500])
            fault = self._fault(answer)
        return Knock(who, method, path, sent, fault) if fault else None

    def _fault(self, answer: Any) -> str:
        if answer.status_code >= 500 and answer.status_code != BUSY:
            broken = getattr(answer, "exc_info", None)
            return f"{answer.status_code} {broken[1]!r}" if broken else str(answer.status_code)
        if answer.status_code >= 400 and (left := self.site.left()):
            return f"{answer.status_code}, and left something in {', '.join(sorted(left))}"
        return ""
