"""What the shop asks for whoever wants our newsletter, or wants it no more."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from fulfilment.entrypoints.storefront_parts import Json
from fulfilment.entrypoints.storefront_refunds import nothing_at_link
from fulfilment.flows import opt_in, subscribe
from fulfilment.orders.pages import spoken

router = Router()


class Reader(Schema):
    """An address, and the name of the text that stood beside it."""

    email: str = Field(max_length=400)
    text_version: str = Field(max_length=32, pattern=r"^[0-9a-z.-]+$")


@router.post("")
def ask(request: HttpRequest, reader: Reader) -> Json:
    """`result`: wrong, with a sentence by field; or mailed, which is the same for every address."""
    if errors := opt_in.faults(reader.email):
        return {"result": "wrong", "errors": errors}
    language = spoken(get_language() or "")
    subscribe.ask(reader.email.strip(), language=language, text_version=reader.text_version, now=timezone.now())
    return {"result": "mailed", "errors": {}}


@router.get("/confirmation/{token}")
def confirmation(request: HttpRequest, token: str) -> Json:
    """How what a link confirms stands, before it is pressed."""
    found = subscribe.asked_by(token, now=timezone.now())
    if found is None:
        raise nothing_at_link()
    return {"state": "open" if found.confirmed_at is None else "confirmed"}


@router.post("/confirmation/{token}")
def confirm(request: HttpRequest, token: str) -> Json:
    """It goes to them from now on."""
    if not subscribe.confirm(token, now=timezone.now()):
        raise nothing_at_link()
    return {"result": "confirmed"}


@router.get("/leaving/{token}")
def leaving(request: HttpRequest, token: str) -> Json:
    """Whether a link of ours leaves anything: `over` where they left, or never confirmed it and it is forgotten."""
    is_left = subscribe.is_left(token)
    if is_left is None:
        raise nothing_at_link()
    return {"state": "over" if is_left else "subscribed"}


@router.post("/leaving/{token}")
def leave(request: HttpRequest, token: str) -> Json:
    """Nothing more is sent there."""
    if not subscribe.leave(token, now=timezone.now()):
        raise nothing_at_link()
    return {"result": "gone"}
