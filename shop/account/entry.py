"""The way in and out: log in, register, log out, and a new password for who lost it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from shop import baskets, login, settings
from shop.account.forms import EmailForm, LoginForm, RegisterForm
from shop.account.gate import as_long_for_all, is_of, page, shown, too_often
from shop.account.wishes import bring_wishes
from shop.saleor import account
from shop.saleor.account import Tokens
from shop.saleor.client import saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.throttle import LOGINS, MAILS
from shop.visit import Visit


@never_cache
@page
@sensitive_post_parameters()
def log_in(request: HttpRequest) -> HttpResponse:
    """The page with both ways: in, and to an account."""
    if request.method != "POST":
        return redirect("account:home") if login.is_logged_in(request) else _both(request)
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _both(request, login_form=form)
    email = form.cleaned_data["email"]
    if LOGINS.is_reached(request, email):
        form.add_error(None, too_often())
        return _both(request, login_form=form, status=429)
    with as_long_for_all():
        tokens = _tokens(request, form)
    return _both(request, login_form=form) if tokens is None else enter(request, tokens)


def _tokens(request: HttpRequest, form: LoginForm) -> Tokens | None:
    try:
        return account.log_in(saleor_for(request), form.cleaned_data["email"], form.cleaned_data["password"])
    except SaleorRefusal as refusal:
        if "ACCOUNT_NOT_CONFIRMED" in refusal.codes:  # said to who knows the password alone
            told = _(
                "Je account wacht nog op je bevestiging: open de link in de mail die je kreeg. Vind je die niet, vraag "
                "dan een nieuw wachtwoord: daarmee bevestig je het ook."
            )
            form.add_error(None, told)
        elif refusal.codes <= account.WRONG_LOGIN:
            told = _(
                "Dit e-mailadres en dit wachtwoord horen niet bij elkaar, of je probeerde te snel opnieuw. Wacht een "
                "minuut, kijk het na, of vraag een nieuw wachtwoord."
            )
            form.add_error(None, told)
        else:
            raise
    return None


def enter(request: HttpRequest, tokens: Tokens) -> HttpResponse:
    """The login begins: basket and wishes of the visit join those of the account."""
    saleor = login.begin(request, tokens)
    customer = account.customer(saleor)
    assert customer is not None, "a token that Saleor gave this moment"
    baskets.bring(request, saleor, customer)
    bring_wishes(request, saleor, customer)
    kept, asked = Visit(request).take_onward(), request.POST.get("verder", "")
    if onward := _ours(asked) or _ours(kept):
        return redirect(onward)
    known = dict(settings.LANGUAGES)
    with override(customer.language if customer.language in known else get_language()):
        return redirect("account:home")


@never_cache
@page
@sensitive_post_parameters()
def register(request: HttpRequest) -> HttpResponse:
    """Asks for an account. The answer is the same where there is one: then no mail goes."""
    if request.method != "POST":
        return redirect("account:log_in")
    form = RegisterForm(request.POST)
    if not form.is_valid():
        return _both(request, register_form=form)
    given = form.cleaned_data
    if MAILS.is_reached(request, given["email"]):
        form.add_error(None, too_often())
        return _both(request, register_form=form, status=429)
    try:
        with as_long_for_all():
            language = get_language() or settings.LANGUAGE_CODE
            url = settings.SHOP_URL + reverse("account:confirm")
            account.register(saleor_for(request), **given, language=language, url=url)
    except SaleorRefusal as refusal:
        if is_of(refusal, "password"):
            form.add_error("password", _("Dit wachtwoord is niet goed genoeg. Neem een langer."))
        elif is_of(refusal, "email"):
            form.add_error("email", _("Dit e-mailadres klopt niet. Kijk het even na."))
        else:
            raise
        return _both(request, register_form=form)
    Visit(request).keep_onward(_ours(request.POST.get("verder", "")))
    return shown(request, "mailed", email=given["email"], is_registration=True)


def _ours(address: str) -> str:
    """An address of this shop; empty for any other."""
    return address if address and url_has_allowed_host_and_scheme(address, None) else ""


def _both(
    request: HttpRequest,
    *,
    login_form: LoginForm | None = None,
    register_form: RegisterForm | None = None,
    status: int = 422,
) -> HttpResponse:
    forms = [form for form in (login_form, register_form) if form is not None]
    return shown(
        request,
        "enter",
        login_form=login_form or LoginForm(),
        register_form=register_form or RegisterForm(),
        wrong=forms,
        onward=request.POST.get("verder") or request.GET.get("verder", ""),
        status=status if forms else 200,
    )


@never_cache
@page
def forgotten(request: HttpRequest) -> HttpResponse:
    """A mail with a link for a new password. The answer is the same for an address that we do not know."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return shown(request, "forgotten", form=form, status=422 if form.is_bound else 200)
    email = form.cleaned_data["email"]
    if MAILS.is_reached(request, email):
        form.add_error(None, too_often())
        return shown(request, "forgotten", form=form, status=429)
    with as_long_for_all():
        url = settings.SHOP_URL + reverse("account:new_password")
        account.ask_for_password_mail(saleor_for(request), email, url)
    return shown(request, "mailed", email=email, is_registration=False)


@never_cache
@page
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends this login alone; the basket stays with the account."""
    if request.method != "POST":
        return redirect("account:home")
    login.end(request)
    messages.success(request, _("Je bent uitgelogd."))
    return redirect(_ours(request.POST.get("verder", "")) or "catalogue:home")
