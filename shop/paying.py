"""A basket that is being paid in one window while it changes in another: the page to pay on is closed first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from shop.fulfilment.client import FulfilmentUnavailable, stop_payment
from shop.visit import Visit


def thanks_page(reference: str, *, unchanged: bool = False) -> HttpResponse:
    """A redirect to the page that waits for the payment and thanks; ``unchanged``: it says that it was too late."""
    query = {"ref": reference, "unchanged": "1"} if unchanged else {"ref": reference}
    return redirect(reverse("checkout:thanks", query=query))


def stop(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """To be called before a basket changes. A redirect where it was paid already: then nothing changes any more."""
    if _is_paid(request, visit):
        return thanks_page(visit.payment_reference, unchanged=True)
    return None


def make_room(request: HttpRequest, visit: Visit) -> None:
    """To be called before something is added: a basket that was paid is left alone, and a new one begins."""
    if not _is_paid(request, visit):
        return
    told = _("Je vorige mandje is betaald en wordt een bestelling. Dit is een nieuw mandje.")
    address = reverse("checkout:thanks", query={"ref": visit.payment_reference})
    messages.info(
        request, format_html('{} <a href="{}">{}</a>', told, address, _("Bekijk hoe het met je bestelling staat"))
    )
    visit.leave_basket()


def _is_paid(request: HttpRequest, visit: Visit) -> bool:
    """True where the basket is paid. Else nobody can pay any more for what it was.

    While fulfilment is out of reach the basket changes all the same: what is paid for the old one goes back by itself.
    """
    reference = visit.payment_reference
    if not reference:
        return False
    try:
        result = stop_payment(reference)
    except FulfilmentUnavailable:
        return False
    if result == "paid":
        return True
    visit.end_attempt()
    if result == "closed":
        messages.info(
            request,
            _("Je betaalpagina stond nog open in een ander venster. We hebben ze gesloten; er is niets betaald."),
        )
    return False
