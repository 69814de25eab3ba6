"""Units of an order that nobody wants any more: their money goes back, or their customer withdrew from them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.expressions import Combinable

from fulfilment.orders.models import Order, Refund, RefundLine
from fulfilment.orders.queries import SPOKEN_FOR
from fulfilment.withdrawals.models import WithdrawalLine
from fulfilment.withdrawals.units import dropped

STOPS = (Refund.Kind.NOT_WANTED, Refund.Kind.WHOLE)
"""Refunds that are for what had not left."""

STOPPED, RETURNED = F("stopped_quantity"), F("returned_quantity")
"""What a statement is about: units that had not left when it was made, and units that had."""


@dataclass(frozen=True)
class Units:
    """Units of a line: those whose money went back or is to, and all that are `not_wanted`."""

    refunded: int
    not_wanted: int

    @property
    def to_refund(self) -> int:
        """Units that were withdrawn from, and whose money nobody asked back yet."""
        return self.not_wanted - self.refunded


def dropped_units(
    order: Order,
    *,
    kinds: Collection[str] = STOPS,
    states: Collection[str] = SPOKEN_FOR,
    about: Combinable = STOPPED,
) -> dict[int, Units]:
    """By line id, of refunds of these kinds and states, and of what statements are `about`; others are absent."""
    refunds = _refunds(order, kinds, states)
    said = _said(order, about)
    found = {}
    for line_id in refunds.keys() | said.keys():
        rows = refunds.get(line_id, {})
        history = [
            (sum(units for pk, units in rows.items() if latest is not None and pk <= latest), units)
            for latest, units in said.get(line_id, ())
        ]
        refunded = sum(rows.values())
        found[line_id] = Units(refunded, dropped(refunded, history))
    return found


def nothing_stays(order: Order, kind: str = "", units: Mapping[int, int] | None = None) -> bool:
    """Whether nothing of an order is the customer's any more, once these units (line id → units) go back as this kind.

    By law whoever gives up a whole purchase gets back what its standard delivery cost too.
    """
    stopped = dropped_units(order, kinds=(*STOPS, Refund.Kind.UNSAID))
    returned = dropped_units(order, kinds=[Refund.Kind.CAME_BACK], about=RETURNED)
    for line in order.lines.all():
        away = 0
        for found, of_kind in ((stopped, Refund.Kind.NOT_WANTED), (returned, Refund.Kind.CAME_BACK)):
            one = found.get(line.pk, Units(0, 0))
            more = (units or {}).get(line.pk, 0) if kind == of_kind else 0
            away += max(one.not_wanted, one.refunded + more)  # units that were withdrawn from are paid first
        if away < line.quantity:
            return False
    return True


def _refunds(order: Order, kinds: Collection[str], states: Collection[str]) -> Mapping[int, dict[int, int]]:
    """Line id → refund's id → units."""
    rows = RefundLine.objects.filter(refund__order=order, refund__kind__in=kinds, refund__state__in=states)
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for line_id, refund_id, units in rows.values_list("line_id", "refund_id").annotate(n=Sum("quantity")).order_by():
        found[line_id][refund_id] = units
    return found


def _said(order: Order, about: Combinable) -> Mapping[int, list[tuple[int | None, int]]]:
    """Line id → statements in their order: the last refund before each, and its units."""
    rows = WithdrawalLine.objects.filter(withdrawal__order=order).order_by("withdrawal_id")
    found: defaultdict[int, list[tuple[int | None, int]]] = defaultdict(list)
    for line_id, latest, units in rows.annotate(n=about).values_list("line_id", "withdrawal__latest_refund_id", "n"):
        if units:
            found[line_id].append((latest, units))
    return found
