"""The packing slip as a PDF: what is in the box, who made it and where it goes. No prices: it may be a present."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import segno
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from fulfilment.entrypoints.paper import UNPRINTED, on_paper, printed
from fulfilment.entrypoints.portal.cards import Units
from fulfilment.entrypoints.templatetags.moments import day
from fulfilment.flows.number_pieces import designers_of
from fulfilment.orders.pages import page, spoken
from fulfilment.orders.places import town
from fulfilment.partners.models import Partner
from fulfilment.pieces.models import Piece
from fulfilment.production.models import Task

HERE = Path(__file__).parent

Pieces = Mapping[int, Sequence[Piece]]
NONE: Pieces = {}


def packing_slip(
    task: Task, units: tuple[Units, ...], address: list[str], pieces: Pieces = NONE, card: str = ""
) -> bytes:
    """The PDF: one page or more, in the language of the order; with the QR of each of the `pieces` (by task line). The
    `card` of a present, what its giver wrote, stands on a last page, to be cut out."""
    return printed(HERE / "slip.typ", slip_content(task, units, address, pieces, card))


def slip_content(
    task: Task, units: tuple[Units, ...], address: list[str], pieces: Pieces = NONE, card: str = ""
) -> dict[str, object]:
    """What stands on the slip, with the maker's mark under each piece; what is said to who packs it is in Dutch."""
    language = spoken(task.order.language)
    with override(language):
        told = {**_for_the_customer(task, units, address, is_present=bool(card)), "language": language}
        codes = [[_code(piece, language) for piece in pieces.get(row.key, ())] for row in units]
    told["card"] = card.split("\n") if card else []
    told["cut"] = _("Knip dit kaartje uit en leg het bovenop in de doos.")
    content: dict[str, object] = on_paper(told)
    missing = UNPRINTED in json.dumps(content, ensure_ascii=False)
    return {**content, "pieces": codes, "missing": _missing() if missing else ""}


def _for_the_customer(
    task: Task, units: tuple[Units, ...], address: list[str], *, is_present: bool
) -> dict[str, object]:
    """What who opens the box reads, in the language that is spoken now. Who packs it finds each piece by its code, and
    by the house's own name for a variant where the customer's is another."""
    designers = designers_of(task)
    gift = pgettext("customer", "Dit is een cadeau: nergens bij dit pakket staat een prijs.")
    to = pgettext("customer", "Af te halen door") if task.order.pickup_name else pgettext("customer", "Voor")
    return {
        "title": pgettext("customer", "Pakbon %(number)s") % {"number": task.order.number},
        "house": "Sociaal Gemaakt",
        "date": day(timezone.localdate(), "whole"),
        "number": task.order.number,
        "authentic": pgettext("customer", "Scan de code: wie dit ontwierp en maakte, en hoe je het verzorgt."),
        "labels": {"order": pgettext("customer", "Pakbon bij bestelling"), "to": to},
        "address": address,
        "units": [
            {
                "quantity": row.quantity,
                "name": row.name_told,
                "variant": row.variant_told,
                "code": row.code,
                "ours": row.variant if row.variant != row.variant_told else "",
                "mark": _mark(designers.get(row.key, []), task.producer),
            }
            for row in units
        ],
        "note": _note(task, units),
        "gift": gift if is_present else "",
        "footer": pgettext(
            "customer", "Samen ontworpen en gemaakt in Gent. Bewaar deze bon: zo weten we wat van jou is."
        ),
    }


def _code(piece: Piece, language: str) -> dict[str, str]:
    """The number of a piece, and the QR that opens its page in the language of who bought it."""
    link = page("piece", language, piece.token)
    drawn = segno.make(link, error="m", micro=False).svg_inline(border=0, dark="#1c1b19", omitsize=True)
    return {"number": pgettext("customer", "Nr. %(number)s") % {"number": piece.number}, "qr": drawn}


def _missing() -> str:
    """What to do about it, for who packs."""
    told = _("Waar %(sign)s staat, hoort een letter die we niet kunnen drukken. Schrijf ze erbij, zoals op het scherm.")
    return told % {"sign": UNPRINTED}


def _note(task: Task, units: tuple[Units, ...]) -> str:
    """What the box does not hold, so that nobody thinks that something is missing."""
    here = sum(row.quantity for row in units)
    asked = sum(line.asked_quantity for line in task.lines.all())
    if here < asked or task.order.tasks.exclude(state__in=(Task.State.CANCELLED, Task.State.MOVED)).count() > 1:
        return pgettext(
            "customer", "Dit is een deel van de bestelling. De andere stukken komen apart, in een ander pakket."
        )
    return ""


def _mark(designers: list[str], producer: Partner) -> str:
    """The maker's mark in one line."""
    made = (
        pgettext("customer", "gemaakt door %(name)s in %(city)s") % {"name": producer.name, "city": town(producer.city)}
        if producer.city
        else pgettext("customer", "gemaakt door %(name)s") % {"name": producer.name}
    )
    if not designers:
        return made
    designed = pgettext("customer", "ontworpen door %(names)s") % {"names": ", ".join(designers)}
    return f"{designed} · {made}"
