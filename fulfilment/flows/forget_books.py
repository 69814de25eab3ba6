"""What the law has us keep is kept as long as it says, and not longer: bank files, whose accounts, the log of changes.

The postings stay for good: they name numbers of orders and partners, and no people.
"""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from fulfilment.agreements.models import Agreement
from fulfilment.flows import forget_companies
from fulfilment.flows.still_needed import AT_THE_BANK
from fulfilment.forgetting.table import kept
from fulfilment.invoices.models import Invoice
from fulfilment.ledger.models import Posting
from fulfilment.partners.models import AccountChange, Partner
from fulfilment.partners.queries import forget_log
from fulfilment.payouts.models import BankFile, Payout, PayoutStep

INVOICE = "invoices.Invoice."
WHOSE_INVOICE = tuple(
    field.removeprefix(INVOICE)
    for field in kept("books").fields
    if field.startswith(INVOICE) and field != f"{INVOICE}xml"
)
"""What of an invoice goes, by the table, beside its original."""


def books(before: datetime, now: datetime) -> int:
    """Empty what was booked in years that ended before that moment (the first of a year); how many rows."""
    others = forget_companies.books(before)
    return _files(before) + _changes(before) + _partners(before) + forget_log(before) + _invoices(before) + others


def _invoices(before: datetime) -> int:
    """For whom an invoice was, its original with it: numbers, days, products and amounts stay. The database lets nobody
    empty a newer one, nor change anything else of one."""
    old = Invoice.objects.filter(issued_on__lt=timezone.localdate(before)).exclude(xml=b"")
    return old.update(**dict.fromkeys(WHOSE_INVOICE, ""), xml=b"")


def _files(before: datetime) -> int:
    emptied = BankFile.objects.filter(made_at__lt=before).exclude(content=b"").update(content=b"")
    old = Payout.objects.filter(batch__planned_at__lt=before).exclude(state__in=AT_THE_BANK)
    PayoutStep.objects.filter(payout__in=old).exclude(note="").update(note="")
    told = old.exclude(name="", iban="", bic="", failure="")
    return emptied + told.update(name="", iban="", bic="", failure="")


def _changes(before: datetime) -> int:
    fields = ("old_bank_name", "old_iban", "old_bic", "new_bank_name", "new_iban", "new_bic")
    ended = (AccountChange.State.IN_FORCE, AccountChange.State.STOPPED)
    rows = AccountChange.objects.filter(state__in=ended).exclude(steps__at__gte=before)
    return rows.exclude(**dict.fromkeys(fields, "")).update(**dict.fromkeys(fields, ""))


def _partners(before: datetime) -> int:
    """Partners with whom nothing is agreed, and nothing was booked, since: their name stays in the books."""
    day = timezone.localdate(before)
    agreed = Agreement.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day))
    booked = Posting.objects.filter(entry__recorded_at__gte=before, partner__isnull=False)
    fields = ("street", "postal_code", "city", "email", "bank_name", "iban", "bic")
    rows = Partner.objects.exclude(pk__in=agreed.values("producer")).exclude(pk__in=agreed.values("terms__partner"))
    rows = rows.exclude(pk__in=booked.values("partner")).exclude(kind=Partner.Kind.PLATFORM)
    rows = rows.exclude(events__pgh_created_at__gte=before)
    return rows.exclude(**dict.fromkeys(fields, "")).update(**dict.fromkeys(fields, ""))
