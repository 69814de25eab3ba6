"""The path of an order: all that happened, in the order in which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from fulfilment.entrypoints.backoffice.disputes import TONES as DISPUTE_TONES
from fulfilment.entrypoints.backoffice.disputes import disputes_of
from fulfilment.entrypoints.backoffice.refunds import BEARERS
from fulfilment.flows.reverse_shares import books_of
from fulfilment.ledger.models import Entry
from fulfilment.money import written
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import gesture_for
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.production.models import Impediment, Parcel, Reminder, Task, TaskStep
from fulfilment.production.rules import CARRIER_NAMES, COLLECTED, tracking_url
from fulfilment.returns.models import Return
from fulfilment.revenue.reversal import Bearer
from fulfilment.routing.models import Decision


@dataclass(frozen=True)
class Step:
    """One thing that happened; `tone` is "", "done" or "alert"."""

    at: datetime
    title: str
    detail: str = ""
    tone: str = ""
    link: str = ""


def path_of(order: Order) -> list[Step]:
    """The path, oldest first."""
    steps = [
        *_order_steps(order),
        *_payment_steps(order),
        *_routing_steps(order),
        *_task_steps(order),
        *_impediment_steps(order),
        *_parcel_steps(order),
        *_refund_steps(order),
        *_withdrawal_steps(order),
        *_return_steps(order),
        *_dispute_steps(order),
    ]
    return sorted(steps, key=lambda step: step.at)


def _order_steps(order: Order) -> Iterator[Step]:
    yield Step(order.placed_at, _("Geplaatst"), written(order.total_gross_minor, order.currency))
    if order.paid_at:
        yield Step(order.paid_at, _("Betaald"), written(_paid_minor(order), order.currency), "done")
    # An order of which all went back is closed as well, and nobody has a claim by it.
    if order.released_at and Entry.objects.filter(key=f"order:{order.public_id}:released").exists():
        detail = _("De bedenktijd is voorbij: de partners kunnen betaald worden.")
        yield Step(order.released_at, _("Vrijgegeven"), detail, "done")
    if order.cancelled_at:
        yield Step(order.cancelled_at, _("Geannuleerd"), tone="alert")


def _paid_minor(order: Order) -> int:
    """What came in for this order by our books, in cents."""
    return books_of(order).came_in or order.total_gross_minor


def _payment_steps(order: Order) -> Iterator[Step]:
    payments = Payment.objects.filter(checkout_id=order.checkout_id).exclude(checkout_id="")
    for payment in payments.prefetch_related("steps", "refunds__steps"):
        if payment.state in (Payment.State.FAILED, Payment.State.EXPIRED):
            yield Step(payment.created_at, _("Betaalpoging"), payment.get_state_display())
        for step in payment.steps.all():
            if step.state == Payment.State.RETURNING:
                yield Step(step.at, _("Betaling teruggevraagd"), step.note, "alert")
        for refund in payment.refunds.all():
            yield from _steps_of_refund(refund, written(refund.amount_minor, payment.currency))


def _steps_of_refund(refund: PaymentRefund, amount: str) -> Iterator[Step]:
    yield Step(refund.asked_at, _("Geld terug via Stripe"), f"{amount} · {refund.State.ASKED.label}")
    for step in refund.steps.all():
        told = [amount, step.told(), step.note]
        tone = "alert" if step.state == refund.State.FAILED else ""
        yield Step(step.at, _("Geld terug via Stripe"), " · ".join(part for part in told if part), tone)


def _dispute_steps(order: Order) -> Iterator[Step]:
    for dispute in disputes_of(order):
        amount = written(dispute.amount_minor, dispute.currency)
        for step in dispute.steps.all():
            who = step.by.get_full_name() or step.by.email if step.by else ""
            told = [amount, step.told(), step.note, who]
            tone = DISPUTE_TONES[dispute.State(step.state)]
            detail = " · ".join(part for part in told if part)
            yield Step(step.at, _("Betaling betwist"), detail, tone if tone in ("done", "alert") else "")


def _routing_steps(order: Order) -> Iterator[Step]:
    decisions = Decision.objects.filter(order=order).prefetch_related("assignments__producer", "assignments__line")
    for decision in decisions:
        makers = {assignment.producer.name: None for assignment in decision.assignments.all()}
        refused = len(decision.refusals)
        told = [str(decision.get_reason_display()), ", ".join(makers)]
        if refused:
            told.append(
                ngettext("%(count)s lijn zonder maker", "%(count)s lijnen zonder maker", refused) % {"count": refused}
            )
        title = _("Vervangen verdeling") if decision.superseded_by_id else _("Verdeeld over de makers")
        yield Step(decision.decided_at, title, " · ".join(part for part in told if part), "alert" if refused else "")


def _task_steps(order: Order) -> Iterator[Step]:
    told_elsewhere = ("waiting", "shipped", "delivered")  # by the division over the makers, and by the parcels
    steps = list(TaskStep.objects.filter(task__order=order).select_related("task__producer", "by"))
    taken_back = _deliveries_taken_back(order, steps)
    for step in steps:
        if not step.undoes and step.state in told_elsewhere and step.pk not in taken_back:
            continue
        who = step.by.get_full_name() or step.by.email if step.by else ""
        title = f"{step.task.producer.name}: {step.told()}"
        detail = " · ".join(part for part in (step.note, who) if part)
        yield Step(step.at, title, detail, "alert" if step.state in (Task.State.CANCELLED, Task.State.DECLINED) else "")


def _impediment_steps(order: Order) -> Iterator[Step]:
    """What a workshop said is in its way, what became of that, and whom silence reminded."""
    for found in Impediment.objects.filter(task__order=order).select_related("task__producer", "said_by"):
        name = found.task.producer.name
        told = [str(found.get_reason_display()), f"“{found.note}”" if found.note else ""]
        if found.due_on:
            told.insert(0, _("klaar tegen %(day)s") % {"day": date_format(found.due_on, "j F")})
        told.append(found.said_by.get_full_name() or found.said_by.email)
        title = f"{name}: {found.get_kind_display()}"
        yield Step(found.said_at, title, " · ".join(part for part in told if part), "alert")
        for step in found.steps.all():
            answer = f"“{found.answer}”" if found.answer and step.state == Impediment.State.SETTLED else ""
            yield Step(step.at, f"{title}: {Impediment.State(step.state).label}", answer)
    for reminder in Reminder.objects.filter(task__order=order).select_related("task__producer"):
        yield Step(reminder.at, f"{reminder.task.producer.name}: {reminder.get_stage_display()}", tone="alert")


def _deliveries_taken_back(order: Order, steps: list[TaskStep]) -> set[int]:
    """The steps "delivered" that no parcel tells of any more, since they were undone."""
    told_by_parcels = set(
        Parcel.objects.filter(task__order=order, delivered_at__isnull=False).values_list("task_id", "delivered_at")
    )
    standing: dict[int, int] = {}
    found: set[int] = set()
    for step in steps:
        if step.undoes == Task.State.DELIVERED and step.task_id in standing:
            found.add(standing.pop(step.task_id))
        elif step.state == Task.State.DELIVERED and (step.task_id, step.at) not in told_by_parcels:
            standing[step.task_id] = step.pk
    return found


def _parcel_steps(order: Order) -> Iterator[Step]:
    parcels = (
        Parcel.objects.filter(task__order=order)
        .select_related("task__producer")
        .prefetch_related("lines__task_line__line")
    )
    for parcel in parcels:
        inside = ", ".join(f"{row.quantity} × {row.task_line.line.product_name}" for row in parcel.lines.all())
        carrier = " ".join(part for part in (CARRIER_NAMES.get(parcel.carrier, parcel.carrier), parcel.tracking_code))
        told = _("aan Saleor gemeld") if parcel.reported_at else _("nog niet aan Saleor gemeld")
        producer = {"producer": parcel.task.producer.name}
        if parcel.carrier == COLLECTED:
            yield Step(parcel.shipped_at, _("Afgehaald bij %(producer)s") % producer, f"{inside} · {told}", "done")
            continue
        title = _("Pakket van %(producer)s") % producer
        link = tracking_url(parcel.carrier, parcel.tracking_code)
        yield Step(parcel.shipped_at, title, f"{inside} · {carrier.strip()} · {told}", "done", link)
        if parcel.at_point_since:
            yield Step(parcel.at_point_since, _("Ligt klaar op het afhaalpunt"), inside, "done")
        if parcel.delivered_at:
            title = _("Afgehaald") if order.pickup_name else _("Geleverd")
            yield Step(parcel.delivered_at, title, inside, "done")


def _refund_steps(order: Order) -> Iterator[Step]:
    for refund in Refund.objects.filter(order=order).prefetch_related("lines__line", "steps"):
        detail = _refund_detail(refund, order.currency)
        if refund.asked_at:
            yield Step(refund.asked_at, _("Terugbetaling gevraagd"), detail)
        for step in refund.steps.all():
            if step.state in REFUND_TITLES:
                tone = "alert" if step.state == Refund.State.FAILED else "done"
                yield Step(step.at, str(REFUND_TITLES[step.state]), f"{detail} · {step.note}".rstrip(" ·"), tone)
        yield from _bank_steps(refund)


def _bank_steps(refund: Refund) -> Iterator[Step]:
    """On which account, and what the bank was told; that it paid is told of the refund."""
    for account in refund.accounts.select_related("given_by"):
        who = account.given_by.get_full_name() or account.given_by.email if account.given_by else _("door de klant")
        yield Step(account.given_at, _("Rekening opgegeven"), f"{account.masked or _('gewist')} · {who}")
    for payout in refund.payouts.prefetch_related("steps"):
        for step in payout.steps.all():
            if step.event in TRANSFER_TITLES:
                tone = "alert" if step.event in ("fail", "return") else ""
                yield Step(step.at, str(TRANSFER_TITLES[step.event]), step.note, tone)


TRANSFER_TITLES: dict[str, Promise] = {
    "send": gettext_lazy("Overschrijving opgedragen"),
    "fail": gettext_lazy("Overschrijving mislukt"),
    "return": gettext_lazy("Overschrijving kwam terug"),
    "withdraw": gettext_lazy("Overschrijving ingetrokken"),
}
"""What happens to a transfer, where the refund itself does not tell it."""


def _withdrawal_steps(order: Order) -> Iterator[Step]:
    for said in order.withdrawals.prefetch_related("lines__line"):
        units = ", ".join(f"{row.quantity} × {row.line.product_name}" for row in said.lines.all())
        yield Step(said.said_at, _("Herroepen door de klant"), units, "alert")


def _return_steps(order: Order) -> Iterator[Step]:
    found = Return.objects.filter(order=order).select_related("task__producer")
    for one in found.prefetch_related("lines__task_line__line", "steps__by"):
        inside = ", ".join(f"{row.quantity} × {row.task_line.line.product_name}" for row in one.lines.all())
        detail = f"{inside} · {one.get_reason_display()}"
        producer = {"producer": one.task.producer.name}
        yield Step(one.announced_at, _("Retour naar %(producer)s aangekondigd") % producer, detail)
        for step in one.steps.all():
            who = step.by.get_full_name() or step.by.email if step.by else ""
            title = _("Retour naar %(producer)s: %(state)s") % {**producer, "state": Return.State(step.state).label}
            tone = {"judged": "done", "lost": "alert"}.get(step.state, "")
            yield Step(step.at, title, " · ".join(part for part in (inside, step.note, who) if part), tone)


REFUND_TITLES: dict[str, Promise] = {
    Refund.State.PAID: gettext_lazy("Terugbetaald"),
    Refund.State.FAILED: gettext_lazy("Terugbetaling mislukt"),
    Refund.State.BY_BANK: gettext_lazy("Gaat per overschrijving terug"),
    Refund.State.WITHDRAWN: gettext_lazy("Terugbetaling ging niet door"),
}
"""How far a refund is, where that is worth a step of its own."""


def _refund_detail(refund: Refund, currency: str) -> str:
    parts = [f"{row.quantity} × {row.line.product_name}" for row in refund.lines.all() if row.quantity]
    if refund.includes_shipping:
        parts.append(_("verzending"))
    about: list[str] = []
    if refund.kind == Refund.Kind.GESTURE:
        names = [line.product_name for line in gesture_for(refund)]
        about += [_("voor %(names)s") % {"names": ", ".join(names)} if names else _("voor de hele bestelling")]
        about += [_("gedragen door: %(who)s") % {"who": dict(BEARERS)[Bearer(refund.bearer)]}]
    told = [written(refund.amount_minor, currency), refund.get_kind_display(), *about, ", ".join(parts), refund.reason]
    return " · ".join(str(part) for part in told if part)
