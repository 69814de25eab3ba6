"""Who somebody is: names and language, another password, another address to mail to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from shop import login, settings
from shop.account.forms import ChangeEmailForm, ChangePasswordForm, NamesForm
from shop.account.gate import for_customers, is_of, shown, too_often
from shop.saleor import account
from shop.saleor.account import Customer
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.throttle import MAILS, PASSWORDS


@for_customers
def names(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    known = {"first_name": customer.first_name, "last_name": customer.last_name, "language": customer.language}
    form = NamesForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        account.update(saleor, **form.cleaned_data)
        messages.success(request, _("Bewaard."))
        return redirect("account:details")
    status = 422 if form.is_bound else 200
    return shown(request, "details", customer=customer, form=form, status=status)


@for_customers
def password(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """Another password ends every login; this one begins anew."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if PASSWORDS.is_reached(request, customer.email):
            form.add_error(None, too_often())
            return shown(request, "password", customer=customer, form=form, status=429)
        try:
            account.change_password(saleor, form.cleaned_data["old"], form.cleaned_data["new"])
        except SaleorRefusal as refusal:
            if not refusal.codes & {"INVALID_CREDENTIALS"} and not is_of(refusal, "newPassword"):
                raise
            if is_of(refusal, "newPassword"):
                form.add_error("new", _("Dit wachtwoord is niet goed genoeg. Neem een langer."))
            else:
                form.add_error("old", _("Dit is niet je wachtwoord."))
        else:
            account.end_every_login(saleor)
            login.begin(request, account.log_in(saleor_for(request), customer.email, form.cleaned_data["new"]))
            messages.success(request, _("Je nieuwe wachtwoord geldt. Overal elders ben je uitgelogd."))
            return redirect("account:details")
    return shown(request, "password", customer=customer, form=form, status=422 if form.is_bound else 200)


@for_customers
def email(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """A link to the other address, and word of it to this one."""
    form = ChangeEmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted, typed = form.cleaned_data["email"], form.cleaned_data["password"]
        if MAILS.is_reached(request, wanted) or PASSWORDS.is_reached(request, customer.email):
            form.add_error(None, too_often())
            return shown(request, "email", customer=customer, form=form, status=429)
        try:
            url = settings.SHOP_URL + reverse("account:confirm_email")
            account.ask_for_other_email(saleor, wanted, typed, url)
        except SaleorRefusal as refusal:
            if "INVALID_CREDENTIALS" not in refusal.codes:
                raise
            form.add_error("password", _("Dit is niet je wachtwoord."))
        else:
            told = _("We stuurden een link naar %(email)s. Open ze binnen het uur; tot dan blijft alles zoals het was.")
            messages.success(request, told % {"email": wanted})
            return redirect("account:details")
    return shown(request, "email", customer=customer, form=form, status=422 if form.is_bound else 200)
