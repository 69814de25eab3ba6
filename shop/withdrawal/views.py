"""Withdrawing from a purchase, as the law wants it: a statement, then a second button that confirms it; no login."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from structlog.contextvars import bind_contextvars

from shop.fulfilment.withdrawals import Withdrawing, ask_for_link, state, withdrawing
from shop.withdrawal.forms import OrderForm, StatementForm, typed_units
from shop.withdrawal.throttle import is_too_often

LONGEST = {"name": 400, "email": 400, "form_key": 64}
"""What fulfilment reads of a form, also of one that nobody filled in on our page."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Who has no link at hand is mailed one; whether there is such an order is told to nobody."""
    if request.method != "POST":
        sent = "verstuurd" in request.GET
        return _page(request, "withdrawal/sent.html" if sent else "withdrawal/find.html", form=OrderForm())
    form = OrderForm(request.POST)
    if not form.is_valid():
        return _page(request, "withdrawal/find.html", status=422, form=form)
    if is_too_often(request):
        form.add_error(None, _("Dat is wel erg vaak na elkaar. Wacht tien minuten, of mail ons: dat geldt ook."))
        return _page(request, "withdrawal/find.html", status=429, form=form)
    ask_for_link(form.cleaned_data["number"], form.cleaned_data["email"])
    return redirect(f"{reverse('withdrawal:find')}?verstuurd=1")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an order. What is typed travels with the pages; it is made once it is confirmed."""
    order = withdrawing(token)
    if order is None:
        return _page(request, "withdrawal/over.html", status=404)
    bind_contextvars(order=token.partition(".")[0])
    if request.method == "POST" and request.POST.get("step") == "keep":
        return _confirmed(request, token, order)
    if order.state != "open" or ("klaar" in request.GET and order.statements):
        return _page(request, "withdrawal/state.html", order=order, token=token, is_new="klaar" in request.GET)
    if request.method != "POST":
        return _page(request, "withdrawal/form.html", order=order, token=token, form=StatementForm(order.lines))
    if request.POST.get("step") == "change":
        form = StatementForm(order.lines, initial=request.POST.dict())
        return _page(request, "withdrawal/form.html", order=order, token=token, form=form)
    return _looked_at(request, token, order, StatementForm(order.lines, request.POST))


def _looked_at(request: HttpRequest, token: str, order: Withdrawing, form: StatementForm) -> HttpResponse:
    """The statement once more, whole, with the button that makes it; or what is wrong with it."""
    if form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("name", "email")}
        answer = state(token, form_key="", **typed, units=form.units(), confirmed=False)
        if answer is None or answer.result == "closed":
            return redirect("withdrawal:withdraw", token)  # the page itself says which
        form.refuse(answer.errors)
    if form.errors:
        return _page(request, "withdrawal/form.html", status=422, order=order, token=token, form=form)
    key = secrets.token_urlsafe(16)
    return _page(request, "withdrawal/review.html", order=order, token=token, form=form, form_key=key)


def _confirmed(request: HttpRequest, token: str, order: Withdrawing) -> HttpResponse:
    """The second button. Fulfilment alone says whether it can still be: who presses twice made the statement by the
    first press, and of its units there are none left to choose."""
    given = request.POST
    typed = {name: given.get(name, "")[:most] for name, most in LONGEST.items()}
    answer = state(token, **typed, units=typed_units(given), confirmed=True)
    if answer is not None and answer.result == "wrong" and order.state == "open":
        form = StatementForm(order.lines, given)
        if form.is_valid():
            form.refuse(answer.errors)
        return _page(request, "withdrawal/form.html", status=422, order=order, token=token, form=form)
    done = "?klaar=1" if answer is not None and answer.result == "kept" else ""
    return redirect(reverse("withdrawal:withdraw", args=[token]) + done)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    forms = [context["form"]] if "form" in context else []
    response = render(request, template, {"forms": forms, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
