"""An invoice as UBL, by the rules of Peppol BIS Billing 3.0: this is the legal original.

The order of the elements is the schema's. `ubl_credit` writes credit notes of the same parts.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from fulfilment.invoices.document import Document
from fulfilment.invoices.parties import BELGIAN, Party, endpoint
from fulfilment.invoices.rules import Category, Line, Subtotal
from fulfilment.money import BASIS_POINTS, to_decimal
from fulfilment.texts import seen

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
INVOICE = "380"
SEPA_TRANSFER = "58"

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CAC = f"{_UBL}CommonAggregateComponents-2"
CBC = f"{_UBL}CommonBasicComponents-2"

EXEMPTIONS = {
    Category.INTRA_EU: ("VATEX-EU-IC", "Intra-Community supply"),
    Category.REVERSE: ("VATEX-EU-AE", "Reverse charge"),
}
"""The code and the words of why there is no VAT; of what is exempt for another reason, whoever made it says why."""

Node = Any
"""An element: lxml has no types."""


def invoice(document: Document) -> bytes:
    """The XML of an invoice."""
    root = begin("Invoice")
    head(root, document)
    put(root, "DueDate", _day(document.due_on))
    put(root, "InvoiceTypeCode", INVOICE)
    body(root, document, "InvoiceLine", "InvoicedQuantity")
    return written(root)


def begin(name: str) -> Node:
    """An empty document of that name."""
    return etree.Element(f"{{{_UBL}{name}-2}}{name}", nsmap={None: f"{_UBL}{name}-2", "cac": CAC, "cbc": CBC})


def written(root: Node) -> bytes:
    """The bytes that are the original."""
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


def put(parent: Node, name: str, text: str, **attributes: str) -> None:
    """A plain element, unless there is nothing to say."""
    if text:
        etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text


def under(parent: Node, name: str) -> Node:
    """An element that has others in it."""
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def head(root: Node, document: Document) -> None:
    """What every document begins with."""
    put(root, "CustomizationID", CUSTOMIZATION)
    put(root, "ProfileID", PROFILE)
    put(root, "ID", document.number)
    put(root, "IssueDate", _day(document.issued_on))


def body(root: Node, document: Document, line_name: str, quantity_name: str) -> None:
    """All that follows the type of a document."""
    put(root, "Note", seen(document.note))
    put(root, "DocumentCurrencyCode", document.currency)
    put(root, "BuyerReference", seen(document.buyer_reference))
    order = under(root, "OrderReference")
    put(order, "ID", seen(document.order_reference) or document.order_number)
    put(order, "SalesOrderID", document.order_number)
    for earlier in document.earlier:
        found = under(under(root, "BillingReference"), "InvoiceDocumentReference")
        put(found, "ID", earlier.number)
        put(found, "IssueDate", _day(earlier.issued_on))
    _party(under(root, "AccountingSupplierParty"), document.seller)
    _party(under(root, "AccountingCustomerParty"), document.buyer)
    _delivery(root, document)
    _payment(root, document)
    _tax(root, document)
    _totals(root, document)
    for number, line in enumerate(document.lines, start=1):
        _line(under(root, line_name), number, line, quantity_name, document.currency)


def _party(parent: Node, party: Party) -> None:
    found = under(parent, "Party")
    address = endpoint(party)
    assert address is not None, "whoever has no electronic address gets no invoice"
    put(found, "EndpointID", address[1], schemeID=address[0])
    put(under(found, "PartyName"), "Name", seen(party.name))
    place = under(found, "PostalAddress")
    put(place, "StreetName", seen(party.street))
    put(place, "AdditionalStreetName", seen(party.street_extra))
    put(place, "CityName", seen(party.city))
    put(place, "PostalZone", seen(party.postal_code))
    put(under(place, "Country"), "IdentificationCode", party.country)
    if party.vat_number:
        tax = under(found, "PartyTaxScheme")
        put(tax, "CompanyID", party.vat_number)
        _scheme(tax)
    legal = under(found, "PartyLegalEntity")
    put(legal, "RegistrationName", seen(party.name))
    if party.legal_number:
        put(legal, "CompanyID", party.legal_number, schemeID=BELGIAN)
    if party.email:
        put(under(found, "Contact"), "ElectronicMail", party.email)


def _delivery(root: Node, document: Document) -> None:
    if not (document.delivered_on or document.delivered_to):
        return
    found = under(root, "Delivery")
    put(found, "ActualDeliveryDate", _day(document.delivered_on) if document.delivered_on else "")
    if document.delivered_to:
        place = under(under(under(found, "DeliveryLocation"), "Address"), "Country")
        put(place, "IdentificationCode", document.delivered_to)


def _payment(root: Node, document: Document) -> None:
    if document.structured and document.due > 0:
        means = under(root, "PaymentMeans")
        put(means, "PaymentMeansCode", SEPA_TRANSFER)
        put(means, "PaymentID", document.structured)
        account = under(means, "PayeeFinancialAccount")
        put(account, "ID", document.account.iban)
        put(account, "Name", document.account.holder)
        if document.account.bic:
            put(under(account, "FinancialInstitutionBranch"), "ID", document.account.bic)
    if document.terms:
        put(under(root, "PaymentTerms"), "Note", seen(document.terms))


def _tax(root: Node, document: Document) -> None:
    found = under(root, "TaxTotal")
    _amount(found, "TaxAmount", document.vat, document.currency)
    for total in document.subtotals:
        part = under(found, "TaxSubtotal")
        _amount(part, "TaxableAmount", total.net, document.currency)
        _amount(part, "TaxAmount", total.vat, document.currency)
        category = under(part, "TaxCategory")
        _category(category, total)
        code, why = EXEMPTIONS.get(total.category, ("", document.why_untaxed))
        if total.category not in (Category.STANDARD, Category.ZERO):
            put(category, "TaxExemptionReasonCode", code)
            put(category, "TaxExemptionReason", seen(why))
        _scheme(category)


def _category(parent: Node, found: Subtotal | Line) -> None:
    put(parent, "ID", found.category.value)
    put(parent, "Percent", f"{Decimal(found.basis_points) * 100 / BASIS_POINTS:f}")


def _scheme(parent: Node) -> None:
    put(under(parent, "TaxScheme"), "ID", "VAT")


def _totals(root: Node, document: Document) -> None:
    found = under(root, "LegalMonetaryTotal")
    amounts = {
        "LineExtensionAmount": document.net,
        "TaxExclusiveAmount": document.net,
        "TaxInclusiveAmount": document.gross,
    }
    more = {"PrepaidAmount": document.prepaid, "PayableRoundingAmount": document.rounding}
    amounts |= {name: amount for name, amount in more.items() if amount}
    for name, amount in {**amounts, "PayableAmount": document.due}.items():
        _amount(found, name, amount, document.currency)


def _line(node: Node, number: int, line: Line, quantity_name: str, currency: str) -> None:
    put(node, "ID", str(number))
    put(node, quantity_name, str(line.quantity), unitCode=line.unit)
    _amount(node, "LineExtensionAmount", line.net, currency)
    item = under(node, "Item")
    put(item, "Name", seen(line.name))
    category = under(item, "ClassifiedTaxCategory")
    _category(category, line)
    _scheme(category)
    put(under(node, "Price"), "PriceAmount", _price(line.price, currency), currencyID=currency)


def _amount(parent: Node, name: str, minor: int, currency: str) -> None:
    put(parent, name, f"{to_decimal(minor, currency):f}", currencyID=currency)


def _price(minor: Decimal, currency: str) -> str:
    """With two digits behind the comma at least."""
    whole = minor * to_decimal(1, currency)
    return f"{whole:f}" if -whole.normalize().as_tuple().exponent > 2 else f"{whole:.2f}"  # type: ignore[operator]


def _day(day: date) -> str:
    return day.isoformat()
