"""What comes back of an order: announcing it, and what the order's page says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import staff
from fulfilment.entrypoints.backoffice.withdrawals import delivery
from fulfilment.flows.announce_return import announce, returnable, state_seen
from fulfilment.flows.watch_returns import waiting_for_money
from fulfilment.orders.models import Order, Refund
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, label_as_seen
from fulfilment.returns.life import TO_COME
from fulfilment.returns.models import Return, ReturnLine
from fulfilment.returns.queries import unpaid

CARRIERS = [(carrier, name) for carrier, name in CARRIER_NAMES.items() if carrier != COLLECTED]

TONES = {"announced": "busy", "expected": "busy", "received": "alert", "judged": "done", "lost": "alert"}


class ReturnForm(forms.Form):
    """What comes back: units of each line that the customer has, why, and whether it is back already."""

    reason = forms.ChoiceField(label=gettext_lazy("Waarom komt het terug?"), choices=Return.Reason.choices)
    is_back = forms.BooleanField(label=gettext_lazy("Het is al terug in het atelier"), required=False)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Taken before the rest is read: what changes in between is rather told than overlooked.
        self.seen = state_seen(order)
        most = returnable(order)
        self.rows = [(line, most[line.pk], f"line-{line.pk}") for line in order.lines.all() if line.pk in most]
        for line, count, name in self.rows:
            self.fields[name] = forms.IntegerField(min_value=0, max_value=count, required=False, label=str(line))

    @property
    def is_from_before(self) -> bool:
        """Whether it was filled in on a page that knew of fewer returns: it may be the same form once more."""
        return self.is_bound and self.seen_then != self.seen

    @property
    def seen_then(self) -> str:
        """What the page that was filled in knew of."""
        return str(self.data.get("seen", ""))

    def fields_of_lines(self) -> list[dict[str, object]]:
        return [{"line": line, "left": count, "field": self[name]} for line, count, name in self.rows]

    def units(self) -> dict[int, int]:
        """Line id → units; of a valid form."""
        return {line.pk: int(self.cleaned_data.get(name) or 0) for line, _count, name in self.rows}


def announced(request: HttpRequest, order: Order, form: ReturnForm) -> Callable[[], str]:
    """Announce what a valid form says."""

    def carry_out() -> str:
        data = form.cleaned_data
        announce(
            order.public_id,
            form.units(),
            reason=Return.Reason(data["reason"]),
            now=timezone.now(),
            by=staff(request),
            is_back=data["is_back"],
            seen=form.seen_then,
        )
        if data["is_back"]:
            return _("Genoteerd. Het atelier kijkt het na.")
        return _("Aangekondigd. De klant krijgt een mail met hoe het terug kan.")

    return carry_out


@dataclass(frozen=True)
class ReturnRow:
    """A return on its order's page. `refund_query`: of the page of refunds, filled in with what waits for money."""

    back: Return
    tone: str
    lines: list[ReturnLine]
    is_to_come: bool
    seen: str
    may_be_kept: bool
    refund_query: str


def return_rows(order: Order) -> list[ReturnRow]:
    """All that came or comes back of an order, oldest first."""
    found = Return.objects.filter(order=order).select_related("task__producer")
    waiting = waiting_for_money(order)
    return [
        ReturnRow(
            back=one,
            tone=TONES.get(one.state, "plain"),
            lines=list(one.lines.all()),
            is_to_come=one.state in TO_COME or one.state == Return.State.LOST,
            seen=label_as_seen(one.carrier, one.tracking_code),
            may_be_kept=one.state in TO_COME and not _is_paid(one),
            refund_query=_refund_query(one) if one.pk in waiting else "",
        )
        for one in found.prefetch_related("lines__task_line__line", "lines__repaid__refund")
    ]


def _is_paid(one: Return) -> bool:
    states = [repaid.refund.state for line in one.lines.all() for repaid in line.repaid.all()]
    return any(state != Refund.State.WITHDRAWN for state in states)


def _refund_query(one: Return) -> str:
    units: dict[str, int] = {}
    for found in unpaid(one.order_id):
        if found.line.of_return_id == one.pk:
            name = f"line-{found.line.task_line.line_id}"
            units[name] = units.get(name, 0) + found.units
    return urlencode({"kind": Refund.Kind.CAME_BACK, **units, **delivery(one.order)})
