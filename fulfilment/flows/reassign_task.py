"""What a workshop has not shipped is given to another: a new decision, a new task, and the money follows.

What it shipped stays its own, and stays earned. Saleor hears of it after commit (`move_shelves`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.agreements.queries import answering, by_ids
from fulfilment.agreements.rules import AgreementInForce
from fulfilment.errors import Refusal
from fulfilment.flows import tell_customer
from fulfilment.flows.dispatch import soon
from fulfilment.flows.promise_day import promise_day
from fulfilment.flows.rebook_shares import moved_line, rebook_shares
from fulfilment.flows.watch_shares import watch_shares
from fulfilment.flows.watch_tasks import look_at
from fulfilment.flows.work_task import close, wrong_state
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.life import advance
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, User
from fulfilment.production.locks import lock_task
from fulfilment.production.models import Task, TaskLine
from fulfilment.production.queries import who_ship
from fulfilment.production.rules import UNFINISHED
from fulfilment.production.write import give
from fulfilment.routing.models import Assignment, Decision
from fulfilment.routing.write import decide


@dataclass(frozen=True)
class Taker:
    """A workshop that could take work over: the lines that it has an agreement for, and those that stay behind."""

    producer: Partner
    lines: Sequence[TaskLine]
    left_behind: Sequence[TaskLine]
    agreements: Mapping[int, AgreementInForce]
    """By task line."""


def takers(task: Task, now: datetime) -> list[Taker]:
    """Who could take over what is open of a task: who answers for its products today, or did when it was ordered."""
    open_lines = [line for line in task.lines.select_related("line") if line.open_quantity]
    days = {timezone.localdate(now), timezone.localdate(task.order.placed_at)}
    found: dict[int, dict[str, AgreementInForce]] = {}
    for agreement in answering({row.line.product_code for row in open_lines}, days, task.order.channel):
        if agreement.producer_id != task.producer_id:
            found.setdefault(agreement.producer_id, {}).setdefault(agreement.product_code, agreement)
    producers = Partner.objects.in_bulk(found)
    return [
        Taker(
            producer=producers[producer_id],
            lines=[row for row in open_lines if row.line.product_code in agreed],
            left_behind=[row for row in open_lines if row.line.product_code not in agreed],
            agreements={row.pk: agreed[row.line.product_code] for row in open_lines if row.line.product_code in agreed},
        )
        for producer_id, agreed in sorted(found.items(), key=lambda item: producers[item[0]].name)
    ]


def check_movable(task: Task) -> None:
    """`Refusal`, in the operator's language, where nothing of a task can be given to another workshop."""
    order = task.order
    if order.released_at is not None:
        raise Refusal(
            _("Het geld van deze bestelling is al vrij voor de partners: het werk blijft waar het is."), code="RELEASED"
        )
    if order.cancelled_at is not None:
        raise Refusal(_("Deze bestelling is geannuleerd: niemand hoeft ze nog te maken."), code="CANCELLED")
    if task.state not in UNFINISHED:
        raise Refusal(wrong_state(task), code="WRONG_STATE")


@transaction.atomic
def reassign(task: str, producer_id: int, *, by: User, now: datetime) -> Task:
    """Give what is open of a task to another workshop, as far as that has an agreement for it; its new task.

    `Refusal` in the operator's language where it has none, where nothing is open, or where the money was released.
    """
    named = Task.objects.get(public_id=task)
    order = lock_order(pk=named.order_id)
    former = lock_task(pk=named.pk)
    check_movable(former)
    taker = next((found for found in takers(former, now) if found.producer.pk == producer_id), None)
    if taker is None:
        told = _("Dit atelier heeft geen overeenkomst voor dit werk. Maak er eerst een, en noteer de handtekeningen.")
        raise Refusal(told, code="NO_AGREEMENT")
    moving = {row.pk: row.open_quantity for row in taker.lines}
    standing = Decision.objects.get(order=order, superseded_by=None)
    assigned = {one.line_id: one for one in standing.assignments.order_by("pk")}
    agreed = by_ids(one.agreement_id for one in assigned.values())
    moved = [
        moved_line(
            order, row.line, moving[row.pk], agreed[assigned[row.line_id].agreement_id], taker.agreements[row.pk]
        )
        for row in taker.lines
    ]
    decision = _decide(standing, assigned, taker, now)
    made = _give(order, decision, taker, moving, now)
    for row in taker.lines:
        row.moved_quantity += moving[row.pk]
        row.save(update_fields=["moved_quantity"])
    _leave(former, taker, by, now)
    rebook_shares(order, decision, moved, _carriers(order), day=timezone.localdate(now), now=now)
    watch_shares(order, now=now)
    mark(Mark.Kind.REASSIGNMENT, str(decision.pk), now)
    soon(Mark.Kind.REASSIGNMENT, str(decision.pk))
    tell_customer.reassigned(made, former.producer, now)
    return made


def _decide(standing: Decision, assigned: Mapping[int, Assignment], taker: Taker, now: datetime) -> Decision:
    taken = {row.line_id: taker.agreements[row.pk] for row in taker.lines}
    assignments = [
        (line, taken[line].producer_id, taken[line].id) if line in taken else (line, one.producer_id, one.agreement_id)
        for line, one in assigned.items()
    ]
    reason = Decision.Reason.REASSIGNED
    return decide(standing.order_id, reason, assignments, refusals=standing.refusals, standing=standing, now=now)


def _give(order: Order, decision: Decision, taker: Taker, moving: Mapping[int, int], now: datetime) -> Task:
    pieces = Counter[str]()
    for row in taker.lines:
        pieces[row.line.product_code] += moving[row.pk]
    due = promise_day({taker.producer.pk: pieces}, timezone.localdate(now))
    made = Task(
        order=order,
        decision=decision,
        producer=taker.producer,
        due_on=due[taker.producer.pk],
        created_at=now,
    )
    give([made], [[(row.line_id, moving[row.pk]) for row in taker.lines]], now)
    return Task.objects.select_related("order", "producer").get(public_id=made.public_id)


def _leave(task: Task, taker: Taker, by: User, now: datetime) -> None:
    """The task ends here, unless there is something that the other workshop cannot make."""
    if not taker.left_behind:
        has_shipped = task.parcels.exists()
        event = "drop_rest" if has_shipped else "move"
        advance(task, event, message=wrong_state(task), now=now, by=by, note=taker.producer.name)
        close(task, by, now)
    look_at(task, now)


def _carriers(order: Order) -> list[int]:
    """Who ships of this order from now on: of those from whom something left or has still to leave, who ship."""
    producers = who_ship(order.pk)
    ships = set(Partner.objects.filter(pk__in=producers, ships=True).values_list("pk", flat=True))
    return [pk for pk in producers if pk in ships]
