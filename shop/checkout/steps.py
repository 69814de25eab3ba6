"""Which step of the checkout a basket is ready for, and what makes two of its states the same to pay for."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from shop.changes import tell_changes, tell_what_is_short
from shop.paying import thanks_page
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor
from shop.visit import Visit

DETAILS, DELIVERY, REVIEW = "checkout:details", "checkout:delivery", "checkout:review"
_ORDER = (DETAILS, DELIVERY, REVIEW)


def ready_for(checkout: Checkout) -> str:
    """The furthest step that the basket is ready for."""
    if not checkout.has_address:
        return DETAILS
    return REVIEW if checkout.has_delivery else DELIVERY


def enter(request: HttpRequest, saleor: Saleor, visit: Visit, step: str) -> Checkout | HttpResponse:
    """The visitor's basket at this step, or a redirect to where the visitor has to be first. Tells what changed of it
    since it was last seen."""
    checkout = checkouts.spoken(saleor, visit.checkout_id) if visit.checkout_id else None
    if checkout is None:
        reference = visit.payment_reference
        if visit.checkout_id and reference:  # it became an order while the visitor was away
            return thanks_page(reference)
        visit.forget_basket()
        return redirect("basket:basket")
    if checkout.is_charged and visit.payment_reference:
        return thanks_page(visit.payment_reference)
    if not checkout.lines:
        return redirect("basket:basket")
    if not all(line.can_be_ordered for line in checkout.lines):
        tell_what_is_short(request)
        return redirect("basket:basket")
    furthest = ready_for(checkout)
    if _ORDER.index(step) > _ORDER.index(furthest):
        return redirect(furthest)
    visit.remember_basket(checkout.id, checkout.quantity)
    tell_changes(request, checkout)
    return checkout


def fingerprint(checkout: Checkout) -> str:
    """Equal for two states of a basket that are the same to pay for: same things, same place, same sum."""
    parts = [
        checkout.id,
        str(checkout.total.minor),
        checkout.delivery.id if checkout.delivery else "",
        checkout.point.id if checkout.point else "",
        repr(checkout.shipping_address),
        *(f"{line.variant.id}:{line.quantity}" for line in checkout.lines),
    ]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]
