"""The arithmetic of a payment transaction, for any order of events."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.saleor.money import net_of, share_of, to_decimal, to_minor
from sandbox.saleor.transaction_amounts import NOTHING, amounts_of

KINDS = [
    *("CHARGE_REQUEST", "CHARGE_SUCCESS", "CHARGE_FAILURE", "CHARGE_ACTION_REQUIRED", "INFO"),
    *("REFUND_REQUEST", "REFUND_SUCCESS", "REFUND_FAILURE"),
]


def history(*told: tuple[str, int, str]) -> list[dict[str, Any]]:
    """Events (type, amount, reference), one microsecond after another."""
    return [
        {"id": n, "type": kind, "amount": amount, "pspReference": reference, "createdAt": n, "counted": True}
        for n, (kind, amount, reference) in enumerate(told)
    ]


def test_a_request_moves_to_pending_and_its_outcome_settles_it() -> None:
    told = [("CHARGE_SUCCESS", 1000, "pi"), ("REFUND_REQUEST", 300, "re")]
    assert amounts_of(history(*told)) == {"charged": 700, "charge_pending": 0, "refunded": 0, "refund_pending": 300}
    done = amounts_of(history(*told, ("REFUND_SUCCESS", 300, "re")))
    assert done == {"charged": 700, "charge_pending": 0, "refunded": 300, "refund_pending": 0}
    failed = amounts_of(history(*told, ("REFUND_FAILURE", 300, "re")))
    assert failed == {"charged": 1000, "charge_pending": 0, "refunded": 0, "refund_pending": 0}


def test_the_latest_of_one_reference_wins_by_its_time_and_not_by_its_arrival() -> None:
    events = history(("CHARGE_FAILURE", 500, "pi"), ("CHARGE_SUCCESS", 500, "pi"))
    assert amounts_of(events)["charged"] == 500
    events[0]["createdAt"] = 99
    assert amounts_of(events)["charged"] == 0


def test_a_request_without_a_reference_moves_nothing_yet() -> None:
    events = history(("CHARGE_SUCCESS", 1000, "pi"), ("REFUND_REQUEST", 100, ""), ("REFUND_REQUEST", 200, "re"))
    assert amounts_of(events)["refund_pending"] == 200


def test_more_may_go_back_than_was_charged() -> None:
    events = history(("CHARGE_SUCCESS", 1000, "pi"), ("REFUND_REQUEST", 1000, "re_1"), ("REFUND_REQUEST", 5, "re_2"))
    assert amounts_of(events) == {**NOTHING, "charged": -5, "refund_pending": 1005}


def test_a_charge_back_and_a_reversed_refund_move_what_is_charged() -> None:
    events = history(("CHARGE_SUCCESS", 1000, "pi"), ("CHARGE_BACK", 400, "dp"))
    assert amounts_of(events)["charged"] == 600
    events = history(("CHARGE_SUCCESS", 1000, "pi"), ("REFUND_SUCCESS", 400, "re"), ("REFUND_REVERSE", 400, "rr"))
    assert amounts_of(events) == {**NOTHING, "charged": 1000}


def test_what_does_not_count_changes_nothing() -> None:
    events = history(("CHARGE_SUCCESS", 1000, "pi"), ("CHARGE_FAILURE", 900, "pi"))
    events[1]["counted"] = False
    assert amounts_of(events) == {**NOTHING, "charged": 1000}


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 10_000), st.sampled_from(["a", "b", "c"])), max_size=12)
)
def test_refunds_take_exactly_from_what_was_charged(told: list[tuple[str, int, str]]) -> None:
    found = amounts_of(history(*told))
    charges = amounts_of([e for e in history(*told) if not e["type"].startswith("REFUND")])
    assert found["charged"] + found["refunded"] + found["refund_pending"] == charges["charged"]
    assert min(found["refunded"], found["refund_pending"], found["charge_pending"]) >= 0


@given(st.integers(0, 10**9), st.integers(0, 30))
def test_net_and_tax_are_the_gross_and_the_tax_is_within_half_a_cent(gross: int, rate: int) -> None:
    net = net_of(gross, to_decimal(rate * 100))
    assert 0 <= net <= gross
    assert abs(net * (100 + rate) - gross * 100) <= (100 + rate) / 2


@given(st.integers(0, 10**9), st.integers(1, 50))
def test_amounts_survive_the_wire(minor: int, quantity: int) -> None:
    assert to_minor(to_decimal(minor)) == minor
    assert share_of(minor * quantity, quantity) == minor


def test_known_amounts() -> None:
    assert net_of(2420, to_decimal(2100)) == 2000
    assert net_of(28900, to_decimal(2100)) == 23884
