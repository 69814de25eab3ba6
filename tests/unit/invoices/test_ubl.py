"""The legal original: what its XML says, and that the schema and the rules of EN 16931 and Peppol take it."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from fulfilment.invoices.document import Document
from fulfilment.invoices.rules import Category
from fulfilment.invoices.ubl import invoice
from fulfilment.invoices.ubl_credit import credit_note
from tests.support.invoices import (
    HOTEL,
    KANTOOR,
    any_document,
    credit,
    deposit_and_final,
    document,
    line,
    recomputed,
    told,
)
from tests.support.peppol import against_the_rules, against_the_schema

FIRST, FINAL = deposit_and_final()
TO_HOLLAND = {"buyer": KANTOOR, "delivered_to": "NL"}

KINDS: dict[str, Document] = {
    "one-rate": document(line(10_000, quantity=3)),
    "two-rates": document(line(10_001, quantity=3), line(5_003, 600)),
    "credit-note": credit(line(3_334)),
    "intra-eu": document(line(9_999, 0, category=Category.INTRA_EU, quantity=7), **TO_HOLLAND),
    "reverse-charge": document(line(50_000, 0, category=Category.REVERSE), **TO_HOLLAND),
    "exempt": document(line(2_000, 0), why_untaxed="Vrijgesteld, artikel 44"),
    "zero": document(line(2_000, 0, category=Category.ZERO)),
    "deposit": FIRST,
    "final": FINAL,
    "paid": document(line(826), rounding=1, prepaid=1_000),
    "credited-final": credit(*FINAL.lines),
    "unregistered-for-vat": document(line(100), buyer=replace(HOTEL, vat_number="")),
}
"""What the law and our shop know, each once."""


def xml_of(found: Document) -> bytes:
    return credit_note(found) if found.is_credit else invoice(found)


def thousand() -> dict[str, Document]:
    chance = random.Random(20261129)
    return {f"any-{at}": any_document(chance) for at in range(1_000)}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_document_says_totals_that_follow_from_its_lines(name: str) -> None:
    xml = xml_of(KINDS[name])
    assert told(xml) == recomputed(xml)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_document_is_ubl(name: str) -> None:
    assert against_the_schema(xml_of(KINDS[name])) == []


def test_no_kind_of_document_breaks_a_rule(tmp_path: Path) -> None:
    found = against_the_rules({name: xml_of(one) for name, one in KINDS.items()}, tmp_path)
    assert found == {name: [] for name in KINDS}


def test_the_totals_of_a_thousand_documents_follow_from_their_xml_alone() -> None:
    for name, found in thousand().items():
        xml = xml_of(found)
        assert told(xml) == recomputed(xml), name


def test_a_thousand_documents_are_ubl_and_break_no_rule(tmp_path: Path) -> None:
    found = {name: xml_of(one) for name, one in thousand().items()}
    assert [broken for xml in found.values() for broken in against_the_schema(xml)] == []
    assert {name: broken for name, broken in against_the_rules(found, tmp_path).items() if broken} == {}


def changed(found: Document, path: str, text: str) -> bytes:
    """The XML of a document with another text somewhere; "" takes the element away."""
    root = etree.fromstring(xml_of(found))
    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    [node, *_] = root.xpath(path, namespaces=names)
    node.text = text
    if not text:
        node.getparent().remove(node)
    made: bytes = etree.tostring(root)
    return made


BROKEN = {
    "a-line-a-cent-off": (
        changed(KINDS["one-rate"], "//cac:InvoiceLine/cbc:LineExtensionAmount", "100.01"),
        "BR-CO-10",
    ),
    "a-price-three-cents-off": (changed(KINDS["one-rate"], "//cac:Price/cbc:PriceAmount", "33.32"), "R120"),
    "a-total-a-cent-off": (changed(KINDS["two-rates"], "//cbc:PayableAmount", "174.05"), "BR-CO-16"),
    "no-endpoint": (changed(KINDS["one-rate"], "//cac:AccountingCustomerParty//cbc:EndpointID", ""), "R010"),
    "no-such-number": (changed(KINDS["one-rate"], "//cbc:EndpointID", "1999001042"), "R043"),
    "no-reference": (changed(KINDS["one-rate"], "//cac:OrderReference/cbc:ID", ""), "R003"),
    "abroad-without-a-day": (changed(KINDS["intra-eu"], "//cbc:ActualDeliveryDate", ""), "BR-IC-11"),
    "abroad-without-a-country": (
        changed(KINDS["intra-eu"], "//cac:DeliveryLocation//cbc:IdentificationCode", ""),
        "IC-12",
    ),
}
"""What the rules must refuse: else nobody looked."""


def test_the_rules_refuse_what_is_a_cent_off_or_leaves_something_out(tmp_path: Path) -> None:
    found = against_the_rules({name: xml for name, (xml, _rule) in BROKEN.items()}, tmp_path)
    for name, (_xml, rule) in BROKEN.items():
        assert any(rule in broken for broken in found[name]), (name, found[name])


def test_what_nobody_has_to_pay_names_no_account() -> None:
    assert b"PaymentMeans" not in xml_of(KINDS["paid"])
    assert b"PaymentMeans" not in xml_of(KINDS["credit-note"])
    assert b"BE68539007547034" in xml_of(KINDS["one-rate"])


def test_a_line_that_cannot_be_divided_names_its_price_as_exactly_as_needed() -> None:
    assert b">33.33333333<" in xml_of(document(line(10_000, quantity=3)))
    assert b">12.50<" in xml_of(document(line(2_500, quantity=2)))


def test_signs_that_nobody_sees_do_not_reach_the_original() -> None:
    xml = xml_of(document(replace(line(100), name="Lamp\x07\u202e <b>&")))
    assert etree.fromstring(xml).findtext(".//{*}Item/{*}Name") == "Lamp <b>&"
