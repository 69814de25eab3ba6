"""Giving a discount code, and taking it back: two buttons, on the basket and on the overview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shop import paying
from shop.pressed import pressed
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.visit import Visit

PLACES = {"basket": "basket:basket", "review": "checkout:review"}
"""The pages with a field for a code, as the form names them."""

LONGEST = 255


@pressed
def give(request: HttpRequest) -> HttpResponse:
    """Takes a code; why one is not taken stands beside the field of the page that it came from."""
    saleor, visit = saleor_for(request), Visit(request)
    code = request.POST.get("code", "").strip()[:LONGEST]
    checkout = _current(saleor, visit)
    if checkout is None:
        return redirect("basket:basket")
    if not code:
        return _back(request, visit, code, _("Vul je kortingscode in."))
    if paid := paying.stop(request, visit):
        return paid
    return _back(request, visit, code, _refusal(saleor, checkout, code))


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
    return _back(request, visit, "", "")


def _current(saleor: Saleor, visit: Visit) -> Checkout | None:
    return checkouts.checkout(saleor, visit.checkout_id) if visit.checkout_id else None


def _back(request: HttpRequest, visit: Visit, typed: str, error: str) -> HttpResponse:
    if error:
        visit.keep_refused_code(typed, error)
    # Without a fragment, for which a browser would not put the cursor in the field.
    return redirect(PLACES.get(request.POST.get("place", ""), PLACES["basket"]))


def _refusal(saleor: Saleor, checkout: Checkout, code: str) -> str:
    """Gives the code to Saleor, as it was typed or in capitals; returns why it is not taken, or an empty text."""
    refused = frozenset[str]()
    for spelling in dict.fromkeys((code, code.upper())):
        try:
            checkouts.add_code(saleor, checkout, spelling)
        except SaleorRefusal as refusal:
            refused |= refusal.codes
        else:
            return ""
    if "VOUCHER_NOT_APPLICABLE" not in refused:
        return _("Deze code kennen we niet, of ze geldt niet meer. Kijk na of je ze juist typte.")
    if checkout.has_delivery:
        return _(
            "Deze code geldt niet voor dit mandje: ze vraagt een hoger bedrag of andere producten, of is al gebruikt."
        )
    return _(
        "Deze code geldt nu niet: ze vraagt een hoger bedrag of andere producten, of is al gebruikt. Een code voor de "
        "levering vul je in bij het overzicht."
    )
