"""Money in whole cents."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.money import allot, percentage, portion, to_decimal, to_minor


def test_cents_left_over_are_given_out_one_by_one_in_order() -> None:
    assert allot(1000, [1, 1, 1]) == [334, 333, 333]


def test_a_weight_of_zero_gets_no_cent() -> None:
    assert allot(100, [0, 1, 1, 1]) == [0, 34, 33, 33]


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any))
def test_parts_always_add_up_to_the_whole(total: int, weights: list[int]) -> None:
    parts = allot(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part - total * weight / sum(weights)) < len(weights) for part, weight in zip(parts, weights, strict=True)
    )


@given(st.integers(0, 10**9), st.integers(1, 50), st.data())
def test_portions_of_units_taken_one_after_another_make_exactly_the_whole(
    total: int, units: int, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, units), max_size=4)))
    marks = [0, *cuts, units]
    taken = [portion(total, b, units) - portion(total, a, units) for a, b in itertools.pairwise(marks)]
    assert sum(taken) == total
    assert min(taken) >= 0


def test_an_amount_with_a_fraction_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        to_minor(Decimal("1.005"), "EUR")


@given(st.integers(-(10**12), 10**12))
def test_minor_units_survive_the_way_to_decimal_and_back(minor: int) -> None:
    assert to_minor(to_decimal(minor, "EUR"), "EUR") == minor


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    assert percentage(50, 2_100) == 11
