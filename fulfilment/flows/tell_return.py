"""What customers are told of what they send back; called inside the transaction of what happened."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from fulfilment.flows.tell_customer import all_say, recipient_of, units_in, write_of
from fulfilment.orders.models import Refund
from fulfilment.returns.models import Return
from fulfilment.returns.queries import unpaid

_POSTAGE = {
    Return.Reason.WITHDRAWAL: "theirs",
    Return.Reason.DAMAGED: "ours",
    Return.Reason.FAULTY: "ours",
    Return.Reason.WRONG: "ours",
}
"""Who pays for the way back, by the law and the conditions of the shop; without a reason the mail says none."""


def announced(one: Return, now: datetime) -> None:
    """Tell how units are sent back, to whom, and what becomes of the money; once a return.

    It says nothing of money that went back: that is told when it did.
    """
    recipient = recipient_of(one.order)
    if recipient is None:
        return
    context = {
        **all_say(one.order, recipient),
        **in_return(one),
        "address": place_of(one),
        "send_by": send_by(one),
        "email": settings.CONTACT_EMAIL,
        "postage": _POSTAGE.get(Return.Reason(one.reason), ""),
    }
    write_of(one.order, recipient, f"return:{one.public_id}:announced", "return_announced", context, now)


def place_of(one: Return) -> list[str]:
    """Where it is sent to; nothing where we do not know."""
    maker = one.task.producer
    place = [maker.name, maker.street, f"{maker.postal_code} {maker.city}".strip()]
    return [part for part in place if part] if maker.street else []


def send_by(one: Return) -> date | None:
    """The last day on which it may leave, by the law, where the customer withdrew."""
    if one.reason != Return.Reason.WITHDRAWAL:
        return None
    return timezone.localdate(one.announced_at) + settings.WITHDRAWAL_PERIOD


def arrived(one: Return, now: datetime) -> None:
    """Tell that units are back at their workshop; once a return."""
    recipient = recipient_of(one.order)
    if recipient is None:
        return
    context = {
        **all_say(one.order, recipient),
        **in_return(one),
        "is_judged": one.state == Return.State.JUDGED,
        **_money_for(one),
    }
    write_of(one.order, recipient, f"return:{one.public_id}:arrived", "return_arrived", context, now)


def _money_for(one: Return) -> dict[str, bool]:
    """How it stands with the money for all of a return: a mail told that it went back, or it is asked back."""
    if any(row.line.of_return_id == one.pk for row in unpaid(one.order_id)):
        return {"is_told": False, "is_asked": False}
    refunds = Refund.objects.filter(returned__line__of_return=one).exclude(state=Refund.State.WITHDRAWN)
    is_told = not refunds.exclude(state=Refund.State.PAID, told_minor__gt=0).exists()
    return {"is_told": is_told, "is_asked": not is_told}


def in_return(found: Return) -> dict[str, object]:
    """What comes back, and to whom."""
    return {
        "producer": found.task.producer.name,
        "lines": units_in(found.lines.select_related("task_line__line")),
    }
