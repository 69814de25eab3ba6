"""Transport to Saleor's GraphQL API: time limits, retry of reads, the three error channels, kept copies."""

import functools
import hashlib
import json
import logging
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from django.http import HttpRequest

from neighbours.budget import shared
from neighbours.neighbour import NotAsked
from shop import settings
from shop.callers import customer_address
from shop.calls import calling
from shop.languages import current
from shop.neighbours import LONGEST_PAGE, PAYING, SALEOR
from shop.saleor.copies import kept
from shop.saleor.errors import RefusalReason, SaleorRefusal, SaleorRejected, SaleorUnavailable
from telemetry.trace import passed_on

logger = logging.getLogger(__name__)

_OPERATIONS = Path(__file__).with_name("operations")
_LONGEST_READ = 6.0  # seconds
_READ_PAUSES = (0.1, 0.4)
_PAYMENT = "transactionInitialize"


@functools.cache
def http_client() -> httpx2.Client:
    """One connection pool per process."""
    return httpx2.Client(headers={"Accept": "application/json"})


@functools.cache
def document(operation: str) -> str:
    """The GraphQL text of an operation, by its name."""
    return (_OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Saleor:
    """Saleor as one visitor reaches it: anonymous, or as the customer whose ``token`` it is, with the visitor's address
    passed on; empty where nobody in particular asks. ``language`` is the visitor's, as Saleor names it (``NL``)."""

    customer_address: str
    language: str
    token: str = field(default="", repr=False)

    @property
    def as_nobody(self) -> "Saleor":
        """The same, whoever is logged in: what is kept for everybody is asked so."""
        return replace(self, token="")

    def read(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        """``data`` of a query. Retried a few times, since reading twice does no harm.

        Raises SaleorUnavailable or SaleorRejected.
        """
        for pause in _READ_PAUSES:
            try:
                return self._send(operation, variables, _LONGEST_READ)
            except SaleorUnavailable as error:
                if not error.at_once:
                    raise
                logger.warning("%s; trying again", error)
                time.sleep(pause)
        return self._send(operation, variables, _LONGEST_READ)

    def read_cached(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        """As ``read``, but anonymous, for what is the same to every visitor; kept for when Saleor is slow or away."""
        asked = hashlib.sha256(json.dumps(variables, sort_keys=True).encode()).hexdigest()
        return kept(f"told:{operation}:{asked}", lambda: self.as_nobody.read(operation, variables))

    def write(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The payload of a mutation; never retried.

        Raises SaleorRefusal when its ``errors`` are not empty, SaleorUnavailable or SaleorRejected.
        """
        payload: dict[str, Any] = self._send(operation, variables, LONGEST_PAGE)[operation]
        reasons = tuple(
            RefusalReason(
                field=error.get("field") or "",
                code=error["code"],
                message=error.get("message") or "",
            )
            for error in payload["errors"]
        )
        if reasons:
            raise SaleorRefusal(operation, reasons)
        return payload

    @property
    def _visitor(self) -> dict[str, str]:
        address = {"X-Forwarded-For": self.customer_address} if self.customer_address else {}
        return {**address, "Authorization": f"Bearer {self.token}"} if self.token else address

    def _send(self, operation: str, variables: dict[str, Any], at_most: float) -> dict[str, Any]:
        with calling("saleor", operation, SaleorUnavailable):
            return self._answered(operation, variables, at_most)

    def _answered(self, operation: str, variables: dict[str, Any], at_most: float) -> dict[str, Any]:
        try:
            with (PAYING if operation == _PAYMENT else SALEOR).asked(at_most) as seconds:
                connect, answer = shared(seconds)
                response = http_client().post(
                    settings.SALEOR_API_URL,
                    json={"operationName": operation, "query": document(operation), "variables": variables},
                    headers={**self._visitor, **passed_on()},
                    timeout=httpx2.Timeout(answer, connect=connect),
                )
        except NotAsked as error:
            raise SaleorUnavailable(f"{operation}: {error}", at_once=False) from error
        except httpx2.TransportError as error:
            at_once = not isinstance(error, httpx2.TimeoutException)
            raise SaleorUnavailable(f"{operation}: {type(error).__name__}", at_once=at_once) from error
        if response.status_code >= 500:
            raise SaleorUnavailable(f"{operation}: HTTP {response.status_code}")
        try:
            body = json.loads(response.text, parse_float=Decimal)
        except ValueError as error:
            raise SaleorUnavailable(f"{operation}: HTTP {response.status_code} without JSON") from error
        errors = body.get("errors")
        if errors or response.status_code != 200:
            first = errors[0] if errors else {}
            code = first.get("extensions", {}).get("exception", {}).get("code") or str(response.status_code)
            raise SaleorRejected(operation, code, first.get("message", ""))
        data: dict[str, Any] = body["data"]
        return data


def saleor_for(request: HttpRequest) -> Saleor:
    """Saleor as the sender of this request reaches it."""
    return Saleor(customer_address=customer_address(request), language=spoken())


def spoken() -> str:
    """The language that is spoken, as Saleor names it."""
    return current().upper()
