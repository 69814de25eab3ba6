"""A line that was made in two workshops: whose units are whose, and what goes with a unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.revenue.makers import by_maker, standing_makers, units_back_of
from fulfilment.revenue.reversal import CUSTOMER, PARTNER, PLATFORM, VAT, Place

FORMER, NEW, DESIGNER = 1, 2, 3
OF_FORMER, OF_NEW, OF_DESIGNER = (Place(CUSTOMER, PARTNER, 7, partner) for partner in (FORMER, NEW, DESIGNER))
TAX = Place(CUSTOMER, VAT, 7, None, 2_100)
OWN_TAX = Place("vat_input", PARTNER, 7, NEW, 2_100)
STANDING = {OF_FORMER: 2_000, OF_NEW: 3_600, OF_DESIGNER: 1_000, TAX: 1_050, OWN_TAX: 756}


def test_of_two_makers_each_gives_for_its_own_units_and_the_others_for_all() -> None:
    taken = units_back_of(STANDING, 1, of=NEW, makers={FORMER: 2, NEW: 3})
    assert taken == {OF_NEW: 1_200, OWN_TAX: 252, OF_DESIGNER: 200, TAX: 210}


def test_the_last_units_of_a_maker_take_all_of_its_part_and_leave_the_other_alone() -> None:
    taken = units_back_of(STANDING, 3, of=NEW, makers={FORMER: 2, NEW: 3})
    assert (taken[OF_NEW], taken[OWN_TAX], taken[OF_DESIGNER]) == (3_600, 756, 600)
    assert OF_FORMER not in taken


def test_of_one_maker_everybody_gives_by_the_units_of_the_line() -> None:
    standing = {OF_FORMER: 3_000, OF_DESIGNER: 1_000, TAX: 840}
    assert units_back_of(standing, 3, of=FORMER, makers={FORMER: 3}) == standing


def test_who_makes_none_of_it_any_more_gives_like_everybody_else() -> None:
    taken = units_back_of({OF_FORMER: 300, OF_NEW: 900}, 1, of=NEW, makers={NEW: 3})
    assert taken == {OF_FORMER: 100, OF_NEW: 300}


@given(
    st.dictionaries(st.integers(1, 3), st.integers(1, 5), min_size=1),
    st.lists(st.integers(0, 9_999), min_size=6, max_size=6),
    st.data(),
)
def test_all_units_in_any_order_take_all_that_stands(
    makers: dict[int, int], amounts: list[int], data: st.DataObject
) -> None:
    places = [OF_FORMER, OF_NEW, OF_DESIGNER, TAX, OWN_TAX, Place(CUSTOMER, PLATFORM, 7, 9)]
    left = dict(zip(places, amounts, strict=True))
    while any(makers.values()):
        maker = data.draw(st.sampled_from([found for found, count in makers.items() if count]))
        units = data.draw(st.integers(1, makers[maker]))
        standing = {found: count for found, count in makers.items() if count}
        for place, amount in units_back_of(left, units, of=maker, makers=standing).items():
            assert 0 <= amount <= left[place]
            left[place] -= amount
        makers[maker] -= units
    assert set(left.values()) == {0}


@pytest.mark.parametrize(
    ("asked", "shipped", "left", "expected"),
    [
        ({FORMER: 3}, {FORMER: 0}, 3, {FORMER: 3}),
        ({FORMER: 2, NEW: 3}, {FORMER: 2}, 5, {FORMER: 2, NEW: 3}),
        ({FORMER: 2, NEW: 3}, {FORMER: 2}, 4, {FORMER: 1, NEW: 3}),  # one came back
        ({FORMER: 2, NEW: 2}, {FORMER: 2}, 5, {FORMER: 2, NEW: 3}),  # one is cancelled, and not refunded yet
        ({FORMER: 2, NEW: 2}, {FORMER: 2, NEW: 2}, 1, {NEW: 1}),
        ({FORMER: 0, NEW: 3}, {}, 3, {NEW: 3}),
    ],
)
def test_the_units_that_stand_are_those_that_were_not_refunded(
    asked: dict[int, int], shipped: dict[int, int], left: int, expected: dict[int, int]
) -> None:
    assert standing_makers(asked, shipped, left, newest=NEW if NEW in asked else FORMER) == expected


@given(st.dictionaries(st.integers(1, 4), st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1), st.data())
def test_they_are_always_as_many_as_stand(tasks: dict[int, tuple[int, int]], data: st.DataObject) -> None:
    asked = {maker: shipped + still for maker, (shipped, still) in tasks.items()}
    shipped = {maker: gone for maker, (gone, _still) in tasks.items()}
    units = data.draw(st.integers(sum(still for _gone, still in tasks.values()), sum(asked.values()) + 3))
    found = standing_makers(asked, shipped, units, newest=max(tasks))
    assert sum(found.values()) == units
    assert all(count > 0 for count in found.values())


@pytest.mark.parametrize(
    ("units", "last_first", "expected"),
    [(1, True, {NEW: 1}), (4, True, {NEW: 3, FORMER: 1}), (1, False, {FORMER: 1}), (3, False, {FORMER: 2, NEW: 1})],
)
def test_what_has_not_left_is_of_the_last_maker_and_what_came_back_of_the_first(
    units: int, last_first: bool, expected: dict[int, int]
) -> None:
    assert by_maker(units, {FORMER: 2, NEW: 3}, last_first=last_first) == expected
