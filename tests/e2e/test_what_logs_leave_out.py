"""After all that the browsers did: nothing that opens something, and no payment, is named in what our programs told, in
their logs or by OpenTelemetry."""

import re
from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Demo, eventually
from tests.support.otlp import Receiver

Visit = Callable[..., Any]
THEIRS = ("sandbox-", "postgres", "valkey")
"""How the logs of the programs begin that are not ours: all others are, whoever adds one."""
LEFT_OUT = {
    "the link of a new password": re.compile(r"reset/key/\w+-\w"),
    "the link of an order": re.compile(r"ord_[\w-]+\.[\w-]{20,}"),
    "a payment at Stripe": re.compile(r"\b(?:cs|pi|ch|re|py|pyr|po)_(?:test_)?[A-Za-z0-9]{8,}"),
    "somebody's mail address": re.compile(r"[\w.]+@labeur\.example"),
}
LEFT_OUT_OF_SPANS = LEFT_OUT | {
    "our name of a payment": re.compile(r"pay_[\w-]{16,}"),
    "somebody's address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "what follows a route": re.compile(r"\?ref="),
}
RESET = re.compile(r"https?://\S+?(/accounts/password/reset/key/\S+/)")
NOBODYS = "ord_nom8mnSTA5kziqh0.L1Oh9g3h8b39-Knt07F8O70ubnt4SqV8nQqVDkpxoHY"


def test_no_log_and_no_span_holds_what_opens_something(demo: Demo, visit: Visit, receiver: Receiver) -> None:
    page = visit()
    page.goto(f"{demo.fulfilment}/accounts/password/reset/")
    page.get_by_label("E-mailadres").fill("jobcoach@labeur.example")
    page.get_by_role("button", name="Stuur mij de mail").click()
    page.get_by_role("heading", name="Kijk in je mailbox").wait_for()
    link = _link(page, demo)
    assert page.goto(f"{demo.fulfilment}/nergens{link}").status == 404  # what is not there is told with its address
    last = page.goto(f"{demo.shop}/nl/volgen/{NOBODYS}/")
    assert last.status == 404

    logs = {path.name: path.read_text(errors="replace") for path in sorted((demo.folder / "logs").glob("*.log"))}
    ours = {name: text for name, text in logs.items() if not name.startswith(THEIRS)}
    assert {"shop.log", "fulfilment.log", "worker.log", "rounds.log", "beat.log"} <= ours.keys(), sorted(logs)
    assert "Not Found: /nergens/accounts/password/reset/key/…" in ours["fulfilment.log"]
    found = {
        (name, what, pattern.findall(text)[0])
        for name, text in ours.items()
        for what, pattern in LEFT_OUT.items()
        if pattern.search(text)
    }
    assert found == set()

    eventually("what that page asked", lambda: last.headers["x-trace-id"] in {span.trace for span in receiver.spans})
    told = {
        (span.program, span.name, what)
        for span in receiver.spans
        for what, pattern in LEFT_OUT_OF_SPANS.items()
        if pattern.search(span.said)
    }
    assert told == set()
    assert {span.program for span in receiver.spans} == {"shop", "fulfilment", "fulfilment-orders", "fulfilment-rounds"}


def _link(page: Any, demo: Demo) -> str:
    letter = page.get_by_role("link").filter(has_text="Kies een nieuw wachtwoord")

    def look() -> bool:
        page.goto(f"{demo.fulfilment}/mail/")
        return bool(letter.count())

    eventually("the mail with the link", look)
    letter.first.click()
    link = RESET.search(page.content())
    assert link is not None
    return link[1]
