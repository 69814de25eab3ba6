"""Numbers of documents: one after the other in each year, none left out, none given twice, and never back in time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from fulfilment.invoices.models import Invoice, Series

PREFIX = {Invoice.Kind.INVOICE: "", Invoice.Kind.CREDIT: "C"}
"""What tells the numbers of one kind from those of another."""


@dataclass(frozen=True)
class Numbered:
    """The number of a document, and the day that it bears."""

    number: str
    year: int
    sequence: int
    issued_on: date


def take(kind: Invoice.Kind, *, now: datetime) -> Numbered:
    """The next number of a kind, in the year that it is in Brussels; its row is locked until the transaction ends.

    Nobody else has one meanwhile, and what is rolled back was never given: no sequence of the database can promise
    that. Who waited for the lock past midnight bears the day of whoever came before.
    """
    today = timezone.localdate(now)
    Series.objects.bulk_create([Series(kind=kind, year=today.year)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(kind=kind, year=today.year)
    series.given += 1
    series.last_on = max(today, series.last_on or today)
    series.save(update_fields=["given", "last_on"])
    number = f"{PREFIX[kind]}{today.year}-{series.given:05d}"
    return Numbered(number, today.year, series.given, series.last_on)
