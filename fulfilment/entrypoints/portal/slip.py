"""The packing slip as a PDF: what is in the box, who made it and where it goes. No prices: it may be a present."""

import json
from collections import defaultdict
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.agreements.models import Term
from fulfilment.entrypoints.paper import UNPRINTED, on_paper, printed
from fulfilment.entrypoints.portal.cards import Units
from fulfilment.entrypoints.portal.words import day
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task
from fulfilment.routing.models import Assignment

HERE = Path(__file__).parent


def packing_slip(task: Task, units: tuple[Units, ...], address: list[str]) -> bytes:
    """The PDF: one page or more, in Dutch."""
    return printed(HERE / "slip.typ", slip_content(task, units, address))


def slip_content(task: Task, units: tuple[Units, ...], address: list[str]) -> dict[str, object]:
    """What stands on the slip, with the maker's mark under each piece."""
    designers = _designers(task)
    told = {
        "title": _("Pakbon %(number)s") % {"number": task.order.number},
        "house": "Sociaal Gemaakt",
        "date": day(timezone.localdate()),
        "number": task.order.number,
        "labels": {"order": _("Pakbon bij bestelling"), "to": _("Voor")},
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
        "footer": _("Samen ontworpen en gemaakt in Gent. Bewaar deze bon: zo weten we wat van jou is."),
    }
    content: dict[str, object] = on_paper(told)
    missing = UNPRINTED in json.dumps(content, ensure_ascii=False)
    return {**content, "missing": _missing() if missing else ""}


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


def _designers(task: Task) -> dict[int, list[str]]:
    """Names of designers by task line, in the rank of the agreement that the line was bought under."""
    agreements = dict(Assignment.objects.filter(decision_id=task.decision_id).values_list("line_id", "agreement_id"))
    names: dict[int, list[str]] = defaultdict(list)
    terms = Term.objects.filter(agreement_id__in=set(agreements.values()), partner__kind=Partner.Kind.DESIGNER)
    for agreement_id, name in terms.order_by("rank").values_list("agreement_id", "partner__name"):
        if name not in names[agreement_id]:
            names[agreement_id].append(name)
    return {
        line.pk: names[agreements[line.line_id]] for line in task.lines.all() if agreements.get(line.line_id) in names
    }
