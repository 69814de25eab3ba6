"""Pages of a company, for its members alone: to everybody else no company is there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from shop.account.gate import for_customers, private, token_of
from shop.fulfilment import companies
from shop.fulfilment.companies import Company
from shop.saleor.account import Customer
from shop.saleor.client import Saleor


@dataclass(frozen=True, slots=True)
class Inside:
    """Who is logged in, and the company that they are a member of now."""

    saleor: Saleor
    customer: Customer
    company: Company

    @property
    def token(self) -> str:
        return token_of(self.saleor)

    @property
    def context(self) -> dict[str, Any]:
        return {"customer": self.customer, "company": self.company}


def for_members(view: Callable[..., HttpResponse], may: Callable[[Company], bool] | None = None) -> Any:
    """A page of ``view(request, inside, …)``; not there for whoever is no member, or ``may`` not do this. Fulfilment
    is asked each time: who was let go a moment ago sees nothing."""

    @for_customers
    @wraps(view)
    def guarded(
        request: HttpRequest, saleor: Saleor, customer: Customer, company_id: str, **kwargs: Any
    ) -> HttpResponse:
        company = companies.company(token_of(saleor), company_id)
        if company is None or (may and not may(company)):
            raise not_here()
        return view(request, Inside(saleor, customer, company), **kwargs)

    return guarded


def for_administrators(view: Callable[..., HttpResponse]) -> Any:
    """The same, for who says who is a member."""
    return for_members(view, lambda company: company.is_led)


def for_who_keeps_addresses(view: Callable[..., HttpResponse]) -> Any:
    """The same, for who may change the address book."""
    return for_members(view, lambda company: company.keeps_addresses)


def not_here() -> Http404:
    """What is answered of a company that is not there, and of one that is not theirs."""
    return Http404(_("Dit vinden we niet bij je account."))


def shown(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page that no robot keeps; the ``form`` in it is what its summary of errors is about."""
    forms = [context["form"]] if "form" in context else []
    return private(render(request, f"business/{template}.html", {"forms": forms, **context}, status=status))
