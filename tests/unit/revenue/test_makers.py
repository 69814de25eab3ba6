"""A line that was made in two workshops: whose units are whose, and what goes with a unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.revenue.makers import going_with, standing_makers

FORMER, NEW, DESIGNER = 1, 2, 3


def test_of_one_maker_everybody_gives_by_the_units_of_the_line() -> None:
    for partner in (FORMER, DESIGNER, None):
        assert going_with(partner, 2, of=FORMER, makers={FORMER: 3}) == (2, 3)


def test_of_two_makers_each_gives_for_its_own_units_and_the_others_for_all() -> None:
    makers = {FORMER: 2, NEW: 3}
    assert going_with(NEW, 1, of=NEW, makers=makers) == (1, 3)
    assert going_with(FORMER, 1, of=NEW, makers=makers) == (0, 1)
    assert going_with(DESIGNER, 1, of=NEW, makers=makers) == (1, 5)


def test_who_makes_none_of_it_any_more_gives_like_everybody_else() -> None:
    assert going_with(FORMER, 1, of=NEW, makers={NEW: 3}) == (1, 3)


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
