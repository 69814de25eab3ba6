"""What the shop asks for a customer who is logged in: their orders, all that we have of them, and to be forgotten.

Who it is, Saleor's token of the login says, and Saleor is asked whose it is: the shop's word alone opens nothing.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import pgettext
from ninja import Field, Router, Schema

from fulfilment.entrypoints.storefront_parts import Json, line_told, parts_told
from fulfilment.errors import Refusal
from fulfilment.flows.export_person import export
from fulfilment.flows.forget_person import ask, look_up
from fulfilment.flows.tell_account import deletion_asked, deletion_asked_by
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.saleor.customers import SaleorCustomer, customer_of
from fulfilment.orders.models import Line, Order
from fulfilment.orders.tokens import tracking_token

router = Router()

MOST_ORDERS = 50


class NobodyLoggedIn(Refusal):
    """The login is over, or the link too old."""


class Proof(Schema):
    """Saleor's access token of a customer."""

    token: str = Field(max_length=4000)


@router.post("/orders")
def orders(request: HttpRequest, proof: Proof) -> Json:
    """The newest orders of the account, and those that were made as a guest with its address."""
    customer = logged_in(proof)
    whose = Q(saleor_id__in=customer.order_ids) | Q(recipient__email__iexact=customer.email, recipient__purged_at=None)
    lines = Prefetch("lines", Line.objects.order_by("position"))
    found = Order.objects.filter(whose).prefetch_related(lines).order_by("-placed_at", "-pk")[:MOST_ORDERS]
    return {"orders": _told(found)}


def _told(found: Iterable[Order]) -> list[Json]:
    return [
        {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "cancelled_at": order.cancelled_at.isoformat() if order.cancelled_at else None,
            "currency": order.currency,
            "total_minor": order.total_gross_minor,
            "tracking_token": tracking_token(order.public_id),
            "lines": [{**line_told(line, line.quantity), "sku": line.sku} for line in order.lines.all()],
            "parts": parts_told(order),
        }
        for order in found
    ]


@router.post("/export")
def exported(request: HttpRequest, proof: Proof) -> Json:
    """Everything that there is of them."""
    return {"file": export(logged_in(proof).email, connected(), now=timezone.now())}


@router.post("/deletion")
def deletion(request: HttpRequest, proof: Proof) -> Json:
    """Mails the link behind which all of it goes."""
    customer = logged_in(proof)
    with transaction.atomic():
        deletion_asked(customer.email, name=customer.name, language=customer.language, now=timezone.now())
    return {"result": "mailed"}


@router.get("/deletion/{token}")
def what_goes(request: HttpRequest, token: str) -> Json:
    """What stays as yet, and why, before it is asked."""
    person = look_up(_asked_by(token), connected())
    return {
        "stays": [{"what": one.what, "because": one.because} for one in person.stays],
        "kept_for_the_law": person.kept_for_the_law,
    }


@router.post("/deletion/{token}")
def forget(request: HttpRequest, token: str) -> Json:
    """Forgets them here at once and in Saleor within minutes; what is still needed follows when it is over."""
    ask(_asked_by(token), now=timezone.now(), by=None)
    return {"result": "asked"}


def logged_in(proof: Proof) -> SaleorCustomer:
    """Who is logged in; `NobodyLoggedIn`, and `GatewayError` while Saleor is away."""
    found = customer_of(proof.token)
    if found is None:
        raise NobodyLoggedIn(pgettext("customer", "Log opnieuw in."), code="NOT_FOUND")
    return found


def _asked_by(token: str) -> str:
    email = deletion_asked_by(token, now=timezone.now())
    if email is None:
        raise NobodyLoggedIn(pgettext("customer", "Deze link klopt niet (meer)."), code="NOT_FOUND")
    return email
