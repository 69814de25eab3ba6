"""Sending a parcel, one question at a time, and what happens to it afterwards.

The questions (what is in it, who takes it, which code) are answered one by one in the address; only the last page
changes something. So it works without JavaScript, and going back is the browser's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.form_keys import given_key, new_key
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
from fulfilment.entrypoints.portal.slip import Pieces, packing_slip
from fulfilment.entrypoints.portal.work import Flow, press
from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.flows.number_pieces import in_parcel, to_pack
from fulfilment.production.models import Parcel, Task
from fulfilment.production.queries import parcels_of, sent_with
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, has_tracking, label_as_seen
from fulfilment.returns.queries import returns_of

ARRIVED_ON_PAGE = 20


@dataclass(frozen=True)
class Sending:
    """What the questions before the last one were answered with, and the key of the form."""

    quantities: Mapping[int, int]
    carrier: str
    form_key: str


@at_bench
def ship(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The next question that is not answered yet; a POST of the last page sends the parcel.

    The key of the form is in the address from the first answer on: who comes back to any of these pages, or sends one
    again, finds the parcel that it has sent.
    """
    found = bench.task(task)
    given = request.POST if request.method == "POST" else request.GET
    key = given_key(given)
    if sent_with(found, key) is not None:
        messages.success(request, _("Dit pakket was al verzonden."))
        return redirect("portal:task", found.public_id)
    if found.state != Task.State.READY:
        messages.error(request, _("Deze taak kan nu niet verzonden worden."))
        return redirect("portal:task", found.public_id)
    return _next_question(request, bench, found, given.dict(), key)


def _next_question(request: HttpRequest, bench: Bench, task: Task, given: Mapping[str, Any], key: str) -> HttpResponse:
    left = cards.open_units(task)
    alone = len(left) == 1 and left[0].quantity == 1
    if alone and not any(name.startswith(PREFIX) for name in given):
        given = {**given, f"{PREFIX}{left[0].key}": 1}
    address = reverse("portal:ship", args=[task.public_id])
    answers: dict[str, object] = {"form_key": key or new_key()}
    earlier = task.parcels.select_related("task__order").prefetch_related("lines__task_line__line")
    context = {
        "bench": bench.at(task.producer),
        "section": "today",
        "task": cards.task_card(task, timezone.localdate()),
        "earlier": cards.parcel_cards(earlier),
        "questions": 2 if alone else 3,
        "answers": answers,
        "back_to_units": f"{address}?{urlencode(answers)}",
    }
    units = UnitsForm(given if any(name.startswith(PREFIX) for name in given) else None, left)
    if not units.is_valid():
        context |= {"form": units, "rows": [(row, units[f"{PREFIX}{row.key}"]) for row in left]}
        return render(request, "portal/ship_units.html", context, status=422 if units.is_bound else 200)
    answers |= {f"{PREFIX}{line}": quantity for line, quantity in units.quantities().items()}
    carrier = CarrierForm(given if "carrier" in given else None)
    if not carrier.is_valid():
        context |= {"form": carrier, "choices": carrier_choices()}
        return render(request, "portal/ship_carrier.html", context, status=422 if carrier.is_bound else 200)
    context["back_to_carrier"] = f"{address}?{urlencode(answers)}"
    answers["carrier"] = carrier.cleaned_data["carrier"]
    return _label(request, bench, task, Sending(units.quantities(), carrier.cleaned_data["carrier"], key), context)


def _label(
    request: HttpRequest, bench: Bench, task: Task, sending: Sending, context: dict[str, object]
) -> HttpResponse:
    """The last page: the code, and everything once more before it is sent."""
    form = LabelForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _send(form, bench, task, sending):
        said = _("Het is afgehaald.") if sending.carrier == COLLECTED else _("Het pakket is weg.")
        messages.success(request, f"{said} {_('De klant krijgt een mail.')}")
        return redirect("portal:task", task.public_id)
    names = {units.key: units for units in cards.open_units(task)}
    context |= {
        "form": form,
        "carrier_name": CARRIER_NAMES[sending.carrier],
        "has_tracking": has_tracking(sending.carrier),
        "collected": sending.carrier == COLLECTED,
        "slip": f"{reverse('portal:task_slip', args=[task.public_id])}?{_packed(sending)}",
        "in_parcel": [(quantity, names[line]) for line, quantity in sending.quantities.items() if quantity],
        "address": cards.address(task.order_id),
    }
    return render(request, "portal/ship_label.html", context, status=422 if form.errors else 200)


def _packed(sending: Sending) -> str:
    """What goes into the parcel, as the address of its slip says it."""
    return urlencode({f"{PREFIX}{line}": quantity for line, quantity in sending.quantities.items()})


def _send(form: LabelForm, bench: Bench, task: Task, sending: Sending) -> bool:
    """Whether the parcel was sent; else the form says why it was not."""
    if not sending.form_key:
        form.add_error(None, _("Dit formulier klopt niet meer. Open de taak opnieuw en probeer nog eens."))
        return False
    try:
        work_task.ship(
            task.public_id,
            quantities=sending.quantities,
            carrier=sending.carrier,
            tracking_code=form.cleaned_data["tracking_code"],
            same_code=form.cleaned_data["same_code"],
            form_key=sending.form_key,
            by=bench.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.refuse(refusal)
    return not form.errors


@at_bench
def parcels(request: HttpRequest, bench: Bench) -> HttpResponse:
    """What is on its way, and what arrived last."""
    mine = parcels_of([bench.current.pk]).select_related("task__order").prefetch_related("lines__task_line__line")
    over = Paginator(mine.exclude(delivered_at=None).order_by("-delivered_at", "-pk"), ARRIVED_ON_PAGE)
    arrived = over.get_page(request.GET.get("pagina"))
    context = {
        "bench": bench,
        "section": "parcels",
        "comes_back": returns_of([bench.current.pk]).exists(),
        "on_its_way": cards.parcel_cards(mine.filter(delivered_at=None)),
        "arrived": cards.parcel_cards(arrived.object_list),
        "page": arrived,
    }
    return render(request, "portal/parcels.html", context)


@at_bench
def lay_ready(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """The parcel lies at the collection point."""
    said = _("Het ligt klaar. De klant krijgt een mail om het te komen halen.")
    return _press(request, bench.parcel(parcel), bench, work_task.lay_ready, said)


@at_bench
def undo_lay_ready(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """It does not lie there yet after all."""
    said = _("Teruggezet. De klant krijgt een mail dat het er nog niet ligt.")
    return _press(request, bench.parcel(parcel), bench, work_task.undo_lay_ready, said)


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
    as_it_is = {"carrier": found.carrier, "tracking_code": found.tracking_code}
    form = TrackingForm(request.POST if request.method == "POST" else None, initial=as_it_is)
    if form.is_valid() and _correct(request, form, bench, found):
        return redirect("portal:task", found.task.public_id)
    context = {
        "bench": bench.at(found.task.producer),
        "section": "parcels",
        "task": found.task,
        "number": found.task.order.number,
        "parcel": found,
        "seen": label_as_seen(found.carrier, found.tracking_code),
        "carriers": DELIVERING,
        "form": form,
    }
    return render(request, "portal/tracking.html", context, status=422 if form.errors else 200)


def _correct(request: HttpRequest, form: TrackingForm, bench: Bench, parcel: Parcel) -> bool:
    """Whether the rules took the correction, and said so; else the form says why they did not."""
    try:
        changed = work_task.correct_tracking(
            parcel.public_id,
            carrier=form.cleaned_data["carrier"],
            tracking_code=form.cleaned_data["tracking_code"],
            same_code=form.cleaned_data["same_code"],
            by=bench.user,
            now=timezone.now(),
            seen=form.cleaned_data["seen"],
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    said = _("Verbeterd. De klant krijgt een mail.") if changed else _("Er is niets veranderd.")
    messages.success(request, said)
    return True


@at_bench
def task_slip(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The packing slip to put in the box before it is closed: of what goes into it, where the address says that; else
    of all that has still to leave."""
    found = bench.task(task)
    if found.state != Task.State.READY:
        messages.error(request, _("Er is nu geen pakbon voor deze taak."))
        return redirect("portal:task", found.public_id)
    units = cards.open_units(found)
    packed = UnitsForm(request.GET, units)
    if packed.is_valid():
        quantities = packed.quantities()
        units = tuple(replace(row, quantity=quantities[row.key]) for row in units if quantities[row.key])
    going = to_pack({row.key: row.quantity for row in units})
    return _pdf(found, units, cards.address(found.order_id), going, cards.gift_message(found))


@at_bench
def parcel_slip(request: HttpRequest, bench: Bench, parcel: str) -> HttpResponse:
    """The packing slip of a parcel; once it arrived, without the address."""
    found = bench.parcel(parcel)
    card = cards.gift_message(found.task, found)
    return _pdf(found.task, cards.parcel_units(found), _address_of(found), in_parcel(found), card)


def _address_of(parcel: Parcel) -> list[str]:
    return cards.address(parcel.task.order_id) if parcel.delivered_at is None else []


def _pdf(task: Task, units: tuple[cards.Units, ...], address: list[str], pieces: Pieces, card: str) -> HttpResponse:
    name = f"pakbon-{task.order.number}.pdf"
    return HttpResponse(
        packing_slip(task, units, address, pieces, card),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
