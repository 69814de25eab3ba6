"""What each step asks, and what becomes of the answers: Saleor keeps them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop import login
from shop.addresses import AddressForm, anywhere, initial_of, where_delivered
from shop.checkout.forms import BillingForm, ContactForm, DeliveryForm, ExtrasForm, WayForm
from shop.checkout.steps import Step
from shop.login import kept_addresses
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Address, Checkout
from shop.saleor.client import Saleor
from shop.saleor.delivery import delivered_to
from shop.saleor.errors import SaleorRefusal
from shop.writing import as_typed


@dataclass(frozen=True, slots=True)
class Asked:
    """A step with its forms, what its template needs besides, and ``save``, which writes what was answered: False where
    Saleor does not take it, which then stands in the forms. It raises SaleorError. ``in_parts``: it writes what is
    right beside what is not, too, so that all that Saleor finds wrong is told in one round."""

    forms: Sequence[Form]
    save: Callable[[], bool]
    told: Mapping[str, Any] = field(default_factory=dict)
    in_parts: bool = False

    def is_valid(self) -> bool:
        """Asks every form, so that each shows what is wrong with it."""
        return sum(form.is_valid() for form in self.forms) == len(self.forms)


def ask(step: Step, request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """A step of this basket, with what was sent with it."""
    return _ASKED[step](request, saleor, checkout)


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _contact(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """Who it is from: a guest by an e-mail address, or who is logged in."""
    customer = login.customer(request)
    known = checkout.email or (customer.email if customer else "")
    form = ContactForm(_data(request), initial={"email": as_typed(known)})

    def save() -> bool:
        try:
            checkouts.set_email(saleor, checkout.id, form.cleaned_data["email"])
        except SaleorRefusal as refusal:
            form.refuse(refusal)
        return not form.errors

    return Asked([form], save, {"contact": form, "customer": customer})


def _way(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """Whether it comes to its customer, or the other way round."""
    form = WayForm(checkout.points, checkout.point, _data(request))

    def save() -> bool:
        try:
            if form.is_collected:
                checkouts.collect(saleor, checkout.id, form.cleaned_data["way"])
            elif checkout.point:
                checkouts.leave_point(saleor, checkout.id)
        except SaleorRefusal:
            form.add_error("way", _("Daar kun je deze bestelling niet afhalen. Kies iets anders."))
        return not form.errors

    return Asked([form], save, {"way": form})


def _address(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """Where it goes, and where its invoice goes; of what is collected the invoice alone."""
    near = delivered_to(saleor)
    kept = [one for one in kept_addresses(request) if checkout.point or one.address.country in near]
    chosen = next((one.address for one in kept if one.id == request.GET.get("adres")), None)
    first = next((one.address for one in kept), None)
    known = (checkout.shipping_address, checkout.billing_address, first)
    former = next((address for address in known if address and address.country in near), None)
    same = not checkout.point and checkout.billing_address in (None, former)
    data = _data(request)
    choice = BillingForm(data, initial={"billing_same": same})
    has_billing = bool(checkout.point) or not choice["billing_same"].value()
    shipping = AddressForm(
        None if checkout.point else data,
        section="shipping",
        countries=where_delivered(near),
        initial=initial_of(chosen or former),
    )
    billing = AddressForm(
        data if has_billing else None,
        section="billing",
        countries=anywhere(near),
        initial=None if same else initial_of((chosen if checkout.point else None) or checkout.billing_address or first),
    )
    forms: list[Form] = [billing] if checkout.point else [shipping, choice, *([billing] if has_billing else [])]

    def save() -> bool:
        parcel = checkout.point is not None or _taken(shipping, checkouts.set_shipping_address, saleor, checkout)
        invoice = billing if has_billing else shipping
        if not _taken(invoice, checkouts.set_billing_address, saleor, checkout) or not parcel:
            return False
        if not checkout.point:
            _choose_the_only_one(saleor, checkout)
        return True

    told = {"shipping": shipping, "choice": choice, "billing": billing, "kept": kept}
    return Asked(forms, save, told, in_parts=has_billing and not checkout.point)


def _taken(
    form: AddressForm, write: Callable[[Saleor, str, Address], None], saleor: Saleor, checkout: Checkout
) -> bool:
    """Whether Saleor took it; what is wrong with the form already is not asked about."""
    if form.is_valid():
        try:
            write(saleor, checkout.id, form.address())
        except SaleorRefusal as refusal:
            form.refuse(refusal)
    return not form.errors


def _choose_the_only_one(saleor: Saleor, checkout: Checkout) -> None:
    """Where an address is delivered to in one way, nobody is asked for it; a way that was chosen and is still there
    stays."""
    options = checkouts.delivery_options(saleor, checkout.id)
    if len(options) == 1 and not (checkout.delivery and checkout.delivery.id == options[0].id):
        with suppress(SaleorRefusal):  # then it is asked for, and why it cannot be stands there
            checkouts.choose_delivery(saleor, checkout.id, options[0].id)


def _delivery(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """Which of several ways of delivering it is."""
    options = checkouts.delivery_options(saleor, checkout.id)
    known = {option.id for option in options}
    chosen = checkout.delivery.id if checkout.delivery and checkout.delivery.id in known else ""
    form = DeliveryForm(options, chosen or next((option.id for option in options), ""), _data(request))

    def save() -> bool:
        try:
            checkouts.choose_delivery(saleor, checkout.id, form.cleaned_data["delivery"])
        except SaleorRefusal:
            form.add_error("delivery", _("Deze levering kan niet naar jouw adres. Kies een andere."))
        return not form.errors

    return Asked([form], save, {"form": form, "options": options, "picked": form["delivery"].value()})


def _extras(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> Asked:
    """Whether it is a present, and what else there is to say. Nothing has to be."""
    form = ExtrasForm(_data(request), initial={"message": checkout.gift_message, "note": checkout.note})

    def save() -> bool:
        given = form.cleaned_data
        checkouts.set_words(saleor, checkout, gift_message=given["message"], note=given["note"])
        return True

    return Asked([form], save, {"extras": form})


_ASKED: dict[Step, Callable[[HttpRequest, Saleor, Checkout], Asked]] = {
    Step.CONTACT: _contact,
    Step.WAY: _way,
    Step.ADDRESS: _address,
    Step.DELIVERY: _delivery,
    Step.EXTRAS: _extras,
}
