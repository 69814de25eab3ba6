"""The split: a waterfall that never loses a cent."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from fulfilment.money import BASIS_POINTS
from fulfilment.revenue.rules import Tax, Term, split, split_shipping, taxed


def fixed(amount: int) -> Term:
    return Term(amount, None)


def percent(basis_points: int) -> Term:
    return Term(None, basis_points)


def test_fixed_amounts_come_first_and_the_rest_is_shared() -> None:
    assert split(23_884, 1, [fixed(9_500), percent(6_000), percent(4_000)]) == [9_500, 8_631, 5_753]


def test_a_fixed_amount_counts_for_every_unit() -> None:
    assert split(30_000, 2, [fixed(9_500), percent(10_000)]) == [19_000, 11_000]


def test_a_fixed_amount_gets_no_more_than_there_is() -> None:
    assert split(5_000, 1, [fixed(4_000), fixed(4_000), percent(10_000)]) == [4_000, 1_000, 0]


def test_cents_left_over_go_in_rank_order() -> None:
    assert split(1_001, 1, [percent(5_000), percent(5_000)]) == [501, 500]


@st.composite
def terms(draw: st.DrawFn) -> list[Term]:
    amounts = draw(st.lists(st.integers(1, 50_000), max_size=4))
    cuts = sorted(draw(st.lists(st.integers(1, BASIS_POINTS - 1), max_size=5, unique=True)))
    marks = [0, *cuts, BASIS_POINTS]
    return [fixed(amount) for amount in amounts] + [percent(b - a) for a, b in itertools.pairwise(marks)]


@given(st.integers(0, 10**9), st.integers(1, 100), terms())
def test_shares_always_add_up_to_the_net_revenue(net: int, quantity: int, agreed: list[Term]) -> None:
    shares = split(net, quantity, agreed)
    assert sum(shares) == net
    assert min(shares) >= 0


def test_a_royalty_is_withheld_and_a_liable_supplier_adds_vat() -> None:
    assert taxed(10_000, Tax(withholding_basis_points=1_500)).withheld == 1_500
    assert taxed(10_000, Tax(vat_basis_points=2_100)).vat == 2_100


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_shipping_money_is_shared_equally_to_the_cent(net: int, producers: int) -> None:
    shares = split_shipping(net, producers)
    assert sum(shares) == net
    assert max(shares) - min(shares) <= 1
