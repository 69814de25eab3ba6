"""A notice to fulfilment: built, signed, posted. Plain Python; the wire is described in `docs/architecture/wire.md`.

A notice is a hint ("look at this order again"), so it may arrive twice, late or never: fulfilment's sweep is the
promise. That is why the tries are few and a refusal is final.
"""

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import SplitResult, urlsplit

VERSION = 1

TIMEOUT = 5.0
"""Seconds for connecting and for each answer. Short, because e-mails and webhooks wait behind us in Saleor's worker."""

WAITS = (5, 20, 60, 180, 600)
"""Seconds before the second, third, … try; after the last one we leave it to the sweep."""


class Outcome(Enum):
    """TAKEN: fulfilment has it. REFUSED: it never will (3xx, 4xx). UNREACHABLE: worth another try (5xx, no answer)."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass
class Rest:
    """Something that failed is left alone for `seconds`, so that people wait for it once and not at every step."""

    seconds: float
    until: float = 0.0

    def is_over(self, now: float) -> bool:
        """`now` in seconds of any clock that only goes forward."""
        return now >= self.until

    def begin(self, now: float) -> None:
        self.until = now + self.seconds


@dataclass(frozen=True)
class Result:
    """How a try ended; `reason` is for the log and never holds the order's id or the secret."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Notice:
    """That `event` happened to an order at `issued_at` (timezone-aware). The order's id is a secret of ours."""

    event: str
    order_id: str
    issued_at: datetime

    def body(self) -> bytes:
        """The bytes that are signed and sent."""
        issued_at = self.issued_at.astimezone(UTC).isoformat(timespec="seconds")
        notice = {"version": VERSION, "event": self.event, "order_id": self.order_id, "issued_at": issued_at}
        return json.dumps(notice, separators=(",", ":")).encode()


def order_global_id(pk: object) -> str:
    """The id under which Saleor's API knows the order."""
    return base64.b64encode(f"Order:{pk}".encode()).decode()


def signed_headers(body: bytes, secret: str, timestamp: int) -> dict[str, str]:
    """Headers that prove who sent `body` and when; `timestamp` in Unix seconds, fresh for each try."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Notice-Timestamp": str(timestamp),
        "X-Notice-Signature": f"v1={digest}",
    }


def post(notice: Notice, address: str, secret: str, *, now: datetime, timeout: float = TIMEOUT) -> Result:
    """Try once. Never raises for what the network or the receiver does; follows no redirect."""
    body = notice.body()
    parts = urlsplit(address)
    connection = _connection(parts, timeout)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, signed_headers(body, secret, int(now.timestamp())))
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Result(Outcome.UNREACHABLE, f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    return Result(_outcome(status), f"HTTP {status}")


def wait_after(tries: int) -> int | None:
    """Seconds to wait after so many tries (1 or more); None when it was the last."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=timeout)


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome.TAKEN
    return Outcome.UNREACHABLE if status >= 500 else Outcome.REFUSED
