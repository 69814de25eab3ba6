"""Sending a parcel, one question at a time, and what happens to it afterwards.

The questions (what is in it, who takes it, which code) are answered one by one in the address; only the last page
changes something. So it works without JavaScript, and going back is the browser's own.
"""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.access import Bench, at_bench
from fulfilment.entrypoints.portal.forms import (
    DELIVERING,
    PREFIX,
    CarrierForm,
    LabelForm,
    TrackingForm,
    UnitsForm,
    carrier_choices,
)
from fulfilment.entrypoints.portal.slip import packing_slip
from fulfilment.entrypoints.portal.work import Flow, press
from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.production.models import Parcel, Task
from fulfilment.production.queries import parcels_of
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, has_tracking

ARRIVED_ON_PAGE = 20


@at_bench
def ship(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The next question that is not answered yet; a POST of the last page sends the parcel."""
    found = bench.task(task)
    given = request.POST if request.method == "POST" else request.GET
    key = str(given.get("form_key", ""))
    again = request.method == "POST" and found.parcels.filter(form_key=f"{found.public_id}:{key}").exists()
    if again:
        messages.success(request, _("Dit pakket was al verzonden."))
        return redirect("portal:task", found.public_id)
    if found.state != Task.State.READY:
        messages.error(request, _("Deze taak kan nu niet verzonden worden."))
        return redirect("portal:task", found.public_id)
    left = cards.open_units(found)
    alone = len(left) == 1 and left[0].quantity == 1
    asked: Mapping[str, object] = given
    if alone and not any(name.startswith(PREFIX) for name in given):
        asked = {f"{PREFIX}{left[0].key}": 1}
    context = {
        "bench": bench.at(found.producer),
        "section": "today",
        "task": cards.task_card(found, timezone.localdate()),
        "left": left,
        "questions": 2 if alone else 3,
    }
    answered = any(name.startswith(PREFIX) for name in asked)
    units = UnitsForm(asked if answered else None, left)
    if not units.is_valid():
        rows = [(row, units[f"{PREFIX}{row.key}"]) for row in left]
        return render(
            request, "portal/ship_units.html", {**context, "form": units, "rows": rows}, status=422 if answered else 200
        )
    quantities = units.quantities()
    context["hidden"] = [(f"{PREFIX}{line}", quantity) for line, quantity in quantities.items()]
    context["back_to_units"] = f"{reverse('portal:ship', args=[found.public_id])}"
    carrier = CarrierForm(given if "carrier" in given else None)
    if not carrier.is_valid():
        status = 422 if carrier.is_bound else 200
        choices = carrier_choices()
        return render(
            request, "portal/ship_carrier.html", {**context, "form": carrier, "choices": choices}, status=status
        )
    return _label(request, bench, found, quantities, carrier.cleaned_data["carrier"], context)


def _label(
    request: HttpRequest, bench: Bench, task: Task, quantities: dict[int, int], carrier: str, context: dict[str, object]
) -> HttpResponse:
    """The last page: the code, and everything once more before it is sent."""
    error = ""
    form = LabelForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            try:
                work_task.ship(
                    task.public_id,
                    quantities=quantities,
                    carrier=carrier,
                    tracking_code=form.cleaned_data["tracking_code"],
                    form_key=form.cleaned_data["form_key"],
                    by=bench.user,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                error = refusal.message
            else:
                said = _("Het is opgehaald.") if carrier == COLLECTED else _("Het pakket is weg.")
                messages.success(request, f"{said} {_('De klant krijgt een mail.')}")
                return redirect("portal:task", task.public_id)
        else:
            error = _("Dit formulier klopt niet meer. Open de taak opnieuw en probeer nog eens.")
    names = {units.key: units for units in cards.open_units(task)}
    address = reverse("portal:ship", args=[task.public_id])
    chosen = {f"{PREFIX}{line}": quantity for line, quantity in quantities.items()}
    context |= {
        "error": error,
        "carrier": carrier,
        "carrier_name": CARRIER_NAMES[carrier],
        "has_tracking": has_tracking(carrier),
        "collected": carrier == COLLECTED,
        "tracking_code": request.POST.get("tracking_code", ""),
        "form_key": request.POST.get("form_key") or secrets.token_urlsafe(16),
        "in_parcel": [(quantity, names[line]) for line, quantity in quantities.items() if quantity],
        "address": cards.address(task.order_id),
        "back_to_carrier": f"{address}?{urlencode(chosen)}",
    }
    return render(request, "portal/ship_label.html", context, status=422 if error else 200)


@at_bench
def parcels(request: HttpRequest, bench: Bench) -> HttpResponse:
    """What is on its way, and what arrived last."""
    mine = parcels_of([bench.current.pk]).select_related("task__order").prefetch_related("lines__task_line__line")
    context = {
        "bench": bench,
        "section": "parcels",
        "on_its_way": cards.parcel_cards(mine.filter(delivered_at=None)),
        "arrived": cards.parcel_cards(mine.exclude(delivered_at=None).order_by("-delivered_at")[:ARRIVED_ON_PAGE]),
    }
    return render(request, "portal/parcels.html", context)


@at_bench
def deliver(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """The parcel arrived."""
    return _press(request, bench.parcel(parcel), bench, work_task.deliver, _("Geleverd. Goed gedaan."))


@at_bench
def undo_delivery(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """It did not arrive after all."""
    return _press(request, bench.parcel(parcel), bench, work_task.undo_delivery, _("Teruggezet. Het is weer onderweg."))


def _press(request: HttpRequest, parcel: Parcel, bench: Bench, flow: Flow, said: str) -> HttpResponse:
    """What one press does to a parcel; then back to where the button stood: the list, or the task."""
    press(request, bench, parcel.public_id, flow, said)
    if request.POST.get("from") == "list":
        return redirect("portal:parcels")
    return redirect("portal:task", parcel.task.public_id)


@at_bench
def tracking(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """Correct what was typed wrong on the way out."""
    found = bench.parcel(parcel)
    if found.delivered_at is not None:
        messages.error(request, _("Dit pakket is al geleverd. De trackingcode blijft zoals ze is."))
        return redirect("portal:task", found.task.public_id)
    form = TrackingForm(request.POST or None)
    error = ""
    if request.method == "POST":
        if form.is_valid():
            try:
                work_task.correct_tracking(
                    found.public_id,
                    carrier=form.cleaned_data["carrier"],
                    tracking_code=form.cleaned_data["tracking_code"],
                    by=bench.user,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                error = refusal.message
            else:
                messages.success(request, _("Verbeterd. De klant ziet nu de juiste code."))
                return redirect("portal:task", found.task.public_id)
        else:
            error = _("Kies wie het pakket wegbrengt en vul de code in.")
    context = {
        "bench": bench.at(found.task.producer),
        "section": "parcels",
        "task": found.task,
        "number": found.task.order.number,
        "parcel": found,
        "carriers": DELIVERING,
        "carrier": request.POST.get("carrier", found.carrier),
        "tracking_code": request.POST.get("tracking_code", found.tracking_code),
        "error": error,
    }
    return render(request, "portal/tracking.html", context, status=422 if error else 200)


@at_bench
def task_slip(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The packing slip of what has still to leave, to put in the box before it is closed."""
    found = bench.task(task)
    if found.state != Task.State.READY:
        messages.error(request, _("Er is nu geen pakbon voor deze taak."))
        return redirect("portal:task", found.public_id)
    return _pdf(found, cards.open_units(found), cards.address(found.order_id))


@at_bench
def parcel_slip(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """The packing slip of a parcel; once it arrived, without the address."""
    found = bench.parcel(parcel)
    return _pdf(found.task, cards.parcel_units(found), _address_of(found))


def _address_of(parcel: Parcel) -> list[str]:
    return cards.address(parcel.task.order_id) if parcel.delivered_at is None else []


def _pdf(task: Task, units: tuple[cards.Units, ...], address: list[str]) -> HttpResponse:
    name = f"pakbon-{task.order.number}.pdf"
    return HttpResponse(
        packing_slip(task, units, address),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
