"""What the shop asks for whoever wants to be mailed once something that is sold out is there again."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Field, Router, Schema

from fulfilment.entrypoints.saleor_inbox import is_id
from fulfilment.entrypoints.storefront_parts import Json
from fulfilment.entrypoints.storefront_refunds import nothing_at_link
from fulfilment.flows import opt_in, wish_restock
from fulfilment.orders.pages import spoken
from fulfilment.texts import seen

router = Router()


class Wanted(Schema):
    """An address, and the variant on whose page it was typed: Saleor's ids, and its names in the page's language."""

    email: str = Field(max_length=400)
    channel: str = Field(max_length=255)
    product_id: str = Field(max_length=64)
    variant_id: str = Field(max_length=64)
    product_name: str = Field(max_length=250)
    variant_name: str = Field(max_length=255)


class Withdrawn(Schema):
    """`everything`: what else that address waits for, too."""

    everything: bool = False


@router.post("")
def ask(request: HttpRequest, wanted: Wanted) -> Json:
    """`result`: wrong, with a sentence by field; or mailed, which is the same for every address."""
    if errors := opt_in.faults(wanted.email):
        return {"result": "wrong", "errors": errors}
    if not (is_id(wanted.product_id) and is_id(wanted.variant_id) and seen(wanted.channel)):
        raise nothing_at_link()
    asked = wish_restock.Asked(
        channel=seen(wanted.channel),
        product_id=wanted.product_id,
        variant_id=wanted.variant_id,
        product_name=seen(wanted.product_name),
        variant_name=seen(wanted.variant_name),
    )
    wish_restock.ask(wanted.email.strip(), asked, language=spoken(get_language() or ""), now=timezone.now())
    return {"result": "mailed", "errors": {}}


@router.get("/confirmation/{token}")
def confirmation(request: HttpRequest, token: str) -> Json:
    """What a link confirms, before it is pressed."""
    wish = wish_restock.asked_by(token, now=timezone.now())
    if wish is None:
        raise nothing_at_link()
    state = "open" if wish.confirmed_at is None else "confirmed"
    return {"state": state, "name": wish.product_name, "variant_name": wish.variant_name}


@router.post("/confirmation/{token}")
def confirm(request: HttpRequest, token: str) -> Json:
    """It is wanted from now on."""
    if wish_restock.confirm(token, now=timezone.now()) is None:
        raise nothing_at_link()
    return {"result": "confirmed"}


@router.get("/leaving/{token}")
def leaving(request: HttpRequest, token: str) -> Json:
    """What a link withdraws: `over` where that wish is gone; `others` are what else that address waits for."""
    found = wish_restock.left_by(token)
    if found is None:
        raise nothing_at_link()
    wish = found.wish
    return {
        "state": "over" if wish is None else "waiting",
        "name": wish.product_name if wish else "",
        "variant_name": wish.variant_name if wish else "",
        "others": [{"name": one.product_name, "variant_name": one.variant_name} for one in found.others],
    }


@router.post("/leaving/{token}")
def leave(request: HttpRequest, token: str, given: Withdrawn) -> Json:
    """The wish is gone."""
    if not wish_restock.withdraw(token, everything=given.everything):
        raise nothing_at_link()
    return {"result": "gone"}
