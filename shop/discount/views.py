"""Giving a discount code on the overview, and taking it back. The basket saves its own with all that is typed there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shop import discounts, paying
from shop.pressed import pressed
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.visit import Visit


@pressed
def give(request: HttpRequest) -> HttpResponse:
    """Takes a code; why one is not taken stands beside its field."""
    saleor, visit = saleor_for(request), Visit(request)
    code = discounts.typed_code(request)
    checkout = _current(saleor, visit)
    if checkout is None:
        return redirect("basket:basket")
    if not code:
        return _back(visit, code, _("Vul je kortingscode in."))
    if paid := paying.stop(request, visit):
        return paid
    return _back(visit, code, discounts.give(saleor, checkout, code))


@pressed
def take_back(request: HttpRequest) -> HttpResponse:
    """Takes the code off the basket."""
    saleor, visit = saleor_for(request), Visit(request)
    checkout = _current(saleor, visit)
    if checkout is not None and checkout.voucher_code:
        if paid := paying.stop(request, visit):
            return paid
        checkouts.remove_code(saleor, checkout, checkout.voucher_code)
    visit.remember_code("")
    return _back(visit, "", "")


def _current(saleor: Saleor, visit: Visit) -> Checkout | None:
    return checkouts.checkout(saleor, visit.checkout_id) if visit.checkout_id else None


def _back(visit: Visit, typed: str, error: str) -> HttpResponse:
    if not error:
        return redirect(reverse("checkout:checkout") + "#nu")
    visit.keep_refused_code(typed, error)
    # Without a fragment, for which a browser would not put the cursor in the field.
    return redirect("checkout:checkout")
