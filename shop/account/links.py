"""Where the links of our mails lead. Opening one does nothing: programs that look through mails open them too."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from shop import login
from shop.account.entry import enter
from shop.account.forms import NewPasswordForm, PasswordForm
from shop.account.gate import as_long_for_all, for_customers, is_of, page, shown, too_often
from shop.saleor import account
from shop.saleor.account import Customer
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.throttle import LOGINS


@never_cache
@page
@sensitive_post_parameters()
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirms an account, by who has the mail and knows the password: a link that somebody else asked for, with a
    password of theirs, gives them nothing."""
    email, key = _of_link(request)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return shown(request, "confirm", form=form, email=email, key=key, status=422 if form.is_bound else 200)
    if LOGINS.is_reached(request, email):
        form.add_error(None, too_often())
        return shown(request, "confirm", form=form, email=email, key=key, status=429)
    password = form.cleaned_data["password"]
    try:
        with as_long_for_all():
            account.confirm(saleor_for(request), email=email, key=key, password=password)
            tokens = account.log_in(saleor_for(request), email, password)
    except SaleorRefusal as refusal:
        if is_of(refusal, "token"):
            return shown(request, "over", status=404)
        told = _(
            "Dit is niet het wachtwoord waarmee dit account gevraagd werd. Weet je het niet meer? Vraag dan een nieuw: "
            "daarmee bevestig je je account ook."
        )
        form.add_error("password", told)
        return shown(request, "confirm", form=form, email=email, key=key, status=422)
    messages.success(request, _("Welkom. Je account is bevestigd."))
    return enter(request, tokens)


@never_cache
@page
@sensitive_post_parameters()
def new_password(request: HttpRequest) -> HttpResponse:
    """Another password, by who has the mail; whoever was logged in with the former one is not any more."""
    email, key = _of_link(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return shown(request, "new_password", form=form, email=email, key=key, status=422 if form.is_bound else 200)
    password = form.cleaned_data["password"]
    try:
        with as_long_for_all():
            tokens = account.set_password(saleor_for(request), email=email, key=key, password=password)
    except SaleorRefusal as refusal:
        if is_of(refusal, "password"):
            form.add_error("password", _("Dit wachtwoord is niet goed genoeg. Neem een langer."))
            return shown(request, "new_password", form=form, email=email, key=key, status=422)
        return shown(request, "over", status=404)
    account.end_every_login(replace(saleor_for(request), token=tokens.access))
    tokens = account.log_in(saleor_for(request), email, password)
    messages.success(request, _("Je nieuwe wachtwoord geldt. Overal elders ben je uitgelogd."))
    return enter(request, tokens)


@for_customers
def other_email(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """Another address, by who has the mail to it and is logged in."""
    key = request.POST.get("key") or request.GET.get("token", "")
    if request.method != "POST":
        return shown(request, "other_email", customer=customer, key=key)
    try:
        account.confirm_other_email(saleor, key)
    except SaleorRefusal as refusal:
        if "UNIQUE" in refusal.codes:
            messages.error(request, _("Dit e-mailadres heeft al een account. Er is niets veranderd."))
            return redirect("account:details")
        return shown(request, "over", status=404)
    login.end(request)  # Saleor ended every login: each names the former address
    messages.success(request, _("Je e-mailadres is veranderd. Log in met je nieuwe adres."))
    return redirect("account:log_in")


def _of_link(request: HttpRequest) -> tuple[str, str]:
    """Address and key as the mail says, or as the form of this page sent them on."""
    given = request.POST if request.method == "POST" else request.GET
    return given.get("email", "")[:254], given.get("token", "")[:2000]
