"""What the shop hands on of a purchase's documents."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from fulfilment.entrypoints.documents.content import document
from fulfilment.entrypoints.storefront_refunds import NoSuchPage
from fulfilment.orders.models import Order
from fulfilment.orders.tokens import read_tracking_token

router = Router()


@router.get("/{token}/{name}.pdf")
def pdf(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A document of the order of a tracking link, by the name that the order's tracking has for it."""
    public_id = read_tracking_token(token)
    order = Order.objects.filter(public_id=public_id).first() if public_id else None
    made = document(order, name) if order else None
    if made is None:
        raise NoSuchPage("There is no document of this name.", code="NOT_FOUND")
    return HttpResponse(made, content_type="application/pdf")
