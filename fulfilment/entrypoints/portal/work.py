"""Today's work, one task, and the steps of making it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.access import Bench, at_bench, choose
from fulfilment.entrypoints.portal.words import day
from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.partners.models import User
from fulfilment.partners.queries import is_coach
from fulfilment.production.models import Task
from fulfilment.production.queries import parcels_of, tasks_of
from fulfilment.production.rules import MAY_SAY, may_say
from fulfilment.returns.life import LIVE
from fulfilment.returns.models import Return
from fulfilment.returns.queries import returns_of

GONE_IS_NEWS = timedelta(days=7)
TO_MAKE = (Task.State.ACCEPTED, Task.State.MAKING)
ON_TABLE = (Task.State.WAITING, *TO_MAKE, Task.State.READY)
GONE = (Task.State.DECLINED, Task.State.CANCELLED, Task.State.MOVED)


class Flow(Protocol):
    """Something about a task or a parcel that needs nothing but a press of its button."""

    def __call__(self, public_id: str, /, *, by: User, now: datetime) -> None: ...


@at_bench
def today(request: HttpRequest, bench: Bench) -> HttpResponse:
    """What to do now: new, to make, ready; soonest first."""
    now = timezone.localtime()
    mine = tasks_of([bench.current.pk]).select_related("order").prefetch_related("lines__line", "impediments")
    table = [cards.task_card(task, now.date()) for task in mine.filter(state__in=ON_TABLE)]
    news = {
        state: mine.filter(state=state, steps__state=state, steps__at__gte=now - GONE_IS_NEWS).distinct()
        for state in (Task.State.CANCELLED, Task.State.MOVED)
    }
    context = {
        "bench": bench,
        "section": "today",
        "day": day(now.date()),
        "new": [card for card in table if card.state == Task.State.WAITING],
        "to_make": [card for card in table if card.state in TO_MAKE],
        "ready": [card for card in table if card.state == Task.State.READY],
        "late": sum(card.due.is_late for card in table),
        "declined": [cards.task_card(task, now.date()) for task in mine.filter(state=Task.State.DECLINED)],
        "dropped": [cards.task_card(task, now.date()) for task in news[Task.State.CANCELLED]],
        "moved": [cards.task_card(task, now.date()) for task in news[Task.State.MOVED]],
        "on_its_way": parcels_of([bench.current.pk]).filter(delivered_at=None).count(),
        "leads": is_coach(bench.user, bench.current),
        "comes_back": returns_of([bench.current.pk]).filter(state__in=LIVE).count(),
    }
    return render(request, "portal/today.html", context)


@at_bench
def task(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """What, how many, by when, how far; and the one thing to do next."""
    found = bench.task(task)
    parcels = found.parcels.select_related("task__order").prefetch_related("lines__task_line__line")
    left = cards.open_units(found)
    context = {
        "bench": bench.at(found.producer),
        "section": "today" if found.state in (*ON_TABLE, *GONE) else "parcels",
        "on_table": found.state in ON_TABLE,
        "task": cards.task_card(found, timezone.localdate()),
        "units": cards.wanted_units(found),
        "left": left,
        "several": sum(row.quantity for row in left) > 1,
        "address": cards.address(found.order_id) if found.state == Task.State.READY else [],
        "is_collected": bool(found.order.pickup_name),
        "note": cards.customer_note(found),
        "has_card": found.state == Task.State.READY and bool(cards.gift_message(found)),
        "parcels": cards.parcel_cards(parcels),
        "steps": cards.steps(found),
        "comes_back": found.returns.exclude(state=Return.State.WITHDRAWN).exists(),
        "hindrances": cards.hindrances(found),
        "can_say": any(may_say(kind, found.state) for kind in MAY_SAY),
        "undo_to": cards.undo_to(found),
        "subject": _("Bestelling %(number)s bij %(name)s")
        % {"number": found.order.number, "name": found.producer.name},
    }
    return render(request, "portal/task.html", context)


@at_bench
def accept(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    return _step(request, bench, task, work_task.accept, _("Goed. Dit werk is van jullie."))


@at_bench
def start(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    return _step(request, bench, task, work_task.start, _("Goed bezig. De klant ziet dat je begonnen bent."))


@at_bench
def finish(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    return _step(request, bench, task, work_task.finish, _("Mooi. Pak het nu in en verzend het."))


@at_bench
def undo(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The last step was pressed by mistake: back to before it."""
    flow = partial(work_task.undo, step=request.POST.get("step", ""))
    return _step(request, bench, task, flow, _("Teruggezet. De klant ziet het ook."))


@at_bench
def switch(request: HttpRequest, bench: Bench, workshop: str) -> HttpResponse:
    """See the work of another of one's own workshops."""
    found = bench.workshop(workshop)
    if request.method == "POST":
        choose(request, found)
    return redirect("portal:today")


def _step(request: HttpRequest, bench: Bench, public_id: str, flow: Flow, said: str) -> HttpResponse:
    """Take a step and show the task again. Who comes by GET (after logging in again) just sees the task."""
    found = bench.task(public_id)
    press(request, bench, found.public_id, flow, said)
    return redirect("portal:task", found.public_id)


def press(request: HttpRequest, bench: Bench, public_id: str, flow: Flow, said: str) -> None:
    """Do what a pressed button is for, and say so, or why it was refused. By GET nothing was pressed."""
    if request.method != "POST":
        return
    try:
        flow(public_id, by=bench.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
