"""Orders of businesses, and their invoices as an operator makes them."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from pytest_django import Settings

from fulfilment.flows import credit_invoice, make_invoice
from fulfilment.flows.make_invoice import Wanted
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.parties import Party
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import User
from tests.support.bought import NOW
from tests.support.invoices import HOTEL

LATER = NOW + timedelta(days=5)
SELLER = {"name": "Sociaal Gemaakt", "address": "Kouter 1, 9000 Gent", "number": "1999.001.338", "phone": ""}
_keys = count(1)


def who_sells(settings: Settings) -> None:
    """The settings of a seller that may make invoices."""
    settings.SELLER = SELLER
    settings.PAYER_IBAN, settings.PAYER_BIC = "BE68539007547034", "GKCCBEBB"


def invoiced(
    order: Order, buyer: Party = HOTEL, *, now: datetime = LATER, by: User | None = None, **wanted: Any
) -> Invoice:
    """The invoice that is shown, issued."""
    asked = Wanted(buyer, **wanted)
    seen = make_invoice.draft(order, asked, now=now).seen
    return make_invoice.make(order.pk, asked, form_key=f"form-key-{next(_keys)}", seen=seen, by=by, now=now)


def credited(refund: Refund, *, now: datetime = LATER) -> Invoice:
    """The credit note of a refund that is shown, issued."""
    seen = credit_invoice.of_refund(refund, now=now).seen
    return credit_invoice.credit_refund(refund.name, seen=seen, by=None, now=now)


def rebilled(invoice: Invoice, buyer: Party, *, key: str = "", now: datetime = LATER, **other: Any) -> Invoice:
    """The same for another buyer."""
    given = {"company_id": None, "buyer_reference": "", "order_reference": "", "by": None, **other}
    return credit_invoice.rebill(invoice.pk, buyer, form_key=key or f"form-key-{next(_keys)}", now=now, **given)
