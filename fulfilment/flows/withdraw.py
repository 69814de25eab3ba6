"""A customer withdraws from a purchase, or from a part of it, as the law lets them without a reason.

It holds from the moment that it is said: what had not left its workshop is not made any more, and its money stands on
the operator's list; what had left is announced as a return. All of it, and the acknowledgement, is one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import pgettext

from fulfilment.errors import Refusal
from fulfilment.flows import tell_withdrawal
from fulfilment.flows.announce_return import announce_units, returnable
from fulfilment.flows.count_dropped import dropped_units
from fulfilment.flows.release_shares import end_of, last_arrival
from fulfilment.flows.reverse_shares import books_of
from fulfilment.flows.stop_work import stop_work
from fulfilment.flows.watch_withdrawals import watch
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import remaining
from fulfilment.production.models import TaskLine
from fulfilment.returns.models import Return
from fulfilment.texts import seen
from fulfilment.withdrawals.models import Withdrawal, WithdrawalLine

LONGEST_NAME = 200
LONGEST_EMAIL = 254


class Standing(StrEnum):
    """Whether a customer can withdraw from (more of) an order."""

    OPEN = "open"
    OVER = "over"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, order=True)
class Place:
    """Units of an order's line, by its position: those that are with the customer (`is_sent`), or those still to go."""

    position: int
    is_sent: bool


@dataclass(frozen=True)
class Left:
    """Units that can still be withdrawn from."""

    place: Place
    line: Line
    units: int


def last_day(order: Order) -> date | None:
    """The last day to withdraw: the fourteenth after the last piece arrived; None while something has still to leave.

    The day of arrival itself does not count (Regulation 1182/71, art. 3).
    """
    arrived = last_arrival(order)
    return timezone.localdate(arrived) + settings.WITHDRAWAL_PERIOD if arrived else None


def standing(order: Order, *, now: datetime) -> Standing:
    """Whether the customer can withdraw now.

    A last day that falls on a weekend or a holiday lasts until the next working day: so as long as nothing is released
    to the partners, nobody who is a little late is refused.
    """
    if not left_of(order):
        return Standing.NOTHING_LEFT
    day = last_day(order)
    is_over = day is not None and now >= end_of(day) + settings.RELEASE_MARGIN
    return Standing.OVER if is_over else Standing.OPEN


def left_of(order: Order) -> list[Left]:
    """What can still be withdrawn from: neither paid back nor asked back, nor withdrawn from or announced before."""
    if order.cancelled_at is not None or books_of(order).is_given_back:
        return []
    lines = list(order.lines.all())
    left, sent = remaining(order), returnable(order)
    shipped = TaskLine.objects.filter(task__order=order).values_list("line_id").annotate(total=Sum("shipped_quantity"))
    gone: dict[int, int] = dict(shipped.order_by())
    dropped = {pk: units.not_wanted for pk, units in dropped_units(order).items()}
    found = []
    for line in lines:
        to_go = min(line.quantity - gone.get(line.pk, 0) - dropped.get(line.pk, 0), left[line.pk])
        there = min(sent.get(line.pk, 0), left[line.pk])
        found += [Left(Place(line.position, False), line, to_go), Left(Place(line.position, True), line, there)]
    return [one for one in found if one.units > 0]


def faults(*, name: str, email: str) -> dict[str, str]:
    """What is wrong with who makes a statement, by field, for the customer."""
    found = {}
    if not seen(name):
        found["name"] = pgettext("customer", "Vul je naam in.")
    elif len(seen(name)) > LONGEST_NAME:
        found["name"] = pgettext("customer", "Hoogstens %(count)s tekens.") % {"count": LONGEST_NAME}
    try:
        validate_email(email.strip())
    except ValidationError:
        found["email"] = pgettext("customer", "Dit e-mailadres klopt niet. Kijk het na.")
    if len(email.strip()) > LONGEST_EMAIL:
        found["email"] = pgettext("customer", "Hoogstens %(count)s tekens.") % {"count": LONGEST_EMAIL}
    return found


def check(order: Order, units: Mapping[Place, int], *, now: datetime) -> None:
    """`Refusal`, for the customer, where these units cannot be withdrawn from (any more)."""
    if standing(order, now=now) is Standing.OVER:
        raise Refusal(pgettext("customer", "De bedenktijd van deze bestelling is voorbij."), code="OVER")
    _taken(order, units)


@transaction.atomic
def withdraw(
    public_id: str, units: Mapping[Place, int], *, name: str, email: str, form_key: str, now: datetime
) -> Withdrawal:
    """The customer withdraws from these units. The same form sent twice is the statement of the first time.

    What left its workshop since the customer looked comes back instead of being stopped. `Refusal` where the time is
    over, or where more would be withdrawn from than there is.
    """
    order = lock_order(pk=Order.objects.get(public_id=public_id).pk)
    key = f"{order.public_id}:{form_key}"
    earlier = Withdrawal.objects.filter(form_key=key).first()
    if earlier is not None:
        return earlier
    check(order, units, now=now)
    stopped, returned = _taken(order, units)
    made = Withdrawal.objects.create(
        order=order,
        latest_refund=order.refunds.order_by("pk").last(),
        form_key=key,
        name=seen(name),
        email=email.strip(),
        said_at=now,
    )
    WithdrawalLine.objects.bulk_create(
        WithdrawalLine(
            withdrawal=made, line_id=pk, stopped_quantity=stopped.get(pk, 0), returned_quantity=returned.get(pk, 0)
        )
        for pk in sorted(stopped.keys() | returned.keys())
    )
    stop_work(order, now)
    back = announce_units(order, returned, reason=Return.Reason.WITHDRAWAL, now=now, is_told=True) if returned else []
    watch(order, now)
    tell_withdrawal.acknowledged(made, back, now)
    return made


def _taken(order: Order, units: Mapping[Place, int]) -> tuple[dict[int, int], dict[int, int]]:
    """Line id → units that are stopped, and units that come back. `Refusal` where there are not so many."""
    if not any(units.values()):
        raise Refusal(pgettext("customer", "Kies waarvan je afziet."), code="NOTHING_CHOSEN")
    left = {one.place: one.units for one in left_of(order)}
    lines = dict(order.lines.values_list("position", "pk"))
    stopped: dict[int, int] = {}
    returned: dict[int, int] = {}
    for position in sorted({place.position for place, count in units.items() if count}):
        to_go, there = units.get(Place(position, False), 0), units.get(Place(position, True), 0)
        moved_on = max(to_go - left.get(Place(position, False), 0), 0)
        if min(to_go, there) < 0 or there + moved_on > left.get(Place(position, True), 0):
            told = pgettext(
                "customer", "Daarvan is er intussen minder over: het is al herroepen of terugbetaald. Kijk het na."
            )
            raise Refusal(told, code="TOO_MANY")
        stopped |= {lines[position]: to_go - moved_on} if to_go > moved_on else {}
        returned |= {lines[position]: there + moved_on} if there + moved_on else {}
    return stopped, returned
