"""The list of wishes: of a guest in the visit, of a customer in the account at Saleor, so that every device has it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shop import login
from shop.account.gate import page, shown
from shop.origin import same_origin
from shop.saleor import account, catalogue
from shop.saleor.account import MOST_WISHES, Customer
from shop.saleor.client import Saleor, saleor_for
from shop.visit import Visit

Wishes = tuple[str, ...]


@never_cache
@same_origin
@page
def wishes(request: HttpRequest) -> HttpResponse:
    """Shows the list; a POST keeps a product on it, or takes one off.

    The pages of products are the same to everybody: their button cannot have a token."""
    customer = login.customer(request)
    visit = Visit(request)
    kept = customer.wishes if customer else visit.wishes
    known = {listed.product.code: listed for listed in catalogue.products(saleor_for(request))}
    if request.method == "POST":
        return _changed(request, visit, customer, kept, known.keys().__contains__)
    return shown(
        request,
        "wishes",
        customer=customer,
        wishes=[known[code] for code in kept if code in known],
        gone=[code for code in kept if code not in known],
    )


def _changed(
    request: HttpRequest, visit: Visit, customer: Customer | None, kept: Wishes, is_known: Callable[[str], bool]
) -> HttpResponse:
    wanted, unwanted = request.POST.get("keep", ""), request.POST.get("take_out", "")
    changed = tuple(code for code in kept if code != unwanted)
    if wanted and wanted not in changed and is_known(wanted):
        if len(changed) >= MOST_WISHES:
            messages.warning(request, _("Je lijst is vol. Haal er eerst iets af."))
            return redirect("account:wishes")
        changed = (wanted, *changed)
    if changed != kept:
        saleor = login.customer_for(request) if customer else None
        if saleor is not None:
            account.keep_wishes(saleor, changed)
        else:
            visit.keep_wishes(changed)
    return redirect("account:wishes")


def bring_wishes(request: HttpRequest, saleor: Saleor, customer: Customer) -> None:
    """At login: what a guest wished for stands before what the account had."""
    visit = Visit(request)
    if new := tuple(code for code in visit.wishes if code not in customer.wishes):
        account.keep_wishes(saleor, (*new, *customer.wishes))
    visit.keep_wishes(())
