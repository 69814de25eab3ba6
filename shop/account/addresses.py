"""The postal addresses that a customer keeps."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shop.account.gate import for_customers, shown
from shop.addresses import AddressForm, anywhere, initial_of
from shop.saleor import account
from shop.saleor.account import BILLING, SHIPPING, Customer, OwnAddress
from shop.saleor.client import Saleor
from shop.saleor.delivery import delivered_to
from shop.saleor.errors import SaleorRefusal


@for_customers
def listed(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    return shown(request, "addresses", customer=customer)


@for_customers
def added(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """The first one comes first, for parcels and for invoices."""
    data = request.POST if request.method == "POST" else None
    form = AddressForm(data, section="shipping", countries=anywhere(delivered_to(saleor)))
    if request.method == "POST" and form.is_valid():
        try:
            key = account.add_address(saleor, form.address())
        except SaleorRefusal as refusal:
            form.refuse(refusal)
        else:
            if not customer.addresses:
                for kind in (SHIPPING, BILLING):
                    account.put_first(saleor, key, kind)
            messages.success(request, _("Je adres is bewaard."))
            return redirect("account:addresses")
    return shown(request, "address", customer=customer, form=form, status=422 if form.is_bound else 200)


@for_customers
def changed(request: HttpRequest, saleor: Saleor, customer: Customer, key: str) -> HttpResponse:
    """``step`` is keep (what was typed), first (it comes first from now on) or take_out."""
    own = next((one for one in customer.addresses if one.id == key), None)
    if own is None:
        raise Http404(_("Dit adres is er niet (meer)."))
    step = request.POST.get("step", "keep")
    if request.method == "POST" and step in ("first", "take_out"):
        _moved(request, saleor, own, step)
        return redirect("account:addresses")
    data = request.POST if request.method == "POST" else None
    form = AddressForm(
        data, section="shipping", countries=anywhere(delivered_to(saleor)), initial=initial_of(own.address)
    )
    if request.method == "POST" and form.is_valid():
        try:
            account.change_address(saleor, own.id, form.address())
        except SaleorRefusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Je adres is bewaard."))
            return redirect("account:addresses")
    return shown(request, "address", customer=customer, form=form, own=own, status=422 if form.is_bound else 200)


def _moved(request: HttpRequest, saleor: Saleor, own: OwnAddress, step: str) -> None:
    if step == "first":
        for kind in (SHIPPING, BILLING):
            account.put_first(saleor, own.id, kind)
        messages.success(request, _("Dit adres komt voortaan eerst."))
    else:
        account.take_out_address(saleor, own.id)
        messages.success(request, _("Het adres is weg."))
