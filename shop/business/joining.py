"""Where the link of an invitation leads. Opening it does nothing: programs that look through mails open it too."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from shop import login
from shop.account.gate import page, token_of
from shop.business.gate import shown
from shop.fulfilment import companies


@never_cache
@page
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Whom it is for; by POST who is logged in with that address joins."""
    invited = companies.invitation(key)
    if invited is None or invited.state == "over":
        return shown(request, "invitation_over", status=404)
    customer, saleor = login.customer(request), login.customer_for(request)
    context: dict[str, Any] = {"invited": invited, "here": request.path, "who": customer}
    if request.method != "POST":
        return shown(request, "invitation", **context)
    if customer is None or saleor is None:
        return redirect(reverse("account:log_in", query={"verder": request.path}))
    result, company_id = companies.join(token_of(saleor), key) or ("over", "")
    if result == "joined":
        messages.success(request, _("Welkom bij %(name)s.") % {"name": invited.company})
        return redirect("business:company", company_id)
    if result == "wrong_account":
        return shown(request, "invitation", **context, is_wrong=True, status=422)
    return shown(request, "invitation_over", status=404)
