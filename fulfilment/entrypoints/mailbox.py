"""The demo mail page: what would have been sent, while there is no mail server (`MAIL_URL=database:`)."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _

from fulfilment.entrypoints.backoffice.roles import may_see
from fulfilment.gateways.mailbox import KEPT_ONLY
from fulfilment.mail.models import Mail

PER_PAGE = 50
NOTHING_RUNS = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'none'; object-src 'none'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


def _closed(request: HttpRequest) -> HttpResponse | None:
    """What whoever may not look gets instead: nothing exists beside a mail server; else it is a demo, or for who may
    change people's accounts anyway: links that do so stand in mails."""
    if settings.MAIL_URL != KEPT_ONLY:
        raise Http404
    if settings.IS_DEMO or (may_see(request.user, "partners_user_change")):
        return None
    if request.user.is_authenticated:
        raise PermissionDenied(_("De mails zijn voor de medewerkers van het platform."))
    return redirect_to_login(request.get_full_path())


def inbox(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    closed = _closed(request)
    if closed is not None:
        return closed
    page = Paginator(Mail.objects.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "backoffice/mailbox.html", {"page": page})


def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """One mail, as its reader sees it and as plain text.

    It stands in the page itself, behind the wall of a shadow root that keeps the styles apart: a frame would cut it off
    at a height that nobody knows beforehand. As in a mail program, nothing runs there and no form is sent.
    """
    closed = _closed(request)
    if closed is not None:
        return closed
    mail = get_object_or_404(Mail, public_id=public_id)
    response = render(request, "backoffice/mail.html", {"mail": mail})
    response["Content-Security-Policy"] = NOTHING_RUNS
    return response


urlpatterns = [
    path("", inbox, name="mailbox"),
    path("<slug:public_id>/", letter, name="mail"),
]
