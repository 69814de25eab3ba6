"""Where every part of an order is made, and how far it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from structlog.contextvars import bind_contextvars

from shop.fulfilment.client import Part, Returned, TrackedLine, Tracking, lies_ready, tracking
from shop.fulfilment.client import document as printed
from shop.saleor.catalogue import ListedProduct
from shop.saleor.pictures import Picture
from shop.showing import known_pieces, pictures_of
from shop.tracking.headline import headline

STEPS = (
    ("accepted", gettext_lazy("Aangenomen")),
    ("making", gettext_lazy("In de maak")),
    ("ready", gettext_lazy("Klaar")),
    ("shipped", gettext_lazy("Verzonden")),
    ("delivered", gettext_lazy("Geleverd")),
)
_COLLECTED_STEPS = (*STEPS[:3], ("delivered", gettext_lazy("Afgehaald")))
"""Of what the buyer came for: nobody sent it."""

_AT_POINT = "at_point"
_POINT_STEPS = (
    *STEPS[:3],
    ("shipped", gettext_lazy("Naar het afhaalpunt")),
    (_AT_POINT, gettext_lazy("Ligt klaar om af te halen")),
    ("delivered", gettext_lazy("Afgehaald")),
)
"""Of what the buyer comes for at a collection point."""

_SENTENCES = {
    "waiting": ngettext_lazy(
        "%(names)s wacht op een plek op de werkbank van %(maker)s.",
        "%(names)s wachten op een plek op de werkbank van %(maker)s.",
        "pieces",
    ),
    "accepted": ngettext_lazy(
        "%(maker)s heeft %(names)s aangenomen en begint er binnenkort aan.",
        "%(maker)s heeft %(names)s aangenomen en begint er binnenkort aan.",
        "pieces",
    ),
    "making": ngettext_lazy(
        "%(names)s ligt nu bij %(maker)s op de werkbank.",
        "%(names)s liggen nu bij %(maker)s op de werkbank.",
        "pieces",
    ),
    "ready": ngettext_lazy(
        "%(names)s is klaar en wordt bij %(maker)s ingepakt.",
        "%(names)s zijn klaar en worden bij %(maker)s ingepakt.",
        "pieces",
    ),
    "shipped": ngettext_lazy("%(names)s is naar je onderweg.", "%(names)s zijn naar je onderweg.", "pieces"),
    "delivered": ngettext_lazy("%(names)s is bij je geleverd.", "%(names)s zijn bij je geleverd.", "pieces"),
    "collected": ngettext_lazy(
        "%(names)s is afgehaald bij %(maker)s.", "%(names)s zijn afgehaald bij %(maker)s.", "pieces"
    ),
    "shipped point": ngettext_lazy(
        "%(names)s is op weg naar je afhaalpunt.",
        "%(names)s zijn op weg naar je afhaalpunt.",
        "pieces",
    ),
    "lies ready point": ngettext_lazy(
        "%(names)s ligt klaar op je afhaalpunt.", "%(names)s liggen klaar op je afhaalpunt.", "pieces"
    ),
    "delivered point": ngettext_lazy("%(names)s is afgehaald.", "%(names)s zijn afgehaald.", "pieces"),
    "cancelled": ngettext_lazy("%(names)s is geannuleerd.", "%(names)s zijn geannuleerd.", "pieces"),
}
NOTICES = {
    "more_time": gettext_lazy("Het maken vraagt meer tijd dan we dachten."),
    "material": gettext_lazy("We wachten nog op materiaal."),
    "machine": gettext_lazy("Een van onze machines wordt hersteld."),
}
"""Why it takes longer, in the words of the mail that told it."""

_RETURNS = {
    "announced": gettext_lazy("Dit komt terug naar %(maker)s."),
    "expected": gettext_lazy("Dit is op weg terug naar %(maker)s."),
    "arrived": gettext_lazy("Dit is weer aangekomen bij %(maker)s."),
    "refunded": gettext_lazy("Dit kwam terug bij %(maker)s, en is terugbetaald."),
    "lost": gettext_lazy("Dit kwam niet aan bij %(maker)s. Heb je een bewijs van verzending? Laat het ons weten."),
}
_DOCUMENTS = {
    "aankoopbewijs": gettext_lazy("Aankoopbewijs"),
    "creditnota": gettext_lazy("Creditnota"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stop on the way; ``progress`` is done, current or ahead."""

    state: str
    label: str
    progress: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class PartView:
    """What one workshop makes, told to the buyer."""

    part: Part
    steps: tuple[Step, ...]
    sentence: str
    notice: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class ReturnView:
    """What comes back, told to the buyer."""

    returned: Returned
    sentence: str


@never_cache
@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a tracking link. Works without Saleor, then without pictures."""
    order = tracking(token)
    if order is None:
        raise Http404(_("Deze volglink klopt niet (meer)."))
    bind_contextvars(order=token.partition(".")[0])
    known = known_pieces(request)
    response = render(
        request,
        "tracking/track.html",
        {
            "order": order,
            "token": token,
            "parts": [_part_view(part, known, to_point=order.pickup is not None) for part in order.parts],
            "returns": [_return_view(returned) for returned in order.returns],
            "headline": headline(order),
            "is_awaited": _is_awaited(order),
            "documents": [(name, _document_name(name)) for name in order.documents],
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def document(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The proof of purchase, or of a refund, as fulfilment printed it."""
    pdf = printed(token, name)
    if pdf is None:
        raise Http404(_("Dit document is er niet (meer)."))
    file = slugify(_document_name(name).replace("’", " "))
    headers = {"Content-Disposition": f'inline; filename="{file}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _document_name(name: str) -> str:
    kind, _dash, number = name.partition("-")
    return f"{_DOCUMENTS[kind]} {number}"


def _part_view(part: Part, known: dict[str, ListedProduct], *, to_point: bool) -> PartView:
    return PartView(
        part=part,
        steps=() if part.state == "cancelled" else tuple(_steps(part, to_point)),
        sentence=_sentence(part, to_point),
        notice=str(NOTICES.get(part.notice, "")),
        pictures=pictures_of(part.lines, known),
    )


def _return_view(returned: Returned) -> ReturnView:
    return ReturnView(returned, str(_RETURNS[returned.state] % {"maker": returned.producer_name}))


def _steps(part: Part, to_point: bool) -> list[Step]:
    stops = _COLLECTED_STEPS if _is_collected(part) else _POINT_STEPS if to_point else STEPS
    reached: dict[str, datetime | None] = {**part.reached, _AT_POINT: _lies_there_since(part)}
    state = _AT_POINT if to_point and part.state == "shipped" and lies_ready([part]) else part.state
    at = next((index for index, (stop, _label) in enumerate(stops) if stop == state), -1)
    return [
        Step(
            state=state,
            label=str(label),
            progress="done" if index < at or part.state == "delivered" else "current" if index == at else "ahead",
            at=reached.get(state),
        )
        for index, (state, label) in enumerate(stops)
    ]


def _lies_there_since(part: Part) -> datetime | None:
    """When the last of what the buyer comes for came to lie at the collection point; None where not all of it did."""
    moments = [parcel.at_point_since for parcel in part.parcels]
    known = [moment for moment in moments if moment]
    return max(known) if known and len(known) == len(moments) else None


def _is_awaited(order: Tracking) -> bool:
    """Whether some of it is not with the buyer yet, and will be."""
    is_to_come = any(part.state not in ("delivered", "cancelled") for part in order.parts)
    return not order.is_cancelled and (is_to_come or bool(order.unrouted_lines))


def _is_collected(part: Part) -> bool:
    """Whether all of it is with the buyer, who came for it."""
    return part.state == "delivered" and part.was_collected


def _sentence(part: Part, to_point: bool) -> str:
    lines = _awaited(part)
    pieces = sum(line.quantity for line in lines)
    names = [line.name if line.quantity == 1 else f"{line.quantity} × {line.name}" for line in lines]
    state = "collected" if _is_collected(part) else f"{_how_far(part)} point" if to_point else part.state
    if state not in _SENTENCES:
        state = part.state
    return str(_SENTENCES[state] % {"names": _join(names), "maker": part.producer_name, "pieces": pieces})


def _how_far(part: Part) -> str:
    """The state of what goes to a collection point: ready once all that is not with the buyer yet lies there."""
    return "lies ready" if part.state == "shipped" and lies_ready([part]) else part.state


def _awaited(part: Part) -> Sequence[TrackedLine]:
    """What the sentence is about: what has still to leave the workshop, or, once all has, to arrive."""
    gone = Counter[tuple[str, str]]()
    for parcel in part.parcels:
        if part.state != "shipped" or parcel.delivered_at:
            for line in parcel.lines:
                gone[line.product_code, line.variant_name] += line.quantity
    left = [replace(line, quantity=line.quantity - gone[line.product_code, line.variant_name]) for line in part.lines]
    return [line for line in left if line.quantity > 0] or part.lines


def _join(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s en %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
