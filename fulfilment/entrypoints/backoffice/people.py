"""Somebody asks what we keep of them, or to be forgotten: looked up by their address, and done in one press.

The address travels in the body of a form alone: never in an address of a page, which logs and histories keep.
"""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import attempt, staff
from fulfilment.entrypoints.backoffice.fields import uncut
from fulfilment.entrypoints.backoffice.steps import name_of
from fulfilment.flows import export_person, forget_person
from fulfilment.forgetting.models import Erasure
from fulfilment.gateways.saleor.connect import connected
from fulfilment.partners.models import User

SHOWN = 20


class AddressForm(forms.Form):
    """Whose it is about."""

    email = forms.EmailField(
        label=gettext_lazy("E-mailadres"),
        max_length=320,
        error_messages={
            "required": gettext_lazy("Vul het e-mailadres in van wie het vraagt."),
            "invalid": gettext_lazy("Dit is geen e-mailadres. Kijk het na: zoals an@voorbeeld.be."),
            "max_length": gettext_lazy("Zo lang is geen e-mailadres. Kijk het na."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uncut(self.fields["email"].widget.attrs)


def page(request: HttpRequest) -> dict[str, Any]:
    """What the page shows: the form; once it was sent, all there is of that person; and what was asked before."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    person = None
    if form.is_bound:
        if form.is_valid():
            person = _looked_up(request, form.cleaned_data["email"])
        elif "email" in form.errors:
            form.fields["email"].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "email-fout"}
    return {"form": form, "person": person, "requests": _requests()}


def _looked_up(request: HttpRequest, email: str) -> forget_person.Person | None:
    found: list[forget_person.Person] = []
    attempt(request, lambda: found.append(forget_person.look_up(email, connected())))
    return next(iter(found), None)


def export_file(request: HttpRequest, email: str, now: datetime) -> HttpResponse | None:
    """The file with all there is of somebody; None, and it was told why, where it cannot be made whole."""
    found: list[dict[str, Any]] = []
    if not attempt(request, lambda: found.append(export_person.export(email, connected(), now=now))):
        return None
    text = json.dumps(found[0], ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    day = timezone.localtime(now).strftime("%Y-%m-%d")
    answer["Content-Disposition"] = f'attachment; filename="gegevens-{day}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


def forget(request: HttpRequest, email: str, now: datetime) -> None:
    """Have somebody forgotten, and say what follows. Where nothing goes and nothing would later, nothing is asked."""
    attempt(request, lambda: _asked(email, now, staff(request)))


def _asked(email: str, now: datetime, by: User) -> str:
    person = forget_person.look_up(email, connected())
    if not person.can_be_asked:
        return _nothing_asked(person)
    forget_person.ask(email, now=now, by=by)
    told = []
    if person.something_goes:
        told.append(_("Gewist wat hier weg mag."))
    if person.goes_at_saleor:
        told.append(_("Wat in Saleor weg mag, gaat daar binnen enkele minuten weg."))
    if any(one.by_itself for one in person.stays):
        told.append(
            _("Wat nog nodig is, blijft zolang: elk uur kijken we opnieuw, en wat dan niet meer nodig is, gaat weg.")
        )
    return " ".join([*told, _("Hieronder zie je hoe ver het staat.")])


def _nothing_asked(person: forget_person.Person) -> str:
    if person.asked_at:
        return _("Dit was al gevraagd. Hieronder zie je hoe ver het staat.")
    if person.erased_at:
        day = date_format(timezone.localtime(person.erased_at), "j F Y, H:i")
        return _("Dit was al gewist, op %(day)s. Er is niets meer dat nog weg kan.") % {"day": day}
    return _("Er is niets gewist: van dit adres vinden we niets dat weg kan. Schreef de klant met een ander adres?")


def _requests() -> list[dict[str, Any]]:
    """The last requests, by the beginning of the hash: nobody is named."""
    rows = Erasure.objects.select_related("asked_by")[:SHOWN]
    return [
        {
            "row": row,
            "mark": row.address_hash[:10],
            "by": name_of(row.asked_by) or _("na het terugzetten van een back-up"),
        }
        for row in rows
    ]
