"""Forms that need no token: what the browser says of where they come from proves that it is our own page.

A token is of one visitor, and a page that is kept for all cannot have it. Browsers tell `Sec-Fetch-Site` (all that get
updates), `Origin` (all since 2020, with each POST) or at least `Referer` where both pages are of one origin; a page of
somebody else can set none of them. The visit's cookie does not come along from elsewhere besides (`SameSite=Lax`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from shop.outages import csrf_failure

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_OUR_OWN = {"same-origin", "none"}
"""`none`: no page sent it, the visitor did, for instance by sending a form again after the browser was closed."""


def same_origin(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """In the place of Django's token: a view whose form is sent from our own pages only; from elsewhere, or where the
    browser does not say where from, it gets the page that says so."""

    @csrf_exempt
    @wraps(view)
    def proven(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if request.method not in _SAFE and not _is_ours(request):
            return csrf_failure(request, reason="sent from another origin")
        return view(request, *args, **named)

    return proven


def _is_ours(request: HttpRequest) -> bool:
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in _OUR_OWN
    sent_from = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(sent_from)
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in {
        f"{request.scheme}://{request.get_host()}",
        *settings.CSRF_TRUSTED_ORIGINS,
    }
