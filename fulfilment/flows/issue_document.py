"""An invoice or a credit note gets its number and is kept as it is: the XML, its digest, its lines, and its cents.

The caller holds the order. The number comes last of all that is locked.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fulfilment.invoices import references
from fulfilment.invoices.document import Document
from fulfilment.invoices.models import Invoice, InvoiceLine
from fulfilment.invoices.numbers import take
from fulfilment.invoices.ubl import invoice as as_invoice
from fulfilment.invoices.ubl_credit import credit_note
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import User

BOOKING = "invoice_rounding"
"""The kind of the entry of the cents between the VAT of an order and that of its documents."""


@dataclass(frozen=True)
class About:
    """What a document is about, beside what it says."""

    what: Invoice.What
    order: Order
    company_id: int | None = None
    credits: Invoice | None = None
    refund: Refund | None = None
    vat_consultation: str = ""
    vat_checked_at: datetime | None = None
    gross: Sequence[int] = ()
    """Of the credit note of a refund: what of each line went back, VAT included."""


def rounding_key(number: str) -> str:
    """The key of the entry of a document's cents."""
    return f"invoice:{number}:rounding"


def issue(document: Document, about: About, *, days: int, form_key: str, by: User | None, now: datetime) -> Invoice:
    """Number a document that was drawn up, write its original and keep both; `days` are those to pay it in."""
    kind = Invoice.Kind.CREDIT if document.is_credit else Invoice.Kind.INVOICE
    given = take(kind, now=now)
    is_paid_on = not document.is_credit and document.due > 0
    final = replace(
        document,
        number=given.number,
        issued_on=given.issued_on,
        due_on=given.issued_on + timedelta(days=days),
        structured=references.structured(given.year, given.sequence) if is_paid_on else "",
        creditor=references.creditor(given.number) if is_paid_on else "",
    )
    xml = credit_note(final) if final.is_credit else as_invoice(final)
    made = Invoice(
        form_key=form_key,
        kind=kind,
        what=about.what,
        year=given.year,
        sequence=given.sequence,
        issued_at=now,
        issued_by=by,
        order=about.order,
        company_id=about.company_id,
        credits=about.credits,
        refund=about.refund,
        vat_consultation=about.vat_consultation,
        vat_checked_at=about.vat_checked_at,
        language=about.order.language,
        xml=xml,
        digest=hashlib.sha256(xml).hexdigest(),
    )
    _say(made, final)
    _name(made, final)
    made.save()
    _keep_lines(made, final, about.gross)
    return made


def _say(made: Invoice, document: Document) -> None:
    """What it says, and what it comes to."""
    made.number = document.number
    made.issued_on = document.issued_on
    made.due_on = document.due_on
    made.currency = document.currency
    made.buyer_reference = document.buyer_reference
    made.order_reference = document.order_reference
    made.delivered_on = document.delivered_on
    made.delivered_to = document.delivered_to
    made.why_untaxed = document.why_untaxed
    made.note = document.note
    made.terms = document.terms
    made.structured = document.structured
    made.creditor = document.creditor
    made.net_minor = document.net
    made.vat_minor = document.vat
    made.rounding_minor = document.rounding
    made.whole_minor = document.whole
    made.prepaid_minor = document.prepaid


def _name(made: Invoice, document: Document) -> None:
    """Who sells and who buys, as they are today, and where it is paid."""
    made.seller_name = document.seller.name
    made.seller_legal_number = document.seller.legal_number
    made.seller_vat_number = document.seller.vat_number
    made.seller_street = document.seller.street
    made.seller_postal_code = document.seller.postal_code
    made.seller_city = document.seller.city
    made.seller_email = document.seller.email
    made.account_holder = document.account.holder
    made.account_iban = document.account.iban
    made.account_bic = document.account.bic
    made.buyer_name = document.buyer.name
    made.buyer_legal_number = document.buyer.legal_number
    made.buyer_vat_number = document.buyer.vat_number
    made.buyer_street = document.buyer.street
    made.buyer_street_extra = document.buyer.street_extra
    made.buyer_postal_code = document.buyer.postal_code
    made.buyer_city = document.buyer.city
    made.buyer_country = document.buyer.country
    made.buyer_email = document.buyer.email


def _keep_lines(made: Invoice, document: Document, gross: Sequence[int]) -> None:
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=made,
            position=position,
            of=line.kind,
            line_id=line.key,
            name=line.name,
            quantity=line.quantity,
            unit=line.unit,
            net_minor=line.net,
            gross_minor=gross[position] if gross else 0,
            category=line.category,
            vat_basis_points=line.basis_points,
        )
        for position, line in enumerate(document.lines)
    )


def book_cents(made: Invoice, cents: Mapping[int, int], *, now: datetime) -> None:
    """Book by how much more VAT (by rate) is owed by the documents of an order than by its books; below zero, less.

    It names no order: what an order's shares give back is read from what stands of the order, and this is none of it.
    """
    moves = [
        Move(Account.ROUNDING, Account.VAT_OWED, more, vat_basis_points=rate)
        if more > 0
        else Move(Account.VAT_OWED, Account.ROUNDING, -more, vat_basis_points=rate)
        for rate, more in cents.items()
    ]
    record(rounding_key(made.number), BOOKING, moves, currency=made.currency, happened_at=now, now=now)
