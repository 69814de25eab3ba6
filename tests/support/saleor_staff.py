"""What a test does at Saleor as its staff: sign in, install and remove apps, fill the shelves."""

import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Protocol

import httpx2

from sandbox.saleor.program import Sandbox
from tests.support.payment_app import PaymentApp
from tests.support.stripe_sandbox import until

_TOKEN_GOOD_SECONDS = 240  # of the 300 that Saleor gives it
MADE = 24
"""Pieces of a variant that there are after its shelf was filled."""
_APPS = "{ apps(first: 100) { edges { node { id identifier isActive } } } }"


class Asked(Protocol):
    """What staff needs of the bench."""

    api_url: str
    http: httpx2.Client
    sandbox: Sandbox | None

    def now(self) -> float:
        """Seconds of Saleor's time, from anywhere."""

    def ask(self, document: str, token: str = "", **variables: Any) -> dict[str, Any]:
        """The data of an operation that must not fail."""


class Staff:
    """A staff account at work."""

    def __init__(self, bench: Asked, email: str, password: str) -> None:
        self._bench, self._email, self._password = bench, email, password
        self._token, self._until = "", 0.0

    @property
    def token(self) -> str:
        """Signed in again where the last token is old."""
        if self._bench.now() > self._until:
            self._token = sign_in(self._bench, self._email, self._password)
            self._until = self._bench.now() + _TOKEN_GOOD_SECONDS
        return self._token

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        return self._bench.ask(document, self.token, **variables)

    def appoint(self, app: PaymentApp) -> dict[str, Any]:
        """Ask for the installation of an app; what Saleor says to it."""
        given = {
            "appName": "Contract",
            "manifestUrl": f"{app.url}/manifest",
            "permissions": app.permissions,
            "activateAfterInstallation": True,
        }
        answer: dict[str, Any] = self.ask(
            """mutation($i: AppInstallInput!) {
              appInstall(input: $i) { appInstallation { id status } errors { field code } } }""",
            i=given,
        )["appInstall"]
        return answer

    def app_id(self, identifier: str) -> str | None:
        """The id of an app that is installed and active."""
        edges = self.ask(_APPS)["apps"]["edges"]
        return next(
            (e["node"]["id"] for e in edges if e["node"]["identifier"] == identifier and e["node"]["isActive"]), None
        )

    def delete_apps(self, identifier: str, *, but: Collection[str] = ()) -> None:
        """Remove the apps whose identifier begins so, but for these."""
        for edge in self.ask(_APPS)["apps"]["edges"]:
            found = edge["node"]["identifier"]
            if found.startswith(identifier) and found not in but:
                document = "mutation($id: ID!) { appDelete(id: $id) { errors { code } } }"
                assert self.ask(document, id=edge["node"]["id"])["appDelete"]["errors"] == []

    def forget_installation(self, key: str) -> None:
        """Remove what failed from a real Saleor's list; the stand-in has no such operation, and ends with the test."""
        if self._bench.sandbox is None:
            document = "mutation($id: ID!) { appDeleteFailedInstallation(id: $id) { errors { code } } }"
            assert self.ask(document, id=key)["appDeleteFailedInstallation"]["errors"] == []

    def delete_customers(self, emails: Collection[str]) -> None:
        """Remove the accounts of these addresses from a real Saleor; the stand-in's end with the test."""
        if self._bench.sandbox is None:
            document = """query($e: [String!]) {
              customers(first: 100, where: { email: { oneOf: $e } }) { edges { node { id } } } }"""
            found = [edge["node"]["id"] for edge in self.ask(document, e=list(emails))["customers"]["edges"]]
            document = "mutation($i: [ID!]!) { customerBulkDelete(ids: $i) { errors { code } } }"
            assert self.ask(document, i=found)["customerBulkDelete"]["errors"] == []

    def restock(self, variant: str) -> None:
        """Make new pieces of a tracked variant, in the warehouse that has it."""
        stock = self.ask(
            "query($id: ID!) { productVariant(id: $id) { stocks { quantityAllocated warehouse { id } } } }", id=variant
        )["productVariant"]["stocks"][0]
        filled = {"warehouse": stock["warehouse"]["id"], "quantity": stock["quantityAllocated"] + MADE}
        done = self.ask(
            """mutation($id: ID!, $s: [StockInput!]!) {
              productVariantStocksUpdate(variantId: $id, stocks: $s) { errors { code } } }""",
            id=variant,
            s=[filled],
        )
        assert done["productVariantStocksUpdate"]["errors"] == []


def sign_in(bench: Asked, email: str, password: str) -> str:
    """A staff token. Who signs in right after somebody else's wrong password, waits."""

    def token() -> str:
        data = bench.ask(
            "mutation($e: String!, $p: String!) { tokenCreate(email: $e, password: $p) { token errors { code } } }",
            e=email,
            p=password,
        )["tokenCreate"]
        assert data["token"] or [e["code"] for e in data["errors"]] == ["LOGIN_ATTEMPT_DELAYED"], data
        return data["token"] or ""

    return until(token)


def attempt(bench: Asked, email: str, password: str, *, ip: str) -> list[str]:
    """The codes that signing in from an IP address is answered with; none where it went well."""
    document = """mutation($e: String!, $p: String!) {
      tokenCreate(email: $e, password: $p) { token errors { field code } } }"""
    body = {"query": document, "variables": {"e": email, "p": password}}
    answer = bench.http.post(bench.api_url, json=body, headers={"X-Forwarded-For": ip})
    told = json.loads(answer.text, parse_float=Decimal)["data"]["tokenCreate"]
    assert bool(told["token"]) is not bool(told["errors"])
    return [error["code"] for error in told["errors"]]
