"""The packing slip as a PDF: what is in the box, who made it and where it goes. No prices: it may be a present."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import segno
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.paper import UNPRINTED, on_paper, printed
from fulfilment.entrypoints.portal.cards import Units
from fulfilment.entrypoints.portal.words import day
from fulfilment.flows.number_pieces import designers_of
from fulfilment.orders.pages import page
from fulfilment.partners.models import Partner
from fulfilment.pieces.models import Piece
from fulfilment.production.models import Task

HERE = Path(__file__).parent

Pieces = Mapping[int, Sequence[Piece]]
NONE: Pieces = {}


def packing_slip(
    task: Task, units: tuple[Units, ...], address: list[str], pieces: Pieces = NONE, card: str = ""
) -> bytes:
    """The PDF: one page or more, in Dutch; with the QR of each of the `pieces` (by task line). The `card` of a present,
    what its giver wrote, stands on a last page, to be cut out."""
    return printed(HERE / "slip.typ", slip_content(task, units, address, pieces, card))


def slip_content(
    task: Task, units: tuple[Units, ...], address: list[str], pieces: Pieces = NONE, card: str = ""
) -> dict[str, object]:
    """What stands on the slip, with the maker's mark under each piece."""
    designers = designers_of(task)
    told = {
        "title": _("Pakbon %(number)s") % {"number": task.order.number},
        "house": "Sociaal Gemaakt",
        "date": day(timezone.localdate()),
        "number": task.order.number,
        "authentic": _("Scan de code: wie dit ontwierp en maakte, en hoe je het verzorgt."),
        "labels": {
            "order": _("Pakbon bij bestelling"),
            "to": _("Af te halen door") if task.order.pickup_name else _("Voor"),
        },
        "address": address,
        "units": [
            {
                "quantity": row.quantity,
                "name": row.name,
                "variant": row.variant,
                "code": row.code,
                "mark": _mark(designers.get(row.key, []), task.producer),
            }
            for row in units
        ],
        "note": _note(task, units),
        "gift": _("Dit is een cadeau: nergens bij dit pakket staat een prijs.") if card else "",
        "card": card.split("\n") if card else [],
        "cut": _("Knip dit kaartje uit en leg het bovenop in de doos."),
        "footer": _("Samen ontworpen en gemaakt in Gent. Bewaar deze bon: zo weten we wat van jou is."),
    }
    content: dict[str, object] = on_paper(told)
    codes = [[_code(piece, task.order.language) for piece in pieces.get(row.key, ())] for row in units]
    missing = UNPRINTED in json.dumps(content, ensure_ascii=False)
    return {**content, "pieces": codes, "missing": _missing() if missing else ""}


def _code(piece: Piece, language: str) -> dict[str, str]:
    """The number of a piece, and the QR that opens its page in the language of who bought it."""
    link = page("piece", language, piece.token)
    drawn = segno.make(link, error="m", micro=False).svg_inline(border=0, dark="#1c1b19", omitsize=True)
    return {"number": _("Nr. %(number)s") % {"number": piece.number}, "qr": drawn}


def _missing() -> str:
    """What to do about it, for who packs."""
    told = _("Waar %(sign)s staat, hoort een letter die we niet kunnen drukken. Schrijf ze erbij, zoals op het scherm.")
    return told % {"sign": UNPRINTED}


def _note(task: Task, units: tuple[Units, ...]) -> str:
    """What the box does not hold, so that nobody thinks that something is missing."""
    here = sum(row.quantity for row in units)
    asked = sum(line.asked_quantity for line in task.lines.all())
    if here < asked or task.order.tasks.exclude(state__in=(Task.State.CANCELLED, Task.State.MOVED)).count() > 1:
        return _("Dit is een deel van de bestelling. De andere stukken komen apart, in een ander pakket.")
    return ""


def _mark(designers: list[str], producer: Partner) -> str:
    """The maker's mark in one line."""
    made = (
        _("gemaakt door %(name)s in %(city)s") % {"name": producer.name, "city": producer.city}
        if producer.city
        else _("gemaakt door %(name)s") % {"name": producer.name}
    )
    if not designers:
        return made
    return f"{_('ontworpen door %(names)s') % {'names': ', '.join(designers)}} · {made}"
