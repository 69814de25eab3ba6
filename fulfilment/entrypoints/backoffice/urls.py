"""The addresses of the back office; naming its rooms here is what furnishes it."""

from fulfilment.entrypoints.backoffice import (
    agreements,
    companies,
    exceptions,
    invoices,
    ledger,
    orders,
    partners,
    payments,
    payouts,
    tasks,
    users,
)
from fulfilment.entrypoints.backoffice.site import back_office

__all__ = [
    "agreements",
    "back_office",
    "companies",
    "exceptions",
    "invoices",
    "ledger",
    "orders",
    "partners",
    "payments",
    "payouts",
    "tasks",
    "urls",
    "users",
]

urls = back_office.urls
"""For the site map: `path("backoffice/", urls)`."""
