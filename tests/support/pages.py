"""What a page says."""

import re
from html.parser import HTMLParser
from typing import Any

from django.db.models import Model

from fulfilment.entrypoints.backoffice.base import Room
from fulfilment.entrypoints.backoffice.urls import back_office


def told(answer: Any) -> str:
    """The text of an answer of Django's test client."""
    content: bytes = answer.content
    return content.decode()


def opened(row: Model) -> dict[str, str]:
    """What the back office's form of a row says about the row as it stands now, besides the row's own fields."""
    room = back_office.get_model_admin(type(row))
    assert isinstance(room, Room)
    return {"seen": room.seen(row)}


class _Fields(HTMLParser):
    """What a browser sends of the form of a page that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.found:
                self.found[self._select] = value
        elif tag == "input" and name and _is_sent(given):
            self.found[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def _is_sent(given: dict[str, str | None]) -> bool:
    kind = given.get("type")
    return "checked" in given if kind in ("checkbox", "radio") else kind not in ("submit", "search")


def as_opened(page: str) -> dict[str, str]:
    """Every field of a page with what stands in it, as a browser sends them when nothing was filled in."""
    reader = _Fields()
    reader.feed(page)
    return reader.found


def against_the_policy(answer: Any) -> list[str]:
    """What of an answer its content security policy does not let run, or the policy itself where it is not strict."""
    policy, page = answer.headers.get("Content-Security-Policy", ""), told(answer)
    strict = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    rules = [rule.strip() for rule in policy.split(";")]
    found = [rule for rule in strict if rule not in rules]
    found += re.findall(r"'unsafe-eval'|'unsafe-hashes'|script-src[^;]*'unsafe-inline'", policy)
    found += re.findall(r'<script(?![^>]*\bsrc=)(?![^>]*type="application/json")[^>]*>', page)
    found += re.findall(r"<style[^>]*>", page)
    found += re.findall(r'<[a-z][^>]*\son[a-z]+="[^"]*"', page)
    return found + re.findall(r'(?:href|action)="javascript:[^"]*"|src="https?:[^"]*"', page)
