"""The log of who changed what, from what, to what, for people: beside a row, and as one list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pghistory.models import Context, Event

from fulfilment.entrypoints.backoffice.base import moment
from fulfilment.entrypoints.backoffice.steps import name_of
from fulfilment.money import percent, written
from fulfilment.partners.models import User
from fulfilment.payouts.rules import CURRENCY

PER_PAGE = 50
BESIDE = 10
"""How many of the last changes stand beside a row."""
DEEDS: dict[str, Promise] = {
    "insert": gettext_lazy("gemaakt"),
    "update": gettext_lazy("veranderd"),
    "delete": gettext_lazy("weggehaald"),
}
"""What happened to a row, by the label of its event. Those with another (`stood`) say what was before the log began."""
UNIT = re.compile(r" \((cent|basispunten)\)$")
"""What the name of a field says of how it is kept, and not of how it is shown."""
SILENT = ("id", "public_id", "is_staff", "date_joined")
"""Fields that say nothing to people."""


@dataclass(frozen=True)
class Value:
    """One field of a change; what was, or is, empty is a dash."""

    name: str
    was: str
    is_now: str


@dataclass(frozen=True)
class Change:
    """One row that was made, changed or removed; `by` is empty where the program or a command did it."""

    at: datetime
    deed: str
    what: str
    by: str
    values: tuple[Value, ...]


def changes(of: Model | None = None, *, most: int = PER_PAGE) -> list[Change]:
    """The last changes, the newest first: of everything that is logged, or of a row and of what names it."""
    found: list[Iterator[Event]] = []
    for model in _logs():
        names = _naming(model, of) if of is not None else Q()
        if names is not None:
            events: QuerySet[Any] = model._default_manager.filter(names, pgh_label__in=DEEDS).order_by(
                "-pgh_created_at", "-pgh_id"
            )
            found.append(iter(events.select_related("pgh_context")[:most]))
    newest = list(islice(merge(*found, key=lambda event: event.pgh_created_at, reverse=True), most))
    people = User.objects.in_bulk({pk for event in newest if (pk := _doer(event))})
    return [_told(event, people.get(_doer(event) or 0)) for event in newest]


def _logs() -> list[type[Event]]:
    return [model for model in apps.get_models() if issubclass(model, Event)]


def _naming(model: type[Event], of: Model) -> Q | None:
    """What of a log is about a row: the row itself, and every row that names it; None where nothing can."""
    names = [field.name for field in model._meta.fields if field.related_model is type(of)]
    if not names:
        return None
    found = Q()
    for name in names:
        found |= Q(**{name: of.pk})
    return found


def _doer(event: Any) -> int | None:
    context: Context | None = event.pgh_context
    return context.metadata.get("user") if context else None


def _told(event: Any, by: User | None) -> Change:
    model: type[Model] = event.pgh_tracked_model
    former = (
        type(event)
        ._default_manager.filter(pgh_obj_id=event.pgh_obj_id, pgh_id__lt=event.pgh_id)
        .order_by("-pgh_id")
        .first()
    )
    return Change(
        at=event.pgh_created_at,
        deed=str(DEEDS[event.pgh_label]),
        what=f"{capfirst(model._meta.verbose_name)} {_name(event, model)}",
        by=name_of(by),
        values=tuple(_values(event, former)),
    )


def _name(event: Any, model: type[Model]) -> str:
    """What a row is called, as it was called then."""
    row = model(**{field.attname: getattr(event, field.attname) for field in _kept(event)})
    try:
        return str(row)
    except ObjectDoesNotExist:  # what it is called by is gone as well
        return str(event.pgh_obj_id)


def _kept(event: Any) -> list[Any]:
    return [field for field in event._meta.concrete_fields if not field.name.startswith("pgh_")]


def _values(event: Any, former: Any) -> Iterator[Value]:
    """The fields that differ from before; of a row that was made all that say something, of one that went none."""
    if event.pgh_label == "delete":
        return
    for field in _kept(event):
        if field.name in SILENT:
            continue
        was = _shown(former, field) if former is not None else "–"
        is_now = _shown(event, field)
        if was != is_now:
            yield Value(capfirst(UNIT.sub("", str(field.verbose_name))), was, is_now)


def _shown(event: Any, field: Any) -> str:
    value = getattr(event, field.attname)
    if value in (None, ""):
        return "–"
    if field.related_model is not None:
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row) if row is not None else _("nr. %(pk)s, die er niet meer is") % {"pk": value}
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _as_people_read(field.name, value)


def _as_people_read(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if name.endswith("_minor"):
        return written(value, CURRENCY)
    return f"{percent(value)} %" if name.endswith("basis_points") else str(value)


def page(number: int) -> dict[str, Any]:
    """What the list shows: a page of changes, and the numbers of those beside it; 0 where there is none."""
    first = (number - 1) * PER_PAGE
    found = changes(most=first + PER_PAGE + 1)[first:]
    return {
        "changes": found[:PER_PAGE],
        "newer": number - 1,
        "older": number + 1 if len(found) > PER_PAGE else 0,
    }


class Logged:
    """A room beside whose rows the last changes of each stand: of the row, and of what names it."""

    change_form_outer_after_template = "backoffice/history_beside.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row: Model | None = kwargs.get("obj")
        context["changes"] = changes(row, most=BESIDE) if row is not None else []
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
