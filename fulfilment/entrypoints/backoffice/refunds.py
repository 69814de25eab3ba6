"""Giving money back, and saying whose it was where it went back plainly: say why, choose, look, do."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import staff
from fulfilment.entrypoints.backoffice.fields import AmountField
from fulfilment.errors import Refusal
from fulfilment.flows import divide_refund, plan_refund, request_refund
from fulfilment.flows.count_dropped import nothing_stays
from fulfilment.flows.plan_refund import Choice, Planned
from fulfilment.gateways.saleor.connect import connected
from fulfilment.money import to_decimal, to_minor, written
from fulfilment.orders.models import Line, Order, Refund
from fulfilment.orders.queries import gestures_given, gross_left
from fulfilment.partners.models import Partner
from fulfilment.returns.life import BACK
from fulfilment.returns.queries import unpaid
from fulfilment.revenue.reversal import Bearer

Kind = Refund.Kind

OFFERED = "offered"
"""The field of a choice that says that its delivery was ticked once: whoever takes that away means it."""

KINDS: dict[str, tuple[Promise, Promise]] = {
    Kind.NOT_WANTED: (
        gettext_lazy("Niet meer gewenst"),
        gettext_lazy("Nog niet verzonden. De maker stopt ermee."),
    ),
    Kind.CAME_BACK: (
        gettext_lazy("Komt of kwam terug"),
        gettext_lazy("Was verzonden. Wat nog gemaakt wordt, gaat gewoon door."),
    ),
    Kind.GESTURE: (
        gettext_lazy("Tegemoetkoming"),
        gettext_lazy("Een bedrag. De klant houdt alles, en alles gaat door."),
    ),
    Kind.OWED: (
        gettext_lazy("Tegoed"),
        gettext_lazy("Wat de klant te veel betaalde of nog moet krijgen."),
    ),
}
"""Why money goes back, with what that means for the work."""

BEARERS = [
    (Bearer.PLATFORM, gettext_lazy("Het platform")),
    (Bearer.SHARED, gettext_lazy("Iedereen, naar zijn deel")),
    (Bearer.MAKER, gettext_lazy("De maker")),
]


class RefundForm(forms.Form):
    """What goes back: units of each line and the shipping, or an amount; and why."""

    reason = forms.CharField(label=gettext_lazy("Waarom?"), max_length=request_refund.LONGEST_REASON)
    shipping = forms.BooleanField(label=gettext_lazy("Ook de verzendkosten"), required=False)
    amount = AmountField(label=gettext_lazy("Hoeveel geef je terug?"))
    bearer = forms.ChoiceField(label=gettext_lazy("Wie draagt het?"), choices=BEARERS)
    is_back = forms.BooleanField(
        label=gettext_lazy("Het is al terug in het atelier"),
        help_text=gettext_lazy("Anders krijgt de klant een mail waarin staat hoe het terug kan."),
        required=False,
    )

    def __init__(self, order: Order, kind: str, *args: Any, moves_money: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.currency, self.order, self.moves_money = kind, order.currency, order, moves_money
        self.limits = plan_refund.limits(order)
        self.most = self._most()
        self.lines = [line for line in order.lines.all() if self.most.get(line.pk)]
        for line in self.lines:
            self.fields[self._name(line)] = self._field(line)
        if self.by_amount or not self.limits.shipping:
            del self.fields["shipping"]
        if not self.by_amount or not moves_money:
            del self.fields["amount"]
        if kind != Kind.CAME_BACK or self._is_all_back(order):
            del self.fields["is_back"]
        if kind == Kind.OWED or (moves_money and not self.by_amount):
            del self.fields["bearer"]

    def _is_all_back(self, order: Order) -> bool:
        """Whether all that may be given back as returned is at its workshop already: nobody needs to say so."""
        arrived: Counter[int] = Counter()
        for one in unpaid(order.pk):
            if one.line.of_return.state in BACK:
                arrived[one.line.task_line.line_id] += one.units
        return all(arrived[pk] >= count for pk, count in self.limits.shipped.items())

    @property
    def by_amount(self) -> bool:
        return self.kind in (Kind.GESTURE, Kind.OWED)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing (left) to choose."""
        if self.kind == Kind.OWED:
            return not self.limits.owed
        # Shipping alone is given back where nothing is left to come back: one page for it is enough.
        alone = self.kind == Kind.NOT_WANTED and not any(self.limits.shipped.values())
        return not self.lines and not (alone and "shipping" in self.fields)

    def _most(self) -> Mapping[int, int]:
        """What may be chosen of each line: units, or for a gesture whether anything is left of its price."""
        if self.kind == Kind.NOT_WANTED:
            return self.limits.open
        if self.kind == Kind.CAME_BACK:
            return self.limits.shipped
        left = self.limits.gross if self.kind == Kind.GESTURE else {}
        return {pk: 1 for pk, amount in left.items() if pk is not None and amount > 0}

    @staticmethod
    def _name(line: Line) -> str:
        return f"line-{line.pk}"

    def _field(self, line: Line) -> forms.Field:
        if self.by_amount:
            return forms.BooleanField(required=False, label=str(line))
        return forms.IntegerField(min_value=0, max_value=self.most[line.pk], required=False, label=str(line))

    def choice(self) -> Choice:
        """What was chosen; of a valid form."""
        data = self.cleaned_data
        chosen = {line.pk: int(data.get(self._name(line)) or 0) for line in self.lines}
        bearer = Bearer(data.get("bearer") or Bearer.PLATFORM)
        if self.by_amount:
            amount = to_minor(data["amount"], self.currency) if "amount" in self.fields else 0
            named = [pk for pk, is_chosen in chosen.items() if is_chosen]
            return Choice(Kind(self.kind), amount=amount, lines=named, bearer=bearer)
        return Choice(Kind(self.kind), chosen, shipping=bool(data.get("shipping")), bearer=bearer)

    def all_of_it(self) -> dict[str, object]:
        """All that may be chosen, as the form's first values."""
        if self.kind == Kind.OWED:
            return {"amount": to_decimal(self.limits.owed, self.currency)}
        found: dict[str, object] = {self._name(line): self.most[line.pk] for line in self.lines}
        return found if self.moves_money else {**found, "shipping": True}

    @property
    def takes_all(self) -> bool:
        """Whether nothing of the order is the customer's any more after this, so that its delivery goes back too."""
        if "shipping" not in self.fields or not self.moves_money:
            return False
        written = {line.pk: str(self[self._name(line)].value() or 0) for line in self.lines}
        units = {pk: int(count) for pk, count in written.items() if count.isdecimal()}
        return nothing_stays(self.order, self.kind, units)

    def as_query(self) -> str:
        """The choice as the page's address holds it."""
        return urlencode(
            {name: value for name, value in self.data.items() if name not in ("csrfmiddlewaretoken", "seen")}
        )

    def rows(self) -> list[dict[str, object]]:
        """The lines with their fields, for the page."""
        return [
            {
                "line": line,
                "field": self[self._name(line)],
                "left": self.most[line.pk],
                "open": self.limits.open[line.pk],
                "shipped": self.limits.shipped[line.pk],
            }
            for line in self.lines
        ]


@dataclass(frozen=True)
class Way:
    """One of the two things that are done with the same choice, with its words."""

    title: Promise
    about: Promise
    moves_money: bool
    kinds: tuple[str, ...]
    look: Callable[[Order, Choice], Planned]
    carry_out: Callable[[HttpRequest, Order, RefundForm], str]


def _give_back(request: HttpRequest, order: Order, form: RefundForm) -> str:
    refund = request_refund.request(
        order.public_id,
        form.choice(),
        reason=form.cleaned_data["reason"],
        saleor=connected(),
        now=timezone.now(),
        by=staff(request),
        seen=form.data.get("seen"),
        is_back=bool(form.cleaned_data.get("is_back")),
    )
    if refund.state == Refund.State.UNDER_WAY:
        return _("De terugbetaling is gevraagd. Zodra het geld weg is, staat ze op het pad van de bestelling.")
    if refund.state == Refund.State.BY_BANK:
        return _("De klant krijgt een mail om een rekeningnummer op te geven. Daarna gaat het geld mee met een ronde.")
    return _("De terugbetaling is genoteerd. Saleor antwoordt nu niet; we blijven het vragen, je hoeft niets te doen.")


def _divide(request: HttpRequest, order: Order, form: RefundForm) -> str:
    reason = form.cleaned_data["reason"]
    is_back = bool(form.cleaned_data.get("is_back"))
    divide_refund.divide(
        order.public_id,
        form.choice(),
        reason=reason,
        now=timezone.now(),
        by=staff(request),
        is_back=is_back,
        seen=form.data.get("seen"),
    )
    return _("Verdeeld. Elke cent heeft weer een eigenaar.")


WAYS = {
    "refund": Way(
        title=gettext_lazy("Geld teruggeven"),
        about=gettext_lazy("Zeg waarom, en kies wat. Je ziet eerst wat er gebeurt; er beweegt nog niets."),
        moves_money=True,
        kinds=(Kind.NOT_WANTED, Kind.CAME_BACK, Kind.GESTURE, Kind.OWED),
        look=plan_refund.plan,
        carry_out=_give_back,
    ),
    "divide": Way(
        title=gettext_lazy("Terugbetaling verdelen"),
        about=gettext_lazy("Het geld ging al terug. Zeg waarvoor het was, en wie de rest draagt."),
        moves_money=False,
        kinds=(Kind.NOT_WANTED, Kind.CAME_BACK, Kind.GESTURE),
        look=divide_refund.preview,
        carry_out=_divide,
    ),
}
"""By the name of the page."""


def kind_of(way: Way, request: HttpRequest) -> str:
    """Which kind of back a page is about: "" as long as nobody said."""
    asked = (request.POST if request.method == "POST" else request.GET).get("kind", "")
    return asked if asked in way.kinds else ""


def kinds_of(way: Way, order: Order) -> list[dict[str, object]]:
    """The kinds that there is something of, for the page that asks which."""
    return [
        {"kind": kind, "title": KINDS[kind][0], "about": KINDS[kind][1]}
        for kind in way.kinds
        if not RefundForm(order, kind, moves_money=way.moves_money).is_empty
    ]


def looked_at(way: Way, request: HttpRequest, order: Order) -> dict[str, Any]:
    """The form as it was filled in so far, and what the choice would do."""
    kind = kind_of(way, request)
    context: dict[str, Any] = {"kinds": kinds_of(way, order), "kind": kind, "preview": None}
    if way.moves_money:
        context["refused"] = plan_refund.why_taken(order)
    else:
        context["to_divide"] = divide_refund.to_divide(order)
    if not kind:
        return context
    context["kind_title"] = KINDS[kind][0]
    form = _filled_in(way, request.GET.dict(), order, kind)
    return {**context, "form": form, **(_seen(way, request, order, form) if form.is_bound else {})}


def _filled_in(way: Way, given: dict[str, str], order: Order, kind: str) -> RefundForm:
    """The form as it was filled in, with the delivery where that goes back too and nobody was offered it yet."""

    def form(*filled: dict[str, Any], **first: dict[str, Any]) -> RefundForm:
        return RefundForm(order, kind, *filled, moves_money=way.moves_money, **first)

    if "reason" in given:
        found = form(given)
        return form({**given, "shipping": "on", OFFERED: "1"}) if found.takes_all and OFFERED not in given else found
    first: dict[str, Any] = {**given, "reason": given.get("because", "")}
    if "whole" in given or kind == Kind.OWED:
        first = form().all_of_it()
    if form(initial=first).takes_all:
        first["shipping"] = True
    return form(initial=first)


def _seen(way: Way, request: HttpRequest, order: Order, form: RefundForm) -> dict[str, Any]:
    """What a choice that was filled in well would do."""
    if not form.is_valid():
        return {}
    try:
        preview = way.look(order, form.choice())
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return {}
    names = dict(Partner.objects.filter(pk__in=preview.rows.partners).values_list("pk", "name"))
    partners = sorted((names[pk], amount) for pk, amount in preview.rows.partners.items())
    shown = {"preview": preview, "partners": partners, "seen": request_refund.state_seen(order)}
    return {**shown, "before": _given_before(order, preview)}


def _given_before(order: Order, preview: Planned) -> list[str]:
    """What went back before and is off the amount, so that nobody wonders why it is less than the price."""
    given, left = gestures_given(order), gross_left(order)
    names: dict[int | None, str] = {line.pk: line.product_name for line in order.lines.all()}
    names[None] = _("de verzending")
    sentence = _("Voor %(name)s ging al %(given)s terug als tegemoetkoming: van de prijs blijft %(left)s over.")
    told = [
        sentence
        % {"name": names[pk], "given": written(given[pk], order.currency), "left": written(left[pk], order.currency)}
        for pk in preview.amounts
        if given.get(pk)
    ]
    plainly = sum(preview.amounts.values()) - preview.amount
    if preview.amounts and plainly > 0:
        sentence = _("Er ging al %(amount)s terug zonder dat gezegd werd waarvoor: dat is er hier af.")
        told.append(sentence % {"amount": written(plainly, order.currency)})
    return told
