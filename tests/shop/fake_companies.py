"""Companies of the played fulfilment: who is a member is read from the address in the token of the played Saleor."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"
COMPANY = "com_7Kq2mX9vT4"
APPLIED = "com_2bR8nL5wQ1"
KEY = "good-key"
"""What opens the golden invitation, which is for ``INVITED``."""
INVITED = "cis@voorbeeld.be"


def _golden(name: str) -> Any:
    return json.loads((GOLDEN / f"storefront_{name}.v1.json").read_text(encoding="utf-8"))


def _not_found() -> httpx2.Response:
    return httpx2.Response(404, json={"error": {"code": "NOT_FOUND", "message": "Onbekend."}})


def _wrong_or(errors: dict[str, str], done: str) -> dict[str, Any]:
    return {"result": "wrong" if errors else done, "errors": errors}


@dataclass
class FakeCompanies:
    """The golden company with its two members, an application of the same person, and an open invitation.

    ``given`` is what was sent, with its path; ``errors`` is answered to whatever can be wrong.
    """

    companies: dict[str, dict[str, Any]] = field(default_factory=lambda: {COMPANY: _golden("company")})
    applied: list[dict[str, Any]] = field(default_factory=lambda: _golden("companies")["companies"][1:])
    invitations: dict[str, dict[str, Any]] = field(default_factory=lambda: {KEY: _golden("company_invitation")})
    prices: dict[str, Any] = field(default_factory=lambda: _golden("company_prices"))
    errors: dict[str, str] = field(default_factory=dict)
    given: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: httpx2.Request, name: str) -> httpx2.Response:
        body: dict[str, Any] = json.loads(request.content or "{}")
        who = body.pop("token", "").partition(":")[2].rpartition(":")[0]
        first, _slash, rest = name.partition("/")
        if first == "applications":
            self.given.append({"path": name, **body})
            return httpx2.Response(200, json=_wrong_or(self.errors, "received"))
        if first == "mine":
            return httpx2.Response(200, json={"companies": [*self._of(who), *self.applied]})
        if first == "invitations":
            return self._invitation(request, rest, who)
        role = self._role(first, who)
        if role is None:
            return _not_found()
        if not rest:
            return httpx2.Response(200, json={**self.companies[first], "role": role})
        if rest == "prices":
            is_open = self.companies[first]["state"] == "approved"
            return httpx2.Response(200, json=self.prices) if is_open else _not_found()
        return self._changed(first, role, rest, body, who)

    def _of(self, who: str) -> list[dict[str, Any]]:
        return [
            {"id": key, "name": one["name"], "role": role, "state": one["state"]}
            for key, one in self.companies.items()
            if (role := self._role(key, who)) is not None
        ]

    def _role(self, key: str, who: str) -> str | None:
        members = self.companies.get(key, {"members": []})["members"]
        return next((one["role"] for one in members if one["email"] == who), None)

    def _invitation(self, request: httpx2.Request, key: str, who: str) -> httpx2.Response:
        found = self.invitations.get(key)
        if found is None:
            return _not_found()
        if request.method == "GET":
            return httpx2.Response(200, json=found)
        if who != INVITED:
            return httpx2.Response(200, json={"result": "wrong_account", "company_id": ""})
        if found["state"] == "over":
            return httpx2.Response(200, json={"result": "over", "company_id": ""})
        if found["state"] == "open":
            found["state"] = "accepted"
            newcomer = {"id": "mem_3", "name": "Cis Maes", "email": who, "role": found["role"], "limit_minor": None}
            self.companies[COMPANY]["members"].append({**newcomer, "since": "2026-11-29T09:00:00+00:00"})
        return httpx2.Response(200, json={"result": "joined", "company_id": COMPANY})

    def _changed(self, key: str, role: str, rest: str, body: dict[str, Any], who: str) -> httpx2.Response:
        kind, _slash, one = rest.partition("/")
        is_leaving = rest.endswith("/remove") and kind == "members" and self._email(key, one.split("/")[0]) == who
        allowed = {"addresses": ("administrator", "buyer")}.get(kind, ("administrator",))
        if role not in allowed and not is_leaving:
            return _not_found()
        self.given.append({"path": f"{key}/{rest}", **body})
        if not self.errors and one.endswith("/remove") and kind == "members":
            members = self.companies[key]["members"]
            self.companies[key]["members"] = [found for found in members if found["id"] != one.split("/")[0]]
        done = {"invitations": "sent"}.get(rest, "gone" if one.endswith(("/remove", "/withdraw")) else "kept")
        return httpx2.Response(200, json=_wrong_or(self.errors, done))

    def _email(self, key: str, member: str) -> str:
        return next((one["email"] for one in self.companies[key]["members"] if one["id"] == member), "")
