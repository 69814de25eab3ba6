"""An operator has money of an order paid back: written first, then asked of Saleor, as staff would there.

Saleor asks our payment app to pay, Stripe pays, and Saleor's order then tells it (`book_refund`): so a refund made in
Saleor's Dashboard and one made here take the same road. Whoever dies in between is finished by the sweep: our name for
the refund stands in the reason that Saleor keeps, and by it a grant of ours is known again.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.announce_return import join_refund
from fulfilment.flows.follow_grants import follow_grants, how_far, is_refused
from fulfilment.flows.plan_refund import Choice, Planned, moved_on, plan, work_seen
from fulfilment.flows.receive_outside import to_receive
from fulfilment.flows.refund_by_bank import begin, is_outside
from fulfilment.flows.stop_work import stop_work
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.flows.watch_withdrawals import watch
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorOrder, SaleorRefund
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.marks import act, mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund, RefundLine
from fulfilment.outside import in_words
from fulfilment.partners.models import User
from fulfilment.payments.queries import is_taken

LONGEST_REASON = 200

ASKED_ALREADY = ("REFUND_IS_PENDING", "REFUND_ALREADY_PROCESSED")
"""Saleor's codes where an earlier request of ours had reached it."""


def state_seen(order: Order) -> str:
    """What tells two looks at an order apart: a refund was asked or moved on in between, a piece or a return did, or
    the partners' money was released."""
    refunds = ",".join(f"{pk}{state[:1]}" for pk, state in order.refunds.values_list("pk", "state"))
    return f"{refunds}|{','.join(work_seen(order))}|{'released' if order.released_at else ''}"


def refuse_stale(order: Order, seen: str) -> None:
    """`Refusal` where the order is not as whoever asks saw it: they look at what happens now, and are asked again."""
    if seen == state_seen(order):
        return
    refunds, work = (*seen.split("|"), "", "")[:2]
    told = _("Intussen veranderde er iets aan deze bestelling. Kijk opnieuw wat er gebeurt, en bevestig het dan.")
    if refunds != state_seen(order).split("|")[0]:
        told = _("Intussen is er al een terugbetaling gevraagd of geboekt. Kijk opnieuw wat er overblijft.")
    elif moved := moved_on(order, work.split(",")):
        told = _("Intussen is er verder gewerkt: %(what)s. Kijk opnieuw wat er gebeurt, en bevestig het dan.")
        told = told % {"what": "; ".join(moved)}
    raise Refusal(told, code="STALE")


def request(
    public_id: str,
    choice: Choice,
    *,
    reason: str,
    saleor: Saleor,
    now: datetime,
    by: User | None = None,
    seen: str | None = None,
    is_back: bool = False,
) -> Refund:
    """Have what is chosen paid back. `Refusal` in the operator's language; `GatewayError` where Saleor cannot be read.

    What comes back is announced with it, unless it was before; or it `is_back` at the workshop already.

    `seen` is the `state_seen` that the operator looked at. Where Saleor does not answer once the refund is written, a
    worker goes on asking: the refund's state tells.
    """
    order = Order.objects.get(public_id=public_id)
    remote = saleor.order(order.saleor_id)
    if remote is not None:
        follow_grants(order.pk, remote, now=now)
    refund = _write(order.pk, choice, reason=reason, by=by, seen=seen, is_back=is_back, now=now)
    _ask_now(refund, saleor, now)
    return refund


def again(name: str, *, saleor: Saleor, now: datetime) -> Refund:
    """Ask once more for a refund (by its name) that failed. `Refusal` where it did not, or Saleor will not."""
    refund = _begin_again(name, now)
    _ask_now(refund, saleor, now)
    return refund


@transaction.atomic
def _begin_again(name: str, now: datetime) -> Refund:
    refund = Refund.objects.select_related("order").get(name=name)
    lock_order(pk=refund.order_id)
    refund.refresh_from_db()
    message = _("Deze terugbetaling is niet mislukt: er valt niets opnieuw te proberen.")
    life.advance(refund, "again", message=message, now=now)
    mark(Mark.Kind.REFUND_ASKED, refund.name, now)
    return refund


@transaction.atomic
def _write(
    order_pk: int, choice: Choice, *, reason: str, by: User | None, seen: str | None, is_back: bool, now: datetime
) -> Refund:
    """The refund, one of an order at a time: the same button pressed twice asks once."""
    order = lock_order(pk=order_pk)
    if seen is not None:
        refuse_stale(order, seen)
    planned = plan(order, choice)
    refund = keep(order, planned, reason=reason, now=now, by=by)
    if choice.kind == Refund.Kind.CAME_BACK:
        join_refund(refund, now=now, by=by, is_back=is_back)
    if is_outside(order) or is_taken(order.checkout_id):
        _go_by_bank(order, refund, now, by)
    else:
        mark(Mark.Kind.REFUND_ASKED, refund.name, now)
    watch(order, now)
    return refund


def _go_by_bank(order: Order, refund: Refund, now: datetime, by: User | None) -> None:
    """Stripe cannot pay it: from our bank account. What came outside our app somebody must have seen arrive there."""
    if to_receive(order) > 0:
        message = _("Deze bestelling is buiten onze betaaldienst betaald. Zeg eerst dat het geld op onze bank staat.")
        raise Refusal(message, code="NOT_RECEIVED")
    begin(order, refund, now=now, by=by)
    stop_work(order, now, late=refund.kind == Refund.Kind.NOT_WANTED)


def keep(order: Order, planned: Planned, *, reason: str, now: datetime, by: User | None = None) -> Refund:
    """Write a refund with its lines. The caller holds the order."""
    choice = planned.choice
    refund = Refund.objects.create(
        order=order,
        kind=choice.kind,
        amount_minor=planned.amount,
        includes_shipping=choice.shipping,
        shipping_minor=planned.amounts.get(None, 0),
        bearer=choice.bearer,
        reason=reason[:LONGEST_REASON],
        asked_at=now,
        asked_by=by,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=pk, quantity=choice.quantities.get(pk, 0), amount_minor=amount)
        for pk, amount in planned.amounts.items()
        if pk is not None
    )
    return refund


def _ask_now(refund: Refund, saleor: Saleor, now: datetime) -> None:
    """Ask while the operator waits; a Saleor that does not answer is asked again by a worker."""
    if refund.state == Refund.State.BY_BANK:
        return
    refusals: list[GatewayError | None] = []
    try:
        act(Mark.Kind.REFUND_ASKED, refund.name, now, lambda: refusals.append(ask(refund.name, saleor, now=now)))
    except GatewayError as error:
        if not error.retry:
            refusals.append(error)
    finally:
        refund.refresh_from_db()
    for refusal in filter(None, refusals):
        raise Refusal(_why_not(refusal), code=refusal.code or "GATEWAY") from refusal


def ask(name: str, saleor: Saleor, *, now: datetime) -> GatewayError | None:
    """Grant and request a refund at Saleor, each once, whatever became of an earlier try.

    `GatewayError` where Saleor does not answer. What it will never do is given up, and its refusal is returned: nobody
    asks that again but an operator.
    """
    refund = Refund.objects.select_related("order").get(name=name)
    if refund.state not in (Refund.State.ASKED, Refund.State.GRANTED):
        return None
    remote = saleor.order(refund.order.saleor_id)
    try:
        if remote is None:
            raise GatewayError("Saleor does not know this order.", retry=False, code="NOT_FOUND", at="Saleor")
        granted = _grant(refund, remote, saleor, now)
        if granted is None or _is_to_be_requested(refund, granted):
            saleor.request_granted_refund(refund.transaction_id, str(refund.granted_id))
    except GatewayError as error:
        if error.code not in ASKED_ALREADY:
            if error.retry:
                raise
            _give_up(refund, error, now)
            return error
    _is_under_way(refund, now)
    return None


def _is_to_be_requested(refund: Refund, granted: SaleorRefund) -> bool:
    """Whether Saleor must (still) ask for what it granted.

    Not where we died after it had, and Stripe could not pay: that is asked again by an operator alone.
    """
    status, _at_stripe = how_far(granted)
    return status == "NONE" or (status == "FAILURE" and not is_refused(refund, granted))


def _grant(refund: Refund, remote: SaleorOrder, saleor: Saleor, now: datetime) -> SaleorRefund | None:
    """Saleor's grant of a refund as it stood before this call; None where it is made now."""
    known = next((found for found in remote.refunds if is_grant_of(refund, found)), None)
    if known is not None:
        life.move(refund, "grant", now=now, granted_id=known.id)
        return known
    _choose_transaction(refund, remote)
    granted_id = saleor.grant_refund(
        remote.id,
        refund.transaction_id,
        _units(refund),
        shipping=refund.includes_shipping,
        amount_minor=refund.amount_minor,
        currency=refund.order.currency,
        reason=f"{refund.reason} · {refund.name}".removeprefix(" · "),
    )
    life.move(refund, "grant", now=now, granted_id=granted_id)
    return None


def is_grant_of(refund: Refund, granted: SaleorRefund) -> bool:
    """Whether Saleor's grant is this refund: by its id, or by our name in its reason where its id got lost."""
    return granted.id == refund.granted_id or (refund.granted_id is None and granted.reason.endswith(refund.name))


def _units(refund: Refund) -> dict[str, int]:
    """Saleor's line ids and units."""
    return dict(refund.lines.filter(quantity__gt=0).values_list("line__saleor_id", "quantity"))


def _choose_transaction(refund: Refund, remote: SaleorOrder) -> None:
    """Write which transaction the money is on, the first with enough on it, before Saleor grants anything."""
    if refund.transaction_id:
        return
    enough = [found for found in remote.transactions if found.charged_minor >= refund.amount_minor]
    if not enough and not any(found.charged_minor > 0 for found in remote.transactions):
        raise GatewayError("no money is on this order", retry=False, code="NOTHING_CHARGED", at="Saleor")
    if not enough:
        told = "no payment of this order has that much on it"
        raise GatewayError(told, retry=False, code="TOO_MUCH", at="Saleor")
    refund.transaction_id = enough[0].id
    refund.save(update_fields=["transaction_id"])


def _why_not(error: GatewayError) -> str:
    said = in_words(error)
    refused = _("Saleor nam de terugbetaling niet aan. %(said)s Kijk in Saleor wat er staat voor je opnieuw probeert.")
    return {
        "NOTHING_CHARGED": _("Op deze bestelling staat geen betaling die terug kan."),
        "TOO_MUCH": _("Op geen enkele betaling van deze bestelling staat nog zoveel. Kies minder."),
    }.get(error.code, refused % {"said": said})


@transaction.atomic
def _give_up(refund: Refund, error: GatewayError, now: datetime) -> None:
    """Saleor will not: what was never granted did not happen; what was granted failed, and stays to be paid."""
    order = lock_order(pk=refund.order_id)
    why = _why_not(error)
    life.move(refund, "fail" if refund.granted_id else "withdraw", now=now, note=why)
    if refund.state in (Refund.State.FAILED, Refund.State.WITHDRAWN):  # also where it was asked again, in vain
        raise_issue(OpenIssue.Kind.REFUND_FAILED, order.number, why, now)


@transaction.atomic
def _is_under_way(refund: Refund, now: datetime) -> None:
    """Saleor asks for the money from here on. Nobody makes what is not wanted any more."""
    order = lock_order(pk=refund.order_id)
    if not life.move(refund, "request", now=now):
        return
    look_at_failures(order, now=now)
    stop_work(order, now, late=refund.kind == Refund.Kind.NOT_WANTED)
    mark(Mark.Kind.ORDER, order.saleor_id, now)
