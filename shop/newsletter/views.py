"""Our newsletter: asked on its own page, confirmed in the mailbox, left by one press."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shop import opt_in
from shop.fields import email_field
from shop.fulfilment import newsletter
from shop.newsletter.consent import TEXT, VERSION

page = require_http_methods(["GET", "HEAD", "POST"])


class ReaderForm(forms.Form):
    """Where it goes."""

    email = email_field()


@never_cache
@page
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for it. Whether the address gets it already, nobody is told."""
    if request.method != "POST":
        return _shown(request, "sent") if "verstuurd" in request.GET else _shown(request, "ask", form=ReaderForm())
    form = ReaderForm(request.POST)
    status = opt_in.asked(request, form, lambda: newsletter.ask_newsletter(form.cleaned_data["email"], VERSION))
    if status:
        return _shown(request, "ask", status=status, form=form)
    return redirect(f"{reverse('newsletter:ask')}?verstuurd=1")


@never_cache
@page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail; opening it does nothing, since programs that look through mails open it too."""
    if request.method == "POST":
        return _shown(request, "confirmed") if newsletter.confirm(token) else _shown(request, "over", status=404)
    is_confirmed = newsletter.is_confirmed(token)
    if is_confirmed is None:
        return _shown(request, "over", status=404)
    return _shown(request, "confirmed" if is_confirmed else "confirm")


@csrf_exempt
@never_cache
@page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leaves it; a mail program does so by one press of its own (RFC 8058), without a cookie, and follows no redirect.
    Whoever has the token may: it needs no other proof."""
    is_left = newsletter.is_left(token)
    if is_left is None:
        return _shown(request, "over", status=404)
    if request.method == "POST":
        newsletter.leave(token)
        return _shown(request, "left")
    return _shown(request, "left" if is_left else "leave")


def _shown(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    given = [context["form"]] if "form" in context else []
    response = render(
        request, f"newsletter/{template}.html", {"forms": given, "consent": TEXT, **context}, status=status
    )
    if template != "ask":
        response["X-Robots-Tag"] = "noindex"
    if status == 503:
        response["Retry-After"] = "30"
    return response
