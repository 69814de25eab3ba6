"""States move along their table and nowhere else."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.states import advance

TABLE = {"open": {"pay": "paid", "leave": "expired"}, "paid": {}}


def test_a_step_of_the_table_is_taken() -> None:
    assert advance(TABLE, "open", "pay", message="") == "paid"


@pytest.mark.parametrize(("state", "event"), [("paid", "pay"), ("open", "fly"), ("nowhere", "pay")])
def test_any_other_step_is_refused_with_the_given_words(state: str, event: str) -> None:
    with pytest.raises(Refusal) as refused:
        advance(TABLE, state, event, message="Dat kan nu niet.")
    assert (refused.value.message, refused.value.code) == ("Dat kan nu niet.", "WRONG_STATE")
