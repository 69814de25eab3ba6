"""How many units nobody wants any more, however statements and refunds follow each other."""

from hypothesis import given
from hypothesis import strategies as st

from fulfilment.withdrawals.units import dropped

HISTORY = st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=8)
"""Statements (True) and refunds, each with its units."""


def test_a_refund_after_a_statement_is_for_its_units() -> None:
    assert dropped(2, [(0, 2)]) == 2
    assert dropped(1, [(0, 2)]) == 2


def test_a_statement_after_a_refund_is_about_other_units() -> None:
    assert dropped(1, [(1, 1)]) == 2
    assert dropped(2, [(1, 1)]) == 2  # and the refund after it is for them


def test_a_refund_of_more_than_was_said_drops_more() -> None:
    assert dropped(3, [(0, 2)]) == 3


@given(HISTORY)
def test_each_statement_drops_its_units_and_each_refund_what_it_exceeds_them_by(
    history: list[tuple[bool, int]],
) -> None:
    said: list[tuple[int, int]] = []
    refunded = away = 0
    for is_statement, units in history:
        if is_statement:
            said.append((refunded, units))
            away += units
        else:
            waiting = away - refunded
            refunded += units
            away += max(units - waiting, 0)
        assert dropped(refunded, said) == away
