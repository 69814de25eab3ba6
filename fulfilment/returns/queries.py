"""Reading what comes back, and which of it is paid back."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from fulfilment.returns.life import BACK, LIVE, TO_COME
from fulfilment.returns.models import Return, ReturnLine

COUNTED = ~Q(state=Return.State.WITHDRAWN)
"""Returns whose units are not simply with the customer. One that never came is counted too: it may turn up."""


def returns_of(producer_ids: Collection[int]) -> QuerySet[Return]:
    """All returns to these producers, oldest first."""
    return Return.objects.filter(task__producer_id__in=producer_ids)


def is_live(order_id: int) -> bool:
    """Whether something of an order is on its way back, or not judged yet."""
    return Return.objects.filter(order_id=order_id, state__in=LIVE).exists()


def spoken_for(order_id: int) -> dict[int, int]:
    """Units of an order that are in a return, whatever became of it but that the customer keeps them, by task line."""
    return _units(Return.objects.filter(COUNTED, order_id=order_id))


def units_back(order_id: int) -> dict[int, int]:
    """Units of an order that are back at their workshop, by task line."""
    return _units(Return.objects.filter(order_id=order_id, state__in=BACK))


def _units(returns: QuerySet[Return]) -> dict[int, int]:
    rows = ReturnLine.objects.filter(of_return__in=returns)
    return dict(rows.values_list("task_line_id").annotate(total=Sum("quantity")).order_by())


@dataclass(frozen=True)
class Unpaid:
    """Units of a return's line for which no money goes back yet."""

    line: ReturnLine
    units: int


def unpaid(order_id: int) -> list[Unpaid]:
    """The lines of an order's returns with units that are not paid back nor asked back.

    What came back stands first, then what is still to come, and last what never came.
    """
    lines = ReturnLine.objects.filter(of_return__in=Return.objects.filter(COUNTED, order_id=order_id))
    paid = Coalesce(Sum("repaid__quantity", filter=~Q(repaid__refund__state="withdrawn")), 0)
    found = lines.select_related("of_return", "task_line").annotate(paid=paid)
    ranks = {state: rank for rank, states in enumerate((BACK, TO_COME)) for state in states}
    ordered = sorted(found, key=lambda line: (ranks.get(line.of_return.state, len(ranks)), line.pk))
    return [Unpaid(line, line.quantity - line.paid) for line in ordered if line.quantity > line.paid]
