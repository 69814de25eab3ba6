"""What comes back to a workshop: that it is here, and how each piece of it is.

As with shipping, the answers stand in the address and only the last page changes something: it works without
JavaScript, and going back is the browser's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.access import Bench, at_bench
from fulfilment.entrypoints.portal.cards import Choice, Units
from fulfilment.entrypoints.portal.forms import PREFIX, ArrivedForm
from fulfilment.entrypoints.portal.work import press
from fulfilment.flows import work_return
from fulfilment.returns.life import TO_COME
from fulfilment.returns.models import Return
from fulfilment.returns.queries import returns_of
from fulfilment.returns.rules import Verdict

JUDGED_IS_NEWS = timedelta(days=30)

VERDICTS = {
    "new": (gettext_lazy("Als nieuw"), "check", gettext_lazy("Het kan weer verkocht worden.")),
    "mend": (gettext_lazy("Te herstellen"), "tool", gettext_lazy("Na wat werk is het weer goed.")),
    "spoilt": (
        gettext_lazy("Stuk of weg"),
        "cross",
        gettext_lazy("Het is niet meer te redden, of het zit er niet bij."),
    ),
}
"""What can be said of a piece, with the pictogram of its button and what it means."""


@at_bench
def coming(request: HttpRequest, bench: Bench) -> HttpResponse:
    """What is on its way back, what waits to be looked at, and what was looked at last."""
    mine = returns_of([bench.current.pk]).select_related("order", "task").prefetch_related("lines__task_line__line")
    judged = mine.filter(state=Return.State.JUDGED).order_by("-moved_at")
    news = judged.filter(moved_at__gte=timezone.now() - JUDGED_IS_NEWS)
    context = {
        "bench": bench,
        "section": "parcels",
        "on_its_way": cards.return_cards(mine.filter(state__in=TO_COME)),
        "to_judge": cards.return_cards(mine.filter(state=Return.State.RECEIVED)),
        "to_mend": cards.return_cards(news.filter(lines__to_mend__gt=0).distinct()),
        "judged": cards.return_cards(news.exclude(lines__to_mend__gt=0)),
    }
    return render(request, "portal/returns.html", context)


@dataclass(frozen=True)
class Asking:
    """A return about which somebody answers questions, with the address of the pages and what was answered so far."""

    request: HttpRequest
    bench: Bench
    back: Return
    address: str
    answers: dict[str, object]

    def page(self, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
        """The page of a question; back leads to the one before it."""
        before = dict(list(self.answers.items())[:-1])
        there = f"{self.address}?{urlencode(before)}" if before else self.address
        common = {
            "bench": self.bench.at(self.back.task.producer),
            "section": "parcels",
            "task": cards.task_card(self.back.task, timezone.localdate()),
            "address": self.address,
            "answers": self.answers,
            "back": there if self.answers else reverse("portal:returns"),
        }
        return render(self.request, template, {**common, **context}, status=status)


def _asking(request: HttpRequest, bench: Bench, back: Return, name: str) -> Asking:
    return Asking(request, bench, back, reverse(f"portal:{name}", args=[back.public_id]), {})


@at_bench
def receive(request: HttpRequest, bench: Bench, back: str) -> HttpResponse:
    """How many of what arrived; a POST of the last page says so."""
    found = bench.coming_back(back)
    if not _may(request, found, "receive", _("Dit was al aangekomen.")):
        return redirect("portal:returns")
    asking = _asking(request, bench, found, "receive")
    given: dict[str, Any] = (request.POST if request.method == "POST" else request.GET).dict()
    units = cards.return_units(found)
    alone = len(units) == 1 and units[0].quantity == 1
    if alone:
        given = {f"{PREFIX}{units[0].key}": 1}
    form = ArrivedForm(given if any(name.startswith(PREFIX) for name in given) else None, units)
    if not form.is_valid():
        context = {"form": form, "rows": [(row, form[f"{PREFIX}{row.key}"]) for row in units]}
        return asking.page("portal/return_units.html", context, status=422 if form.is_bound else 200)
    if request.method == "POST":
        flow = partial(work_return.receive, quantities=form.quantities())
        press(request, bench, found.public_id, flow, _("Goed. Kijk nu na hoe het is."))
        return redirect("portal:returns")
    context = {
        "arrived": [(form.quantities()[row.key], row) for row in units],
        "missing": sum(row.quantity for row in units) - sum(form.quantities().values()),
        "hidden": {f"{PREFIX}{key}": count for key, count in form.quantities().items()},
        "back": asking.address if not alone else reverse("portal:returns"),
    }
    return asking.page("portal/return_here.html", context)


@at_bench
def judge(request: HttpRequest, bench: Bench, back: str) -> HttpResponse:
    """How each piece is, one by one; a POST of the last page says it."""
    found = bench.coming_back(back)
    if not _may(request, found, "judge", _("Dit was al nagekeken.")):
        return redirect("portal:returns")
    asking = _asking(request, bench, found, "judge")
    given = request.POST if request.method == "POST" else request.GET
    pieces = [
        (f"piece-{row.key}-{at}", row, at) for row in cards.return_units(found) for at in range(1, row.quantity + 1)
    ]
    for number, (name, row, at) in enumerate(pieces, start=1):
        if given.get(name) not in VERDICTS:
            return asking.page("portal/choice.html", _question(number, len(pieces), name, row, at))
        asking.answers[name] = given[name]
    verdicts = _verdicts(pieces, asking.answers)
    if request.method == "POST":
        flow = partial(work_return.judge, verdicts=verdicts)
        press(request, bench, found.public_id, flow, _("Dank je. Het is nagekeken."))
        return redirect("portal:returns")
    told = [(row, at, VERDICTS[str(asking.answers[name])][0]) for name, row, at in pieces]
    context = {"told": told, "number": len(pieces) + 1, "questions": len(pieces) + 1}
    return asking.page("portal/return_check.html", context)


def _question(number: int, pieces: int, name: str, row: Units, at: int) -> dict[str, object]:
    told = {"name": row.name, "at": at, "count": row.quantity}
    question = _("Hoe is %(name)s?") if row.quantity == 1 else _("Hoe is %(name)s, stuk %(at)s van %(count)s?")
    return {
        "number": number,
        "questions": pieces + 1,
        "question": question % told,
        "name": name,
        "choices": [Choice(value, str(label), icon, str(hint)) for value, (label, icon, hint) in VERDICTS.items()],
    }


def _verdicts(pieces: list[tuple[str, Units, int]], answers: Mapping[str, object]) -> dict[int, Verdict]:
    """Return line id → how many of its pieces are what."""
    said: dict[int, list[object]] = {}
    for name, row, _at in pieces:
        said.setdefault(row.key, []).append(answers[name])
    return {key: Verdict(*(found.count(value) for value in VERDICTS)) for key, found in said.items()}


@at_bench
def undo(request: HttpRequest, bench: Bench, back: str) -> HttpResponse:
    """The last step was pressed by mistake."""
    found = bench.coming_back(back)
    flow = partial(work_return.undo, step=request.POST.get("step", ""))
    press(request, bench, found.public_id, flow, _("Teruggezet."))
    return redirect("portal:returns")


def _may(request: HttpRequest, found: Return, event: str, done: str) -> bool:
    """Whether this can happen to a return now; if not, why stands on the next page."""
    if event in found.LIFE[found.state]:
        return True
    has_happened = any(moves.get(event) == found.state for moves in found.LIFE.values())
    if has_happened or (event == "receive" and found.state == Return.State.JUDGED):
        messages.success(request, done)
    else:
        messages.error(request, _("Dat kan nu niet met deze retour."))
    return False
