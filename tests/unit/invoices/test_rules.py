"""VAT once for each rate; deposits, parts and the rest are the order; what goes back is never more than it."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.invoices import rules
from fulfilment.invoices.rules import Back, Category, Sold, Unbillable
from tests.support.invoices import line, sold

RATES = st.sampled_from([0, 600, 1_200, 2_100])
ORDERS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 99_999), RATES), min_size=1, max_size=8).map(
    lambda found: sold(*found)
)
EXEMPT = Category.EXEMPT


def refused(code: str) -> "pytest.RaisesExc[Unbillable]":
    return pytest.raises(Unbillable, match=code)


def rest(order: list[Sold], billed: rules.Billed = rules.NOTHING) -> list[rules.Line]:
    return rules.rest(order, billed, deducted="Voorschot", untaxed=EXEMPT)


def deposit(order: list[Sold], percent: int, billed: rules.Billed = rules.NOTHING) -> list[rules.Line]:
    return rules.deposit(order, percent, billed, name="Voorschot", untaxed=EXEMPT)


def test_vat_is_rounded_on_the_total_of_a_rate_and_not_on_each_line() -> None:
    lines = [line(102), line(102), line(102)]  # 21.42 cents each: 21 a line, 64 together
    assert [(one.net, one.vat) for one in rules.subtotals(lines)] == [(306, 64)]
    assert rules.difference(rules.vat_of(lines), rules.vat_sold(sold(*[(1, 102, 2_100)] * 3))) == {2_100: 1}


def test_half_a_cent_is_rounded_up_and_what_is_taken_off_likewise() -> None:
    assert rules.vat_on(50, 2_100) == 11
    assert rules.vat_on(-50, 2_100) == -11


def test_each_rate_and_each_reason_stands_by_itself() -> None:
    found = rules.subtotals([line(100), line(50, 600), line(30), line(10, 0), line(7, 0, category=Category.ZERO)])
    assert [(one.category.value, one.basis_points, one.net) for one in found] == [
        ("E", 0, 10),
        ("S", 600, 50),
        ("S", 2_100, 130),
        ("Z", 0, 7),
    ]


def net_by_rate(lines: list[rules.Line]) -> dict[int, int]:
    return {one.basis_points: one.net for one in rules.subtotals(lines) if one.net}


def tried(make: Callable[[], list[rules.Line]]) -> tuple[list[rules.Line], str]:
    """The lines of the document, if there is one; else why there is none."""
    try:
        return make(), ""
    except Unbillable as error:
        return [], error.code


@given(ORDERS, st.integers(1, 49), st.integers(1, 50), st.data())
def test_deposits_parts_and_the_rest_are_together_the_order(
    order: list[Sold], first: int, second: int, data: st.DataObject
) -> None:
    """However it is divided: net is the order's for each rate, and each unit stands on one invoice."""
    billed = rules.NOTHING
    documents: list[list[rules.Line]] = []
    for percent in (first, second):
        found, why = tried(partial(deposit, order, percent, billed))
        assert why in ("", "TOO_MUCH")
        documents.append(found)
        billed = rules.and_also(billed, found)
    for _again in range(2):
        left = {one.key: one.quantity - billed.units.get(one.key, 0) for one in order}
        units = {key: data.draw(st.integers(0, count)) for key, count in left.items()}
        found, why = tried(partial(rules.part, order, units, billed, untaxed=EXEMPT))
        assert why in ("", "NOTHING_CHOSEN", "ALL_OF_IT", "LESS_THAN_DEPOSIT")
        documents.append(found)
        billed = rules.and_also(billed, found)
    documents.append(rest(order, billed))
    every = [one for document in documents for one in document]
    expected: dict[int, int] = {}
    for one in order:
        expected[one.basis_points] = expected.get(one.basis_points, 0) + one.net
    assert net_by_rate(every) == {rate: net for rate, net in expected.items() if net}
    assert all(total.net >= 0 for document in documents for total in rules.subtotals(document))
    off = rules.difference(rules.added(map(rules.vat_of, documents)), rules.vat_sold(order))
    assert all(abs(cents) <= len(order) + len(documents) for cents in off.values())
    with refused("NOTHING_LEFT"):
        rest(order, rules.and_also(billed, documents[-1]))


def test_a_final_invoice_takes_the_deposit_off_for_each_rate() -> None:
    order = sold((1, 10_000, 2_100), (1, 5_000, 600))
    billed = rules.and_also(rules.NOTHING, deposit(order, 30))
    assert net_by_rate(rest(order, billed)) == {2_100: 7_000, 600: 3_500}
    assert [(one.quantity, one.net) for one in rest(order, billed)][2:] == [(-1, -1_500), (-1, -3_000)]


def test_what_cannot_be_billed_is_refused_by_its_reason() -> None:
    order = sold((3, 3_000, 2_100))
    with refused("NOTHING_CHOSEN"):
        rules.part(order, {1: 0}, rules.NOTHING, untaxed=EXEMPT)
    with refused("ALL_OF_IT"):
        rules.part(order, {1: 3}, rules.NOTHING, untaxed=EXEMPT)
    with refused("TOO_MANY"):
        rules.part(order, {1: 4}, rules.NOTHING, untaxed=EXEMPT)
    with refused("LESS_THAN_DEPOSIT"):
        rules.part(order, {1: 2}, rules.and_also(rules.NOTHING, deposit(order, 50)), untaxed=EXEMPT)
    with refused("TOO_MUCH"):
        deposit(order, 60, rules.and_also(rules.NOTHING, deposit(order, 50)))
    with refused("LATE"):
        deposit(order, 10, rules.and_also(rules.NOTHING, rules.part(order, {1: 1}, rules.NOTHING, untaxed=EXEMPT)))
    with refused("INTRA_EU"):
        rules.deposit(sold((1, 100, 0)), 30, rules.NOTHING, name="", untaxed=Category.INTRA_EU)


def refund(order: list[Sold], *back: Back, before: dict[int | None, tuple[int, int]] | None = None) -> list[rules.Line]:
    return rules.refunded(order, back, before or {}, gesture="Tegemoetkoming voor %(name)s", untaxed=EXEMPT)


@given(ORDERS, st.data())
def test_whatever_goes_back_bit_by_bit_ends_at_the_order_itself(order: list[Sold], data: st.DataObject) -> None:
    before: dict[int | None, tuple[int, int]] = {}
    for one in order:
        left = one.gross
        while left:
            gross = data.draw(st.integers(max(1, left // 4), left))
            [found] = refund(order, Back(one.key, 0, gross), before=before)
            net, had = before.get(one.key, (0, 0))
            before[one.key] = (net + found.net, had + gross)
            left -= gross
    assert before == {one.key: (one.net, one.gross) for one in order if one.gross}


def test_a_unit_goes_back_by_its_name_and_a_gesture_by_its_own() -> None:
    order = sold((2, 2_000, 2_100))
    [unit] = refund(order, Back(1, 1, 1_210))
    [gesture] = refund(order, Back(1, 0, 121))
    assert (unit.name, unit.quantity, unit.net) == ("Lamp 1", 1, 1_000)
    assert (gesture.name, gesture.quantity, gesture.net) == ("Tegemoetkoming voor Lamp 1", 1, 100)


def test_more_than_was_paid_never_goes_back() -> None:
    order = sold((1, 1_000, 2_100))
    with refused("TOO_MUCH_BACK"):
        refund(order, Back(1, 1, 1_211))
    with refused("NOTHING_TO_CREDIT"):
        refund(order)
