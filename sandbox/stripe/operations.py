"""Every call of Stripe's API that is known here: its address, its parameters, and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.common.store import Document, Reader, Transaction
from sandbox.stripe import disputes, ledger, methods, payouts, refunds, sessions
from sandbox.stripe.errors import ApiError, no_such
from sandbox.stripe.events import Cause
from sandbox.stripe.expansion import listed
from sandbox.stripe.parameters import EXPAND, PAGE, Field
from sandbox.stripe.payouts import Payouts
from sandbox.stripe.refunds import Refunds
from sandbox.stripe.sessions import Sessions

MOVEMENT_LIST: Mapping[str, Field] = {
    **PAGE,
    "currency": Field("text"),
    "payout": Field("text"),
    "source": Field("text"),
    "type": Field("text"),
}
CONFIGURATION_LIST: Mapping[str, Field] = {name: found for name, found in PAGE.items() if name != "created"}
EVENT_LIST: Mapping[str, Field] = {**PAGE, "type": Field("text"), "types": Field("texts")}


@dataclass(frozen=True)
class Call:
    """One request: the checked parameters, the ids in its address, who caused it and when (unix seconds)."""

    wanted: Mapping[str, Any]
    ids: Mapping[str, str]
    path: str
    cause: Cause
    now: float


@dataclass(frozen=True)
class Operation:
    """`validate` refuses before anything begins; `act` works within one transaction (a write only for POST)."""

    method: str
    rule: str
    spec: Mapping[str, Field]
    act: Callable[[Transaction, Call], Document] | None = None
    read: Callable[[Reader, Call], Document] | None = None
    validate: Callable[[Call], None] = field(default=lambda call: None)


def operations(checkout: Sessions, refunding: Refunds, paying_out: Payouts) -> list[Operation]:
    """The calls, bound to what carries them out."""
    return [
        Operation(
            "POST",
            "/v1/checkout/sessions",
            sessions.CREATE,
            act=lambda tx, call: checkout.create(tx, call.wanted, call.now),
            validate=lambda call: sessions.validate(call.wanted, int(call.now)),
        ),
        _one("/v1/checkout/sessions/<id>", "checkout.session", "session"),
        Operation(
            "POST",
            "/v1/checkout/sessions/<id>/expire",
            EXPAND,
            act=lambda tx, call: checkout.expire(tx, call.ids["id"], call.cause, call.now),
        ),
        _one("/v1/payment_intents/<id>", "payment_intent", "intent"),
        Operation(
            "POST",
            "/v1/refunds",
            refunds.CREATE,
            act=lambda tx, call: refunding.create(tx, call.wanted, call.cause, call.now),
            validate=lambda call: refunds.validate(call.wanted),
        ),
        _one("/v1/refunds/<id>", "refund", "id"),
        Operation("GET", "/v1/refunds", refunds.LIST, read=_lists("refund", "payment_intent", "charge")),
        Operation(
            "POST",
            "/v1/payouts",
            payouts.CREATE,
            act=lambda tx, call: paying_out.create(tx, call.wanted, call.cause, call.now),
            validate=lambda call: payouts.validate(call.wanted),
        ),
        _one("/v1/payouts/<id>", "payout", "payout"),
        Operation("GET", "/v1/payouts", payouts.LIST, read=_lists("payout", "status")),
        Operation("GET", "/v1/balance", EXPAND, read=lambda reader, call: ledger.balance(reader, call.now)),
        Operation(
            "GET",
            "/v1/payment_method_configurations",
            CONFIGURATION_LIST,
            read=lambda reader, call: listed(call.path, [methods.configuration()]),
        ),
        _one("/v1/balance_transactions/<id>", "balance_transaction", "id"),
        Operation("GET", "/v1/balance_transactions", MOVEMENT_LIST, read=_movements),
        _one("/v1/disputes/<id>", "dispute", "dispute"),
        Operation("GET", "/v1/disputes", disputes.LIST, read=_lists("dispute", "payment_intent", "charge")),
        _one("/v1/events/<id>", "event", "id"),
        Operation("GET", "/v1/events", EVENT_LIST, read=_lists("event", "type", "types")),
    ]


def _one(rule: str, kind: str, param: str) -> Operation:
    def read(reader: Reader, call: Call) -> Document:
        found = reader.get(kind, call.ids["id"])
        if found is None:
            raise no_such(kind.replace("_", " ") if kind == "balance_transaction" else kind, call.ids["id"], param)
        return found

    return Operation("GET", rule, EXPAND, read=read)


def _lists(kind: str, *filters: str) -> Callable[[Reader, Call], Document]:
    """Newest first, a page at a time, as all of Stripe's lists."""

    def read(reader: Reader, call: Call) -> Document:
        where = {("type" if name == "types" else name): call.wanted[name] for name in filters if name in call.wanted}
        created = call.wanted.get("created", {})
        at_least = {"created": max(created.get("gte", 0), created.get("gt", -1) + 1)}
        highest = min(created.get("lte", 10**12), created.get("lt", 10**12 + 1) - 1)
        limit = call.wanted.get("limit", 10)
        older_than = _place(reader, kind, call, "starting_after")
        newer_than = _place(reader, kind, call, "ending_before")
        backwards = newer_than is not None and older_than is None
        found = reader.find(
            kind,
            where,
            at_least=at_least,
            at_most={"created": highest},
            newest_first=not backwards,
            limit=limit + 1,
            before=older_than,
            after=newer_than,
        )
        page = found[:limit]
        return listed(call.path, page[::-1] if backwards else page, has_more=len(found) > limit)

    return read


def _movements(reader: Reader, call: Call) -> Document:
    """Balance transactions, with two peculiarities of Stripe's: those of a manual payout are not told, and those of a
    dispute stand on the dispute alone, though they name it as their source."""
    if "payout" in call.wanted:
        if reader.get("payout", call.wanted["payout"]) is None:
            raise no_such("payout", call.wanted["payout"], "payout")
        raise ApiError("Balance transaction history can only be filtered on automatic transfers, not manual.")
    if call.wanted.get("source", "").startswith("du_"):
        return listed(call.path, [])
    return _lists("balance_transaction", "currency", "source", "type")(reader, call)


def _place(reader: Reader, kind: str, call: Call, name: str) -> int | None:
    if name not in call.wanted:
        return None
    place = reader.sequence(kind, call.wanted[name])
    if place is None:
        raise no_such(kind, call.wanted[name], name)
    return place
