"""Who was logged out before a form was sent reads that nothing happened, and logs in with that in mind."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

View = Callable[[HttpRequest], HttpResponse]


class LoggedOut:
    """Middleware: says so on the page to log in on, wherever the form stood. After logging in one comes to the address
    of the form by a link; every page that people use answers that with the page on which the button stands."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and not request.user.is_authenticated and _leads_to_login(response):
            messages.error(request, _("Je was uitgelogd. Wat je net verstuurde, is niet gebeurd: doe het opnieuw."))
        return response


def _leads_to_login(response: HttpResponse) -> bool:
    """To log in and come back, and not because somebody just logged out."""
    where = urlsplit(response.headers.get("Location", ""))
    is_login = where.path in (reverse("account_login"), reverse("backoffice:login"))
    return is_login and REDIRECT_FIELD_NAME in parse_qs(where.query)
