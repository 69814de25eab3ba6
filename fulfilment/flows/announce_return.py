"""Units that a customer has come back: announced for the workshop that each of them left, and joined to their refund.

Either may be first: a return is announced and its money given back later, or money is given back for what comes or came
back, which announces it. So every unit whose money went back as "came back" is a unit of one return.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows import tell_return
from fulfilment.flows.watch_returns import watch
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import User
from fulfilment.production.models import TaskLine
from fulfilment.returns import queries
from fulfilment.returns.models import Repaid, Return, ReturnLine
from fulfilment.returns.rules import allot


def with_customer(order: Order) -> dict[int, int]:
    """Units that left their workshop and are in no return, by task line (id)."""
    away = queries.spoken_for(order.pk)
    lines = TaskLine.objects.filter(task__order=order, shipped_quantity__gt=0).order_by("pk")
    left = {line.pk: line.shipped_quantity - away.get(line.pk, 0) for line in lines}
    return {pk: count for pk, count in left.items() if count > 0}


def returnable(order: Order) -> dict[int, int]:
    """Units of an order's lines (by id) that can still be announced."""
    by_task_line = with_customer(order)
    found: dict[int, int] = {}
    for pk, line_id in TaskLine.objects.filter(pk__in=by_task_line).values_list("pk", "line_id"):
        found[line_id] = found.get(line_id, 0) + by_task_line[pk]
    return found


def state_seen(order: Order) -> str:
    """What tells two looks at the returns of an order apart: another one was announced, or heard of, in between."""
    return ",".join(str(pk) for pk in Return.objects.filter(order=order).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def announce(
    public_id: str,
    units: Mapping[int, int],
    *,
    reason: Return.Reason,
    now: datetime,
    by: User | None = None,
    is_back: bool = False,
    seen: str | None = None,
) -> list[Return]:
    """Announce units of an order's lines (line id → units): one return for each workshop that they left.

    The customer is told how, unless all of it `is_back` at the workshops already. `by` nobody where the customer asks.
    `seen` is the `state_seen` that whoever asks looked at. `Refusal`, for whoever asks, where another return came in
    between, or more would come back than the customer has.
    """
    order = lock_order(pk=Order.objects.get(public_id=public_id).pk)
    if seen is not None and seen != state_seen(order):
        raise Refusal(stale(), code="STALE")
    return announce_units(order, units, reason=reason, now=now, by=by, is_back=is_back)


def stale() -> str:
    """What is told instead of announcing what somebody chose before another return was there."""
    return _("Dit was al aangekondigd, of er veranderde intussen iets. Kijk na en doe het zo nodig opnieuw.")


def announce_units(
    order: Order,
    units: Mapping[int, int],
    *,
    reason: Return.Reason,
    now: datetime,
    by: User | None = None,
    is_back: bool = False,
    is_told: bool = False,
) -> list[Return]:
    """As `announce`; the caller holds the order, and tells the customer how where it `is_told` otherwise."""
    chosen = {line_id: count for line_id, count in units.items() if count}
    if not chosen:
        raise Refusal(_("Kies wat er terugkomt."), code="NOTHING_CHOSEN")
    left = returnable(order)
    if any(count < 0 or count > left.get(line_id, 0) for line_id, count in chosen.items()):
        raise Refusal(_("Er kan niet meer terugkomen dan wat de klant heeft."), code="TOO_MANY")
    made = [_write(order, task_id, found, reason, now, by) for task_id, found in _by_task(order, chosen).items()]
    for one in made:
        if is_back:
            life.move(one, "receive", now=now, by=by, moved_at=now)
        elif not is_told:
            tell_return.announced(one, now)
    return made


def _by_task(order: Order, units: Mapping[int, int]) -> dict[int, dict[int, int]]:
    """Task id → task line id → units: of the work that left first."""
    left = with_customer(order)
    rows = list(TaskLine.objects.filter(pk__in=left).order_by("pk"))
    found: dict[int, dict[int, int]] = {}
    for line_id, wanted in units.items():
        taken = allot(wanted, ((row.pk, left[row.pk]) for row in rows if row.line_id == line_id))
        for row in rows:
            if row.pk in taken:
                found.setdefault(row.task_id, {})[row.pk] = taken[row.pk]
    return found


def _write(
    order: Order, task_id: int, units: Mapping[int, int], reason: Return.Reason, now: datetime, by: User | None
) -> Return:
    made = Return.objects.create(
        order=order, task_id=task_id, reason=reason, announced_at=now, announced_by=by, moved_at=now
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(of_return=made, task_line_id=pk, quantity=count) for pk, count in sorted(units.items())
    )
    return made


def join_refund(refund: Refund, *, now: datetime, by: User | None = None, is_back: bool = False) -> None:
    """Every unit that a refund of what came back is for is a unit of a return: of one that is there, or of a new one.

    A repeat changes nothing. The caller holds the order.
    """
    wanted = _unjoined(refund)
    rest: dict[int, int] = {}
    for line_id, count in wanted.items():
        rest[line_id] = count - _join(refund, line_id, count)
    left = returnable(refund.order)
    # Of more than ever left, which only Saleor's own staff can have given money for, there is nothing to come back.
    rest = {line_id: min(count, left.get(line_id, 0)) for line_id, count in rest.items()}
    if any(rest.values()):
        announce_units(refund.order, rest, reason=Return.Reason.UNSAID, now=now, by=by, is_back=is_back)
        for line_id, count in rest.items():
            _join(refund, line_id, count)
    watch(refund.order, now)


def _unjoined(refund: Refund) -> dict[int, int]:
    """Units of the refund's lines that are of no return yet."""
    joined: dict[int, int] = {}
    for line_id, count in Repaid.objects.filter(refund=refund).values_list("line__task_line__line_id", "quantity"):
        joined[line_id] = joined.get(line_id, 0) + count
    rows = refund.lines.filter(quantity__gt=0).values_list("line_id", "quantity")
    left = {line_id: count - joined.get(line_id, 0) for line_id, count in rows}
    return {line_id: count for line_id, count in left.items() if count > 0}


def _join(refund: Refund, line_id: int, wanted: int) -> int:
    """How many units of an order's line found a return that no refund was for yet."""
    open_lines = [found for found in queries.unpaid(refund.order_id) if found.line.task_line.line_id == line_id]
    taken = allot(wanted, ((found.line.pk, found.units) for found in open_lines))
    for pk, count in taken.items():
        repaid, is_new = Repaid.objects.get_or_create(line_id=pk, refund=refund, defaults={"quantity": count})
        if not is_new:
            repaid.quantity += count
            repaid.save(update_fields=["quantity"])
    return sum(taken.values())
