"""The proof of a purchase, and of what was paid back of it, as PDF: the amounts of the order and of the ledger.

They are no invoices: in Belgium a consumer has a right to none (Royal Decree nr. 1, art. 1), and our orders have no
gapless numbers. They say so.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.formats import number_format
from django.utils.timezone import localtime
from django.utils.translation import override, pgettext

from fulfilment.entrypoints.paper import on_paper, printed
from fulfilment.entrypoints.templatetags.moments import day
from fulfilment.flows.vat_back import Rates, vat_of_refund
from fulfilment.mail.amounts import Written
from fulfilment.orders.documents import documents_of, given_back
from fulfilment.orders.models import Line, Order, Recipient, Refund
from fulfilment.orders.pages import spoken
from fulfilment.orders.places import address_told, elsewhere, invoiced_to
from fulfilment.orders.queries import gesture_for
from fulfilment.payments.queries import paid_for

TEMPLATE = Path(__file__).parent / "document.typ"


def document(order: Order, name: str) -> bytes | None:
    """The PDF of that name; None where the order has none of it."""
    content = content_of(order, name)
    return printed(TEMPLATE, on_paper(content)) if content is not None else None


def content_of(order: Order, name: str) -> dict[str, object] | None:
    """What stands on the document of that name, in the language of the order; None where the order has none of it."""
    names = documents_of(order)
    if name not in names:
        return None
    at, language = names.index(name), spoken(order.language)
    with override(language):
        content = proof(order) if at == 0 else credit(given_back(order)[at - 1], at)
    return {**content, "language": language}


def proof(order: Order) -> dict[str, object]:
    """What stands on the proof of purchase."""
    lines = list(order.lines.all())
    about = pgettext("customer", "Bestelling van %(day)s") % {"day": _day(order.placed_at)}
    discount = sum(line.gross_minor - line.price_minor for line in lines)
    voucher = order.voucher_name or order.voucher_code
    rows = [_row(_piece(line, line.quantity), line.tax_basis_points, line.price_minor, order) for line in lines]
    if discount:
        title = (
            pgettext("customer", "Korting “%(voucher)s”") % {"voucher": voucher}
            if voucher
            else pgettext("customer", "Korting")
        )
        rows.append(_row(title, None, discount, order))
    if order.shipping_gross_minor or not order.pickup_name:
        rate = order.shipping_tax_basis_points if order.shipping_gross_minor else None  # of nothing there is no VAT
        rows.append(_row(pgettext("customer", "Verzending"), rate, order.shipping_gross_minor, order))
    return {
        **_common(order, pgettext("customer", "Aankoopbewijs"), order.number, about),
        "note": pgettext(
            "customer",
            "Dit is een aankoopbewijs en geen factuur. Bewaar het voor de wettelijke garantie van twee jaar.",
        ),
        "rows": rows,
        "total": {
            "name": pgettext("customer", "Totaal, btw inbegrepen"),
            "amount": amount_told(order.total_gross_minor, order.currency),
        },
        "rates": _table(vat_of_sale(order), order),
        "paid": [*_payments(order), *_refunds(order)],
    }


def credit(refund: Refund, number: int) -> dict[str, object]:
    """What stands on the proof that money went back; `number` is its place among those of the order."""
    order = refund.order
    rows = [
        _row(_piece(row.line, row.quantity), row.line.tax_basis_points, row.amount_minor, order)
        for row in refund.lines.select_related("line").order_by("line__position")
        if row.amount_minor
    ]
    if refund.shipping_minor:
        rows.append(
            _row(pgettext("customer", "Verzending"), order.shipping_tax_basis_points, refund.shipping_minor, order)
        )
    told = refund.shipping_minor + sum(row.amount_minor for row in refund.lines.all())
    if refund.amount_minor != told:
        rows.append(
            _row(
                pgettext("customer", "Tegoed") if not told else pgettext("customer", "Afronding"),
                None,
                refund.amount_minor - told,
                order,
            )
        )
    about = pgettext("customer", "Bij aankoopbewijs %(number)s van %(day)s") % {
        "number": order.number,
        "day": _day(order.placed_at),
    }
    pieces = ", ".join(line.name_told for line in gesture_for(refund))
    is_gesture = refund.kind == Refund.Kind.GESTURE
    gesture = (
        pgettext("customer", "Tegemoetkoming voor %(names)s.") % {"names": pieces}
        if pieces
        else pgettext("customer", "Tegemoetkoming.")
    )
    return {
        **_common(order, pgettext("customer", "Creditnota"), f"{order.number}-{number}", about),
        "note": " ".join(part for part in (gesture if is_gesture else "", _no_invoice()) if part),
        "rows": rows,
        "total": {
            "name": pgettext("customer", "Terugbetaald, btw inbegrepen"),
            "amount": amount_told(refund.amount_minor, order.currency),
        },
        "rates": _table(vat_of_refund(refund), order),
        "paid": [
            {
                "name": pgettext("customer", "Terugbetaald op %(day)s") % {"day": _day(refund.booked_at)},
                "amount": amount_told(refund.amount_minor, order.currency),
            }
        ],
    }


def _no_invoice() -> str:
    return pgettext(
        "customer", "Dit bewijst wat je terugkreeg. Het hoort bij een aankoopbewijs en niet bij een factuur."
    )


def vat_of_sale(order: Order) -> Rates:
    """The VAT of an order as it was bought, by rate: what Saleor counted, and our ledger books."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in order.lines.all():
        found[line.tax_basis_points].append((line.gross_minor, line.gross_minor - line.net_minor))
    shipping = order.shipping_gross_minor
    found[order.shipping_tax_basis_points].append((shipping, shipping - order.shipping_net_minor))
    return {rate: (sum(g for g, _v in rows), sum(v for _g, v in rows)) for rate, rows in found.items()}


def _common(order: Order, title: str, number: str, about: str) -> dict[str, object]:
    seller, recipient = settings.SELLER, Recipient.objects.filter(order=order, purged_at=None).first()
    numbered = (
        pgettext("customer", "Ondernemingsnummer %(number)s") % {"number": seller["number"]} if seller["number"] else ""
    )
    return {
        "house": "Sociaal Gemaakt",
        "title": title,
        "number": number,
        "about": about,
        "seller": [part for part in (seller["name"], seller["address"], numbered, settings.CONTACT_EMAIL) if part],
        "to": address_told(invoiced_to(recipient), order.language) if recipient else [],
        "went_to": elsewhere(order, recipient, order.language) if recipient else [],
        "labels": {
            "seller": pgettext("customer", "Verkocht door"),
            "to": pgettext("customer", "Gekocht door"),
            "went_to": pgettext("customer", "Afhaalpunt") if order.pickup_name else pgettext("customer", "Leveradres"),
            "rate": pgettext("customer", "Btw-tarief"),
            "net": pgettext("customer", "Zonder btw"),
            "vat": pgettext("customer", "Btw"),
            "gross": pgettext("customer", "Met btw"),
        },
    }


def _piece(line: Line, quantity: int) -> str:
    name = f"{line.name_told}, {line.variant_told}" if line.variant_told else line.name_told
    return f"{quantity} × {name}" if quantity else name


def _row(name: str, rate: int | None, amount: int, order: Order) -> dict[str, str]:
    return {
        "name": name,
        "rate": "" if rate is None else rate_told(rate),
        "amount": amount_told(amount, order.currency),
    }


def rate_told(basis_points: int) -> str:
    """A rate of VAT, in the language that is spoken now."""
    number = number_format(basis_points / 100, decimal_pos=0 if basis_points % 100 == 0 else 2)
    return pgettext("customer", "%(rate)s\N{NO-BREAK SPACE}%%") % {"rate": number}


def amount_told(minor: int, currency: str) -> str:
    """An amount, in the language that is spoken now."""
    return str(Written(minor, currency))


def _table(rates: Rates, order: Order) -> list[list[str]]:
    return [
        [rate_told(rate), *(amount_told(amount, order.currency) for amount in (gross - vat, vat, gross))]
        for rate, (gross, vat) in sorted(rates.items())
        if gross
    ]


def _payments(order: Order) -> Iterable[dict[str, str]]:
    """What came in for the order; where that was outside our payment app, what it cost."""
    found = [(payment.paid_at, payment.amount_minor) for payment in paid_for(order.checkout_id).order_by("paid_at")]
    for at, amount in found or [(order.paid_at, order.total_gross_minor)]:
        yield {
            "name": pgettext("customer", "Betaald op %(day)s") % {"day": _day(at)},
            "amount": amount_told(amount, order.currency),
        }


def _refunds(order: Order) -> Iterable[dict[str, str]]:
    for number, refund in enumerate(given_back(order), start=1):
        told = pgettext("customer", "Terugbetaald op %(day)s, creditnota %(number)s")
        values = {"day": _day(refund.booked_at), "number": f"{order.number}-{number}"}
        yield {"name": told % values, "amount": amount_told(-refund.amount_minor, order.currency)}


def _day(moment: datetime | None) -> str:
    assert moment is not None
    return day(localtime(moment), "year")
