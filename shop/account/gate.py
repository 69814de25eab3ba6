"""Pages for who is logged in, and the answers that tell nobody whether an address has an account."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop import login
from shop.saleor.client import Saleor
from shop.saleor.errors import SaleorRefusal

SECONDS = 0.7
"""What every answer takes at least that may depend on whether an address is known."""

CustomersView = Callable[..., HttpResponse]
page = require_http_methods(["GET", "HEAD", "POST"])


def for_customers(view: CustomersView) -> Callable[..., HttpResponse]:
    """A page of ``view(request, saleor, customer)``; who is not logged in is led to where one does, and back."""

    @never_cache
    @page
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        was_logged_in = login.is_logged_in(request)
        customer = login.customer(request)
        saleor = login.customer_for(request)
        if customer is None or saleor is None:
            if was_logged_in:
                messages.info(request, _("Je bent uitgelogd. Log opnieuw in om verder te gaan."))
            back = {"verder": request.path} if request.method != "POST" else {}
            return redirect(reverse("account:log_in", query=back))
        return private(view(request, saleor, customer, **kwargs))

    return guarded


def private(response: HttpResponse) -> HttpResponse:
    """No robot keeps a page of the account."""
    response["X-Robots-Tag"] = "noindex"
    return response


def shown(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the account; the ``form`` in it is what its summary of errors is about."""
    forms = [context["form"]] if "form" in context else []
    return private(render(request, f"account/{template}.html", {"forms": forms, **context}, status=status))


@contextmanager
def as_long_for_all() -> Iterator[None]:
    """The block takes ``SECONDS`` at least: how quick an answer is says nothing."""
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, SECONDS - (time.monotonic() - began)))


def too_often() -> str:
    """The same for every address."""
    return _("Dit is te vaak geprobeerd. Wacht een kwartier en probeer het dan opnieuw.")


def is_of(refusal: SaleorRefusal, field: str) -> bool:
    """Whether Saleor says that this field of the operation is what is wrong."""
    return any(reason.field == field for reason in refusal.reasons)


def token_of(saleor: Saleor) -> str:
    """What proves to fulfilment who it is."""
    return saleor.token
