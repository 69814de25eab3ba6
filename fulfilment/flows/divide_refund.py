"""Money went back without anybody saying for what: an operator says whose it was, and who bears the rest."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows.announce_return import join_refund
from fulfilment.flows.book_refund import book
from fulfilment.flows.plan_refund import Choice, Planned, owed_to_customer, plan, prices_left
from fulfilment.flows.request_refund import keep, refuse_stale
from fulfilment.flows.reverse_shares import books_of
from fulfilment.flows.tell_refund import tell, untold
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import rounding
from fulfilment.partners.models import User
from fulfilment.revenue.reversal import Rows, total


def to_divide(order: Order) -> int:
    """What went back to the customer of an order and is nobody's yet, in minor units; 0 while it waits for a maker."""
    if order.routed_at is None:
        return 0
    return max(-owed_to_customer(order, books_of(order)), 0)


def preview(order: Order, choice: Choice) -> Planned:
    """The effect of dividing what is to be divided; nothing is written. `Refusal` as for `divide`."""
    parts = _parts(order, choice)
    return Planned(choice, sum(part.amount for part in parts), {}, {}, total([part.rows for part in parts]))


@transaction.atomic
def divide(
    public_id: str,
    choice: Choice,
    *,
    reason: str,
    now: datetime,
    by: User | None = None,
    is_back: bool = False,
    seen: str | None = None,
) -> None:
    """Reverse the shares of what was chosen; what is left of the money its `bearer` bears.

    `seen` is the `state_seen` that the operator looked at.

    What comes back is announced with it, unless it was before; or it `is_back` at the workshop already.
    No money moves: it went back already. `Refusal` in the operator's language; a second time there is nothing left.
    """
    order = lock_order(pk=Order.objects.get(public_id=public_id).pk)
    if seen is not None:
        refuse_stale(order, seen)
    parts = _parts(order, choice)
    kept = []
    for planned in parts:
        refund = keep(order, planned, reason=reason, now=now, by=by)
        if refund.kind == Refund.Kind.CAME_BACK:
            join_refund(refund, now=now, by=by, is_back=is_back)
        life.move(refund, "pay", now=now, by=by)
        book(order, refund, now=now)
        kept.append(refund)
    # Of what was given for units above their price the customer has read already.
    tell(kept[0], min(sum(part.amount for part in parts), untold(order, books_of(order))), now=now)
    resolve(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, now)


def _parts(order: Order, choice: Choice) -> list[Planned]:
    """What was chosen, and what is left of the money for no unit."""
    amount = to_divide(order)
    if not amount:
        raise Refusal(_("Er is niets te verdelen: van al wat terugging, is bekend wie het draagt."), code="NOTHING")
    if not choice.shipping and not any(choice.quantities.values()):
        return [_for_no_unit(order, amount, choice)]
    chosen = plan(order, choice, pays=False)
    if chosen.amount > amount + sum(choice.quantities.values()):  # up to a cent a unit is rounding
        figures = {"worth": written(chosen.amount, order.currency), "amount": written(amount, order.currency)}
        message = _("Wat je koos, kost %(worth)s. Er ging %(amount)s terug: kies minder, de rest draag je apart.")
        raise Refusal(message % figures, code="TOO_MUCH")
    if chosen.amount >= amount:
        return [replace(chosen, amount=amount)]
    return [chosen, _for_no_unit(order, amount - chosen.amount, replace(choice, lines=()), after=chosen)]


def _for_no_unit(order: Order, amount: int, choice: Choice, *, after: Planned | None = None) -> Planned:
    """An amount that went back and is borne as a gesture. The cents above what is left of the prices are rounding."""
    left = sum(found for pk, found in prices_left(order, after).items() if pk in choice.lines or not choice.lines)
    cents = amount - left if 0 < amount - left <= rounding(order) else 0
    gesture = Choice(Refund.Kind.GESTURE, amount=amount - cents, lines=choice.lines, bearer=choice.bearer)
    if not gesture.amount:
        return Planned(gesture, amount, {}, {}, Rows({}, 0, 0, amount))
    found = plan(order, gesture, after=after, pays=False)
    return replace(found, amount=amount, rows=replace(found.rows, other=found.rows.other + cents))
