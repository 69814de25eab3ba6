"""What a sale would bring whom: at its price, and at the least that a voucher makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.money import allot, net_of
from fulfilment.policies import DiscountPolicy
from fulfilment.revenue.foresight import Discount, Price, outcome
from fulfilment.revenue.rules import Term

LABOUR_FIRST = [Term(9_500, None), Term(None, 10_000)]
LAMP = Price(28_900, 23_884, with_tax=True)
ALL = DiscountPolicy.SHARED_BY_ALL


def off(
    *, percent: int | None = None, amount: int = 0, order: bool = True, minimum: int = 0, funded: bool = False
) -> Discount:
    return Discount(None if percent is None else percent * 100, amount, order, minimum, funded)


def test_at_its_price_everybody_gets_what_was_agreed() -> None:
    found = outcome(LAMP, LABOUR_FIRST, ALL)
    assert (found.net, found.shares, found.is_short, found.borne) == (23_884, (9_500, 14_384), False, 0)


def test_a_price_below_the_fixed_amount_is_short_of_it() -> None:
    found = outcome(Price(5_000, 4_132, with_tax=True), LABOUR_FIRST, ALL)
    assert (found.shares, found.short, found.is_short) == ((4_132, 0), (5_368, 0), True)


def test_a_percentage_takes_its_part_of_each_piece() -> None:
    assert outcome(LAMP, LABOUR_FIRST, ALL, off(percent=10)).net == 21_496


def test_what_the_platform_funds_costs_nobody_else_anything() -> None:
    found = outcome(LAMP, LABOUR_FIRST, ALL, off(percent=90, funded=True))
    assert (found.shares, found.borne) == ((9_500, 14_384), 23_884 - 2_388)


@pytest.mark.parametrize(
    ("policy", "shares", "borne"),
    [
        (DiscountPolicy.SHARED_BY_ALL, (2_388, 0), 0),
        (DiscountPolicy.PLATFORM_TOPS_UP, (9_500, 0), 7_112),
        (DiscountPolicy.PLATFORM_BEARS, (9_500, 14_384), 21_496),
    ],
)
def test_what_nobody_funds_follows_the_policy(policy: DiscountPolicy, shares: tuple[int, int], borne: int) -> None:
    found = outcome(LAMP, LABOUR_FIRST, policy, off(percent=90))
    assert (found.shares, found.borne) == (shares, borne)


def test_an_amount_off_the_order_takes_most_where_nothing_lies_beside() -> None:
    alone = off(amount=2_500)
    assert alone.most_off(9_800) == 2_500
    with_minimum = off(amount=2_500, minimum=15_000)
    assert with_minimum.most_off(9_800) == 1_634
    assert with_minimum.most_off(28_900) == 2_500


def test_an_amount_off_each_piece_takes_no_more_than_its_price() -> None:
    assert off(amount=2_500, order=False).most_off(1_200) == 1_200


def test_a_price_list_is_discounted_without_tax() -> None:
    found = outcome(Price(14_520, 12_000, with_tax=False), LABOUR_FIRST, ALL, off(amount=3_000))
    assert found.net == 9_000


@given(
    price=st.integers(1, 60_000),
    beside=st.lists(st.integers(1, 60_000), max_size=4),
    amount=st.integers(1, 60_000),
    minimum=st.integers(0, 90_000),
)
def test_no_basket_that_may_use_a_voucher_takes_more_off_a_piece_than_is_foreseen(
    price: int, beside: list[int], amount: int, minimum: int
) -> None:
    basket = [price, *beside]
    if sum(basket) < minimum:
        return
    taken = min(allot(min(amount, sum(basket)), basket)[0], price)
    assert taken <= off(amount=amount, minimum=minimum).most_off(price) + 1  # a cent that spreading leaves over


@given(gross=st.integers(1, 60_000), percent=st.integers(1, 100))
def test_the_least_is_never_below_zero_and_never_above_the_price(gross: int, percent: int) -> None:
    price = Price(gross, net_of(gross, 2_100), with_tax=True)
    found = outcome(price, LABOUR_FIRST, ALL, off(percent=percent))
    assert 0 <= found.net <= price.net
    assert sum(found.shares) == found.net + found.borne
