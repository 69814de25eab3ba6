"""The steps of the checkout: which are done, which comes next, and what makes two states of a basket the same to pay
for."""

import hashlib
from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shop.changes import tell_changes, tell_what_is_short
from shop.paying import thanks_page
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor
from shop.visit import Visit


class Step(StrEnum):
    """What is asked on the way to the payment, in this order, by its name in the address of the page."""

    CONTACT = "contact"
    WAY = "manier"
    ADDRESS = "adres"
    DELIVERY = "levering"
    EXTRAS = "extra"
    OVERVIEW = "overzicht"


def sequence(checkout: Checkout, asked: str = "") -> list[Step]:
    """The steps of this basket. Where nothing can be collected nobody is asked; how it is delivered is a step of its
    own as long as that is open, and where somebody asks to change it."""
    left_out = set[Step]()
    if not checkout.points and not checkout.point:
        left_out.add(Step.WAY)
    is_settled = checkout.has_delivery and asked != Step.DELIVERY
    if checkout.point or not checkout.shipping_address or is_settled:
        left_out.add(Step.DELIVERY)
    return [step for step in Step if step not in left_out]


def is_done(step: Step, checkout: Checkout, visit: Visit) -> bool:
    """Whether what it asks is known. Of two steps Saleor keeps nothing: the visit does."""
    match step:
        case Step.CONTACT:
            return bool(checkout.email)
        case Step.WAY:
            return bool(checkout.point or checkout.shipping_address) or step in visit.passed_steps
        case Step.ADDRESS:
            return bool(checkout.billing_address and (checkout.shipping_address or checkout.point))
        case Step.DELIVERY:
            return checkout.has_delivery
        case Step.EXTRAS:
            return bool(checkout.gift_message or checkout.note) or step in visit.passed_steps
        case Step.OVERVIEW:
            return False


def next_step(checkout: Checkout, visit: Visit) -> Step:
    """The first one that is not done."""
    return next(step for step in sequence(checkout) if not is_done(step, checkout, visit))


def open_step(checkout: Checkout, visit: Visit, asked: str) -> Step:
    """The step that the page opens: the one that is asked for, where all before it are done; else the next one."""
    following, steps = next_step(checkout, visit), sequence(checkout, asked)
    wanted = next((step for step in steps if step == asked), following)
    return wanted if list(Step).index(wanted) <= list(Step).index(following) else following


def onward() -> HttpResponse:
    """To the page, where the step that is open now begins: a browser moves there, the focus too."""
    return redirect(reverse("checkout:checkout") + "#nu")


def enter(request: HttpRequest, saleor: Saleor, visit: Visit) -> Checkout | HttpResponse:
    """The visitor's basket, or a redirect to where the visitor has to be first. Tells what changed of it since it was
    last seen."""
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
    visit.remember_basket(checkout.id, checkout.quantity)
    tell_changes(request, checkout)
    return checkout


def enter_to_pay(request: HttpRequest, saleor: Saleor, visit: Visit) -> Checkout | HttpResponse:
    """The same; who has a step to answer yet is led to it."""
    checkout = enter(request, saleor, visit)
    if isinstance(checkout, HttpResponse) or next_step(checkout, visit) == Step.OVERVIEW:
        return checkout
    return onward()


def contents(checkout: Checkout) -> str:
    """Equal for two states of a basket with the same things in it."""
    things = sorted(f"{line.variant.id}:{line.quantity}" for line in checkout.lines)
    return hashlib.sha256("|".join(things).encode()).hexdigest()[:16]


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
