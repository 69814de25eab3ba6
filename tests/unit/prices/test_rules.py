"""The prior price: the lowest of the thirty days before the reduction that is in force began."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.prices.rules import Seen, prior_price, reduced_since

START = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN, REDUCED = False, True


def seen(*prices: tuple[int, int | None, bool]) -> list[Seen]:
    """Prices by the day from which on they held."""
    return [Seen(START + timedelta(days=day), minor, is_reduced) for day, minor, is_reduced in prices]


@pytest.mark.parametrize(
    ("prices", "prior"),
    [
        ([(0, 200, PLAIN), (60, 150, REDUCED)], 200),
        ([(0, 180, PLAIN), (50, 200, PLAIN), (60, 150, REDUCED)], 180),  # dearer for ten days, to look reduced
        ([(0, 180, PLAIN), (20, 200, PLAIN), (60, 150, REDUCED)], 200),  # that was before the thirty days
        ([(0, 180, PLAIN), (30, 200, PLAIN), (60, 150, REDUCED)], 200),  # to the minute
        ([(0, 120, PLAIN), (1, 200, PLAIN), (10, 150, REDUCED)], 120),  # for sale since ten days only
        ([(0, 200, PLAIN), (40, 150, REDUCED), (45, 200, PLAIN), (60, 160, REDUCED)], 150),  # reduced again
        ([(0, 200, PLAIN), (40, 150, REDUCED), (50, 120, REDUCED)], 200),  # step by step is one reduction
        ([(0, 200, PLAIN), (40, 150, REDUCED), (50, 170, REDUCED)], 150),  # becoming less begins a new one
        ([(0, 200, PLAIN), (40, 150, REDUCED), (45, None, PLAIN), (50, 150, REDUCED)], 150),
        ([(0, 200, PLAIN), (40, None, PLAIN), (60, 150, REDUCED)], 200),  # ten days of the thirty for sale
        ([(0, 200, PLAIN), (20, None, PLAIN), (60, 150, REDUCED)], None),  # in none of them
        ([(0, 200, PLAIN), (40, 150, PLAIN)], None),  # cheaper, and announced as nothing
        ([(0, 200, PLAIN), (40, 150, REDUCED), (50, 200, PLAIN)], None),  # it is over
        ([(0, 150, REDUCED)], None),  # nobody saw what it was before
        ([], None),
    ],
)
def test_the_prior_price_is_the_lowest_of_the_thirty_days_before(
    prices: list[tuple[int, int | None, bool]], prior: int | None
) -> None:
    assert prior_price(seen(*prices)) == prior


PRICES = st.lists(st.tuples(st.one_of(st.none(), st.integers(1, 9)), st.booleans()), min_size=1, max_size=90)


@given(PRICES, st.randoms())
def test_it_is_what_somebody_finds_who_looks_at_the_price_of_every_day(
    days: list[tuple[int | None, bool]], dice: object
) -> None:
    """Whatever comes in a bad order, or twice."""
    rows = seen(*((day, minor, is_reduced and minor is not None) for day, (minor, is_reduced) in enumerate(days)))
    told = [*rows, *rows[::3]]
    dice.shuffle(told)  # type: ignore[attr-defined]
    began = len(days)
    while began and _goes_on(days, began - 1):
        began -= 1
    if began == len(days):
        began = -1  # on the last day nothing is reduced
    assert reduced_since(told) == (None if began < 0 else rows[began].since)
    before = [minor for minor, _reduced in days[max(0, began - 30) : max(0, began)] if minor is not None]
    assert prior_price(told) == (min(before, default=None) if began >= 0 else None)


def _is_reduced(day: tuple[int | None, bool]) -> bool:
    return day[0] is not None and day[1]


def _goes_on(days: list[tuple[int | None, bool]], at: int) -> bool:
    """Whether the reduction that runs to the last day began on this one or before, by the days alone."""
    if not all(_is_reduced(day) for day in days[at:]):
        return False
    asked = [minor or 0 for minor, _reduced in days[at:]]
    return asked == sorted(asked, reverse=True)
