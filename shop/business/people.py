"""Who belongs to a company: its administrators invite, change what somebody may do, and let go."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shop.account.gate import too_often
from shop.business.forms import InviteForm, RoleForm
from shop.business.gate import Inside, for_administrators, for_members, not_here, shown
from shop.fulfilment import companies
from shop.fulfilment.companies import Company, Member
from shop.throttle import MAILS


@for_administrators
def invite(request: HttpRequest, inside: Inside) -> HttpResponse:
    """A mail with a link for a colleague."""
    if request.method != "POST":
        form = InviteForm(initial={"form_key": secrets.token_urlsafe(16)})
        return shown(request, "invite", **inside.context, form=form)
    form = InviteForm(request.POST)
    if form.is_valid():
        email, (role, limit) = form.cleaned_data["email"], form.given()
        if MAILS.is_reached(request, email):
            form.add_error(None, too_often())
            return shown(request, "invite", **inside.context, form=form, status=429)
        key = form.cleaned_data["form_key"]
        errors = companies.invite(inside.token, inside.company.id, form_key=key, email=email, role=role, limit=limit)
        if errors is None:
            raise not_here()
        form.point_out(errors)
    if form.errors:
        return shown(request, "invite", **inside.context, form=form, status=422)
    told = _("We stuurden een uitnodiging naar %(email)s.") % {"email": form.cleaned_data["email"]}
    messages.success(request, told)
    return redirect("business:company", inside.company.id)


@for_administrators
def withdraw(request: HttpRequest, inside: Inside, invited: str) -> HttpResponse:
    """A second look, and then the link is good no more."""
    found = next((one for one in inside.company.invitations if one.id == invited), None)
    if found is None:
        raise not_here()
    if request.method != "POST":
        return shown(request, "withdraw", **inside.context, invited=found)
    companies.withdraw_invitation(inside.token, inside.company.id, found.id)
    messages.success(request, _("De uitnodiging voor %(email)s is ingetrokken.") % {"email": found.email})
    return redirect("business:company", inside.company.id)


@for_administrators
def change(request: HttpRequest, inside: Inside, member: str) -> HttpResponse:
    """Another role, or another amount."""
    found = _member(inside.company, member)
    known = {"role": found.role, "limit": found.limit.minor // 100 if found.limit else None}
    form = RoleForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        role, limit = form.given()
        errors = companies.change_member(inside.token, inside.company.id, found.id, role=role, limit=limit)
        if errors is None:
            raise not_here()
        form.point_out(errors)
    if form.is_bound and not form.errors:
        messages.success(request, _("Bewaard."))
        return redirect("business:company", inside.company.id)
    status = 422 if form.is_bound else 200
    return shown(request, "change_member", **inside.context, member=found, form=form, status=status)


@for_members
def remove(request: HttpRequest, inside: Inside, member: str) -> HttpResponse:
    """A second look, and then they see nothing of the company any more. Everybody may leave."""
    found = _member(inside.company, member)
    is_own = found.email.casefold() == inside.customer.email.casefold()
    if not is_own and not inside.company.is_led:
        raise not_here()
    context = {**inside.context, "member": found, "is_own": is_own}
    if request.method != "POST":
        return shown(request, "remove_member", **context)
    errors = companies.remove_member(inside.token, inside.company.id, found.id)
    if errors:
        return shown(request, "remove_member", **context, wrong=list(errors.values()), status=422)
    if is_own:
        messages.success(request, _("Je hoort niet meer bij %(name)s.") % {"name": inside.company.name})
        return redirect("business:mine")
    messages.success(request, _("%(name)s heeft geen toegang meer.") % {"name": found.name or found.email})
    return redirect("business:company", inside.company.id)


def _member(company: Company, key: str) -> Member:
    found = next((one for one in company.members if one.id == key), None)
    if found is None:
        raise not_here()
    return found
