"""What everybody may read: what a company can expect, what it agrees to, and the form by which it asks."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop import opt_in, settings
from shop.account.gate import page
from shop.business.forms import ApplicationForm
from shop.business.gate import shown
from shop.business.terms import TEXT, VERSION
from shop.catalogue.reading import people_of
from shop.found import linked_data
from shop.fulfilment import companies
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import saleor_for

SHOWN = 3
"""Pieces whose picture stands on the page."""


@kept_page()
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What a company can expect here, who makes it, and how one becomes a customer."""
    listed = catalogue.products(saleor_for(request))
    makers, _designers = people_of(listed)
    context = {
        "shown": _seen_in_use(listed),
        "makers": makers,
        "linked": [linked_data.trail((_("Voor bedrijven"), request.path))],
    }
    return render(request, "business/about.html", context)


@kept_page()
@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """What a company agrees to."""
    above = (_("Voor bedrijven"), reverse("business:about"))
    linked = [linked_data.trail(above, (_("Voorwaarden voor bedrijven"), request.path))]
    return render(request, "business/terms.html", {"text": TEXT, "version": VERSION, "linked": linked})


@never_cache
@page
def apply(request: HttpRequest) -> HttpResponse:
    """Asks for a price list. Whether a company is known already, nobody is told."""
    if request.method != "POST":
        if "verstuurd" in request.GET:
            return shown(request, "applied")
        return shown(request, "apply", form=ApplicationForm(initial={"form_key": secrets.token_urlsafe(16)}))
    form = ApplicationForm(request.POST)
    status = opt_in.asked(request, form, lambda: companies.apply({**form.application(), "terms_version": VERSION}))
    if status:
        return shown(request, "apply", form=form, status=status)
    return redirect(reverse("business:apply", query={"verstuurd": 1}))


def _seen_in_use(listed: tuple[ListedProduct, ...]) -> list[ListedProduct]:
    """The first pieces of different workshops that a picture shows in a room."""
    found: dict[str, ListedProduct] = {}
    for piece in listed:
        is_packaging = piece.product.code == settings.GIFT_PACKAGING_CODE
        if piece.product.producer and piece.product.picture_in_use and not is_packaging:
            found.setdefault(piece.product.producer.slug, piece)
    return list(found.values())[:SHOWN]
