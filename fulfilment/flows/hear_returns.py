"""What staff returned in Saleor's Dashboard is a return here too: of units that were announced, or of others that left.

A return that we told Saleor of ourselves is known by our name for it in its reason, and is not counted again; nor is
what we told was not wanted any more.
"""

from datetime import datetime

from fulfilment.flows.announce_return import announce_units, returnable
from fulfilment.flows.free_shelves import is_dropped
from fulfilment.flows.work_return import arrive
from fulfilment.gateways.saleor.values import SaleorFulfilment, SaleorOrder
from fulfilment.orders.models import Order
from fulfilment.returns.life import BACK, TO_COME
from fulfilment.returns.models import Heard, Return, ReturnLine
from fulfilment.returns.rules import allot

RETURNED = {"RETURNED", "REFUNDED_AND_RETURNED"}
"""States of a fulfilment in Saleor whose units came back."""


def returned(order: Order, remote: SaleorOrder) -> list[SaleorFulfilment]:
    """Fulfilments in Saleor whose units came back; those of units that never left are none (`free_shelves`)."""
    told = [found for found in remote.fulfilments if found.status in RETURNED]
    return [found for found in told if not is_dropped(order, found)]


def hear_returns(order: Order, remote: SaleorOrder, *, now: datetime) -> None:
    """Take in what staff returned in Saleor, each fulfilment of it once. The caller holds the order."""
    told = returned(order, remote)
    if not told:
        return
    ours = tuple(Return.objects.filter(order=order).values_list("public_id", flat=True))
    for found in told:
        if found.reason.endswith(ours):
            continue
        _heard, is_new = Heard.objects.get_or_create(
            saleor_fulfillment_id=found.id, defaults={"order": order, "at": now}
        )
        if is_new:
            _take_in(order, found, now)


def _take_in(order: Order, told: SaleorFulfilment, now: datetime) -> None:
    """Units that we know of already stand first, so that nothing comes back twice."""
    wanted = {line.pk: told.lines.get(line.saleor_id, 0) for line in order.lines.all()}
    matched: dict[int, int] = {}
    for line_id, count in wanted.items():
        taken = allot(count, ((row.pk, row.quantity - row.known_to_saleor) for row in _untold(order, line_id, told)))
        matched |= taken
        wanted[line_id] = count - sum(taken.values())
    rows = ReturnLine.objects.filter(pk__in=matched).select_related("of_return__order", "of_return__task")
    came: dict[int, tuple[Return, dict[int, int]]] = {}
    for row in rows:
        row.known_to_saleor += matched[row.pk]
        row.save(update_fields=["known_to_saleor"])
        came.setdefault(row.of_return_id, (row.of_return, {}))[1][row.pk] = matched[row.pk]
    for found, units in came.values():
        if found.state not in BACK:
            arrive(found, units, by=None, now=now)
        note_reported(found, now)
    left = returnable(order)
    fresh = {line_id: min(count, left.get(line_id, 0)) for line_id, count in wanted.items()}
    if any(fresh.values()):
        made = announce_units(order, fresh, reason=Return.Reason.UNSAID, now=now, is_back=True)
        for line in ReturnLine.objects.filter(of_return__in=made):
            line.known_to_saleor = line.quantity
            line.save(update_fields=["known_to_saleor"])
        Return.objects.filter(pk__in=[one.pk for one in made]).update(reported_at=now)


def _untold(order: Order, line_id: int, told: SaleorFulfilment) -> list[ReturnLine]:
    """Units of a line in returns that Saleor did not know of: those that arrived first, those that never came last."""
    rows = ReturnLine.objects.filter(
        of_return__order=order, of_return__reported_at=None, task_line__line_id=line_id
    ).exclude(of_return__state=Return.State.WITHDRAWN)
    ranks = {state: rank for rank, states in enumerate((BACK, TO_COME)) for state in states}

    def order_of(row: ReturnLine) -> tuple[int, bool, int]:
        elsewhere = row.of_return.task.producer.slug != told.warehouse
        return ranks.get(row.of_return.state, len(ranks)), elsewhere, row.pk

    return sorted(rows.select_related("of_return__task__producer"), key=order_of)


def note_reported(found: Return, now: datetime) -> None:
    """Where Saleor knows of every unit of a return by now, there is nothing left to tell it."""
    if all(line.known_to_saleor >= line.quantity for line in found.lines.all()):
        Return.objects.filter(pk=found.pk, reported_at=None).update(reported_at=now)
