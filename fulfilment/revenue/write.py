"""Keeping shares: one statement, written by hand, since an order has a dozen of them and its time would go here."""

from collections.abc import Sequence

from django.db import connection

from fulfilment.revenue.models import Share

COLUMNS = {
    "order_id": "bigint",
    "line_id": "bigint",
    "decision_id": "bigint",
    "partner_id": "bigint",
    "agreement_id": "bigint",
    "price_list": "text",
    "rank": "int",
    "tax_regime_id": "bigint",
    "amount_minor": "bigint",
    "vat_minor": "bigint",
    "vat_basis_points": "int",
    "withheld_minor": "bigint",
    "currency": "text",
}
INSERT = "INSERT INTO revenue_share ({}) SELECT * FROM unnest({})".format(  # noqa: S608 - names of our own
    ", ".join(COLUMNS), ", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())
)


def keep(shares: Sequence[Share]) -> None:
    """Write shares, which are not given their ids. `IntegrityError` for a rank that a line has in this decision."""
    if shares:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [[getattr(share, name) for share in shares] for name in COLUMNS])
