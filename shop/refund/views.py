"""Where money may go back to: the customer gives an account, sees it once more, and says yes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop.fulfilment.refunds import BankRefund, bank_refund, give_account
from shop.refund.forms import AccountForm

OPEN = ("open", "given")
"""States in which an account may be given, or another one."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link in our mail. What is typed travels with the pages; it is kept once it is confirmed."""
    refund = bank_refund(token)
    if refund is None:
        return _page(request, "refund/over.html", None, status=404)
    if refund.state not in OPEN:
        return _page(request, "refund/state.html", refund)
    if request.method == "POST":
        return _given(request, token, refund)
    if refund.state == "given" and "wijzig" not in request.GET:
        return _page(request, "refund/state.html", refund)
    return _page(request, "refund/form.html", refund, form=AccountForm())


def _given(request: HttpRequest, token: str, refund: BankRefund) -> HttpResponse:
    """``step`` is look (show it once more), keep (it is right) or change (back to the form)."""
    form = AccountForm(request.POST)
    step = request.POST.get("step", "look")
    if step == "change":
        return _page(request, "refund/form.html", refund, form=AccountForm(initial=request.POST.dict()))
    if not form.is_valid():
        return _page(request, "refund/form.html", refund, form=form, status=422)
    answer = give_account(token, **form.cleaned_data, confirmed=step == "keep")
    if answer is None:
        return _page(request, "refund/over.html", None, status=404)
    if answer.result == "wrong":
        form.refuse(answer.errors)
        return _page(request, "refund/form.html", refund, form=form, status=422)
    if answer.result == "right":
        return _page(request, "refund/confirm.html", refund, form=form, answer=answer)
    return redirect("refund:account", token)  # kept, or too late: the page itself says which


def _page(
    request: HttpRequest, template: str, refund: BankRefund | None, *, status: int = 200, **context: object
) -> HttpResponse:
    forms = [context["form"]] if "form" in context else []
    response = render(request, template, {"refund": refund, "forms": forms, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
