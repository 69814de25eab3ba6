"""A credit note as UBL, by the rules of Peppol BIS Billing 3.0: of the parts of an invoice, under its own names."""

from fulfilment.invoices.document import Document
from fulfilment.invoices.ubl import begin, body, head, put, written

CREDIT_NOTE = "381"


def credit_note(document: Document) -> bytes:
    """The XML of a credit note: amounts above zero are money that goes back."""
    root = begin("CreditNote")
    head(root, document)
    put(root, "CreditNoteTypeCode", CREDIT_NOTE)
    body(root, document, "CreditNoteLine", "CreditedQuantity")
    return written(root)
