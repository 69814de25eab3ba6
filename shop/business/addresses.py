"""The address book of a company: where things are brought that it orders."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shop.addresses import Countries, anywhere, initial_of
from shop.business.forms import PlaceForm
from shop.business.gate import Inside, for_who_keeps_addresses, not_here, shown
from shop.fulfilment import companies
from shop.fulfilment.companies import Company, CompanyAddress
from shop.saleor.delivery import delivered_to


@for_who_keeps_addresses
def added(request: HttpRequest, inside: Inside) -> HttpResponse:
    """One more."""
    fresh = {"form_key": secrets.token_urlsafe(16), "company": inside.company.name}
    return _kept(request, inside, None, PlaceForm(_sent(request), countries=_countries(inside), initial=fresh))


@for_who_keeps_addresses
def changed(request: HttpRequest, inside: Inside, place: str) -> HttpResponse:
    """Another text for one that is there."""
    found = _place(inside.company, place)
    known = {**(initial_of(found.address) or {}), "label": found.label}
    return _kept(request, inside, found, PlaceForm(_sent(request), countries=_countries(inside), initial=known))


@for_who_keeps_addresses
def removed(request: HttpRequest, inside: Inside, place: str) -> HttpResponse:
    """A second look, and then it is not offered any more."""
    found = _place(inside.company, place)
    if request.method != "POST":
        return shown(request, "remove_address", **inside.context, place=found)
    companies.remove_address(inside.token, inside.company.id, found.id)
    messages.success(request, _("Het adres is weg."))
    return redirect("business:company", inside.company.id)


def _kept(request: HttpRequest, inside: Inside, known: CompanyAddress | None, form: PlaceForm) -> HttpResponse:
    """The form, or the company's page once it is kept."""
    if form.is_valid():
        label, address, company = form.cleaned_data["label"], form.address(), inside.company.id
        if known:
            errors = companies.change_address(inside.token, company, known.id, label=label, address=address)
        else:
            key = form.cleaned_data["form_key"]
            errors = companies.add_address(inside.token, company, form_key=key, label=label, address=address)
        if errors is None:
            raise not_here()
        form.point_out(errors)
    if form.is_bound and not form.errors:
        messages.success(request, _("Het adres is bewaard."))
        return redirect("business:company", inside.company.id)
    status = 422 if form.is_bound else 200
    return shown(request, "address", **inside.context, place=known, form=form, status=status)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _countries(inside: Inside) -> Countries:
    return anywhere(delivered_to(inside.saleor))


def _place(company: Company, key: str) -> CompanyAddress:
    found = next((one for one in company.addresses if one.id == key), None)
    if found is None:
        raise not_here()
    return found
