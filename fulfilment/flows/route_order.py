"""Each line of a paid order becomes work for the one workshop that answers for it, and its money finds its owners."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.agreements import queries as agreements
from fulfilment.agreements.rules import AgreementInForce
from fulfilment.flows.accept_order import Accepted
from fulfilment.flows.book_shares import Routed, book_shares
from fulfilment.flows.promise_day import promise_day
from fulfilment.flows.reverse_shares import take_back_earlier
from fulfilment.flows.stop_work import stop_work
from fulfilment.flows.watch_shares import watch_shares
from fulfilment.flows.work_task import cancel_units
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import refunded_units, shipping_is_refunded
from fulfilment.orders.write import set_routed
from fulfilment.production.models import Task
from fulfilment.production.write import give
from fulfilment.routing.models import Assignment, Decision
from fulfilment.routing.queries import planned
from fulfilment.routing.rules import Answer, LineToRoute, pieces_of
from fulfilment.routing.rules import Plan as Route
from fulfilment.routing.rules import plan as plan_route
from fulfilment.routing.write import decide


@transaction.atomic(savepoint=False)
def route_order(accepted: Accepted, *, now: datetime) -> None:
    """Route what is not routed yet of a paid order; does nothing where nothing is left to do.

    The order is locked already. Lines that nobody answers for wait on the operator's list; the next call routes them
    once an agreement exists. A line that was refunded whole while it waited is waited for no longer.
    """
    order = accepted.order
    if order.paid_at is None or order.routed_at is not None or order.cancelled_at is not None:
        return
    lines = {line.pk: line for line in accepted.lines}
    standing = None if accepted.is_new else Decision.objects.filter(order=order, superseded_by=None).first()
    routed_already = list(standing.assignments.all()) if standing else []
    done = {assignment.line_id for assignment in routed_already}
    gone = {} if accepted.is_new else refunded_units(order)
    open_lines = [line for line in accepted.lines if line.pk not in done and gone.get(line.pk, 0) < line.quantity]
    day = timezone.localdate(order.placed_at)
    found, planned = _agreements(order, open_lines, day)
    route = plan_route(
        (LineToRoute(line.pk, line.product_code, line.quantity) for line in open_lines),
        {code: Answer(agreement.id, agreement.producer_id) for code, agreement in found.items()},
    )
    if standing and not route.tasks and route.refusals:
        return
    decision = _decide(order, route, standing, routed_already, _reason(route, standing, planned), lines, now)
    producers = {assignment.producer_id for assignment in routed_already} | {task.producer_id for task in route.tasks}
    ships_paid = not route.refusals and (accepted.is_new or not shipping_is_refunded(order, booked=True))
    _make_tasks(order, decision, route, day, now)
    if _book(order, decision, route, lines, found, sorted(producers) if ships_paid else None, day, now):
        watch_shares(order, now=now)
    if gone:
        fresh = [lines[line.key] for task in route.tasks for line, _agreed in task.lines]
        earlier = take_back_earlier(order, fresh, number=decision.pk, now=now)
        cancel_units(earlier, order_id=order.pk, now=now)
    if not accepted.is_new:
        stop_work(order, now)  # what was withdrawn from while it waited for a workshop
    _settle(order, route, lines, standing, now)
    if standing is None:
        mark(Mark.Kind.CONFIRMATION, order.public_id, now)  # a mail has no haste: the next look at the marks finds it


def _reason(route: Route, standing: Decision | None, planned: bool) -> Decision.Reason:
    if standing is None:
        return Decision.Reason.PLANNED if planned else Decision.Reason.IN_FORCE
    return Decision.Reason.AGREEMENT_CAME if route.tasks else Decision.Reason.REST_REFUNDED


def _agreements(order: Order, lines: list[Line], day: date) -> tuple[dict[str, AgreementInForce], bool]:
    """The agreement of each product code, and whether all came from the plan made at payment."""
    codes = {line.product_code for line in lines}
    plan = planned(order.checkout_id) if order.checkout_id else {}
    wanted = {code: pk for code, pk in plan.items() if code in codes}
    by_id = agreements.by_ids(wanted.values()) if wanted else {}
    found = {code: by_id[pk] for code, pk in wanted.items() if pk in by_id}
    missing = codes - found.keys()
    if missing:
        found |= agreements.in_force(missing, day, order.channel)
    return found, not missing


def _decide(
    order: Order,
    route: Route,
    standing: Decision | None,
    routed_already: list[Assignment],
    reason: Decision.Reason,
    lines: dict[int, Line],
    now: datetime,
) -> Decision:
    kept = [(one.line_id, one.producer_id, one.agreement_id) for one in routed_already]
    fresh = [(line.key, answer.producer_id, answer.agreement_id) for task in route.tasks for line, answer in task.lines]
    refusals = [lines[line.key].product_code for line in route.refusals]
    return decide(order.pk, reason, kept + fresh, refusals=refusals, standing=standing, now=now)


def _make_tasks(order: Order, decision: Decision, route: Route, day: date, now: datetime) -> None:
    wanted = {planned.producer_id: pieces_of(line for line, _agreed in planned.lines) for planned in route.tasks}
    due = promise_day(wanted, day)
    tasks = [
        Task(
            order=order,
            decision=decision,
            producer_id=planned.producer_id,
            due_on=due[planned.producer_id],
            created_at=now,
        )
        for planned in route.tasks
    ]
    give(tasks, [[(line.key, line.quantity) for line, _agreed in planned.lines] for planned in route.tasks], now)


def _book(
    order: Order,
    decision: Decision,
    route: Route,
    lines: dict[int, Line],
    found: dict[str, AgreementInForce],
    producers: list[int] | None,
    day: date,
    now: datetime,
) -> bool:
    """Book the shares of what was routed; True where a partner gets less than a fixed amount."""
    routed = [Routed(lines[line.key], found[line.product_code]) for task in route.tasks for line, _agreed in task.lines]
    return book_shares(order, routed, producers, number=decision.pk, day=day, now=now)


def _settle(order: Order, route: Route, lines: dict[int, Line], standing: Decision | None, now: datetime) -> None:
    if route.refusals:
        names = ", ".join(lines[line.key].product_name for line in route.refusals)
        message = _("Bestelling %(number)s: voor %(names)s geldt geen overeenkomst. Maak er een; de rest gaat door.")
        raise_issue(OpenIssue.Kind.UNROUTED, order.number, message % {"number": order.number, "names": names}, now)
        return
    set_routed(order, now)
    if standing is not None:
        resolve(OpenIssue.Kind.UNROUTED, order.number, now)
