"""Giving money back, and saying whose it was where it went back plainly: choose, look, do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from fulfilment.errors import Refusal
from fulfilment.flows import divide_refund, refund_order
from fulfilment.gateways.saleor.connect import connected
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner


class RefundForm(forms.Form):
    """What to give back: units of each line, the shipping, and why."""

    reason = forms.CharField(label=gettext_lazy("Waarom?"), max_length=200)
    shipping = forms.BooleanField(label=gettext_lazy("Ook de verzendkosten"), required=False)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = refund_order.remaining(order)
        self.lines = [line for line in order.lines.all() if self.left[line.pk]]
        for line in self.lines:
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                min_value=0, max_value=self.left[line.pk], required=False, label=str(line)
            )
        if refund_order.shipping_is_refunded(order) or not order.shipping_gross_minor:
            del self.fields["shipping"]

    def quantities(self) -> Mapping[int, int]:
        """Line id → units."""
        return {line.pk: self.cleaned_data.get(f"line-{line.pk}") or 0 for line in self.lines}

    def with_shipping(self) -> bool:
        return bool(self.cleaned_data.get("shipping"))

    @classmethod
    def whole(cls, order: Order) -> dict[str, object]:
        """All that is left of the order, as the form's first values."""
        left = refund_order.remaining(order)
        return {"shipping": True, **{f"line-{pk}": quantity for pk, quantity in left.items()}}

    def as_query(self) -> str:
        """The choice as the page's address holds it."""
        return urlencode(
            {name: value for name, value in self.data.items() if name not in ("csrfmiddlewaretoken", "seen")}
        )

    def rows(self) -> list[dict[str, object]]:
        """The lines with their fields, for the page."""
        return [{"line": line, "field": self[f"line-{line.pk}"], "left": self.left[line.pk]} for line in self.lines]


@dataclass(frozen=True)
class Way:
    """One of the two things that are done with the same choice of lines, with its words."""

    title: Promise
    about: Promise
    done: Promise
    moves_money: bool
    look: Callable[[Order, RefundForm], refund_order.Preview]
    carry_out: Callable[[Order, RefundForm], None]


def _give_back(order: Order, form: RefundForm) -> None:
    refund_order.request(
        order.public_id,
        form.quantities(),
        shipping=form.with_shipping(),
        reason=form.cleaned_data["reason"],
        saleor=connected(),
        now=timezone.now(),
        seen=form.data.get("seen"),
    )


def _divide(order: Order, form: RefundForm) -> None:
    divide_refund.divide(
        order.public_id,
        form.quantities(),
        shipping=form.with_shipping(),
        reason=form.cleaned_data["reason"],
        now=timezone.now(),
    )


WAYS = {
    "refund": Way(
        title=gettext_lazy("Geld teruggeven"),
        about=gettext_lazy("Kies wat je teruggeeft. Je ziet eerst wat er gebeurt; er beweegt nog niets."),
        done=gettext_lazy(
            "De terugbetaling is gevraagd. Zodra het geld weg is, staat ze op het pad van de bestelling."
        ),
        moves_money=True,
        look=lambda order, form: refund_order.preview(order, form.quantities(), shipping=form.with_shipping()),
        carry_out=_give_back,
    ),
    "divide": Way(
        title=gettext_lazy("Terugbetaling verdelen"),
        about=gettext_lazy(
            "Het geld ging al terug. Kies waarvoor: van die lijnen gaan de delen terug. De rest draagt het platform; "
            "kies je niets, dan alles."
        ),
        done=gettext_lazy("Verdeeld. Elke cent heeft weer een eigenaar."),
        moves_money=False,
        look=lambda order, form: divide_refund.preview(order, form.quantities(), shipping=form.with_shipping()),
        carry_out=_divide,
    ),
}
"""By the name of the page."""


def looked_at(way: Way, request: HttpRequest, order: Order) -> dict[str, Any]:
    """The form as it was filled in so far, and what the choice would do."""
    chosen = RefundForm(order, request.GET) if "reason" in request.GET else None
    first = RefundForm.whole(order) if "whole" in request.GET else {}
    context: dict[str, Any] = {"form": chosen or RefundForm(order, initial=first), "preview": None}
    if not way.moves_money:
        context["to_divide"] = divide_refund.to_divide(order)
    if chosen is None or not chosen.is_valid():
        return context
    try:
        preview = way.look(order, chosen)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return context
    seen = refund_order.state_seen(order)
    return {**context, "preview": preview, "partners": _named(preview.partners), "seen": seen}


def _named(amounts: Mapping[int, int]) -> list[tuple[str, int]]:
    names = dict(Partner.objects.filter(pk__in=amounts).values_list("pk", "name"))
    return sorted((names[pk], amount) for pk, amount in amounts.items())
