"""Fulfilment as the shop's tests need it: in memory, with the golden examples of the wire as its content."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.shop.fake_companies import FakeCompanies

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"


@dataclass
class FakeFulfilment:
    """The storefront API with wire.md's golden examples as its content."""

    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    trackings: dict[str, dict[str, Any]] = field(default_factory=dict)
    promises: dict[str, dict[str, Any]] = field(default_factory=dict)
    methods: list[str] = field(default_factory=lambda: list(golden("storefront_payment_methods.v1.json")["methods"]))
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)
    """What is answered to an account."""
    given: list[dict[str, Any]] = field(default_factory=list)
    withdrawals: dict[str, dict[str, Any]] = field(default_factory=dict)
    statement: dict[str, Any] = field(default_factory=lambda: golden("storefront_withdrawal_answer.v1.json"))
    """What is answered to a statement."""
    pieces: dict[str, dict[str, Any]] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=lambda: {"result": "kept", "errors": {}})
    """What is answered to a note of care."""
    answer: httpx2.Response | Exception | None = None
    requests: list[httpx2.Request] = field(default_factory=list)
    stopping: str = "closed"
    """What comes of stopping a payment."""
    stopped: list[str] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    """What every customer ordered."""
    forgotten: list[str] = field(default_factory=list)
    asked_for_mail: dict[str, Any] = field(default_factory=lambda: golden("storefront_restock.v1.json"))
    """What is answered to whoever asks for mail, of either kind."""
    opt_ins: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What links of such mails are about, by their path."""
    companies: FakeCompanies = field(default_factory=FakeCompanies)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.answer is not None:
            return _given(self.answer)
        kind, _slash, name = request.url.path.removeprefix("/api/storefront/").partition("/")
        if kind in ("promises", "payment-methods", "ready-days"):
            return httpx2.Response(200, json=self._upfront(kind, request))
        if kind in ("restock", "newsletter"):
            return self._of_mail(request, kind, name)
        rooms: dict[str, Callable[[httpx2.Request, str], httpx2.Response]] = {
            "customers": self._of_customers,
            "companies": self.companies,
        }
        if kind in rooms:
            return rooms[kind](request, name)
        if request.method == "POST" and kind == "refunds":
            self.given.append(json.loads(request.content))
            return httpx2.Response(200, json=self.account)
        if name == "link":
            self.given.append(json.loads(request.content))
            return httpx2.Response(200, json={"result": "sent"})
        if request.method == "POST" and kind == "withdrawals":
            self.given.append(json.loads(request.content))
            return httpx2.Response(200, json=self.statement)
        if request.method == "POST" and kind == "pieces":
            self.given.append({"path": name, **json.loads(request.content or "{}")})
            return httpx2.Response(200, json=self.note)
        if request.method == "POST":
            self.stopped.append(name.removesuffix("/stop"))
            return httpx2.Response(200, json={"result": self.stopping})
        kinds = {"payments": self.payments, "tracking": self.trackings, "refunds": self.refunds}
        found_one = {**kinds, "withdrawals": self.withdrawals, "pieces": self.pieces, "documents": {}}[kind].get(name)
        if found_one is None:
            return httpx2.Response(404, json={"error": {"code": "NOT_FOUND", "message": "Onbekend."}})
        return httpx2.Response(200, json=found_one)

    def _of_mail(self, request: httpx2.Request, kind: str, name: str) -> httpx2.Response:
        if request.method == "POST":
            self.given.append({"path": f"{kind}/{name}".rstrip("/"), **json.loads(request.content or "{}")})
            if not name:
                return httpx2.Response(200, json=self.asked_for_mail)
        found = self.opt_ins.get(f"{kind}/{name}")
        if found is None:
            return httpx2.Response(404, json={"error": {"code": "NOT_FOUND", "message": "Onbekend."}})
        return httpx2.Response(200, json=found if request.method == "GET" else {"result": "gone"})

    def _of_customers(self, request: httpx2.Request, name: str) -> httpx2.Response:
        what, _slash, key = name.partition("/")
        if key:
            if key != "good-key":
                return httpx2.Response(404, json={"error": {"code": "NOT_FOUND", "message": "Onbekend."}})
            if request.method == "POST":
                self.forgotten.append(key)
                return httpx2.Response(200, json={"result": "asked"})
            return httpx2.Response(200, json=golden("storefront_deletion.v1.json"))
        given = json.loads(request.content)
        self.given.append({what: given["token"]})
        answers = {"orders": {"orders": self.orders}, "export": {"file": {"over": "an@voorbeeld.be"}}}
        return httpx2.Response(200, json=answers.get(what, {"result": "mailed"}))

    def _upfront(self, kind: str, request: httpx2.Request) -> dict[str, Any]:
        """What a page tells before anybody orders."""
        if kind == "payment-methods":
            return {"methods": self.methods}
        if kind == "ready-days":
            return {"ready_on": {code: day for code, told in self.promises.items() if (day := told["ready_on"])}}
        return {"promises": [self._promise(asked) for asked in request.url.params["codes"].split(",")]}

    def _promise(self, asked: str) -> dict[str, Any]:
        """The one for so many pieces, where `promises` has it; else the one of the code."""
        code = asked.rpartition(":")[0]
        unknown = {"product_code": code, "sellable": False, "producer": None, "ready_on": None}
        return self.promises.get(asked, self.promises.get(code, unknown))


def _given(answer: httpx2.Response | Exception) -> httpx2.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer


def golden(name: str) -> dict[str, Any]:
    example: dict[str, Any] = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    return example
