"""What the shop asks for the pages on which a customer withdraws from a purchase."""

import re

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import pgettext
from ninja import Field, Router, Schema
from structlog.contextvars import bind_contextvars

from fulfilment.entrypoints.form_keys import given_key
from fulfilment.entrypoints.storefront_refunds import NoSuchPage
from fulfilment.errors import Refusal
from fulfilment.flows import tell_withdrawal, withdraw
from fulfilment.flows.withdraw import Left, Place
from fulfilment.orders.models import Order
from fulfilment.orders.tokens import read_tracking_token
from fulfilment.withdrawals.models import Withdrawal

router = Router()

Json = dict[str, object]

PLACE = re.compile(r"(\d{1,4})-(sent|open)")
LARGEST = 10_000


class Statement(Schema):
    """What the customer states; `confirmed` once they saw it again and pressed the second button.

    `units`: how many of what, by the name that the page's line has.
    """

    form_key: str = Field(max_length=64)
    name: str = Field(max_length=400)
    email: str = Field(max_length=400)
    units: dict[str, int] = Field(max_length=200)
    confirmed: bool = False


class Asked(Schema):
    """An order, and the address that its mails go to."""

    number: str = Field(max_length=64)
    email: str = Field(max_length=400)


@router.post("/link")
def link(request: HttpRequest, asked: Asked) -> Json:
    """Mail the page to whom the order belongs. The answer is the same where there is no such order, or not theirs."""
    theirs = Order.objects.filter(recipient__email__iexact=asked.email.strip(), recipient__purged_at=None)
    if "\x00" not in asked.number + asked.email:
        for order in theirs.filter(number=asked.number.strip().lstrip("#"))[:1]:
            tell_withdrawal.link_asked(order, timezone.now())
    return {"result": "sent"}


@router.get("/{token}")
def withdrawal(request: HttpRequest, token: str) -> Json:
    """What of an order can be withdrawn from, until when, and what was."""
    order, now = _order(token), timezone.now()
    last_day = withdraw.last_day(order)
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "state": withdraw.standing(order, now=now).value,
        "until": last_day.isoformat() if last_day else None,
        "lines": [_line(one) for one in withdraw.left_of(order)],
        "statements": [_statement(said) for said in order.withdrawals.prefetch_related("lines__line")],
    }


@router.post("/{token}")
def state(request: HttpRequest, token: str, given: Statement) -> Json:
    """Look at a statement, or keep it where it is confirmed. `result`: wrong, right, kept or closed."""
    order, now = _order(token), timezone.now()
    if errors := withdraw.faults(name=given.name, email=given.email):
        return _told("wrong", errors=errors)
    try:
        units = {_place(name): min(count, LARGEST) for name, count in given.units.items()}
        if not given.confirmed:
            withdraw.check(order, units, now=now)
            return _told("right")
        key = given_key({"form_key": given.form_key})
        if not key:
            raise Refusal(_stale(), code="NO_KEY")
        withdraw.withdraw(order.public_id, units, name=given.name, email=given.email, form_key=key, now=now)
    except Refusal as refusal:
        result = "closed" if refusal.code == "OVER" else "wrong"
        return _told(result, errors={"": refusal.message} if result == "wrong" else {}, message=refusal.message)
    return _told("kept")


def _told(result: str, *, errors: dict[str, str] | None = None, message: str = "") -> Json:
    return {"result": result, "errors": errors or {}, "message": message}


def _order(token: str) -> Order:
    public_id = read_tracking_token(token)
    order = Order.objects.filter(public_id=public_id).first() if public_id else None
    if order is None:
        raise NoSuchPage("There is no order with this link.", code="NOT_FOUND")
    bind_contextvars(order=order.public_id)
    return order


def _stale() -> str:
    return pgettext("customer", "Dit formulier klopt niet meer. Open de pagina opnieuw.")


def _name(place: Place) -> str:
    return f"{place.position}-{'sent' if place.is_sent else 'open'}"


def _place(name: str) -> Place:
    """`Refusal` for a name that no line of a page has."""
    found = PLACE.fullmatch(name)
    if found is None:
        raise Refusal(_stale(), code="NOT_OF_ORDER")
    return Place(int(found[1]), found[2] == "sent")


def _line(left: Left) -> Json:
    return {
        "units": _name(left.place),
        "product_code": left.line.product_code,
        "name": left.line.name_told,
        "variant_name": left.line.variant_told,
        "quantity": left.units,
        "is_sent": left.place.is_sent,
    }


def _statement(said: Withdrawal) -> Json:
    return {
        "at": said.said_at.isoformat(),
        "lines": [
            {
                "product_code": row.line.product_code,
                "name": row.line.name_told,
                "variant_name": row.line.variant_told,
                "stopped": row.stopped_quantity,
                "returned": row.returned_quantity,
            }
            for row in said.lines.all()
        ],
    }
