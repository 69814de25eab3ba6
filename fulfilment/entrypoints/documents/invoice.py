"""An invoice or a credit note of a business as PDF, in its language: made of what was issued, whenever it is asked."""

from decimal import Decimal
from pathlib import Path

import segno.helpers
from django.utils.formats import date_format, number_format
from django.utils.translation import override, pgettext

from fulfilment.entrypoints.documents.content import amount_told, rate_told
from fulfilment.entrypoints.paper import on_paper, printed
from fulfilment.invoices import references
from fulfilment.invoices.document import Document
from fulfilment.invoices.models import Invoice
from fulfilment.invoices.parties import Party
from fulfilment.invoices.queries import document_of
from fulfilment.invoices.rules import Category, Line
from fulfilment.money import to_decimal
from fulfilment.orders.pages import spoken
from fulfilment.orders.places import Address, address_told

TEMPLATE = Path(__file__).parent / "invoice.typ"


def invoice_pdf(invoice: Invoice) -> bytes:
    """The PDF of a document that was issued."""
    return printed(TEMPLATE, invoice_content(document_of(invoice), invoice.language))


def invoice_content(document: Document, language: str) -> dict[str, object]:
    """What stands on it, in the language of the order."""
    language = spoken(language)
    with override(language):
        told: dict[str, object] = on_paper(_content(document, language))
    return {**told, "language": language, "qr": _code(document)}


def _content(document: Document, language: str) -> dict[str, object]:
    title = pgettext("customer", "Creditnota") if document.is_credit else pgettext("customer", "Factuur")
    return {
        "house": "Sociaal Gemaakt",
        "title": title,
        "number": document.number,
        "about": pgettext("customer", "Bestelling %(number)s") % {"number": document.order_number},
        "seller": [*_party(document.seller, language), document.seller.email],
        "to": _party(document.buyer, language),
        "went_to": [],
        "facts": _facts(document),
        "labels": {
            "seller": pgettext("customer", "Verkocht door"),
            "to": pgettext("customer", "Gekocht door"),
            "what": pgettext("customer", "Wat"),
            "quantity": pgettext("customer", "Aantal"),
            "price": pgettext("customer", "Per stuk"),
            "rate": pgettext("customer", "Btw-tarief"),
            "net": pgettext("customer", "Zonder btw"),
            "vat": pgettext("customer", "Btw"),
            "gross": pgettext("customer", "Met btw"),
        },
        "rows": [_row(line, document.currency) for line in document.lines],
        "rates": [
            [rate_told(one.basis_points), *(amount_told(cents, document.currency) for cents in amounts)]
            for one in document.subtotals
            for amounts in [(one.net, one.vat, one.net + one.vat)]
        ],
        "totals": _totals(document),
        "due": {"name": _due(document), "amount": amount_told(document.due, document.currency)},
        "notes": [part for part in (document.note, why_untaxed(document), document.terms) if part],
        "payment": _payment(document),
        "scan": pgettext("customer", "Scan om te betalen"),
    }


def _party(party: Party, language: str) -> list[str]:
    address = Address(
        "", party.name, party.street, party.street_extra, party.postal_code, party.city, "", party.country
    )
    numbers = []
    if party.vat_number:
        numbers.append(pgettext("customer", "Btw-nummer %(number)s") % {"number": party.vat_number})
    elif party.legal_number:
        numbers.append(pgettext("customer", "Ondernemingsnummer %(number)s") % {"number": party.legal_number})
    return [*address_told(address, language), *numbers]


def _facts(document: Document) -> list[dict[str, str]]:
    named = pgettext("customer", "Bij factuur") if document.is_credit else pgettext("customer", "Eerdere factuur")
    found = [
        (pgettext("customer", "Datum"), date_format(document.issued_on, "j F Y")),
        (pgettext("customer", "Te betalen tegen"), _day(document) if _is_to_be_paid(document) else ""),
        (
            pgettext("customer", "Geleverd op"),
            date_format(document.delivered_on, "j F Y") if document.delivered_on else "",
        ),
        (pgettext("customer", "Jouw bestelnummer"), document.order_reference),
        (pgettext("customer", "Jouw referentie"), document.buyer_reference),
        (named, ", ".join(one.number for one in document.earlier)),
    ]
    return [{"name": name, "value": value} for name, value in found if value]


def _is_to_be_paid(document: Document) -> bool:
    return not document.is_credit and document.due > 0


def _day(document: Document) -> str:
    return date_format(document.due_on, "j F Y")


def _row(line: Line, currency: str) -> dict[str, str]:
    return {
        "name": line.name,
        "quantity": str(line.quantity),
        "price": _price(line, currency),
        "rate": rate_told(line.basis_points),
        "amount": amount_told(line.net, currency),
    }


def _price(line: Line, currency: str) -> str:
    """As exactly as people read it: in whole cents, or to four digits where it is not."""
    whole = (line.price * to_decimal(1, currency)).quantize(Decimal("0.0001"))
    digits = 2 if whole == whole.quantize(Decimal("0.01")) else 4
    return number_format(whole, decimal_pos=digits, use_l10n=True, force_grouping=True)


def _totals(document: Document) -> list[dict[str, str]]:
    rows = [
        (pgettext("customer", "Zonder btw"), document.net),
        (pgettext("customer", "Btw"), document.vat),
        (pgettext("customer", "Afronding"), document.rounding),
        (pgettext("customer", "Al betaald"), -document.prepaid),
    ]
    always = 2  # the other two only where there is something to say
    return [
        {"name": name, "amount": amount_told(amount, document.currency)}
        for position, (name, amount) in enumerate(rows)
        if amount or position < always
    ]


def _due(document: Document) -> str:
    return pgettext("customer", "Tegoed") if document.is_credit else pgettext("customer", "Te betalen")


def why_untaxed(document: Document) -> str:
    """Why some of it bears no VAT, as the law wants it said."""
    said = {
        Category.INTRA_EU: pgettext("customer", "Vrijgestelde intracommunautaire levering, artikel 39bis W.Btw."),
        Category.REVERSE: pgettext("customer", "Btw verlegd."),
        Category.ZERO: pgettext("customer", "Nultarief."),
        Category.EXEMPT: document.why_untaxed,
    }
    return said[document.untaxed] if document.untaxed else ""


def _payment(document: Document) -> list[dict[str, str]]:
    if not document.structured:
        return []
    iban = document.account.iban
    rows = [
        (pgettext("customer", "Rekening"), " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))),
        ("BIC", document.account.bic),
        (pgettext("customer", "Mededeling"), references.structured_told(document.structured)),
        ("ISO 11649", references.creditor_told(document.creditor)),
    ]
    return [{"name": name, "value": value} for name, value in rows if value]


def _code(document: Document) -> str:
    """The QR of the European Payments Council, with which a bank's app fills in a transfer; "" where none is due."""
    if not document.structured or document.due <= 0:
        return ""
    made = segno.helpers.make_epc_qr(
        name=document.account.holder[:70],
        iban=document.account.iban,
        amount=to_decimal(document.due, document.currency),
        reference=document.creditor,
        bic=document.account.bic or None,
    )
    drawn: str = made.svg_inline(border=0, dark="#1c1b19", omitsize=True)
    return drawn
