"""A basket that is being paid in one window while it changes in another: the page to pay on is closed first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shop.fulfilment.client import FulfilmentUnavailable, stop_payment
from shop.visit import Visit


def thanks_page(reference: str) -> HttpResponse:
    """A redirect to the page that waits for the payment and thanks."""
    return redirect(reverse("checkout:thanks", query={"ref": reference}))


def stop(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """To be called before a basket changes. A redirect where it was paid already: then nothing changes any more.

    While fulfilment is out of reach the basket changes all the same: what is paid for the old one goes back by itself.
    """
    reference = visit.payment_reference
    if not reference:
        return None
    try:
        result = stop_payment(reference)
    except FulfilmentUnavailable:
        return None
    if result == "paid":
        return thanks_page(reference)
    visit.end_attempt()
    if result == "closed":
        messages.info(
            request,
            _("Je betaalpagina stond nog open in een ander venster. We hebben ze gesloten; er is niets betaald."),
        )
    return None
