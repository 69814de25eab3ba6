"""The VAT that went back with a refund, by rate."""

from collections import defaultdict

from django.db.models import Q

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Posting
from fulfilment.money import BASIS_POINTS
from fulfilment.orders.models import Refund

Rates = dict[int, tuple[int, int]]
"""By rate of VAT (basis points): what it is on, VAT included, and the VAT in it (minor units)."""


def vat_of_refund(refund: Refund) -> Rates:
    """The VAT that went back, by rate: as the ledger has it; of what was in no ledger yet, that of its price."""
    gross: dict[int, int] = defaultdict(int)
    for row in refund.lines.select_related("line"):
        gross[row.line.tax_basis_points] += row.amount_minor
    gross[refund.order.shipping_tax_basis_points] += refund.shipping_minor
    booked: dict[int, int] = defaultdict(int)
    key = f"order:{refund.order.public_id}:refund:{refund.name}"
    # Not the VAT that partners charge: that goes back as well, and is none of the customer's.
    of_sales = Q(debit=Account.VAT_OWED) | Q(credit=Account.VAT_OWED)
    for debit, rate, amount in Posting.objects.filter(of_sales, entry__key=key).values_list(
        "debit", "vat_basis_points", "amount_minor"
    ):
        booked[rate or 0] += amount if debit == Account.VAT_OWED else -amount
    return {
        rate: (total, booked.get(rate, 0) or _vat_in(total, rate)) for rate, total in sorted(gross.items()) if total
    }


def _vat_in(gross: int, rate: int) -> int:
    """The VAT in a price, rounded half up."""
    whole = BASIS_POINTS + rate
    return (2 * gross * rate + whole) // (2 * whole)
