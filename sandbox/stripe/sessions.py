"""Checkout Sessions: opened by the shop; paid, declined or left by the customer; expired by the shop or the clock."""

from collections.abc import Mapping
from typing import Any

from sandbox.common.store import Document, Transaction
from sandbox.common.timers import Timers
from sandbox.stripe import ledger, shapes
from sandbox.stripe.errors import ApiError, no_such
from sandbox.stripe.events import NOBODY, Cause, Events
from sandbox.stripe.fees import FEES
from sandbox.stripe.parameters import EXPAND, METADATA, Field
from sandbox.stripe.settings import CURRENCY

SHORTEST, LONGEST = 30 * 60, 24 * 3600
# The caller computes its half hour before the request travels.
_TOLERANCE = 60
_SMALLEST_TOTAL = 50
_LARGEST = 99_999_999
FEE_KNOWN_AFTER = 1.0
"""Seconds from a payment until its balance transaction exists, as with asynchronous capture at Stripe."""

_LINE: Mapping[str, Field] = {
    "price_data": Field(
        "group",
        required=True,
        spec={
            "currency": Field("text", required=True, maximum=3),
            "unit_amount": Field("integer", required=True, maximum=_LARGEST),
            "tax_behavior": Field("text", choices=("exclusive", "inclusive", "unspecified")),
            "product_data": Field(
                "group",
                required=True,
                spec={
                    "name": Field("text", required=True),
                    "description": Field("text"),
                    "images": Field("texts", maximum=2048),
                    "metadata": METADATA,
                },
            ),
        },
    ),
    "quantity": Field("integer", minimum=1, maximum=999_999),
    "metadata": METADATA,
}
CREATE: Mapping[str, Field] = {
    **EXPAND,
    "mode": Field("text", required=True, choices=("payment",)),
    "ui_mode": Field("text", choices=("hosted_page",)),
    "line_items": Field("items", required=True, spec=_LINE),
    "success_url": Field("url", required=True),
    "cancel_url": Field("url"),
    "client_reference_id": Field("text", maximum=200),
    "customer_email": Field("text", maximum=800),
    "expires_at": Field("integer", maximum=10**12),
    "locale": Field("text", choices=("auto", "nl", "en", "fr", "de")),
    "metadata": METADATA,
    "payment_intent_data": Field(
        "group",
        spec={
            "description": Field("text", maximum=1000),
            "metadata": METADATA,
            "receipt_email": Field("text", maximum=800),
            "transfer_group": Field("text"),
        },
    ),
    "payment_method_types": Field("texts"),
    "submit_type": Field("text", choices=("auto", "book", "donate", "pay", "subscribe")),
}


def validate(wanted: Mapping[str, Any], now: int) -> None:
    """What Stripe refuses of a session before it begins to make one; raises ApiError."""
    for number, line in enumerate(wanted["line_items"]):
        if line["price_data"]["currency"].lower() != CURRENCY:
            param = f"line_items[{number}][price_data][currency]"
            currency = line["price_data"]["currency"]
            raise ApiError(f"Invalid currency: {currency}. This sandbox account takes {CURRENCY} only.", param=param)
    if not wanted["line_items"]:
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    for number, method in enumerate(wanted.get("payment_method_types", [])):
        if method not in FEES:
            param = f"payment_method_types[{number}]"
            raise ApiError(f"Invalid {param}: must be one of {', '.join(FEES)}", param=param)
    expires_at = wanted.get("expires_at", now + LONGEST)
    if expires_at < now + SHORTEST - _TOLERANCE:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise ApiError(message, param="expires_at")
    if expires_at > now + LONGEST + _TOLERANCE:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise ApiError(message, param="expires_at")


class Sessions:
    """What happens to Checkout Sessions. Every method works within the caller's transaction; `now` in unix seconds."""

    def __init__(self, events: Events, timers: Timers, base_url: str) -> None:
        self._events = events
        self._timers = timers
        self._base_url = base_url
        timers.handle("expire_session", self._time_is_up)
        timers.handle("settle_charge", self._settle_charge)

    def create(self, tx: Transaction, wanted: Mapping[str, Any], now: float) -> Document:
        """Open a session from checked parameters; raises ApiError when the total is too small."""
        lines = [shapes.line_item(line, int(now)) for line in wanted["line_items"]]
        total = sum(line["amount_total"] for line in lines)
        if total < _SMALLEST_TOTAL:
            message = "The Checkout Session's total amount due must add up to at least €0.50 eur"
            raise ApiError(message, code="amount_too_small", remembered=True)
        if total > _LARGEST:
            message = "The Checkout Session's total amount due must be no more than €999,999.99"
            raise ApiError(message, code="amount_too_large", remembered=True)
        complete = {"expires_at": int(now) + LONGEST, **wanted}
        methods = list(wanted.get("payment_method_types", FEES))
        session = shapes.checkout_session(complete, total=total, methods=methods, base_url=self._base_url, now=int(now))
        tx.insert("checkout.session", session["id"], session)
        hidden = {"lines": lines, "payment_intent_data": wanted.get("payment_intent_data", {})}
        tx.insert("session_content", session["id"], hidden)
        self._timers.at(tx, session["expires_at"], "expire_session", {"session": session["id"]})
        return session

    def expire(self, tx: Transaction, session_id: str, cause: Cause, now: float) -> Document:
        """End an open session; raises ApiError when it is not open."""
        session = tx.get("checkout.session", session_id)
        if session is None:
            raise no_such("checkout.session", session_id, "session")
        if session["status"] != "open":
            message = (
                'Only Checkout Sessions with a status in ["open"] can be expired. '
                f"This Checkout Session has a status of `{session['status']}`."
            )
            raise ApiError(message, remembered=True)
        return self._expire(tx, session, cause, now)

    def pay(self, tx: Transaction, session_id: str, method: str, now: float) -> Document | None:
        """The customer pays. Returns the completed session, or None when it is no longer open."""
        session = self._payable(tx, session_id, now)
        if session is None:
            return None
        intent = self._intent(tx, session, now)
        paid = shapes.charge(intent, method, session["customer_email"], int(now))
        tx.insert("charge", paid["id"], paid)
        intent |= {
            "amount_received": intent["amount"],
            "last_payment_error": None,
            "latest_charge": paid["id"],
            "payment_method": paid["payment_method"],
            "status": "succeeded",
        }
        tx.put("payment_intent", intent["id"], intent)
        session |= {
            "customer_details": session["customer_details"] or shapes.customer_details(None),
            "payment_intent": intent["id"],
            "payment_status": "paid",
            "status": "complete",
            "url": None,
        }
        tx.put("checkout.session", session_id, session)
        self._timers.at(tx, now + FEE_KNOWN_AFTER, "settle_charge", {"charge": paid["id"]})
        self._events.emit(tx, "charge.succeeded", paid, NOBODY, now)
        self._events.emit(tx, "payment_intent.succeeded", intent, NOBODY, now)
        self._events.emit(tx, "checkout.session.completed", session, NOBODY, now)
        return session

    def decline(self, tx: Transaction, session_id: str, method: str, now: float) -> Document | None:
        """The customer's bank refuses; the session stays open. None when it is no longer open."""
        session = self._payable(tx, session_id, now)
        if session is None:
            return None
        intent = self._intent(tx, session, now)
        refused = shapes.failed_charge(intent, method, session["customer_email"], int(now))
        tx.insert("charge", refused["id"], refused)
        intent |= {
            "last_payment_error": shapes.payment_error(refused),
            "latest_charge": refused["id"],
            "status": "requires_payment_method",
        }
        tx.put("payment_intent", intent["id"], intent)
        session["payment_intent"] = intent["id"]
        tx.put("checkout.session", session_id, session)
        self._events.emit(tx, "charge.failed", refused, NOBODY, now)
        self._events.emit(tx, "payment_intent.payment_failed", intent, NOBODY, now)
        return session

    def _payable(self, tx: Transaction, session_id: str, now: float) -> Document | None:
        session = tx.get("checkout.session", session_id)
        # The clock decides, not the timer, which may be late after a restart.
        if session is None or session["status"] != "open" or session["expires_at"] <= now:
            return None
        return session

    def _intent(self, tx: Transaction, session: Document, now: float) -> Document:
        if session["payment_intent"]:
            return tx.require("payment_intent", session["payment_intent"])
        content = tx.require("session_content", session["id"])
        intent = shapes.payment_intent(session, content["payment_intent_data"], int(now))
        tx.insert("payment_intent", intent["id"], intent)
        self._events.emit(tx, "payment_intent.created", intent, NOBODY, now)
        return intent

    def _time_is_up(self, tx: Transaction, argument: Document, now: float) -> None:
        session = tx.require("checkout.session", argument["session"])
        if session["status"] == "open":
            self._expire(tx, session, NOBODY, now)

    def _expire(self, tx: Transaction, session: Document, cause: Cause, now: float) -> Document:
        session |= {"status": "expired", "url": None}
        tx.put("checkout.session", session["id"], session)
        if session["payment_intent"]:
            intent = tx.require("payment_intent", session["payment_intent"])
            intent |= {"status": "canceled", "canceled_at": int(now), "cancellation_reason": "automatic"}
            tx.put("payment_intent", intent["id"], intent)
            self._events.emit(tx, "payment_intent.canceled", intent, cause, now)
        self._events.emit(tx, "checkout.session.expired", session, cause, now)
        return session

    def _settle_charge(self, tx: Transaction, argument: Document, now: float) -> None:
        paid = tx.require("charge", argument["charge"])
        method = paid["payment_method_details"]["type"]
        movement = ledger.Movement(
            amount=paid["amount"],
            kind="charge" if method == "card" else "payment",
            category="charge",
            source=paid["id"],
            fee=FEES[method].of(paid["amount"]),
            description=paid["description"],
            not_before=int(now) + ledger.AVAILABLE_AFTER,
        )
        paid["balance_transaction"] = ledger.book(tx, movement, now)["id"]
        tx.put("charge", paid["id"], paid)
        self._events.emit(tx, "charge.updated", paid, NOBODY, now, before={"balance_transaction": None})
