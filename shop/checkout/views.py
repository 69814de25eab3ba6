"""From basket to payment on one page: each step is sent by itself, and the page goes on with the next one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop import paying
from shop.checkout import steps
from shop.checkout.asking import ask
from shop.checkout.page import put_cursor_at_the_first_fault, show, show_overview
from shop.checkout.steps import Step
from shop.saleor.client import saleor_for
from shop.visit import Visit

_UNKNOWN_TO_SALEOR = frozenset({Step.WAY, Step.EXTRAS})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """The page, with the step open that is next, or that the address names (``?stap=adres``); a POST answers it."""
    saleor, visit = saleor_for(request), Visit(request)
    basket = steps.enter(request, saleor, visit)
    if isinstance(basket, HttpResponse):
        return basket
    asked = request.GET.get("stap", "")
    opened = steps.open_step(basket, visit, asked)
    if request.method == "POST" and (opened != asked or opened == Step.OVERVIEW):
        return steps.onward()
    if opened == Step.OVERVIEW:
        return show_overview(request, visit, basket, came_back="ref" in request.GET)
    found = ask(opened, request, saleor, basket)
    is_sent = request.method == "POST"
    if is_sent and (found.is_valid() or found.in_parts):
        if paid := paying.stop(request, visit):
            return paid
        if found.save():
            if opened in _UNKNOWN_TO_SALEOR:
                visit.pass_step(opened)
            return steps.onward()
    has_cursor = is_sent and put_cursor_at_the_first_fault(found.forms)
    told = {**found.told, "forms": found.forms, "has_cursor": has_cursor}
    return show(request, visit, basket, opened, told, wrong=is_sent)


def moved(request: HttpRequest) -> HttpResponse:
    """What was a page of its own is a step now."""
    query = {"ref": request.GET["ref"]} if "ref" in request.GET else None
    return redirect(reverse("checkout:checkout", query=query))
