"""Reading invoices: what stands of an order, and each as the document that it is."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet, Sum

from fulfilment.invoices.document import Account, Document, Earlier
from fulfilment.invoices.models import Invoice, InvoiceLine
from fulfilment.invoices.parties import SELLERS_COUNTRY, Party
from fulfilment.invoices.rules import NOTHING, Billed, Category, Kind, Line, and_also


def standing(order_id: int) -> list[Invoice]:
    """The invoices of an order that were not taken back whole, oldest first."""
    taken_back = Invoice.objects.filter(order_id=order_id, what=Invoice.What.WHOLE).values("credits")
    found = Invoice.objects.filter(order_id=order_id, kind=Invoice.Kind.INVOICE).exclude(pk__in=taken_back)
    return list(found.order_by("pk").prefetch_related("lines"))


def billed(invoices: Iterable[Invoice]) -> Billed:
    """What these invoices have of their order."""
    found = NOTHING
    for invoice in invoices:
        found = and_also(found, lines_of(invoice), invoice.whole_minor)
    return found


def credited(order_id: int) -> dict[int | None, tuple[int, int]]:
    """Net and gross that credit notes of refunds have of each line of an order, by its key; None: of its shipping."""
    goods = (InvoiceLine.Of.GOODS, InvoiceLine.Of.SHIPPING)
    rows = InvoiceLine.objects.filter(invoice__order_id=order_id, invoice__what=Invoice.What.REFUND, of__in=goods)
    found = rows.values_list("line_id").annotate(net=Sum("net_minor"), gross=Sum("gross_minor")).order_by()
    return {key: (net, gross) for key, net, gross in found}


def lines_of(invoice: Invoice) -> list[Line]:
    """The lines of a document."""
    return [
        Line(
            kind=Kind(row.of),
            name=row.name,
            quantity=row.quantity,
            net=row.net_minor,
            category=Category(row.category),
            basis_points=row.vat_basis_points,
            key=row.line_id,
            unit=row.unit,
        )
        for row in invoice.lines.all()
    ]


def document_of(invoice: Invoice) -> Document:
    """What a document says that was issued."""
    return Document(
        is_credit=invoice.is_credit,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        seller=Party(
            name=invoice.seller_name,
            legal_number=invoice.seller_legal_number,
            vat_number=invoice.seller_vat_number,
            street=invoice.seller_street,
            street_extra="",
            postal_code=invoice.seller_postal_code,
            city=invoice.seller_city,
            country=SELLERS_COUNTRY,
            email=invoice.seller_email,
        ),
        buyer=Party(**{name: getattr(invoice, f"buyer_{name}") for name in BUYER}),
        buyer_reference=invoice.buyer_reference,
        order_reference=invoice.order_reference,
        order_number=invoice.order.number,
        delivered_on=invoice.delivered_on,
        delivered_to=invoice.delivered_to,
        lines=tuple(lines_of(invoice)),
        rounding=invoice.rounding_minor,
        prepaid=invoice.prepaid_minor,
        why_untaxed=invoice.why_untaxed,
        account=Account(invoice.account_holder, invoice.account_iban, invoice.account_bic),
        structured=invoice.structured,
        creditor=invoice.creditor,
        earlier=(Earlier(invoice.credits.number, invoice.credits.issued_on),) if invoice.credits else (),
        note=invoice.note,
        terms=invoice.terms,
    )


BUYER = (
    "name",
    "legal_number",
    "vat_number",
    "street",
    "street_extra",
    "postal_code",
    "city",
    "country",
    "email",
)
"""Of which a buyer is made."""


def sums(invoices: QuerySet[Invoice]) -> dict[str, int]:
    """What documents come to together, in minor units: credit notes are taken off."""
    found: dict[str, int] = defaultdict(int)
    totals = {"net": Sum("net_minor"), "vat": Sum("vat_minor"), "whole": Sum("whole_minor")}
    for kind, *amounts in invoices.order_by().values("kind").annotate(**totals).values_list("kind", *totals):
        sign = -1 if kind == Invoice.Kind.CREDIT else 1
        for name, amount in zip(totals, amounts, strict=True):
            found[name] += sign * amount
    return dict(found)
