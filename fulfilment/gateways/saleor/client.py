"""Transport to Saleor's GraphQL API: timeouts, and its three error channels as one `GatewayError`."""

import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import httpx2 as httpx

from fulfilment import metrics
from fulfilment.errors import GatewayError
from fulfilment.gateways.neighbours import SALEOR, asked, said_at
from fulfilment.outside import NO_ANSWER
from neighbours.budget import shared
from telemetry.trace import passed_on

OPERATIONS = Path(__file__).parent / "operations"

# Codes of business errors that may pass by themselves.
PASSING_CODES = {"GRAPHQL_ERROR", "INTERNAL_ERROR", "LOCKED", "TIMEOUT"}


@cache
def document(name: str) -> str:
    """The text of an operation, by the name of its file."""
    return (OPERATIONS / f"{name}.graphql").read_text()


def limits(seconds: float) -> httpx.Timeout:
    """A call that takes so long at most."""
    connect, answer = shared(seconds)
    return httpx.Timeout(answer, connect=connect)


def _in_our_trace(request: httpx.Request) -> None:
    """Saleor goes on with it where it tells its own traces, also when it asks our app meanwhile."""
    request.headers.update(passed_on())


Asking = Callable[[httpx.Timeout], httpx.Response]
"""Asks Saleor within limits of time."""


class SaleorClient:
    """Sends documents to one Saleor, as one identity (an app's or a person's token, or nobody)."""

    def __init__(self, api_url: str, token: str = "", transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.api_url = api_url
        self.told_at: datetime | None = None
        """What time it was at Saleor when it answered last, where it said so."""
        self._http = httpx.Client(headers=headers, transport=transport, event_hooks={"request": [_in_our_trace]})

    def execute(self, name: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The `data` of an operation. `GatewayError` on no answer, a refused request or an execution error.

        Decimals in the answer are `Decimal`; those in `variables` are given as strings.
        """
        body = {"query": document(name), "variables": dict(variables or {})}
        return self._answered(name, lambda within: self._http.post(self.api_url, json=body, timeout=within))

    def _answered(self, name: str, ask: Asking) -> dict[str, Any]:
        with metrics.calling("Saleor", name):
            return self._data(name, ask)

    def _data(self, name: str, ask: Asking) -> dict[str, Any]:
        try:
            with asked(SALEOR) as seconds:
                answer = ask(limits(seconds))
        except httpx.HTTPError as error:
            told = f"Saleor did not answer {name}: {error}"
            raise GatewayError(told, retry=True, code=NO_ANSWER, at="Saleor") from error
        self.told_at = said_at(answer.headers)
        if answer.status_code >= 500 or answer.status_code == 429:
            told = f"Saleor answered {name} with {answer.status_code}"
            raise GatewayError(told, retry=True, at="Saleor", status=answer.status_code)
        try:
            body = json.loads(answer.content, parse_float=Decimal)
        except ValueError as error:
            raise GatewayError(
                f"Saleor answered {name} with no JSON ({answer.status_code})", retry=True, at="Saleor"
            ) from error
        if not isinstance(body, dict) or not (body.get("errors") or body.get("data")):
            raise GatewayError(f"Saleor answered {name} with no data ({answer.status_code})", retry=True, at="Saleor")
        if errors := body.get("errors"):
            code = ((errors[0].get("extensions") or {}).get("exception") or {}).get("code", "")
            told = f"Saleor refused {name}: {errors[0].get('message')} ({code or answer.status_code})"
            raise GatewayError(told, retry=answer.status_code == 200, code=code, at="Saleor")
        data: dict[str, Any] = body["data"]
        return data

    def mutate(self, name: str, field: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """The payload of a mutation; its business errors become a `GatewayError` with Saleor's code."""
        payload: dict[str, Any] = self.execute(name, variables)[field]
        raise_business_errors(name, payload["errors"])
        return payload

    def mutate_only(self, name: str, variables: Mapping[str, object]) -> dict[str, Any]:
        """As `mutate`, for a document that holds one mutation, whatever its field is called."""
        return _only_payload(name, self.execute(name, variables))

    def upload(self, name: str, variables: Mapping[str, object], place: str, path: Path) -> dict[str, Any]:
        """As `mutate_only`, with a file at `place` of the variables (GraphQL multipart request); `OSError`."""
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        operations = json.dumps({"query": document(name), "variables": dict(variables)})
        form = {"operations": operations, "map": json.dumps({"0": [f"variables.{place}"]})}
        files = {"0": (path.name, path.read_bytes(), kind)}

        def ask(within: httpx.Timeout) -> httpx.Response:
            return self._http.post(self.api_url, data=form, files=files, timeout=within)

        return _only_payload(name, self._answered(name, ask))

    def close(self) -> None:
        self._http.close()


def every_node(
    client: SaleorClient, name: str, variables: Mapping[str, object] | None = None
) -> Iterator[dict[str, Any]]:
    """Every node of the one list that a document asks for, read page by page where it is told in pages."""
    after: str | None = None
    while True:
        page = next(iter(client.execute(name, {**(variables or {}), "after": after}).values()))
        yield from (edge["node"] for edge in page["edges"])
        info = page.get("pageInfo")
        if not info or not info["hasNextPage"]:
            return
        after = info["endCursor"]


def _only_payload(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = next(iter(data.values()))
    rows = payload.get("results") or ()  # of what was done in bulk, each has its own
    raise_business_errors(name, [*payload["errors"], *(error for row in rows for error in row["errors"] or ())])
    return payload


def raise_business_errors(name: str, errors: Sequence[Mapping[str, Any]]) -> None:
    """`GatewayError` for the first of a mutation's business errors; it carries Saleor's code."""
    if not errors:
        return
    first = errors[0]
    code = str(first["code"])
    told = f"Saleor refused {name}: {first.get('field')}: {first.get('message')} ({code})"
    raise GatewayError(told, retry=code in PASSING_CODES, code=code, at="Saleor")
