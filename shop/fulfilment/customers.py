"""What fulfilment knows of who is logged in: their orders, all that it keeps of them, and how it forgets them.

Who it is, the ``token`` of the login says, of which fulfilment asks Saleor. Every call raises FulfilmentUnavailable;
where the token or the link is not good (any more), the answer is None.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, Part, ask, moment_from, part_from
from shop.money import Money


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """What was bought; ``sku`` finds the same again."""

    name: str
    variant_name: str
    quantity: int
    product_code: str
    sku: str


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order of the account, or of its address. ``parts`` tell how far it is."""

    number: str
    placed_at: datetime
    is_cancelled: bool
    total: Money
    tracking_token: str
    lines: tuple[OrderedLine, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WhatStays:
    """What is not forgotten at once, and why; ``kept_for_the_law``: there are orders of which the books keep sums."""

    reasons: tuple[tuple[str, str], ...]
    kept_for_the_law: bool


def orders(token: str) -> tuple[OwnOrder, ...] | None:
    """The newest orders first."""
    body = ask("POST", "customers/orders", LONGEST, {"token": token})
    return None if body is None else tuple(_order(one) for one in body["orders"])


def exported(token: str) -> dict[str, Any] | None:
    """All that there is of them, as they may keep it."""
    body = ask("POST", "customers/export", LONGEST, {"token": token})
    return None if body is None else body["file"]


def ask_deletion(token: str) -> bool:
    """A mail goes with the link behind which all of it goes; False where the login is over."""
    return ask("POST", "customers/deletion", LONGEST, {"token": token}) is not None


def what_stays(key: str) -> WhatStays | None:
    """Of the link in that mail."""
    body = ask("GET", f"customers/deletion/{quote(key, safe='')}", LONGEST)
    if body is None:
        return None
    return WhatStays(tuple((one["what"], one["because"]) for one in body["stays"]), body["kept_for_the_law"])


def forget(key: str) -> bool:
    """It is done: False where the link is not good (any more). Asked twice, it is the same."""
    return ask("POST", f"customers/deletion/{quote(key, safe='')}", LONGEST) is not None


def _order(node: dict[str, Any]) -> OwnOrder:
    placed_at = moment_from(node["placed_at"])
    assert placed_at is not None
    return OwnOrder(
        number=node["number"],
        placed_at=placed_at,
        is_cancelled=node["cancelled_at"] is not None,
        total=Money(node["total_minor"], node["currency"]),
        tracking_token=node["tracking_token"],
        lines=tuple(
            OrderedLine(one["name"], one["variant_name"], one["quantity"], one["product_code"], one["sku"])
            for one in node["lines"]
        ),
        parts=tuple(part_from(part) for part in node["parts"]),
    )
