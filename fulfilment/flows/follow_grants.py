"""Saleor granted refunds, asked for here or made by staff there: each is known here, and how far it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.flows.announce_return import join_refund
from fulfilment.flows.hear_returns import hear_returns
from fulfilment.flows.plan_refund import limits
from fulfilment.flows.refund_by_bank import is_paid_by_bank
from fulfilment.flows.stop_work import stop_work
from fulfilment.gateways.saleor.values import SaleorOrder, SaleorRefund
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import portion, written
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund, RefundLine
from fulfilment.orders.queries import gross_left, is_covered, remaining, shipping_is_refunded
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import PaymentRefund
from fulfilment.returns.life import BACK
from fulfilment.returns.queries import unpaid


@transaction.atomic
def follow_grants(order_pk: int, remote: SaleorOrder, *, now: datetime) -> None:
    """Know every refund that Saleor granted, also one that staff made there, and how far it is; and what came back."""
    order = lock_order(pk=order_pk)
    hear_returns(order, remote, now=now)
    for granted in remote.refunds:
        if granted.amount_minor < 0:
            continue  # of a payment that banks took more of than was left: nothing goes back
        if granted.lines or granted.includes_shipping or own_refund(order, granted):
            _follow(order, granted, now)


def own_refund(order: Order, granted: SaleorRefund) -> Refund | None:
    """The refund that this grant is; one whose grant we never heard of is known by its name in the reason."""
    known = Refund.objects.filter(order=order, granted_id=granted.id).first()
    if known is not None:
        return known
    nameless = Refund.objects.filter(order=order, granted_id=None)
    return next((found for found in nameless if granted.reason.endswith(found.name)), None)


def _follow(order: Order, granted: SaleorRefund, now: datetime) -> None:
    refund = own_refund(order, granted) or _made_elsewhere(order, granted, now)
    life.move(refund, "grant", now=now, granted_id=granted.id)
    status, at_stripe = how_far(granted)
    has_failed = status == "FAILURE" and not is_paid_by_bank(refund) and not is_covered(refund)
    if has_failed and refund.state == Refund.State.GRANTED and _times_asked_again(refund):
        has_failed = is_refused(refund, granted)  # Saleor may still tell of the time before
    if not (has_failed or status == "PENDING") or not life.move(refund, "fail" if has_failed else "request", now=now):
        return
    # Also of what staff granted in Saleor: the money is to go back, so nobody makes it meanwhile.
    stop_work(order, now, late=refund.kind == Refund.Kind.NOT_WANTED)
    if has_failed and not at_stripe:
        told = _("Bestelling %(number)s: de terugbetaling van %(amount)s raakte niet tot bij Stripe. Vraag ze opnieuw.")
        values = {"number": order.number, "amount": written(refund.amount_minor, order.currency)}
        raise_issue(OpenIssue.Kind.REFUND_FAILED, order.number, told % values, now)


def how_far(granted: SaleorRefund) -> tuple[str, bool]:
    """The status of a grant, and whether its request reached us.

    What Stripe did with it counts, where we know: Saleor takes an answer that it did not hear for a failure, and the
    money would be asked back a second time.
    """
    states = set(PaymentRefund.objects.filter(idempotency_key__in=granted.keys).values_list("state", flat=True))
    if PaymentRefund.State.SUCCEEDED in states:
        return "SUCCESS", True
    if states & set(REFUND_AT_STRIPE):
        return "PENDING", True
    return ("FAILURE" if states else granted.status), bool(states)


def is_refused(refund: Refund, granted: SaleorRefund) -> bool:
    """Whether Stripe refused what was asked the last time: once more than an operator had it asked again."""
    refused = PaymentRefund.objects.filter(idempotency_key__in=granted.keys, state=PaymentRefund.State.FAILED)
    return refused.count() > _times_asked_again(refund)


def _times_asked_again(refund: Refund) -> int:
    """How often an operator had it asked once more."""
    return refund.steps.filter(event="again").count()


def _made_elsewhere(order: Order, granted: SaleorRefund, now: datetime) -> Refund:
    """A refund that staff granted in Saleor, for what is left of what they named."""
    by_saleor_id = {line.saleor_id: line for line in order.lines.all()}
    left, gross = remaining(order), gross_left(order)
    named = {by_saleor_id[key].pk: count for key, count in granted.lines.items() if key in by_saleor_id}
    units = {pk: min(count, left[pk]) for pk, count in named.items()}
    shipping = granted.includes_shipping and not shipping_is_refunded(order)
    refund = Refund.objects.create(
        order=order,
        name=granted.id,
        granted_id=granted.id,
        kind=_kind(order, units),
        amount_minor=granted.amount_minor,
        includes_shipping=shipping,
        shipping_minor=gross[None] if shipping else 0,
        reason=granted.reason,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=pk, quantity=count, amount_minor=portion(gross[pk], count, left[pk]))
        for pk, count in units.items()
        if count
    )
    if refund.kind == Refund.Kind.CAME_BACK:
        join_refund(refund, now=now)
    return refund


def _kind(order: Order, units: dict[int, int]) -> Refund.Kind:
    """What staff gave money back for in Saleor, where they said only how many: nobody stops work on a guess."""
    found = limits(order)
    if all(count <= found.open[pk] and not found.shipped[pk] for pk, count in units.items()):
        return Refund.Kind.NOT_WANTED
    if all(count <= found.shipped[pk] and not found.open[pk] for pk, count in units.items()):
        return Refund.Kind.CAME_BACK
    arrived: dict[int, int] = {}
    for one in unpaid(order.pk):
        if one.line.of_return.state in BACK:
            line_id = one.line.task_line.line_id
            arrived[line_id] = arrived.get(line_id, 0) + one.units
    if all(count <= arrived.get(pk, 0) for pk, count in units.items()):
        return Refund.Kind.CAME_BACK
    return Refund.Kind.UNSAID
