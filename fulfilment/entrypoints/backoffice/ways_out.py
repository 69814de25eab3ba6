"""Where an exception is solved: the button that leads there, by what kind of exception it is."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfilment.companies.models import Company
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order

Kind = OpenIssue.Kind


@dataclass(frozen=True)
class WayOut:
    """A page where something is done about an exception; `of_order` where its address has the order's number in it."""

    label: Promise
    page: str
    of_order: bool = True
    more: str = ""
    """What follows the address: a query or a fragment."""

    def address(self, order: Order | None) -> str:
        """Where it leads; "" where it is about an order that is not known."""
        if self.of_order and order is None:
            return ""
        return reverse(f"backoffice:{self.page}", args=[order.pk] if self.of_order and order else []) + self.more


_ORDER = WayOut(_("Naar de bestelling"), "orders_order_change")
_OWED = WayOut(_("Tegoed teruggeven"), "orders_order_refund", more="?kind=owed")
_RETURNS = WayOut(_("Naar de retour"), "orders_order_change", more="#returns")
_STRIPE = WayOut(_("Naar het geld van Stripe"), "payouts_batch_plan", of_order=False, more="#collections")
_CHECK = WayOut(_("Naar de controle"), "balances", of_order=False, more="#check")

WAYS_OUT: dict[str, WayOut] = {
    Kind.REFUND_TO_DIVIDE: WayOut(_("Terugbetaling verdelen"), "orders_order_divide"),
    Kind.CANCELLED_NOT_REFUNDED: WayOut(_("Geld teruggeven"), "orders_order_refund"),
    Kind.MONEY_OWED: _OWED,
    Kind.PAID_TWICE: _OWED,
    Kind.REFUND_UNCLEAR: _ORDER,
    Kind.PAID_OUTSIDE: _ORDER,
    Kind.REFUND_FAILED: _ORDER,
    Kind.REFUND_TWICE: _ORDER,
    Kind.COLLECTION_FAILED: _STRIPE,
    Kind.STRIPE_BELOW_ZERO: _STRIPE,
    Kind.STRIPE_DIFFERS: _CHECK,
    Kind.UNEXPLAINED: _ORDER,
    Kind.REPORT_FAILED: _ORDER,
    Kind.NOT_RELEASED: _ORDER,
    Kind.UNROUTED: WayOut(_("Naar de overeenkomsten"), "agreements_agreement_changelist", of_order=False),
    Kind.INVOICE_REFUSED: WayOut(
        _("Naar de geweigerde facturen"), "invoices_invoice_changelist", of_order=False, more="?verzending=refused"
    ),
    Kind.RETURN_LATE: _RETURNS,
    Kind.RETURN_TO_JUDGE: _RETURNS,
    Kind.RETURN_TO_REFUND: _RETURNS,
    Kind.WITHDRAWN: WayOut(_("Naar de herroeping"), "orders_order_change", more="#withdrawals"),
    Kind.SHORT_OF_FIXED: WayOut(_("Kortingen en prijzen bekijken"), "discounts", of_order=False),
}
"""By the kind of the exception; what is not here has no page of its own."""

COMPANIES = (Kind.COMPANY_AGAIN,)
"""Kinds that are about a company, whose page they lead to."""

TO_BE_SEEN = (Kind.SHORT_OF_FIXED,)
"""Kinds that are over once somebody looked at them."""


def way_to_company(subject: str) -> dict[str, object] | None:
    """The button that leads to the company that an exception is about; None where it is gone."""
    found = Company.objects.filter(public_id=subject.partition(":")[2]).first()
    page = "companies_company_change"
    if found is None:
        return None
    return {"label": _("Naar het bedrijf"), "address": reverse(f"backoffice:{page}", args=[found.pk]), "page": page}


def way_out(kind: str, order: Order | None) -> dict[str, object] | None:
    """The button of an exception, with the name of the page to which it leads; None where there is none."""
    found = WAYS_OUT.get(kind)
    address = found.address(order) if found else ""
    return {"label": found.label, "address": address, "page": found.page} if found and address else None
