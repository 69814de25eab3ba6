"""Fulfilment's storefront API, of one piece: who designed and made it, and how it was cared for."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from shop.fulfilment.client import LONGEST, ask


@dataclass(frozen=True, slots=True)
class CareNote:
    """What somebody who has it wrote of its care or repair."""

    id: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One object of an edition, and nothing of whoever has it."""

    product_code: str
    name: str
    variant_name: str
    sku: str
    number: int
    designers: tuple[str, ...]
    producer_slug: str
    producer_name: str
    producer_city: str
    made_on: date
    notes: tuple[CareNote, ...]


def piece(token: str) -> Piece | None:
    """The piece of a QR; None for one that is none of ours. Raises FulfilmentUnavailable."""
    body = ask("GET", f"pieces/{quote(token, safe='')}", LONGEST)
    if body is None:
        return None
    return Piece(
        product_code=body["product_code"],
        name=body["name"],
        variant_name=body["variant_name"],
        sku=body.get("sku", ""),
        number=body["number"],
        designers=tuple(body["designers"]),
        producer_slug=body["producer"]["slug"],
        producer_name=body["producer"]["name"],
        producer_city=body["producer"]["city"],
        made_on=date.fromisoformat(body["made_on"]),
        notes=tuple(CareNote(note["id"], date.fromisoformat(note["on"]), note["text"]) for note in body["notes"]),
    )


def keep_note(token: str, *, on: date, text: str, form_key: str) -> dict[str, str]:
    """Keep a note; what is wrong with it, by field, or nothing. Raises FulfilmentUnavailable.

    Sent twice under one key it is kept once.
    """
    given: dict[str, object] = {"form_key": form_key, "on": on.isoformat(), "text": text}
    body = ask("POST", f"pieces/{quote(token, safe='')}/notes", LONGEST, given)
    return dict(body["errors"]) if body else {}


def take_note_away(token: str, note: str) -> None:
    """It is gone; a second time changes nothing. Raises FulfilmentUnavailable."""
    ask("POST", f"pieces/{quote(token, safe='')}/notes/{quote(note, safe='')}/remove", LONGEST)
