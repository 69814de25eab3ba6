"""Events: a snapshot of an object each, listed by the API, and sent to the webhook when its address asked for them."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.common.outbox import Message, Outbox, RetryPolicy
from sandbox.common.store import Document, Store, Transaction
from sandbox.stripe.settings import API_VERSION
from sandbox.stripe.shapes import new_id

SENT = frozenset(
    {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.updated",
        "checkout.session.completed",
        "checkout.session.expired",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
        "payout.created",
        "payout.failed",
        "payout.paid",
        "refund.created",
        "refund.failed",
        "refund.updated",
    }
)
"""What the webhook address is subscribed to; everything else is only listed."""

_HOUR = 3600
POLICY = RetryPolicy(
    waits=(10, 60, 5 * 60, 30 * 60, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 12 * _HOUR, 12 * _HOUR, 12 * _HOUR, 12 * _HOUR),
    timeout=20,
    retried=lambda status: True,
)
"""Growing waits, together just under three days; whatever is not a success is tried again."""


@dataclass(frozen=True)
class Cause:
    """The API request that an event came from; both None where nobody asked (a customer, a timer)."""

    request_id: str | None = None
    idempotency_key: str | None = None


NOBODY = Cause()


class Events:
    """Makes events, within the transaction of what they tell."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def emit(
        self, tx: Transaction, kind: str, about: Document, cause: Cause, now: float, before: Document | None = None
    ) -> None:
        """Store an event about an object as it is now; `before` holds the former values of fields that changed."""
        data: Document = {"object": about}
        if before:
            data["previous_attributes"] = before
        event: Document = {
            "id": new_id("evt_1"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(now),
            "data": data,
            "livemode": False,
            "pending_webhooks": int(kind in SENT),
            "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
            "type": kind,
        }
        tx.insert("event", event["id"], event)
        if kind in SENT:
            self._outbox.enqueue(tx, event=kind, subject={"event": event["id"]})


class Renderer:
    """Turns an event into the request that tells it. Stripe sends the snapshot, not the present state."""

    def __init__(self, store: Store, url: str) -> None:
        self._store = store
        self._url = url

    def __call__(self, subject: Document) -> Message | None:
        event = self._store.get("event", subject["event"])
        if event is None:
            return None
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (sandbox)"}
        return Message(self._url, json.dumps(event, ensure_ascii=False, indent=2).encode(), headers)


class Signer:
    """Stripe's signature over the timestamp and the body, fresh at every attempt."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def __call__(self, message: Message, now: float) -> Mapping[str, str]:
        timestamp = str(int(now))
        digest = hmac.new(self._secret, timestamp.encode() + b"." + message.body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={timestamp},v1={digest}"}
