"""The companies that somebody buys for, and the page of one."""

from django.http import HttpRequest, HttpResponse

from shop.account.gate import for_customers, token_of
from shop.business.gate import Inside, for_members, shown
from shop.fulfilment import companies
from shop.fulfilment.client import FulfilmentUnavailable
from shop.fulfilment.companies import Terms
from shop.saleor.account import Customer
from shop.saleor.client import Saleor


@for_customers
def mine(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """Works without fulfilment, then without companies, and says so."""
    try:
        found = companies.mine(token_of(saleor))
    except FulfilmentUnavailable:
        found = None
    return shown(request, "mine", customer=customer, companies=found or (), is_known=found is not None)


@for_members
def company(request: HttpRequest, inside: Inside) -> HttpResponse:
    """What was agreed, what is open, who is a member, and where things are brought."""
    return shown(request, "company", **inside.context, used=_used(inside.company.terms))


def _used(terms: Terms) -> int | None:
    """How much of the credit limit is open, in hundredths of it; None where no limit is agreed."""
    if terms.credit_limit is None:
        return None
    return min(100, max(0, round(100 * terms.open.minor / terms.credit_limit.minor)))
