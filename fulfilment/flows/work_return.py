"""What happens to a return: on its way, arrived, judged; or lost, or kept by the customer after all.

The workshop that the units left receives and judges; the operator may do whatever it may. Everybody locks the order
first. A second press of the same button changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows.dispatch import soon
from fulfilment.flows.watch_returns import watch
from fulfilment.flows.work_task import check_code, check_seen
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.orders.locks import lock_order
from fulfilment.partners.models import User
from fulfilment.partners.queries import producers_of
from fulfilment.production.rules import clean_code, label_as_seen
from fulfilment.returns.life import UNDO, before
from fulfilment.returns.models import Repaid, Return, ReturnLine
from fulfilment.returns.queries import returns_of, unpaid
from fulfilment.returns.rules import Verdict, allot, is_whole


@transaction.atomic
def expect(
    public_id: str,
    *,
    carrier: str = "",
    tracking_code: str = "",
    by: User | None,
    now: datetime,
    seen: str | None = None,
) -> None:
    """The customer says that it is on its way, with whom and under which code where that is known.

    `by` nobody: the customer says so, and whoever calls has seen that it is theirs. `seen` is what was known of carrier
    and code (`label_as_seen`) when it was said. `Refusal` once it is there, where a code is given that cannot be one,
    and where another was given meanwhile: what is newer is not overwritten unseen.
    """
    found = _locked(public_id, by)
    code = clean_code(tracking_code)
    if code:
        check_code(code)
    if not (carrier or code) and seen != label_as_seen(found.carrier, found.tracking_code):
        carrier, code = found.carrier, found.tracking_code  # only that it is on its way was said, not with what
    if (carrier, code) != (found.carrier, found.tracking_code):
        check_seen(seen, found.carrier, found.tracking_code)
    on_its_way = {"carrier": carrier, "tracking_code": code}
    _advance(found, "expect", by, now, **on_its_way)


@transaction.atomic
def receive(public_id: str, quantities: Mapping[int, int], *, by: User, now: datetime) -> None:
    """So many units of each line (return line id → units) are at the workshop. What is missing is expected still, as a
    return of its own. `Refusal` where more came than was announced, or nothing."""
    found = _locked(public_id, by)
    if found.state == Return.State.RECEIVED:
        return
    arrive(found, quantities, by=by, now=now)


def arrive(found: Return, quantities: Mapping[int, int], *, by: User | None, now: datetime) -> None:
    """As `receive`; the caller holds the order."""
    lines = {line.pk: line for line in found.lines.all()}
    if quantities.keys() - lines.keys() or any(
        not 0 <= count <= lines[pk].quantity for pk, count in quantities.items()
    ):
        raise Refusal(_("Er kan niet meer aankomen dan er aangekondigd is. Bel Sociaal Gemaakt."), code="TOO_MANY")
    if not any(quantities.values()):
        raise Refusal(_("Is er niets aangekomen? Dan hoef je nog niets te doen."), code="NOTHING_CHOSEN")
    missing = {pk: line.quantity - quantities.get(pk, 0) for pk, line in lines.items()}
    _advance(found, "receive", by, now)
    if any(missing.values()):
        _split_off(found, {pk: count for pk, count in missing.items() if count}, by, now)
    watch(found.order, now)


def _split_off(found: Return, missing: Mapping[int, int], by: User | None, now: datetime) -> None:
    """What did not come becomes a return of its own, with what is paid back for more than came."""
    rest = Return.objects.create(
        order=found.order,
        task=found.task,
        reason=found.reason,
        announced_at=found.announced_at,
        announced_by=found.announced_by,
        moved_at=now,
        carrier=found.carrier,
        tracking_code=found.tracking_code,
    )
    life.move(rest, "expect", now=now, by=by, note=_("Kwam niet mee met de rest"), moved_at=now)
    for line in found.lines.filter(pk__in=missing):
        came = line.quantity - missing[line.pk]
        if not came:
            line.of_return = rest
            line.save(update_fields=["of_return"])
            continue
        line.quantity = came
        line.save(update_fields=["quantity"])
        other = ReturnLine.objects.create(of_return=rest, task_line=line.task_line, quantity=missing[line.pk])
        _move_repaid(line, other, came)


def _move_repaid(line: ReturnLine, other: ReturnLine, came: int) -> None:
    """Money is for what came first: only what is paid back beyond that is for the units that did not."""
    rows = list(Repaid.objects.filter(line=line).exclude(refund__state="withdrawn").order_by("pk"))
    stays = allot(came, ((row.pk, row.quantity) for row in rows))
    for row in rows:
        kept = stays.get(row.pk, 0)
        if kept == row.quantity:
            continue
        Repaid.objects.create(line=other, refund_id=row.refund_id, quantity=row.quantity - kept)
        if kept:
            row.quantity = kept
            row.save(update_fields=["quantity"])
        else:
            row.delete()


@transaction.atomic
def judge(public_id: str, verdicts: Mapping[int, Verdict], *, by: User, now: datetime) -> None:
    """What the workshop says of every unit (return line id → how many are what). From here on at the latest Saleor and
    the customer are told of it. `Refusal` where it does not add up, or where it has not arrived."""
    found = _locked(public_id, by)
    if found.state == Return.State.JUDGED:
        return
    lines = {line.pk: line for line in found.lines.all()}
    if not is_whole(verdicts, {pk: line.quantity for pk, line in lines.items()}):
        raise Refusal(_("Zeg van elk stuk hoe het is."), code="NOT_ALL")
    _advance(found, "judge", by, now)
    for pk, line in lines.items():
        line.as_new, line.to_mend, line.spoilt = verdicts[pk]
        line.save(update_fields=["as_new", "to_mend", "spoilt"])
    report_soon(found, now)
    watch(found.order, now)


def report_soon(found: Return, now: datetime) -> None:
    """Have Saleor and the customer told that it arrived."""
    mark(Mark.Kind.RETURN, found.public_id, now)
    soon(Mark.Kind.RETURN, found.public_id)


@transaction.atomic
def undo(public_id: str, *, step: str, by: User, now: datetime) -> None:
    """Back to before the step that led to `step` (received, judged), which was pressed by mistake.

    The step is named, so that a second press takes back one step and not two. `Refusal` where something followed, such
    as a judgement of what was said to be there.
    """
    found = _locked(public_id, by)
    if before(step) == found.state:
        return
    if found.state != step or before(step) is None:
        raise Refusal(_wrong_state(found), code="WRONG_STATE")
    if not can_undo(found):
        raise Refusal(_("Dat kan niet meer terug: er is al iets mee gebeurd. Bel Sociaal Gemaakt."), code="TOO_LATE")
    if step == Return.State.JUDGED:
        found.lines.update(as_new=0, to_mend=0, spoilt=0)
    _advance(found, UNDO[step], by, now)
    watch(found.order, now)


def can_undo(found: Return) -> bool:
    """Whether the last step can be taken back: an arrival until somebody was told, a judgement until money followed."""
    if found.state == Return.State.RECEIVED:
        return found.told_at is None and not found.lines.filter(known_to_saleor__gt=0).exists()
    if found.state != Return.State.JUDGED or found.order.released_at is not None or found.keeps_money_at is not None:
        return False
    return not Repaid.objects.filter(line__of_return=found, refund__asked_at__gte=found.moved_at).exists()


@transaction.atomic
def lose(public_id: str, *, by: User, now: datetime) -> None:
    """It never arrived: nobody waits for it any more."""
    found = _locked(public_id, by)
    if found.state != Return.State.LOST:
        _advance(found, "lose", by, now)
    watch(found.order, now)


@transaction.atomic
def withdraw(public_id: str, *, by: User | None, now: datetime) -> None:
    """The customer keeps it. `Refusal` where money goes or went back for it."""
    found = _locked(public_id, by)
    if found.state == Return.State.WITHDRAWN:
        return
    if Repaid.objects.filter(line__of_return=found).exclude(refund__state="withdrawn").exists():
        raise Refusal(_("Hiervoor gaat of ging al geld terug. Houdt de klant het toch, bel dan."), code="REFUNDED")
    _advance(found, "withdraw", by, now)
    watch(found.order, now)


@transaction.atomic
def keep_money(public_id: str, *, by: User, now: datetime) -> None:
    """No (more) money goes back for what was judged. `Refusal` before that, and where money goes back for all of it."""
    found = _locked(public_id, by)
    if found.state != Return.State.JUDGED:
        raise Refusal(_wrong_state(found), code="WRONG_STATE")
    if found.keeps_money_at is None:
        if not any(one.line.of_return_id == found.pk for one in unpaid(found.order_id)):
            raise Refusal(_("Hiervoor gaat of ging al geld terug. Kijk op het pad van de bestelling."), code="REFUNDED")
        found.keeps_money_at = now
        found.save(update_fields=["keeps_money_at"])
    watch(found.order, now)


def _locked(public_id: str, by: User | None) -> Return:
    """The return as it stands, its order locked; for anybody but its workshop and the operator it is not there."""
    mine = Return.objects.all() if by is None or by.is_staff else returns_of([one.pk for one in producers_of(by)])
    order_id = mine.filter(public_id=public_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise Refusal(_("Deze retour is er niet."), code="NOT_FOUND")
    lock_order(pk=order_id)
    return Return.objects.select_related("order", "task").get(public_id=public_id)


def _advance(found: Return, event: str, by: User | None, now: datetime, **fields: str) -> None:
    life.advance(found, event, message=_wrong_state(found), now=now, by=by, moved_at=now, **fields)


def _wrong_state(found: Return) -> str:
    return _("Dat kan nu niet: deze retour staat op “%(state)s”.") % {"state": found.get_state_display()}
