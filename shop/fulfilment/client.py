"""Fulfilment's storefront API: when a product can be ready, how a payment stands, and how far an order is."""

import functools
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import time
from typing import Any
from urllib.parse import quote

import httpx2

from neighbours.budget import shared
from neighbours.neighbour import NotAsked
from shop import settings
from shop.calls import calling
from shop.freshness import note
from shop.languages import current
from shop.money import Money
from shop.neighbours import FULFILMENT
from shop.remembered import copy_of, keep_copy
from telemetry.trace import passed_on

logger = logging.getLogger(__name__)

LONGEST = 5.0  # seconds
_LONGEST_PROMISE = 0.8
_PROMISE_SECONDS = 60
_PROMISE_OUTAGE_SECONDS = 10


class FulfilmentUnavailable(Exception):
    """Fulfilment did not answer, or not in a way that can be read."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Whether a product can be ordered now, and the day its workshop expects it ready."""

    product_code: str
    sellable: bool
    ready_on: date | None


@dataclass(frozen=True, slots=True)
class Payment:
    """State is one of open, paid, ordered, failed, expired, returning, refunded.

    ``because`` tells why one that was paid became no order: basket_changed, sold_out, no_delivery, code_over,
    not_possible.
    """

    reference: str
    state: str
    because: str
    amount: Money
    order_number: str
    tracking_token: str


@dataclass(frozen=True, slots=True)
class TrackedLine:
    """``sku`` is empty where fulfilment is older than that."""

    product_code: str
    name: str
    variant_name: str
    quantity: int
    sku: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """``collected``: the buyer came for it at the workshop. ``at_point_since``: it lies ready where they collect it."""

    carrier: str
    collected: bool
    tracking_code: str
    tracking_url: str
    shipped_at: datetime | None
    at_point_since: datetime | None
    delivered_at: datetime | None
    lines: tuple[TrackedLine, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one workshop makes of an order. ``reached`` has the moment of each state it has reached; ``notice`` is why
    it takes longer, "" where nothing is in the way: more_time, material, machine."""

    producer_slug: str
    producer_name: str
    producer_city: str
    state: str
    due_on: date | None
    notice: str
    reached: dict[str, datetime]
    lines: tuple[TrackedLine, ...]
    parcels: tuple[Parcel, ...]

    @property
    def was_collected(self) -> bool:
        """Whether the buyer came for all of it that left the workshop."""
        return bool(self.parcels) and all(parcel.collected for parcel in self.parcels)


def lies_ready(parts: Sequence[Part]) -> bool:
    """Whether all parcels of these that are not with the buyer yet lie at the collection point, and some do."""
    waiting = [parcel for part in parts for parcel in part.parcels if not parcel.delivered_at]
    return bool(waiting) and all(parcel.at_point_since for parcel in waiting)


@dataclass(frozen=True, slots=True)
class Returned:
    """What goes back to the workshop that made it. State is one of announced, expected, arrived, refunded, lost."""

    producer_name: str
    state: str
    announced_at: datetime
    lines: tuple[TrackedLine, ...]


@dataclass(frozen=True, slots=True)
class ByBank:
    """What goes back by bank transfer: ``waiting`` for it, and for an account where it ``wants_account``; ``paid``."""

    waiting: Money
    wants_account: bool
    paid: Money


@dataclass(frozen=True, slots=True)
class Pickup:
    """Where the buyer comes for an order; ``hours`` is when, in the language of the order, or empty."""

    name: str
    street: str
    postal_code: str
    city: str
    hours: str


@dataclass(frozen=True, slots=True)
class Tracking:
    """An order as its buyer may see it. ``returning`` was asked back and is not paid back yet, ``refunded`` is.
    ``pickup`` is None where it is delivered; ``can_withdraw``: in time, and from something that is left."""

    number: str
    placed_at: datetime
    is_cancelled: bool
    total: Money
    returning: Money
    refunded: Money
    by_bank: ByBank
    pickup: Pickup | None
    parts: tuple[Part, ...]
    returns: tuple[Returned, ...]
    documents: tuple[str, ...]
    can_withdraw: bool
    unrouted_lines: tuple[TrackedLine, ...]


@functools.cache
def http_client() -> httpx2.Client:
    """One connection pool per process."""
    return httpx2.Client(headers={"Accept": "application/json"})


def promises(quantities: Mapping[str, int]) -> dict[str, Promise]:
    """Promises by product code, for so many of each that are ordered together; at most a minute old.

    Empty when fulfilment is out of reach, since a page can do without.
    """
    wanted = ",".join(f"{code}:{quantity}" for code, quantity in sorted(quantities.items()) if code)
    if not wanted:
        return {}
    wanted = f"promises?codes={quote(wanted, safe=',:')}"
    key = f"fulfilment:{wanted}"
    kept: tuple[dict[str, Promise], float] | None = copy_of(key)
    if kept is None:
        seconds = _PROMISE_SECONDS
        try:
            body = ask("GET", wanted, _LONGEST_PROMISE)
            found = {entry["product_code"]: _promise(entry) for entry in (body or {})["promises"]}
        except (FulfilmentUnavailable, KeyError) as error:
            logger.warning("no promises: %s", error)
            found, seconds = {}, _PROMISE_OUTAGE_SECONDS
        kept = found, time() + seconds
        keep_copy(key, kept, seconds)
    note(kept[1])
    return kept[0]


def payment(reference: str) -> Payment | None:
    """How a payment stands; None when fulfilment does not know the reference. Raises FulfilmentUnavailable."""
    body = ask("GET", f"payments/{quote(reference, safe='')}", LONGEST)
    if body is None:
        return None
    order = body["order"] or {}
    return Payment(
        reference=body["reference"],
        state=body["state"],
        because=body["because"],
        amount=Money(body["amount_minor"], body["currency"]),
        order_number=order.get("number", ""),
        tracking_token=order.get("tracking_token", ""),
    )


def stop_payment(reference: str) -> str:
    """Nobody may pay any more for what the basket was: "closed" where that was still possible, "paid" where it was
    paid, else "over". Raises FulfilmentUnavailable."""
    body = ask("POST", f"payments/{quote(reference, safe='')}/stop", LONGEST)
    return str(body["result"]) if body else "over"


def tracking(token: str) -> Tracking | None:
    """The order of a tracking link; None for a bad token. Raises FulfilmentUnavailable."""
    body = ask("GET", f"tracking/{quote(token, safe='')}", LONGEST)
    if body is None:
        return None
    currency = body["currency"]
    return Tracking(
        number=body["number"],
        placed_at=datetime.fromisoformat(body["placed_at"]),
        is_cancelled=body["cancelled_at"] is not None,
        total=Money(body["total_minor"], currency),
        returning=Money(body["returning_minor"], currency),
        refunded=Money(body["refunded_minor"], currency),
        by_bank=ByBank(
            waiting=Money(body["by_bank"]["waiting_minor"], currency),
            wants_account=body["by_bank"]["wants_account"],
            paid=Money(body["by_bank"]["paid_minor"], currency),
        ),
        pickup=Pickup(**body["pickup"]) if body["pickup"] else None,
        parts=tuple(part_from(part) for part in body["parts"]),
        returns=tuple(
            Returned(
                producer_name=found["producer"]["name"],
                state=found["state"],
                announced_at=datetime.fromisoformat(found["announced_at"]),
                lines=lines_of(found["lines"]),
            )
            for found in body["returns"]
        ),
        documents=tuple(body["documents"]),
        can_withdraw=body.get("withdrawal", "open") == "open",  # it does not say where fulfilment is older
        unrouted_lines=lines_of(body["unrouted_lines"]),
    )


def ask(method: str, path: str, at_most: float, given: dict[str, object] | None = None) -> dict[str, Any] | None:
    """The JSON of an answer, None for 404; ``given`` is sent as JSON."""
    with calling("fulfilment", path.partition("/")[0].partition("?")[0], FulfilmentUnavailable):
        return _answered(method, path, at_most, given)


def _answered(method: str, path: str, at_most: float, given: dict[str, object] | None) -> dict[str, Any] | None:
    response = _response(method, path, at_most, given)
    try:
        body: dict[str, Any] | None = json.loads(response.text) if response is not None else None
    except ValueError as error:
        raise FulfilmentUnavailable("an answer without JSON") from error
    return body


def document(token: str, name: str) -> bytes | None:
    """A PDF of the order of a tracking link; None for a bad link, or another name. Raises FulfilmentUnavailable."""
    path = f"documents/{quote(token, safe='')}/{quote(name, safe='')}.pdf"
    with calling("fulfilment", "documents", FulfilmentUnavailable):
        response = _response("GET", path, LONGEST, None)
    return None if response is None else response.content


def _response(method: str, path: str, at_most: float, given: dict[str, object] | None) -> httpx2.Response | None:
    """What was answered; None for 404."""
    try:
        with FULFILMENT.asked(at_most) as seconds:
            connect, answer = shared(seconds)
            response = http_client().request(
                method,
                f"{settings.FULFILMENT_URL}/api/storefront/{path}",
                headers={
                    "Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}",
                    "Accept-Language": current(),
                    **passed_on(),
                },
                json=given,
                timeout=httpx2.Timeout(answer, connect=connect),
            )
    except NotAsked as error:
        raise FulfilmentUnavailable(str(error)) from error
    except httpx2.TransportError as error:
        raise FulfilmentUnavailable(type(error).__name__) from error
    if response.status_code == 404:
        return None
    if response.status_code != 200:
        raise FulfilmentUnavailable(f"HTTP {response.status_code}")
    return response


def _promise(entry: dict[str, Any]) -> Promise:
    return Promise(entry["product_code"], entry["sellable"], _date(entry.get("ready_on")))


def part_from(part: dict[str, Any]) -> Part:
    producer = part["producer"]
    return Part(
        producer_slug=producer["slug"],
        producer_name=producer["name"],
        producer_city=producer["city"],
        state=part["state"],
        due_on=_date(part["due_on"]),
        notice=part["notice"],
        reached={step["state"]: datetime.fromisoformat(step["at"]) for step in part["steps"]},
        lines=lines_of(part["lines"]),
        parcels=tuple(
            Parcel(
                carrier=parcel["carrier"],
                collected=parcel["collected"],
                tracking_code=parcel["tracking_code"],
                tracking_url=parcel["tracking_url"],
                shipped_at=moment_from(parcel["shipped_at"]),
                at_point_since=moment_from(parcel["at_point_since"]),
                delivered_at=moment_from(parcel["delivered_at"]),
                lines=lines_of(parcel["lines"]),
            )
            for parcel in part["parcels"]
        ),
    )


def lines_of(lines: list[dict[str, Any]]) -> tuple[TrackedLine, ...]:
    return tuple(
        TrackedLine(line["product_code"], line["name"], line["variant_name"], line["quantity"], line.get("sku", ""))
        for line in lines
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def moment_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
