"""The proof of purchase and of refunds: the amounts of Saleor's order and of the ledger, to the cent."""

import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfilment.entrypoints.documents.content import TEMPLATE, content_of, document, vat_of_sale
from fulfilment.entrypoints.paper import on_paper, printed
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.flows.vat_back import vat_of_refund
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.mail.amounts import Written
from fulfilment.mail.models import Mail
from fulfilment.money import to_minor
from fulfilment.orders.documents import credit_link, documents_of, given_back
from fulfilment.orders.models import Order, Recipient, Refund
from fulfilment.payments.models import Payment
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, ordered
from tests.support.money import pay
from tests.support.refund_steps import ask, not_wanted, paid
from tests.support.remote import with_discounts
from tests.support.rows import regime

pytestmark = pytest.mark.django_db


def lamp_and_stools(*, partners_vat: int = 0) -> Bought:
    """`partners_vat` is what each maker adds to its share, in basis points."""
    makers = agree("SG-001", "SG-003")
    for maker in makers if partners_vat else ():
        regime(maker, vat=partners_vat)
    return bought(LAMP, STOOL)


def given_back_of(found: Bought, *, units: dict[int, int], shipping: bool = False) -> Refund:
    refund = ask(found, not_wanted(found, units, shipping=shipping))
    paid(found, refund)
    return Refund.objects.get(pk=refund.pk)


def minor(text: object) -> int:
    return to_minor(
        str(text)
        .replace("€", "")
        .replace("\N{NO-BREAK SPACE}", "")
        .replace(".", "")
        .replace(",", ".")
        .replace("\N{MINUS SIGN}", "-")
        .strip(),
        "EUR",
    )


def content(order: Order, at: int = 0) -> dict[str, Any]:
    found = content_of(order, documents_of(order)[at])
    assert found is not None
    return found


def vat_booked(order: Order) -> dict[int, int]:
    return {
        rate or 0: amount
        for (rate,), amount in by_tags(Account.VAT_OWED, "vat_basis_points", order_id=order.pk).items()
    }


def test_the_proof_says_what_it_is_who_sold_and_what_was_paid() -> None:
    found = lamp_and_stools()
    told = content(found.order)
    assert (told["title"], told["number"]) == ("Aankoopbewijs", found.order.number)
    assert "geen factuur" in told["note"]
    assert "Sociaal Gemaakt" in told["seller"][0]
    assert [row["name"].partition(" ")[0] for row in told["rows"]] == ["1", "2", "Verzending"]
    assert minor(told["total"]["amount"]) == found.remote.total_gross_minor
    assert sum(minor(row["amount"]) for row in told["rows"]) == found.remote.total_gross_minor
    assert [minor(row["amount"]) for row in told["paid"]] == [found.payment.amount_minor]


@pytest.mark.parametrize(("voucher", "title"), [(0, ""), (2_312, "Korting “Welkom”")])
def test_what_cost_everybody_less_stands_on_the_proof_at_that_price(voucher: int, title: str) -> None:
    makers = agree("SG-001")
    assert makers
    found = ordered(LAMP, paid=False)
    told = with_discounts(found.remote, [(5_780 + voucher, voucher)])
    found.remote = found.saleor.put(told if voucher else replace(told, voucher=None))
    Payment.objects.update(amount_minor=found.remote.total_gross_minor)
    found.payment.refresh_from_db()
    pay(found.payment, found.saleor)
    found.update()
    rows = [(row["name"], minor(row["amount"])) for row in content(found.order)["rows"]]
    expected = [(title, -voucher)] if voucher else []
    assert [(name, amount) for name, amount in rows if amount not in (23_120, 950)] == expected
    assert 23_120 in [amount for _name, amount in rows]
    assert sum(amount for _name, amount in rows) == found.remote.total_gross_minor


def test_an_address_abroad_says_its_country_in_the_language_of_the_order() -> None:
    found = lamp_and_stools()
    assert "Gent" in content(found.order)["to"][-1]
    Recipient.objects.filter(order=found.order).update(buyer_country="NL", buyer_city="Amsterdam")
    Order.objects.filter(pk=found.order.pk).update(language="fr")
    found.order.refresh_from_db()
    assert content(found.order)["to"][-2:] == ["9000 Amsterdam", "Pays-Bas"]
    order_confirmed(found.order, NOW)
    assert "Pays-Bas" in Mail.objects.get(key=f"order:{found.order.public_id}:confirmed").text


def test_vat_by_rate_is_what_saleor_counted_and_the_ledger_booked() -> None:
    found = lamp_and_stools()
    rates = vat_of_sale(found.order)
    assert {rate: vat for rate, (_gross, vat) in rates.items()} == vat_booked(found.order)
    assert sum(gross for gross, _vat in rates.values()) == found.order.total_gross_minor
    told = content(found.order)["rates"]
    assert [minor(cell) for cell in told[0][1:]] == [minor(told[0][3]) - minor(told[0][2]), *map(minor, told[0][2:])]


def test_a_refund_is_a_document_of_its_own_with_the_vat_that_the_ledger_took_back() -> None:
    found = lamp_and_stools()
    before = vat_booked(found.order)
    refund = given_back_of(found, units={1: 1}, shipping=True)
    assert documents_of(found.order) == [
        f"aankoopbewijs-{found.order.number}",
        f"creditnota-{found.order.number}-1",
    ]
    told = content(found.order, 1)
    assert sum(minor(row["amount"]) for row in told["rows"]) == minor(told["total"]["amount"]) == refund.amount_minor
    taken = {rate: vat for rate, (_gross, vat) in vat_of_refund(refund).items()}
    assert taken == {rate: amount - vat_booked(found.order)[rate] for rate, amount in before.items()}
    assert minor(content(found.order)["paid"][-1]["amount"]) == -refund.amount_minor


def test_an_amount_that_is_taken_off_keeps_its_minus_on_paper() -> None:
    found = lamp_and_stools()
    refund = given_back_of(found, units={1: 1})
    assert on_paper(content(found.order))["paid"][-1]["amount"] == str(Written(-refund.amount_minor, "EUR"))


def test_numbers_never_change_and_what_is_under_way_has_none() -> None:
    found = lamp_and_stools()
    first = ask(found, not_wanted(found, {1: 1}))
    assert len(documents_of(found.order)) == 1
    second = given_back_of(found, units={0: 1})
    assert given_back(found.order) == [second]
    link = credit_link(second)
    assert link.endswith(f"/creditnota-{found.order.number}-1.pdf")
    Refund.objects.filter(pk=second.pk).update(booked_at=NOW - timedelta(minutes=1))  # no two moments are the same
    paid(found, first)
    assert credit_link(second) == link
    assert len(documents_of(found.order)) == 3


@pytest.mark.parametrize("partners_vat", [0, 2_100])
def test_all_that_went_back_comes_to_all_that_was_paid(partners_vat: int) -> None:
    found = lamp_and_stools(partners_vat=partners_vat)
    for units in ({0: 1}, {1: 1}):
        given_back_of(found, units=units)
    given_back_of(found, units={1: 1}, shipping=True)
    order = found.order
    told = [content(order, at) for at in range(1, len(documents_of(order)))]
    assert sum(minor(one["total"]["amount"]) for one in told) == order.total_gross_minor
    sale = {rate: vat for rate, (_gross, vat) in vat_of_sale(order).items()}
    back: dict[int, int] = {}
    for refund in given_back(order):
        for rate, (_gross, vat) in vat_of_refund(refund).items():
            back[rate] = back.get(rate, 0) + vat
    assert back == sale


def test_the_mails_lead_to_them() -> None:
    found = lamp_and_stools()
    order_confirmed(found.order, NOW)
    refund = given_back_of(found, units={0: 1})
    assert f"aankoopbewijs-{found.order.number}.pdf" in Mail.objects.get(key__endswith=":confirmed").text
    assert credit_link(refund) in Mail.objects.get(key=f"refund:{refund.name}").text


def test_what_is_not_paid_or_not_there_has_no_document() -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    found.update()
    for order in Order.objects.all():
        order.paid_at = None
        assert documents_of(order) == []
    found = bought(LAMP)
    for name in ("aankoopbewijs", f"aankoopbewijs-{found.order.number}x", f"creditnota-{found.order.number}-1"):
        assert document(found.order, name) is None


@settings(max_examples=5, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_it_is_printed_for_any_name_and_without_one(name: str) -> None:
    blank = {
        "house": "h",
        "title": "t",
        "number": "1",
        "about": name,
        "seller": [name],
        "to": [name, name],
        "went_to": [name],
        "labels": dict.fromkeys(("seller", "to", "went_to", "rate", "net", "vat", "gross"), name),
        "note": name,
        "rows": [{"name": name, "rate": "", "amount": "1"}],
        "total": {"name": name, "amount": "1"},
        "rates": [],
        "paid": [],
        "language": "nl",
    }
    assert printed(TEMPLATE, on_paper(blank)).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("language", "title", "about", "rate"),
    [
        ("en", "Proof of purchase", "Order of 23 November 2026", "21%"),
        ("fr", "Preuve d’achat", "Commande du 23 novembre 2026", "21\N{NO-BREAK SPACE}%"),
        ("de", "Aankoopbewijs", "Bestelling van 23 november 2026", "21\N{NO-BREAK SPACE}%"),
    ],
)
def test_it_comes_in_the_language_of_the_order(language: str, title: str, about: str, rate: str) -> None:
    found = lamp_and_stools()
    order = found.order
    order.language = language
    told = content(order)
    assert (told["title"], told["about"], told["rates"][0][0]) == (title, about, rate)
    assert document(order, documents_of(order)[0]) is not None


def test_whose_address_was_emptied_keeps_a_proof_without_it() -> None:
    found = lamp_and_stools()
    name = documents_of(found.order)[0]
    assert content(found.order)["to"][0] == Recipient.objects.get().name
    Recipient.objects.update(purged_at=NOW)
    assert content(found.order)["to"] == []
    made = document(found.order, name)
    assert made is not None
    assert made.startswith(b"%PDF-")


def letters_of(pdf: bytes) -> bytes:
    """What a PDF says of the letters that its signs are copied as."""
    told = b""
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            told += zlib.decompress(packed)
    return told.upper()


def test_a_mail_address_is_copied_from_paper_as_it_is() -> None:
    """It is longer than a word that may break, and no sign stands in it that nobody sees."""
    found = lamp_and_stools()
    pdf = document(found.order, documents_of(found.order)[0])
    assert pdf is not None
    assert len(django_settings.CONTACT_EMAIL) >= 24
    assert b"BEGINBFCHAR" in letters_of(pdf)
    assert b"200B" not in letters_of(pdf)


def test_what_is_collected_costs_no_delivery_and_has_no_row_for_it() -> None:
    agree("SG-001")
    found = ordered(LAMP, shipping=0)
    found.update()
    order = found.order
    assert [row["rate"] for row in content(order)["rows"]] == ["21\N{NO-BREAK SPACE}%", ""]
    Order.objects.filter(pk=order.pk).update(pickup_name="Sociaal Gemaakt")
    assert len(content(found.order)["rows"]) == 1
