"""The workshop's side of an order: accept, start, finish, ship (all or part), deliver; taking back a wrong press; and
dropping what is cancelled.

Everybody locks the order first and then its task. Only somebody who works for the producer may act; for anybody else
the task is not there.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfilment.errors import Refusal
from fulfilment.flows import number_pieces, tell_customer
from fulfilment.flows.dispatch import soon
from fulfilment.flows.watch_tasks import look_at
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.life import advance, move
from fulfilment.orders.locks import lock_order
from fulfilment.partners.models import User
from fulfilment.partners.queries import producers_of
from fulfilment.production import queries, rules
from fulfilment.production.locks import lock_code, lock_task
from fulfilment.production.models import Parcel, ParcelLine, Task, TaskStep


@transaction.atomic
def accept(task: str, *, by: User, now: datetime) -> None:
    """The workshop takes the work on. `Refusal` where it is past that."""
    _step(task, "accept", by, now)


@transaction.atomic
def start(task: str, *, by: User, now: datetime) -> None:
    """Making begins."""
    _step(task, "start", by, now)


@transaction.atomic
def finish(task: str, *, by: User, now: datetime) -> None:
    """Everything is made and can be shipped; each piece of an edition has its number from here on."""
    number_pieces.settle(_step(task, "finish", by, now), now)


@transaction.atomic
def undo(task: str, *, step: str, by: User, now: datetime) -> None:
    """Back to before the step that led to `step`, which was pressed by mistake. The history keeps both.

    The step is named, so that a second press of the same button takes back one step and not two. `Refusal` where the
    task went on since, or where a parcel has left: then the customer has been told.
    """
    locked = locked_task(task, by)
    if rules.before(step) == locked.state:
        return
    if locked.state != step or rules.before(step) is None:
        raise Refusal(wrong_state(locked), code="WRONG_STATE")
    if queries.undo_leads_to(locked) is None:
        raise Refusal(_("Er is al een pakket weg. Deze stap kan niet meer terug."), code="SHIPPED")
    _check_going_on(locked)
    go_back(locked, "undo", step, by, now)


@transaction.atomic
def ship(
    task: str,
    *,
    quantities: Mapping[int, int],
    carrier: str,
    tracking_code: str,
    same_code: str = "",
    form_key: str,
    by: User,
    now: datetime,
) -> Parcel:
    """Send units (task line id → units) in one parcel; the same form sent twice is the parcel of the first time.

    What is collected at the workshop has arrived at once. `same_code` is a code of which the person says that it is
    right to stand on another parcel too. `Refusal` where more would leave than is asked, where the task is not ready,
    where the code stands on another parcel, or where the form says something else than the first time.
    """
    locked = locked_task(task, by)
    sent = {line: quantity for line, quantity in quantities.items() if quantity}
    code = _checked_code(carrier, tracking_code)
    earlier = queries.sent_with(locked, form_key)
    if earlier is not None:
        return _same_as(earlier, sent, carrier, code)
    if locked.state != Task.State.READY:
        raise Refusal(wrong_state(locked), code="WRONG_STATE")
    wanted = queries.open_units(locked)
    _check_units(sent, wanted)
    _check_going_on(locked)
    advance(locked, rules.shipping_event(wanted, sent), message=wrong_state(locked), now=now, by=by)
    _take_code(locked, code, same_code)
    parcel = Parcel.objects.create(
        task=locked,
        form_key=rules.form_key_of(locked.public_id, form_key),
        carrier=carrier,
        tracking_code=code,
        shipped_at=now,
        delivered_at=now if carrier == rules.COLLECTED else None,
    )
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, task_line_id=line, quantity=quantity) for line, quantity in sorted(sent.items())
    )
    for line in locked.lines.all():
        if line.pk in sent:
            line.shipped_quantity += sent[line.pk]
            line.save(update_fields=["shipped_quantity"])
    number_pieces.pack(parcel, now)
    close(locked, by, now)
    look_at(locked, now)
    tell_customer.parcel_shipped(parcel, now)
    _report(parcel, now)
    return parcel


@transaction.atomic
def lay_ready(parcel: str, *, by: User, now: datetime) -> None:
    """A parcel lies at its collection point, and the customer is told to come. A second time changes nothing.

    `Refusal` for one that goes to a customer's own address.
    """
    locked, found = _locked_parcel(parcel, by)
    if not locked.order.pickup_name or found.carrier == rules.COLLECTED:
        raise Refusal(_("Dit pakket gaat niet naar een afhaalpunt."), code="NO_POINT")
    if found.at_point_since is not None or found.delivered_at is not None:
        return
    found.at_point_since = now
    found.save(update_fields=["at_point_since"])
    tell_customer.parcel_at_point(found, now)


@transaction.atomic
def undo_lay_ready(parcel: str, *, by: User, now: datetime) -> None:
    """It does not lie there yet after all, and the customer, who was told to come, is told so. A second time changes
    nothing; nor does it change what was collected already."""
    _locked, found = _locked_parcel(parcel, by)
    if found.at_point_since is None or found.delivered_at is not None:
        return
    found.at_point_since = None
    found.save(update_fields=["at_point_since"])
    tell_customer.parcel_at_point(found, now)


@transaction.atomic
def deliver(parcel: str, *, by: User, now: datetime) -> None:
    """A parcel arrived; the task is delivered with its last one. A second time changes nothing."""
    locked, found = _locked_parcel(parcel, by)
    if found.delivered_at is not None:
        return
    found.delivered_at = now
    found.save(update_fields=["delivered_at"])
    close(locked, by, now)


@transaction.atomic
def undo_delivery(parcel: str, *, by: User, now: datetime) -> None:
    """The parcel did not arrive after all; a second time changes nothing. The history keeps both.

    `Refusal` where its money was released: the time to withdraw was reckoned from its arrival. And where the customer
    came for it: that parcel was never on its way.
    """
    locked, found = _locked_parcel(parcel, by)
    if found.delivered_at is None:
        return
    if found.carrier == rules.COLLECTED:
        raise Refusal(_("De klant heeft dit zelf afgehaald. Dat kan niet meer terug."), code="COLLECTED")
    if not queries.can_undo_delivery(found):
        raise Refusal(
            _("Het geld van deze bestelling is al vrij. Laat het weten aan Sociaal Gemaakt."), code="RELEASED"
        )
    found.delivered_at = None
    found.save(update_fields=["delivered_at"])
    go_back(locked, "undo_delivery", Task.State.DELIVERED, by, now)


@transaction.atomic
def correct_tracking(
    parcel: str,
    *,
    carrier: str,
    tracking_code: str,
    same_code: str = "",
    by: User,
    now: datetime,
    seen: str | None = None,
) -> bool:
    """The label says something else than what was typed; Saleor and the customer are told. Whether it changed anything.

    `seen` is what was known of it (`label_as_seen`) when it was corrected. `Refusal` once it arrived, where it was
    corrected meanwhile, and where the code stands on another parcel and `same_code` does not say that it may.
    """
    task, found = _locked_parcel(parcel, by)
    if carrier == rules.COLLECTED:
        raise Refusal(_("Dit pakket is onderweg. Kies wie het wegbrengt."), code="NO_CARRIER")
    code = _checked_code(carrier, tracking_code)
    if found.delivered_at is not None:
        raise Refusal(_("Dit pakket is al geleverd. De trackingcode blijft zoals ze is."), code="WRONG_STATE")
    if (found.carrier, found.tracking_code) == (carrier, code):
        return False
    check_seen(seen, found.carrier, found.tracking_code)
    _take_code(task, code, same_code, besides=found.pk)
    found.carrier, found.tracking_code = carrier, code
    found.corrections += 1
    found.save(update_fields=["carrier", "tracking_code", "corrections"])
    tell_customer.parcel_corrected(found, now)
    _report(found, now)
    return True


@transaction.atomic
def cancel_units(units: Mapping[int, int], *, order_id: int, now: datetime) -> dict[int, int]:
    """Units of order lines (line id → units) are no longer wanted: take them off whatever is still open.

    The units for which that was too late, by line: what left already stays as it is. A task without any unit left is
    cancelled; one of which the rest has left is shipped.
    """
    order = lock_order(pk=order_id)
    tasks = Task.objects.select_for_update().filter(order_id=order_id).order_by("pk")
    left = dict(units)
    any_changed = False
    for task in tasks:
        changed = False
        for line in task.lines.all():
            dropped = min(left.get(line.line_id, 0), line.open_quantity)
            if dropped:
                left[line.line_id] -= dropped
                line.cancelled_quantity += dropped
                line.save(update_fields=["cancelled_quantity"])
                changed = True
        if changed:
            _after_cancelling(task, now)
            any_changed = True
    if any_changed:
        mark(Mark.Kind.DROPPED, order.public_id, now)
        soon(Mark.Kind.DROPPED, order.public_id)
    return {line_id: count for line_id, count in left.items() if count}


def _after_cancelling(task: Task, now: datetime) -> None:
    lines = list(task.lines.all())
    event = rules.cancelling_event(
        sum(line.open_quantity for line in lines), sum(line.shipped_quantity for line in lines)
    )
    if event is not None:
        advance(task, event, message=wrong_state(task), now=now)
        close(task, None, now)
    number_pieces.free(task)
    look_at(task, now)


def _step(public_id: str, event: str, by: User, now: datetime) -> Task:
    """One step without anything else to it; a second press of the same button changes nothing."""
    task = locked_task(public_id, by)
    if rules.has_happened(event, task.state):
        return task
    _check_going_on(task)
    advance(task, event, message=wrong_state(task), now=now, by=by)
    look_at(task, now)
    return task


def locked_task(public_id: str, by: User) -> Task:
    """A task of one of this person's workshops, locked after its order until the transaction ends.

    `Refusal` for a task of anybody else's.
    """
    mine = queries.tasks_of([producer.pk for producer in producers_of(by)])
    found = mine.filter(public_id=public_id).values_list("pk", "order_id").first()
    if found is None:
        raise Refusal(_("Deze taak is er niet."), code="NOT_FOUND")
    lock_order(pk=found[1])
    return lock_task(pk=found[0])


def _locked_parcel(public_id: str, by: User) -> tuple[Task, Parcel]:
    mine = queries.parcels_of([producer.pk for producer in producers_of(by)])
    task = mine.filter(public_id=public_id).values_list("task__public_id", flat=True).first()
    if task is None:
        raise Refusal(_("Dit pakket is er niet."), code="NOT_FOUND")
    locked = locked_task(task, by)
    return locked, Parcel.objects.get(public_id=public_id)


def go_back(task: Task, event: str, undone: str, by: User, now: datetime) -> None:
    """The state of before, where the task itself had come that far, and a step that tells what is undone."""
    step = {"undoes": undone}
    if task.state == undone:
        advance(task, event, message=wrong_state(task), now=now, by=by, step=step)
    else:
        TaskStep.objects.create(task=task, state=task.state, event=event, at=now, by=by, **step)
    look_at(task, now)


def close(task: Task, by: User | None, now: datetime) -> None:
    """The task is delivered when all that left has arrived and nothing is left to ship."""
    if task.state == Task.State.SHIPPED and queries.is_all_delivered(task):
        move(task, "deliver", now=now, by=by)


def _report(parcel: Parcel, now: datetime) -> None:
    mark(Mark.Kind.PARCEL, parcel.public_id, now)
    soon(Mark.Kind.PARCEL, parcel.public_id)


def _checked_code(carrier: str, written: str) -> str:
    if carrier not in rules.CARRIERS:
        raise Refusal(_("Kies wie het pakket wegbrengt."), code="NO_CARRIER")
    if not rules.has_tracking(carrier):
        return ""
    code = rules.clean_code(written)
    if not code:
        raise Refusal(_("Vul de trackingcode in. Ze staat op het etiket van het pakket."), code="NO_TRACKING")
    check_code(code)
    return code


def check_code(code: str) -> None:
    """`Refusal` where a cleaned code cannot be one."""
    if not rules.is_code(code):
        raise Refusal(
            _(
                "Een trackingcode heeft 3 tot 40 tekens: cijfers, en soms letters of streepjes. Spaties mogen."
                " Kijk op het etiket."
            ),
            code="BAD_TRACKING",
        )


def check_seen(seen: str | None, carrier: str, code: str) -> None:
    """`Refusal` where carrier and code are no longer what was seen (None: nobody looked) by who changes them."""
    if seen is None or seen == rules.label_as_seen(carrier, code):
        return
    now = " ".join(part for part in (rules.CARRIER_NAMES.get(carrier, ""), code) if part) or _("niets")
    told = _("Intussen vulde iemand dit al in: %(now)s. Klopt dat, dan hoef je niets te doen. Kijk het na.")
    raise Refusal(told % {"now": now}, code="STALE")


def _take_code(task: Task, code: str, same_code: str, *, besides: int = 0) -> None:
    """A code stands on one parcel of a workshop, unless the person says of this very code that it is right on another
    too. It is locked first: of two parcels in the same instant, one sees the other."""
    if not code:
        return
    lock_code(task.producer_id, code)
    other = queries.another_with_code(task, code, besides=besides)
    if other is not None and rules.clean_code(same_code) != code:
        raise Refusal(
            _("Deze code staat al op een pakket van bestelling %(number)s. Kijk op het etiket.")
            % {"number": other.task.order.number},
            code="CODE_TAKEN",
        )


def _check_units(sent: Mapping[int, int], wanted: Mapping[int, int]) -> None:
    if not sent:
        raise Refusal(_("Zeg hoeveel stuks er in het pakket zitten."), code="NOTHING_SENT")
    if any(quantity < 0 or line not in wanted for line, quantity in sent.items()):
        raise Refusal(_("Dit stuk hoort niet bij deze taak. Open de taak opnieuw."), code="NOT_OF_TASK")
    if any(quantity > wanted[line] for line, quantity in sent.items()):
        left = sum(wanted.values())
        told = ngettext(
            "Er moet nog %(left)s stuk weg. Zoveel als jij zegt, dat kan niet meer.",
            "Er moeten nog %(left)s stuks weg. Zoveel als jij zegt, dat kan niet meer.",
            left,
        )
        raise Refusal(told % {"left": left}, code="TOO_MANY")


def _same_as(parcel: Parcel, sent: Mapping[int, int], carrier: str, code: str) -> Parcel:
    """The parcel of the first time, where the form says the same again."""
    before = dict(parcel.lines.values_list("task_line_id", "quantity"))
    if (before, parcel.carrier, parcel.tracking_code) != (dict(sent), carrier, code):
        raise Refusal(_("Dit formulier is al verstuurd. Open de taak opnieuw."), code="FORM_USED")
    return parcel


def _check_going_on(task: Task) -> None:
    if queries.blocked_by(task) is not None:
        raise Refusal(_("Dit werk staat stil. Zeg eerst dat het weer verder kan."), code="BLOCKED")


def wrong_state(task: Task) -> str:
    """Why something cannot be done now."""
    return _("Dat kan nu niet: deze taak staat op “%(state)s”.") % {"state": task.get_state_display()}
