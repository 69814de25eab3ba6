"""What a business bought becomes an invoice, a refund of it a credit note; nothing that was issued ever changes."""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from fulfilment.companies.models import Company, VatCheck
from fulfilment.errors import Refusal
from fulfilment.flows import credit_invoice, make_invoice
from fulfilment.flows.make_invoice import Wanted
from fulfilment.flows.vat_back import vat_of_refund
from fulfilment.invoices import rules
from fulfilment.invoices.models import Invoice, InvoiceLine, Series
from fulfilment.invoices.numbers import take
from fulfilment.invoices.queries import document_of, lines_of, sums
from fulfilment.invoices.rules import Category
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.orders.models import Order, Recipient, Refund
from tests.support import rows
from tests.support.bought import NOW, Bought, agree, bought
from tests.support.companies import customer, led
from tests.support.invoices import HOTEL, KANTOOR, recomputed, told
from tests.support.invoicing import LATER, credited, invoiced, rebilled, who_sells
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db

What = Invoice.What
THIRDS = ("SG-001", 3, 1_000)
"""Of which no unit costs a whole cent."""


@pytest.fixture(autouse=True)
def _seller(settings: Settings) -> None:
    who_sells(settings)


def lamps(*items: tuple[str, int, int], shipping: int = 950) -> Bought:
    agree("SG-001", "SG-003")
    return bought(*(items or (THIRDS, ("SG-003", 7, 4_444))), shipping=shipping)


def unpaid(found: Bought) -> Order:
    """As staff make it for a business that pays on invoice."""
    Order.objects.filter(pk=found.order.pk).update(paid_at=None)
    return found.order


def vat_of_documents() -> Counter[int]:
    """By rate, what all documents say that is owed."""
    found: Counter[int] = Counter()
    for invoice in Invoice.objects.all():
        for rate, cents in rules.vat_of(lines_of(invoice)).items():
            found[rate] += -cents if invoice.is_credit else cents
    return found


def vat_booked() -> Counter[int]:
    """By rate, what the books say that is owed."""
    balances = by_tags(Account.VAT_OWED, "vat_basis_points")
    return Counter({rate or 0: amount for (rate,), amount in balances.items()})


def nonzero(found: Counter[int]) -> dict[int, int]:
    return {rate: amount for rate, amount in found.items() if amount}


# --- one invoice -----------------------------------------------------------------------------------------------------


def test_an_invoice_is_the_order_to_the_cent_and_its_vat_is_what_the_books_owe() -> None:
    order = unpaid(lamps())
    made = invoiced(order)
    assert made.whole_minor == order.total_gross_minor
    assert made.net_minor == sum(line.net_minor for line in order.lines.all()) + order.shipping_net_minor
    assert made.net_minor + made.vat_minor + made.rounding_minor == made.whole_minor
    assert nonzero(vat_of_documents()) == nonzero(vat_booked())


def test_the_cent_between_vat_per_line_and_per_rate_stands_on_the_invoice_and_is_booked() -> None:
    order = unpaid(lamps(*[("SG-001", 1, 10)] * 4, shipping=0))
    made = invoiced(order)  # 8 cents net and 2 of VAT a line; of 32 cents it is 7
    assert (made.net_minor, made.vat_minor, made.rounding_minor, made.whole_minor) == (32, 7, 1, 40)
    assert by_tags(Account.ROUNDING, "vat_basis_points") == {(2_100,): 1}
    assert nonzero(vat_of_documents()) == nonzero(vat_booked()) == {2_100: 7}


def test_the_original_is_kept_with_its_digest_and_says_what_the_invoice_says() -> None:
    made = invoiced(unpaid(lamps()), order_reference="PO 77")
    xml = bytes(made.xml)
    assert made.digest == hashlib.sha256(xml).hexdigest()
    assert told(xml) == recomputed(xml)
    assert told(xml)["PayableAmount"] == made.whole_minor
    for text in (made.number, "PO 77", "1999001041", made.structured, "BE68539007547034"):
        assert text.encode() in xml


def test_what_was_paid_is_not_to_be_paid_again() -> None:
    made = invoiced(lamps().order)
    assert (made.prepaid_minor, document_of(made).due) == (made.whole_minor, 0)
    assert (made.structured, made.creditor) == ("", "")


def test_a_company_pays_within_the_days_of_its_terms() -> None:
    made = invoiced(unpaid(lamps()), company_id=customer().pk)
    assert made.due_on == made.issued_on + timedelta(days=30)
    assert invoiced(unpaid(bought(THIRDS))).due_on == made.issued_on


def test_an_order_is_of_the_company_that_its_customer_acts_for() -> None:
    order = lamps().order
    assert make_invoice.company_of(order) is None
    member = led()
    Recipient.objects.filter(order=order).update(email=member.email.upper())
    assert make_invoice.company_of(order) == member.company
    assert make_invoice.buyer_of(order, member.company).legal_number == "1999001041"


def test_the_same_form_twice_is_one_invoice() -> None:
    order = unpaid(lamps())
    asked = Wanted(HOTEL)
    seen = make_invoice.draft(order, asked, now=LATER).seen
    first, second = (
        make_invoice.make(order.pk, asked, form_key="a-form-key", seen=seen, by=None, now=LATER) for _ in "ab"
    )
    assert first == second
    assert Invoice.objects.count() == 1


def test_what_changed_since_it_was_shown_is_shown_again() -> None:
    order = unpaid(lamps())
    seen = make_invoice.draft(order, Wanted(HOTEL), now=LATER).seen
    Order.objects.filter(pk=order.pk).update(paid_at=NOW)
    with pytest.raises(Refusal, match="Kijk opnieuw na"):
        make_invoice.make(order.pk, Wanted(HOTEL), form_key="a-form-key", seen=seen, by=None, now=LATER)
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("buyer", "said"),
    [
        (replace(HOTEL, street=""), "naam en adres"),
        (replace(HOTEL, legal_number="", vat_number=""), "Belgisch ondernemingsnummer"),
        (replace(KANTOOR, email=""), "e-mailadres"),
    ],
)
def test_a_buyer_of_whom_the_law_wants_more_gets_none(buyer: object, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        invoiced(unpaid(lamps()), buyer)  # type: ignore[arg-type]


def test_nobody_sells_without_a_name_an_address_and_a_number(settings: Settings) -> None:
    settings.SELLER = {**settings.SELLER, "number": ""}
    with pytest.raises(Refusal, match="wie verkoopt"):
        invoiced(unpaid(lamps()))


def test_all_of_an_order_is_invoiced_once() -> None:
    order = unpaid(lamps())
    invoiced(order)
    with pytest.raises(Refusal, match="alles al gefactureerd"):
        invoiced(order)


# --- in parts --------------------------------------------------------------------------------------------------------


def test_deposit_part_and_final_invoice_are_together_the_order() -> None:
    order = unpaid(lamps())
    lamp = order.lines.first()
    assert lamp is not None
    made = [
        invoiced(order, what=What.DEPOSIT, percent=30),
        invoiced(order, what=What.PART, units={lamp.pk: 1}),
        invoiced(order),
    ]
    assert sum(one.whole_minor for one in made) == order.total_gross_minor
    assert sum(one.net_minor for one in made) == sum(x.net_minor for x in order.lines.all()) + order.shipping_net_minor
    assert nonzero(vat_of_documents()) == nonzero(vat_booked())
    assert [one.number for one in made] == ["2026-00001", "2026-00002", "2026-00003"]
    assert made[0].number in bytes(made[2].xml).decode()
    assert made[2].lines.filter(of=InvoiceLine.Of.DEDUCTED).get().net_minor == -made[0].net_minor


# --- without VAT -----------------------------------------------------------------------------------------------------


def abroad(country: str = "NL") -> Order:
    """An order without VAT that went to another country."""
    order = unpaid(lamps(shipping=0))
    for line in order.lines.all():
        type(line).objects.filter(pk=line.pk).update(tax_basis_points=0, net_minor=line.gross_minor)
    Recipient.objects.filter(order=order).update(country=country)
    return order


def dutch(*, is_valid: bool = True) -> Company:
    company = customer(legal_number="", vat_number=KANTOOR.vat_number, name=KANTOOR.name)
    VatCheck.objects.create(
        company=company, vat_number=company.vat_number, is_valid=is_valid, consultation="WAPIAAAA", answered_at=LATER
    )
    return company


def test_a_supply_within_the_union_bears_no_vat_and_keeps_what_proves_it() -> None:
    company = dutch()
    on = date(2026, 11, 27)
    made = invoiced(abroad(), KANTOOR, company_id=company.pk, untaxed=Category.INTRA_EU, delivered_on=on)
    assert made.vat_minor == 0
    assert (made.vat_consultation, made.vat_checked_at) == ("WAPIAAAA", LATER)
    for text in (b"VATEX-EU-IC", b"2026-11-27", b">NL<"):
        assert text in bytes(made.xml)


def test_a_supply_within_the_union_is_refused_where_something_does_not_prove_it() -> None:
    company, on = dutch(is_valid=False), date(2026, 11, 27)
    order = abroad()
    asked: dict[str, Any] = {"company_id": company.pk, "untaxed": Category.INTRA_EU}
    with pytest.raises(Refusal, match="VIES"):
        invoiced(order, KANTOOR, delivered_on=on, **asked)
    VatCheck.objects.update(is_valid=True)
    with pytest.raises(Refusal, match="op welke dag"):
        invoiced(order, KANTOOR, **asked)
    Recipient.objects.update(country="BE")
    with pytest.raises(Refusal, match="ander land"):
        invoiced(order, KANTOOR, delivered_on=on, **asked)


def test_vat_is_left_out_for_a_reason_alone() -> None:
    order = abroad()
    with pytest.raises(Refusal, match="Zeg waarom"):
        invoiced(order)
    with pytest.raises(Refusal, match="btw-nummer"):
        invoiced(order, replace(HOTEL, vat_number=""), untaxed=Category.REVERSE)
    assert b"VATEX-EU-AE" in bytes(invoiced(order, untaxed=Category.REVERSE).xml)


# --- what goes back --------------------------------------------------------------------------------------------------


def refunded(found: Bought, units: dict[int, int], *, shipping: bool = False) -> Refund:
    refund = ask(found, not_wanted(found, units, shipping=shipping))
    paid(found, refund)
    return Refund.objects.get(pk=refund.pk)


def test_a_refund_of_an_invoiced_order_proposes_its_credit_note_and_has_one() -> None:
    found = lamps()
    refund = refunded(found, {0: 1})
    assert not credit_invoice.to_credit(found.order)  # nothing was invoiced: there is nothing to credit
    invoice = invoiced(found.order)
    assert list(credit_invoice.to_credit(found.order)) == [refund]
    note = credited(refund)
    assert credited_once(refund) == note
    assert (note.number, note.credits, note.whole_minor) == ("C2026-00001", invoice, refund.amount_minor)
    assert not credit_invoice.to_credit(found.order)
    xml = bytes(note.xml)
    assert told(xml) == recomputed(xml)
    assert invoice.number.encode() in xml


def test_a_refund_waits_for_its_credit_note_until_all_of_the_order_is_invoiced() -> None:
    found = lamps()
    invoiced(found.order, what=What.DEPOSIT, percent=30)
    refund = refunded(found, {0: 1})
    assert not credit_invoice.to_credit(found.order)
    invoiced(found.order)
    assert list(credit_invoice.to_credit(found.order)) == [refund]


def credited_once(refund: Refund) -> Invoice:
    return credit_invoice.credit_refund(refund.name, seen="whatever was shown", by=None, now=LATER)


def test_what_goes_back_unit_by_unit_leaves_nothing_of_the_invoice() -> None:
    found = lamps(THIRDS, ("SG-003", 2, 4_445))
    invoice = invoiced(found.order)
    for units, shipping in (({0: 1}, False), ({0: 1, 1: 1}, False), ({0: 1, 1: 1}, True)):
        refund = refunded(found, units, shipping=shipping)
        assert vat_of_refund(refund)
        credited(refund)
    left = sums(Invoice.objects.all())
    assert (left["net"], left["whole"]) == (0, 0)
    assert nonzero(vat_of_documents()) == nonzero(vat_booked())
    assert invoice.credit_notes.count() == 3


def test_whoever_gives_a_vat_number_too_late_gets_the_same_invoice_anew() -> None:
    order = unpaid(lamps(*[("SG-001", 1, 10)] * 4, shipping=0))
    first = invoiced(order, replace(HOTEL, vat_number="", name="Sofie Claes"))
    second = rebilled(first, HOTEL, key="a-form-key")
    assert rebilled(first, HOTEL, key="a-form-key") == second
    [note] = first.credit_notes.all()
    assert (note.what, note.whole_minor, second.whole_minor) == (What.WHOLE, first.whole_minor, first.whole_minor)
    assert b"BE1999001041" in bytes(second.xml)
    assert sums(Invoice.objects.all()) == {"net": 32, "vat": 7, "whole": 40}
    assert nonzero(vat_of_documents()) == nonzero(vat_booked())
    assert Invoice.objects.count() == 3


def test_an_invoice_that_was_taken_back_whole_leaves_its_order_as_it_was() -> None:
    order = unpaid(lamps(*[("SG-001", 1, 10)] * 4, shipping=0))
    first = invoiced(order)
    note = credit_invoice.credit_whole(first.pk, by=None, now=LATER)
    assert credit_invoice.credit_whole(first.pk, by=None, now=LATER) == note
    assert by_tags(Account.ROUNDING, "vat_basis_points") == {(2_100,): 0}
    assert invoiced(order).whole_minor == first.whole_minor


def test_an_invoice_that_others_count_on_is_not_taken_back_before_them() -> None:
    found = lamps()
    first = invoiced(found.order, what=What.DEPOSIT, percent=30)
    last = invoiced(found.order)
    with pytest.raises(Refusal, match="latere facturen"):
        credit_invoice.credit_whole(first.pk, by=None, now=LATER)
    credited(refunded(found, {0: 1}))
    with pytest.raises(Refusal, match="terugbetaling"):
        credit_invoice.credit_whole(last.pk, by=None, now=LATER)


# --- what never changes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda made: Invoice.objects.filter(pk=made.pk).update(buyer_name="Iemand anders"),
        lambda made: Invoice.objects.filter(pk=made.pk).update(number="2026-00009"),
        lambda made: InvoiceLine.objects.filter(invoice=made).update(net_minor=1),
        lambda made: InvoiceLine.objects.filter(invoice=made).delete(),
        lambda made: Series.objects.update(given=0),
        lambda made: Series.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_what_was_issued(change: object) -> None:
    made = invoiced(unpaid(lamps()))
    with pytest.raises(DatabaseError), transaction.atomic():
        change(made)  # type: ignore[operator]


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_begin_anew_with_the_year_in_brussels() -> None:
    before = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    after = datetime(2026, 12, 31, 23, 1, tzinfo=UTC)
    found = [take(Invoice.Kind.INVOICE, now=now) for now in (before, before, after)]
    assert [(one.number, one.issued_on.isoformat()) for one in found] == [
        ("2026-00001", "2026-12-31"),
        ("2026-00002", "2026-12-31"),
        ("2027-00001", "2027-01-01"),
    ]
    assert take(Invoice.Kind.CREDIT, now=after).number == "C2027-00001"


def test_a_clock_that_goes_back_gives_no_earlier_day() -> None:
    take(Invoice.Kind.INVOICE, now=LATER)
    assert take(Invoice.Kind.INVOICE, now=LATER - timedelta(days=2)).issued_on == LATER.date()


def test_a_number_that_was_rolled_back_is_given_again() -> None:
    with transaction.atomic():
        take(Invoice.Kind.INVOICE, now=LATER)
        transaction.set_rollback(True)
    assert take(Invoice.Kind.INVOICE, now=LATER).sequence == 1


def test_who_issued_it_is_known() -> None:
    by = rows.user("beheer@example.com", staff=True)
    assert invoiced(unpaid(lamps()), by=by).issued_by == by
