"""From basket to payment in three steps: where it goes, how it gets there, and what it all comes to."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop import paying
from shop.addresses import AddressForm, initial_of
from shop.checkout import steps
from shop.checkout.forms import ContactForm, DeliveryForm, GiftForm, WayForm
from shop.checkout.parts import parts_of
from shop.discounts import code_field
from shop.login import kept_addresses
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.upfront import upfront
from shop.visit import Visit
from shop.writing import as_typed

_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """To the first step."""
    return redirect(steps.DETAILS)


@never_cache
@_page
def details(request: HttpRequest) -> HttpResponse:
    """Who it is for, and where it goes."""
    saleor, visit = saleor_for(request), Visit(request)
    checkout = steps.enter(request, saleor, visit, steps.DETAILS)
    if isinstance(checkout, HttpResponse):
        return checkout
    data = request.POST if request.method == "POST" else None
    kept = kept_addresses(request)
    way = WayForm(checkout.points, checkout.point, data)
    chosen = next((one.address for one in kept if one.id == request.GET.get("adres")), None)
    goes_to = chosen or checkout.shipping_address or next((one.address for one in kept), None)
    same = not checkout.point and (
        checkout.billing_address is None or checkout.billing_address == checkout.shipping_address
    )
    contact = ContactForm(data, initial={"email": as_typed(checkout.email), "billing_same": same})
    shipping = AddressForm(data, section="shipping", initial=initial_of(goes_to))
    billing_same = "billing_same" in request.POST if request.method == "POST" else same
    needs_billing = way.is_collected or not billing_same
    billing = AddressForm(
        data if needs_billing else None,
        section="billing",
        initial=None if same else initial_of(checkout.billing_address or goes_to),
    )
    forms = [way, contact, *([] if way.is_collected else [shipping]), *([billing] if needs_billing else [])]
    if request.method == "POST" and _all_valid(forms):
        if paid := paying.stop(request, visit):
            return paid
        _save_details(saleor, checkout, way, contact, shipping, billing if needs_billing else shipping)
        if not any(form.errors for form in forms):
            return redirect(steps.DELIVERY)
    return render(
        request,
        "checkout/details.html",
        {
            "step": 1,
            "checkout": checkout,
            "way": way,
            "contact": contact,
            "shipping": shipping,
            "billing": billing,
            "billing_same": billing_same,
            "kept": kept,
            "forms": forms,
            "upfront": upfront(saleor, checkout),
        },
        status=422 if request.method == "POST" else 200,
    )


def _all_valid(forms: Sequence[Form]) -> bool:
    """Asks every form, so that each shows what is wrong with it."""
    return sum(form.is_valid() for form in forms) == len(forms)


def _save_details(
    saleor: Saleor,
    checkout: Checkout,
    way: WayForm,
    contact: ContactForm,
    shipping: AddressForm,
    billing: AddressForm,
) -> None:
    """Writes all that Saleor accepts; what it refuses lands in the forms."""
    try:
        checkouts.set_email(saleor, checkout.id, contact.cleaned_data["email"])
    except SaleorRefusal as refusal:
        contact.refuse(refusal)
    if not (_collected if way.is_collected else _delivered)(saleor, checkout, way, shipping):
        return
    try:
        checkouts.set_billing_address(saleor, checkout.id, billing.address())
    except SaleorRefusal as refusal:
        billing.refuse(refusal)


def _collected(saleor: Saleor, checkout: Checkout, way: WayForm, _shipping: AddressForm) -> bool:
    """Whether Saleor takes it that somebody comes for it."""
    try:
        checkouts.collect(saleor, checkout.id, way.cleaned_data["way"])
    except SaleorRefusal:
        way.add_error("way", _("Daar kun je deze bestelling niet afhalen. Kies iets anders."))
    return not way.errors


def _delivered(saleor: Saleor, checkout: Checkout, _way: WayForm, shipping: AddressForm) -> bool:
    """Whether Saleor takes the address."""
    if checkout.point:
        checkouts.leave_point(saleor, checkout.id)
    try:
        checkouts.set_shipping_address(saleor, checkout.id, shipping.address())
    except SaleorRefusal as refusal:
        shipping.refuse(refusal)
    return not shipping.errors


@never_cache
@_page
def delivery(request: HttpRequest) -> HttpResponse:
    """How it gets there, and what stands on the card of a present."""
    saleor, visit = saleor_for(request), Visit(request)
    checkout = steps.enter(request, saleor, visit, steps.DELIVERY)
    if isinstance(checkout, HttpResponse):
        return checkout
    if checkout.point:
        return _card(request, saleor, visit, checkout)
    options = checkouts.delivery_options(saleor, checkout.id)
    known = {option.id for option in options}
    chosen = checkout.delivery.id if checkout.delivery and checkout.delivery.id in known else ""
    if not chosen and options:
        chosen = options[0].id
    data = request.POST if request.method == "POST" else None
    form = DeliveryForm(options, chosen, data)
    gift = GiftForm(data, initial={"message": checkout.gift_message})
    if request.method == "POST" and _all_valid([form, gift]):
        if paid := paying.stop(request, visit):
            return paid
        _keep_message(saleor, checkout, gift)
        try:
            checkouts.choose_delivery(saleor, checkout.id, form.cleaned_data["delivery"])
        except SaleorRefusal:
            form.add_error("delivery", _("Deze levering kan niet naar jouw adres. Kies een andere."))
        else:
            return redirect(steps.REVIEW)
    picked = form["delivery"].value()
    return render(
        request,
        "checkout/delivery.html",
        {
            "step": 2,
            "checkout": checkout,
            "form": form,
            "gift": gift,
            "options": options,
            "picked": picked,
            "parts": parts_of(checkout),
            "upfront": upfront(saleor, checkout),
        },
        status=422 if request.method == "POST" else 200,
    )


def _card(request: HttpRequest, saleor: Saleor, visit: Visit, checkout: Checkout) -> HttpResponse:
    """Of what somebody comes for there is nothing to choose any more but the card of a present."""
    gift = GiftForm(request.POST if request.method == "POST" else None, initial={"message": checkout.gift_message})
    if request.method == "POST" and gift.is_valid():
        if paid := paying.stop(request, visit):
            return paid
        _keep_message(saleor, checkout, gift)
        return redirect(steps.REVIEW)
    shown = {"step": 2, "checkout": checkout, "gift": gift, "parts": parts_of(checkout)}
    shown |= {"upfront": upfront(saleor, checkout)}
    return render(request, "checkout/delivery.html", shown, status=422 if request.method == "POST" else 200)


def _keep_message(saleor: Saleor, checkout: Checkout, gift: GiftForm) -> None:
    if gift.cleaned_data["message"] != checkout.gift_message:
        checkouts.set_gift_message(saleor, checkout.id, gift.cleaned_data["message"])


@never_cache
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """All of it once more, with the button that pays."""
    saleor, visit = saleor_for(request), Visit(request)
    checkout = steps.enter(request, saleor, visit, steps.REVIEW)
    if isinstance(checkout, HttpResponse):
        return checkout
    return show_review(request, visit, checkout, came_back="ref" in request.GET)


def show_review(request: HttpRequest, visit: Visit, checkout: Checkout, **notices: Any) -> HttpResponse:
    """The overview, with what there is to say: ``came_back`` from the payment page, ``price_changed``, ``refusal``,
    ``lost_code``, which holds no longer, and ``typed_code``, which was typed and not given before it was to be paid."""
    visit.attempt_key(steps.fingerprint(checkout))
    return render(
        request,
        "checkout/review.html",
        {
            "step": 3,
            "checkout": checkout,
            "email": as_typed(checkout.email),
            "parts": parts_of(checkout),
            "code": code_field(request, checkout),
            "upfront": upfront(saleor_for(request), checkout),
            **notices,
        },
        status=409
        if any(notices.get(name) for name in ("refusal", "price_changed", "lost_code", "typed_code"))
        else 200,
    )
