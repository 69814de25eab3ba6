"""Saying what is in the way of a task, one question at a time, and taking it back.

As with shipping, the answers stand in the address and only the last page changes something: it works without
JavaScript, and going back is the browser's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.form_keys import given_key, new_key
from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.access import Bench, at_bench
from fulfilment.entrypoints.portal.cards import Choice
from fulfilment.entrypoints.portal.forms import DayForm, NoteForm
from fulfilment.entrypoints.portal.words import day as day_in_words
from fulfilment.entrypoints.portal.work import press
from fulfilment.errors import Refusal
from fulfilment.flows import say_no
from fulfilment.production.models import Impediment, Task
from fulfilment.production.queries import said_with
from fulfilment.production.rules import REASONS, SENTENCES, later_days, may_say

Kind, Reason, Told = Impediment.Kind, Impediment.Reason, Impediment.Told

ICONS = {
    Kind.DECLINED: "cross",
    Kind.LATER: "calendar",
    Kind.BLOCKED: "pause",
    Reason.BUSY: "clock",
    Reason.SKILL: "tool",
    Reason.MATERIAL: "box",
    Reason.MACHINE: "tool",
    Reason.PEOPLE: "person",
    Reason.QUESTION: "question",
}


@dataclass(frozen=True)
class Asking:
    """A task about which somebody is answering questions, with what they answered so far and the key of the form."""

    request: HttpRequest
    bench: Bench
    task: Task
    given: Mapping[str, Any]
    answers: dict[str, str]

    def page(self, template: str, number: int, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
        """The page of a question; back leads to the one before it."""
        address = reverse("portal:trouble", args=[self.task.public_id])
        before = dict(list(self.answers.items())[:-1])
        common = {
            "bench": self.bench.at(self.task.producer),
            "section": "today",
            "task": cards.task_card(self.task, timezone.localdate()),
            "answers": self.answers,
            "address": address,
            "number": number,
            "questions": 5 if self.answers.get("kind") == Kind.LATER else 4,
            "back": f"{address}?{urlencode(before)}" if before else reverse("portal:task", args=[self.task.public_id]),
        }
        return render(self.request, template, {**common, **context}, status=status)

    def choose(self, number: int, name: str, question: str, choices: list[Choice]) -> HttpResponse:
        context = {"question": question, "name": name, "choices": choices}
        return self.page("portal/choice.html", number, context)


@at_bench
def trouble(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The next question that is not answered yet; a POST of the last page says it."""
    found = bench.task(task)
    given = request.POST if request.method == "POST" else request.GET
    key = given_key(given)
    if said_with(found, key):
        messages.success(request, _("Dit was al doorgegeven."))
        return redirect("portal:task", found.public_id)
    kinds = [kind for kind in Kind if may_say(kind, found.state)]
    if not kinds:
        messages.error(request, _("Over deze taak kun je nu niets doorgeven."))
        return redirect("portal:task", found.public_id)
    asking = Asking(request, bench, found, given.dict(), {"form_key": key or new_key()})
    return _ask(asking, kinds)


def _ask(asking: Asking, kinds: list[Impediment.Kind]) -> HttpResponse:
    kind = asking.given.get("kind")
    if kind not in kinds:
        hints = {
            Kind.DECLINED: _("Een ander atelier neemt het over."),
            Kind.LATER: _("Je kiest een nieuwe dag."),
            Kind.BLOCKED: _("Er ontbreekt iets, of je wacht op iets."),
        }
        choices = [Choice(kind, str(kind.label), ICONS[kind], hints[kind]) for kind in kinds]
        return asking.choose(1, "kind", _("Wat is er aan de hand?"), choices)
    asking.answers["kind"] = kind
    reason = asking.given.get("reason")
    if reason not in REASONS[kind]:
        reasons = [Choice(value, str(Reason(value).label), ICONS[Reason(value)]) for value in REASONS[kind]]
        return asking.choose(2, "reason", _("Waarom?"), reasons)
    asking.answers["reason"] = reason
    if kind == Kind.LATER:
        days = DayForm(asking.given if "day" in asking.given else None, after=asking.task.due_on)
        if not days.is_valid():
            return _ask_day(asking, days)
        asking.answers["day"] = days.cleaned_data["day"].isoformat()
    told = asking.given.get("told")
    if told not in SENTENCES[kind]:
        return asking.choose(len(asking.answers), "told", _("Wat mag de klant weten?"), _sentences(kind))
    asking.answers["told"] = told
    return _check(asking)


def _ask_day(asking: Asking, form: DayForm) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "form": form,
        "days": [(found.isoformat(), day_in_words(found)) for found in later_days(asking.task.due_on, today)],
        "was": day_in_words(asking.task.due_on),
    }
    return asking.page("portal/trouble_day.html", 3, context, status=422 if form.is_bound else 200)


def _sentences(kind: str) -> list[Choice]:
    nothing = {
        Kind.DECLINED: _("De klant leest wel dat we een atelier zoeken."),
        Kind.LATER: _("De klant ziet wel de nieuwe dag, en krijgt geen mail."),
        Kind.BLOCKED: _("De klant krijgt geen mail."),
    }
    return [
        Choice(value, f"“{Told(value).label}”", "talk")
        if value
        else Choice(value, str(Told.NOTHING.label), "quiet", nothing[Kind(kind)])
        for value in SENTENCES[kind]
    ]


def _check(asking: Asking) -> HttpResponse:
    """The last page: everything once more, and room for a word to the operator."""
    answers = asking.answers
    is_question = answers["reason"] == Reason.QUESTION
    form = NoteForm(asking.given if asking.request.method == "POST" else None, required=is_question)
    if form.is_valid() and _say(asking, form):
        return redirect("portal:task", asking.task.public_id)
    day = answers.get("day")
    context = {
        "form": form,
        "is_question": is_question,
        "kind_name": Kind(answers["kind"]).label,
        "reason_name": Reason(answers["reason"]).label,
        "new_day": day_in_words(date.fromisoformat(day)) if day else "",
        "sentence": Told(answers["told"]).label if answers["told"] else "",
    }
    return asking.page("portal/trouble_check.html", len(answers), context, status=422 if form.errors else 200)


def _say(asking: Asking, form: NoteForm) -> bool:
    """Whether it was said; else the form says why it was not."""
    answers = asking.answers
    try:
        said = say_no.say(
            asking.task.public_id,
            kind=answers["kind"],
            reason=answers["reason"],
            told=answers["told"],
            day=date.fromisoformat(answers["day"]) if "day" in answers else None,
            note=form.cleaned_data["note"],
            form_key=answers["form_key"],
            by=asking.bench.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(asking.request, _said(said))
    return True


def _said(impediment: Impediment) -> str:
    if impediment.due_on is not None:
        return _("Doorgegeven. De nieuwe dag is %(day)s.") % {"day": day_in_words(impediment.due_on)}
    if impediment.kind == Kind.DECLINED:
        return _("Doorgegeven. Sociaal Gemaakt zoekt een ander atelier.")
    return _("Doorgegeven. Sociaal Gemaakt kijkt ernaar.")


@at_bench
def go_on(request: HttpRequest, bench: Bench, task: str) -> HttpResponse:
    """The work stands still no longer."""
    found = bench.task(task)
    press(request, bench, found.public_id, say_no.go_on, _("Goed. Het werk gaat weer verder."))
    return redirect("portal:task", found.public_id)


@at_bench
def take_back(request: HttpRequest, bench: Bench, impediment: str) -> HttpResponse:
    """It was said by mistake."""
    found = bench.impediment(impediment)
    said = _("Teruggezet. Het is weer zoals het was.")
    press(request, bench, found.public_id, say_no.take_back, said)
    return redirect("portal:task", found.task.public_id)
