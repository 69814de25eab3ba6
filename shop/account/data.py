"""All that we have of somebody: to take along, and to have it deleted. Both ask for the password once more: a visit
that somebody else got hold of is not enough."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shop import login
from shop.account.forms import PasswordForm
from shop.account.gate import as_long_for_all, for_customers, page, shown, token_of, too_often
from shop.fulfilment.customers import ask_deletion, exported, forget, what_stays
from shop.saleor import account
from shop.saleor.account import Customer
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.throttle import PASSWORDS


@for_customers
def data(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """One file with everything."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _is_proven(request, customer, form):
        found = exported(token_of(saleor))
        if found is None:
            return redirect("account:log_in")
        file = HttpResponse(json.dumps(found, indent=2, ensure_ascii=False), content_type="application/json")
        file["Content-Disposition"] = f'attachment; filename="mijn-gegevens-{timezone.localdate():%Y-%m-%d}.json"'
        return file
    return shown(request, "data", customer=customer, form=form, status=422 if form.is_bound else 200)


@for_customers
def deletion(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """The first of two steps: a mail with a link."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _is_proven(request, customer, form):
        if not ask_deletion(token_of(saleor)):
            return redirect("account:log_in")
        return shown(request, "deletion_mailed", customer=customer)
    return shown(request, "deletion", customer=customer, form=form, status=422 if form.is_bound else 200)


@never_cache
@page
def delete(request: HttpRequest, key: str) -> HttpResponse:
    """The second, behind the link: says what stays, and why, and then does it."""
    stays = what_stays(key)
    if stays is None:
        return shown(request, "over", status=404)
    if request.method != "POST":
        return shown(request, "delete", stays=stays)
    if not forget(key):
        return shown(request, "over", status=404)
    login.end(request)
    return shown(request, "deleted", stays=stays)


def _is_proven(request: HttpRequest, customer: Customer, form: PasswordForm) -> bool:
    """Whether the password is right; else the form says what is wrong."""
    if not form.is_valid():
        return False
    if PASSWORDS.is_reached(request, customer.email):
        form.add_error(None, too_often())
        return False
    try:
        with as_long_for_all():
            account.log_in(saleor_for(request), customer.email, form.cleaned_data["password"])
    except SaleorRefusal as refusal:
        if not refusal.codes <= account.WRONG_LOGIN:
            raise
        form.add_error("password", _("Dit is niet je wachtwoord, of je probeerde te snel opnieuw."))
        return False
    return True
