"""Invoices in tests: documents of every kind, and what an XML of them says by itself."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from fulfilment.invoices import references, rules
from fulfilment.invoices.document import Account, Document, Earlier
from fulfilment.invoices.parties import Party
from fulfilment.invoices.rules import Billed, Category, Kind, Line, Sold

CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
ON = date(2026, 11, 29)

SELLER = Party(
    "Sociaal Gemaakt", "1999001338", "BE1999001338", "Kouter 1", "", "9000", "Gent", "BE", "hallo@example.com"
)
HOTEL = Party("Hotel De Reep", "1999001041", "BE1999001041", "Reep 4", "", "9000", "Gent", "BE", "sofie@hotel.example")
KANTOOR = Party(
    "Kantoor aan Zee B.V.", "", "NL123456782B90", "Kade 2", "", "2511 AA", "Den Haag", "NL", "a@zee.example"
)


def line(net: int, points: int = 2_100, *, quantity: int = 1, category: Category | None = None, key: int = 1) -> Line:
    found = category or (Category.STANDARD if points else Category.EXEMPT)
    return Line(Kind.GOODS, "Lamp, naturel", quantity, net, found, points, key)


def document(*lines: Line, **other: Any) -> Document:
    """An invoice to the hotel; nothing of it was paid."""
    made = Document(
        is_credit=False,
        number="2026-00001",
        issued_on=ON,
        due_on=date(2026, 12, 29),
        currency="EUR",
        seller=SELLER,
        buyer=HOTEL,
        buyer_reference="",
        order_reference="PO 77",
        order_number="1042",
        delivered_on=date(2026, 11, 27),
        delivered_to="BE",
        lines=lines,
        rounding=0,
        prepaid=0,
        why_untaxed="",
        account=Account("Sociaal Gemaakt", "BE68539007547034", "GKCCBEBB"),
        structured=references.structured(2026, 1),
        creditor=references.creditor("2026-00001"),
        terms="Te betalen tegen 29 december 2026.",
    )
    return replace(made, **other)


def credit(*lines: Line, **other: Any) -> Document:
    """A credit note of the invoice that `document` makes."""
    about = {"is_credit": True, "number": "C2026-00001", "earlier": (Earlier("2026-00001", ON),)}
    return document(*lines, **{**about, "structured": "", "creditor": "", "terms": "Gaat terug.", **other})


def sold(*rows: tuple[int, int, int]) -> list[Sold]:
    """Lines of an order: (quantity, net, rate), their VAT counted as Saleor does, on each line."""
    return [
        Sold(at, f"Lamp {at}", quantity, net, net + rules.vat_on(net, points), points)
        for at, (quantity, net, points) in enumerate(rows, start=1)
    ]


def deposit_and_final() -> tuple[Document, Document]:
    """Three tenths before, and the rest with the deposit taken off."""
    order = sold((3, 10_001, 2_100), (2, 5_003, 600))
    first = document(*rules.deposit(order, 30, rules.NOTHING, name="Voorschot", untaxed=Category.EXEMPT))
    billed: Billed = rules.and_also(rules.NOTHING, first.lines)
    lines = rules.rest(order, billed, deducted="Voorschot van factuur 2026-00001", untaxed=Category.EXEMPT)
    return first, document(*lines, number="2026-00002", earlier=(Earlier(first.number, ON),))


def any_document(chance: random.Random) -> Document:
    """An invoice or a credit note of any lines, with amounts that no calculator likes."""
    rates = chance.sample([600, 1_200, 2_100, 0], chance.randint(1, 3))
    lines = [
        line(chance.randint(0, 250_000), chance.choice(rates), quantity=chance.randint(1, 60))
        for _ in range(chance.randint(1, 25))
    ]
    made = (credit if chance.random() < 0.3 else document)(*lines, why_untaxed="Vrijgesteld, artikel 44")
    rounding = chance.randint(-len(lines), len(lines))
    made = replace(made, rounding=rounding if made.gross + rounding > 0 else 0)
    return replace(made, prepaid=made.whole if chance.random() < 0.4 and not made.is_credit else 0)


def told(xml: bytes) -> dict[str, int]:
    """The totals that a document states, in cents."""
    totals = etree.fromstring(xml).find(f"{CAC}LegalMonetaryTotal")
    found = {etree.QName(node).localname: _cents(node.text) for node in totals}
    return {**found, "TaxAmount": _cents(etree.fromstring(xml).findtext(f"{CAC}TaxTotal/{CBC}TaxAmount"))}


def recomputed(xml: bytes) -> dict[str, int]:
    """The same totals, counted anew from nothing but the lines and the rates that stand in the XML."""
    root = etree.fromstring(xml)
    by_rate: dict[tuple[str, str], int] = defaultdict(int)
    for node in [*root.iter(f"{CAC}InvoiceLine"), *root.iter(f"{CAC}CreditNoteLine")]:
        tax = f"{CAC}Item/{CAC}ClassifiedTaxCategory/{CBC}"
        by_rate[node.findtext(f"{tax}ID"), node.findtext(f"{tax}Percent")] += _cents(
            node.findtext(f"{CBC}LineExtensionAmount")
        )
    net = sum(by_rate.values())
    vat = sum(_half_up(Decimal(amount) * Decimal(rate) / 100) for (_category, rate), amount in by_rate.items())
    stated = told(xml)
    rounding, prepaid = stated.get("PayableRoundingAmount"), stated.get("PrepaidAmount")
    found = {"LineExtensionAmount": net, "TaxExclusiveAmount": net, "TaxInclusiveAmount": net + vat, "TaxAmount": vat}
    found |= {"PayableAmount": net + vat + (rounding or 0) - (prepaid or 0)}
    found |= {"PayableRoundingAmount": rounding} if rounding is not None else {}
    return found | ({"PrepaidAmount": prepaid} if prepaid is not None else {})


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def _half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
