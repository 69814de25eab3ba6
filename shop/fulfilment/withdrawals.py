"""Fulfilment's storefront API, of withdrawing from a purchase: what can be, what is stated, and a link by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, FulfilmentUnavailable, ask


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """Units that can be withdrawn from, under the name by which a statement calls them; ``is_sent``: they left."""

    units: str
    name: str
    variant_name: str
    quantity: int
    is_sent: bool


@dataclass(frozen=True, slots=True)
class StatedLine:
    """Of a statement: so many units that are not made any more, and so many that come back."""

    name: str
    variant_name: str
    stopped: int
    returned: int

    @property
    def quantity(self) -> int:
        return self.stopped + self.returned


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement that was made before."""

    at: datetime
    lines: tuple[StatedLine, ...]

    @property
    def stops(self) -> bool:
        return any(line.stopped for line in self.lines)

    @property
    def returns(self) -> bool:
        return any(line.returned for line in self.lines)


@dataclass(frozen=True, slots=True)
class Withdrawing:
    """An order as its customer may withdraw from it. State is one of open, over, nothing_left; ``until`` is the last
    day, None as long as something has still to arrive."""

    number: str
    placed_at: datetime
    state: str
    until: date | None
    lines: tuple[Withdrawable, ...]
    statements: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a statement: wrong (``errors`` by field, "" for the whole), right, kept, or closed."""

    result: str
    errors: dict[str, str]
    message: str


def withdrawing(token: str) -> Withdrawing | None:
    """The order of a tracking link; None for a bad one. Raises FulfilmentUnavailable."""
    body = ask("GET", f"withdrawals/{quote(token, safe='')}", LONGEST)
    if body is None:
        return None
    return Withdrawing(
        number=body["number"],
        placed_at=datetime.fromisoformat(body["placed_at"]),
        state=body["state"],
        until=date.fromisoformat(body["until"]) if body["until"] else None,
        lines=tuple(
            Withdrawable(line["units"], line["name"], line["variant_name"], line["quantity"], line["is_sent"])
            for line in body["lines"]
        ),
        statements=tuple(
            Stated(
                datetime.fromisoformat(said["at"]),
                tuple(
                    StatedLine(line["name"], line["variant_name"], line["stopped"], line["returned"])
                    for line in said["lines"]
                ),
            )
            for said in body["statements"]
        ),
    )


def state(
    token: str, *, form_key: str, name: str, email: str, units: Mapping[str, int], confirmed: bool
) -> Answer | None:
    """Have a statement looked at, or kept where it is ``confirmed``; None for a bad link. Raises FulfilmentUnavailable.

    Sent twice under one key it is made once.
    """
    given = {"form_key": form_key, "name": name, "email": email, "units": dict(units), "confirmed": confirmed}
    body = ask("POST", f"withdrawals/{quote(token, safe='')}", LONGEST, given)
    return None if body is None else Answer(body["result"], body["errors"], body["message"])


def ask_for_link(number: str, email: str) -> None:
    """Have the page mailed to whom the order belongs, if it does. Raises FulfilmentUnavailable."""
    if ask("POST", "withdrawals/link", LONGEST, {"number": number, "email": email}) is None:
        raise FulfilmentUnavailable("it knows no such page")
