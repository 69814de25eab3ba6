"""What customers are told of a withdrawal; called inside the transaction in which it is made."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from fulfilment.flows.tell_customer import all_say, recipient_of
from fulfilment.flows.tell_return import in_return, place_of, send_by
from fulfilment.mail.write import write
from fulfilment.orders.models import Order
from fulfilment.orders.pages import spoken
from fulfilment.orders.tokens import tracking_link, withdrawal_link
from fulfilment.returns.models import Return
from fulfilment.withdrawals.models import Withdrawal, WithdrawalLine


def acknowledged(said: Withdrawal, back: Sequence[Return], now: datetime) -> None:
    """Acknowledge a statement where its customer wants it: what it said, when, and what happens now (CRD, art. 11a).

    It goes to the order's own address as well, where that is another one: nobody withdraws from it unseen.
    """
    order = said.order
    recipient = recipient_of(order)
    lines = list(said.lines.select_related("line"))
    context = {
        "number": order.number,
        "link": tracking_link(order.public_id, order.language),
        "name": said.name,
        "email": said.email,
        "said_at": said.said_at,
        "lines": [_withdrawn(row, row.quantity) for row in lines],
        "stopped": [_withdrawn(row, row.stopped_quantity) for row in lines if row.stopped_quantity],
        "returns": [{**in_return(one), "address": place_of(one), "send_by": send_by(one)} for one in back],
        "refund_by": timezone.localdate(said.said_at) + settings.WITHDRAWAL_PERIOD,
        "contact": settings.CONTACT_EMAIL,
    }
    key = f"withdrawal:{said.public_id}"
    write(f"{key}:acknowledged", said.email, "withdrawal_acknowledged", context, now, spoken(order.language))
    if recipient is not None and recipient.email.casefold() != said.email.casefold():
        write(f"{key}:told", recipient.email, "withdrawal_acknowledged", context, now, spoken(order.language))


def _withdrawn(row: WithdrawalLine, count: int) -> dict[str, object]:
    return {"quantity": count, "name": row.line.name_told, "variant_name": row.line.variant_told}


LINK_EVERY = 600
"""Seconds within which a link is mailed once, however often it is asked."""


def link_asked(order: Order, now: datetime) -> None:
    """Mail the page on which this order can be withdrawn from, to whom it belongs."""
    recipient = recipient_of(order)
    if recipient is None:
        return
    context = {**all_say(order, recipient), "withdraw": withdrawal_link(order.public_id, order.language)}
    key = f"order:{order.public_id}:withdrawal_link:{int(now.timestamp()) // LINK_EVERY}"
    write(key, recipient.email, "withdrawal_link", context, now, spoken(order.language))
