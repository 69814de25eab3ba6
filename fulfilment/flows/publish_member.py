"""Who acts for a company, and no longer → at Saleor a customer of the type that opens its price list, and no longer.

Our plugin in Saleor says which types a list is for. An account is looked at as a whole: somebody may act for several.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fulfilment.companies import rules
from fulfilment.companies.models import Company
from fulfilment.companies.queries import memberships_of, terms_of
from fulfilment.errors import GatewayError
from fulfilment.flows.dispatch import look_at
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.inbox.models import Mark

NO_LIST = "NO_PRICE_LIST"
"""Code of a failure: a company buys on a price list that Saleor does not have, or that is closed there."""


@transaction.atomic
def tell_saleor(account_ids: Iterable[str], *, now: datetime) -> None:
    """Have each account looked at, in one order: two who do it at once do not wait for each other."""
    for account_id in sorted(set(account_ids) - {""}):
        look_at(Mark.Kind.CUSTOMER_TYPE, account_id, now)


def publish_member(account_id: str, saleor: Saleor, *, now: datetime) -> None:
    """Give an account the type that its companies ask for; as often as one likes. `GatewayError`."""
    account = saleor.account_type(account_id)
    if account is None or account.is_staff:
        return
    opened_by = {one.slug: one.customer_types for one in saleor.price_lists()}
    lists = price_lists_of(account_id)
    if missing := [slug for slug in lists if slug not in opened_by]:
        told = f"Saleor has no open price list {missing[0]}"
        about = f"{lists[missing[0]]} ({missing[0]}):"
        raise GatewayError(told, retry=False, code=NO_LIST, at="Saleor", about=about)
    wanted = rules.customer_type(list(lists), opened_by, account.default, account.now)
    if wanted is not None and wanted in account.types:
        saleor.set_customer_type(account_id, account.types[wanted])


def price_lists_of(account_id: str) -> dict[str, str]:
    """The price lists from which an account may order, each with the name of a company of theirs that buys on it; that
    of the company it belongs to longest first."""
    found: dict[str, str] = {}
    for member in memberships_of(account_id).filter(company__state=Company.State.APPROVED):
        found.setdefault(terms_of(member.company).price_list, member.company.name)
    return {slug: name for slug, name in found.items() if slug}
