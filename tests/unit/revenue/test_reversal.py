"""What goes back of what was booked: to the cent, whatever happened to the line before."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.revenue.reversal import (
    CUSTOMER,
    PARTNER,
    PLATFORM,
    SHIPPING,
    VAT,
    Bearer,
    Place,
    Standing,
    amount_back,
    customers,
    exactly,
    part,
    rows_of,
    spread,
    standing,
    units_back,
)

MAKER, DESIGNER, HOUSE = 1, 2, 9
LAMP = {
    Place(CUSTOMER, VAT, 7, None, 2_100): 5_016,
    Place(CUSTOMER, PARTNER, 7, MAKER): 15_000,
    Place("vat_input", PARTNER, 7, MAKER, 2_100): 3_150,
    Place(CUSTOMER, PARTNER, 7, DESIGNER): 8_884,
    Place(PARTNER, "withholding_owed", 7, DESIGNER): 1_333,
}
"""Of € 289,00: a workshop that charges VAT, and a designer with royalties."""


def gross(found: Standing) -> int:
    return sum(customers(found).values())


def test_two_of_three_parts_are_the_floored_part_of_the_whole_and_no_cent_more() -> None:
    assert part({"a": 100, "b": 100, "c": 101}, 2, 3) == {"a": 67, "b": 66, "c": 67}
    assert part({"a": 100, "b": -30}, 1, 2) == {"a": 50, "b": -15}
    assert part({"a": 1, "b": 1}, 2, 2) == {"a": 1, "b": 1}


@given(
    amounts=st.lists(st.integers(-5_000, 90_000), min_size=1, max_size=6).filter(lambda found: sum(found) >= 0),
    of=st.integers(1, 9),
    data=st.data(),
)
def test_parts_add_up_and_nobody_gives_more_than_stands(amounts: list[int], of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    whole = dict(enumerate(amounts))
    parts = part(whole, count, of)
    assert sum(parts.values()) == sum(amounts) * count // of
    assert all(min(0, whole[key]) <= amount <= max(0, whole[key]) for key, amount in parts.items())


@given(st.data())
def test_units_that_go_back_one_by_one_leave_nothing_in_the_end(data: st.DataObject) -> None:
    units = data.draw(st.integers(1, 7))
    left: dict[Place, int] = dict(LAMP)
    cuts = sorted(data.draw(st.sets(st.integers(1, units))) | {units})
    for before, after in pairwise([0, *cuts]):
        taken = units_back(left, after - before, units - before)
        left = {place: amount - taken[place] for place, amount in left.items()}
        assert gross(left) == 28_900 - 28_900 * after // units or units - before != units
    assert set(left.values()) == {0}


def test_what_moved_back_no_longer_stands() -> None:
    to_maker = Place(CUSTOMER, PARTNER, 7, MAKER)
    back = Place(PARTNER, CUSTOMER, 7, MAKER)
    vat, vat_back = Place("vat_input", PARTNER, 7, MAKER, 2_100), Place(PARTNER, "vat_input", 7, MAKER, 2_100)
    found = standing([(to_maker, 100), (vat, 21), (back, 40), (vat_back, 21)])
    assert found == {to_maker: 60}


def test_a_gesture_of_the_platform_takes_its_vat_along_and_the_rest_from_the_platform() -> None:
    taken = amount_back(LAMP, 1_000, Bearer.PLATFORM, platform_id=HOUSE)
    assert taken == {Place(CUSTOMER, VAT, 7, None, 2_100): 174, Place(CUSTOMER, PLATFORM, 7, HOUSE): 826}
    assert rows_of(taken).vat == 174
    assert rows_of(taken).total == 1_000


def test_a_gesture_that_is_shared_is_borne_by_what_everybody_has() -> None:
    rows = rows_of(amount_back(LAMP, 2_890, Bearer.SHARED, platform_id=HOUSE))
    assert rows.vat == 502
    assert rows.partners == {MAKER: 1_500, DESIGNER: 888}
    assert rows.total == 2_890


def test_a_workshop_bears_what_its_share_reaches_and_the_platform_the_rest() -> None:
    taken = amount_back(LAMP, 24_200, Bearer.MAKER, platform_id=HOUSE, maker_id=MAKER)
    rows = rows_of(taken)
    assert rows.partners == {MAKER: 15_000}
    assert rows.platform == 24_200 - 15_000 - rows.vat
    assert taken[Place("vat_input", PARTNER, 7, MAKER, 2_100)] == 3_150


@given(amount=st.integers(0, 28_900), bearer=st.sampled_from(Bearer), units=st.integers(1, 4))
def test_after_a_gesture_the_units_take_back_all_that_is_left(amount: int, bearer: Bearer, units: int) -> None:
    taken = amount_back(LAMP, amount, bearer, platform_id=HOUSE, maker_id=MAKER)
    assert gross(taken) == amount
    left = {place: LAMP.get(place, 0) - taken.get(place, 0) for place in {**LAMP, **taken}}
    for before in range(units):
        back = units_back(left, 1, units - before)
        left = {place: value - back[place] for place, value in left.items()}
    assert set(left.values()) == {0}


def test_shipping_money_is_shown_at_whoever_got_it() -> None:
    rows = rows_of(
        {
            Place(CUSTOMER, VAT, None, None, 2_100): 165,
            Place(CUSTOMER, SHIPPING): 785,
            Place(SHIPPING, PARTNER, None, MAKER): 393,
            Place(SHIPPING, PARTNER, None, DESIGNER): 392,
            Place("vat_input", PARTNER, None, MAKER, 2_100): 83,
        }
    )
    assert (rows.partners, rows.vat, rows.other, rows.total) == ({MAKER: 393, DESIGNER: 392}, 165, 0, 950)


@pytest.mark.parametrize("amount", [0, 1, 333, 1_000])
def test_an_amount_over_lines_stays_within_what_is_left_of_each(amount: int) -> None:
    found = spread(amount, {"lamp": 900, "stool": 100, "gone": 0})
    assert sum(found.values()) == amount
    assert found["gone"] == 0
    assert found["stool"] <= 100


@given(amounts=st.lists(st.integers(0, 50_000), min_size=1, max_size=4), data=st.data())
def test_units_can_be_made_to_take_exactly_what_was_asked_for_them(amounts: list[int], data: st.DataObject) -> None:
    found = {Place(CUSTOMER, PARTNER, 1, at): amount for at, amount in enumerate(amounts)}
    whole = sum(amounts)
    taken = units_back(found, data.draw(st.integers(0, 3)), 3)
    asked = data.draw(st.integers(0, whole + 100))
    exact = exactly(found, taken, asked)
    assert sum(exact.values()) == min(asked, whole)
    assert all(0 <= exact.get(place, 0) <= amount for place, amount in found.items())
