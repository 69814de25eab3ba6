"""The lives of payouts: every state is one of the model's, and is reached; what is over stays over."""

import pytest

from fulfilment.life import Living
from fulfilment.payouts.models import Batch, Collection, Payout


@pytest.mark.parametrize("noun", [Batch, Payout, Collection])
def test_the_table_has_the_states_of_its_model_and_every_one_is_reached(noun: type[Living]) -> None:
    states = {value for value, _label in noun._meta.get_field("state").choices or ()}
    reached = {following for events in noun.LIFE.values() for following in events.values()}
    assert set(noun.LIFE) == states
    assert reached | {noun._meta.get_field("state").default} == states


@pytest.mark.parametrize(
    ("noun", "over"),
    [
        (Batch, {"confirmed", "cancelled", "withdrawn"}),
        (Payout, {"failed", "returned", "withdrawn"}),
        (Collection, {"failed"}),
    ],
)
def test_what_is_over_stays_over(noun: type[Living], over: set[str]) -> None:
    assert {state for state, events in noun.LIFE.items() if not events} == over
