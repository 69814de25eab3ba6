"""How a task moves, and what carriers print."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.errors import Refusal
from fulfilment.production.life import IMPEDIMENT, TASK
from fulfilment.production.models import Impediment, Task
from fulfilment.production.rules import (
    CARRIER_NAMES,
    CARRIERS,
    COLLECTED,
    SATURDAY,
    before,
    cancelling_event,
    clean_code,
    due_on,
    has_happened,
    has_tracking,
    is_code,
    minutes_of,
    ready_on,
    shipping_event,
    tracking_url,
    working_day,
)
from fulfilment.states import advance


@pytest.mark.parametrize(("table", "noun"), [(TASK, Task), (IMPEDIMENT, Impediment)])
def test_a_table_knows_every_state_and_leads_nowhere_else(
    table: Mapping[str, Mapping[str, str]], noun: type[Task] | type[Impediment]
) -> None:
    assert table.keys() == set(noun.State.values)
    assert {state for moves in table.values() for state in moves.values()} <= set(noun.State.values)


def test_work_goes_from_new_to_delivered_step_by_step() -> None:
    state = "waiting"
    for event in ("accept", "start", "finish", "ship_part", "ship_all", "deliver"):
        state = advance(TASK, state, event, message="no")
    assert state == "delivered"


@pytest.mark.parametrize(
    ("state", "event"),
    [("waiting", "ship_all"), ("making", "accept"), ("shipped", "cancel"), ("delivered", "deliver")],
)
def test_no_step_is_skipped_or_taken_back(state: str, event: str) -> None:
    with pytest.raises(Refusal, match="eerst") as refused:
        advance(TASK, state, event, message="Dat kan nu niet, eerst iets anders.")
    assert refused.value.code == "WRONG_STATE"


def test_only_the_steps_of_making_are_undone_and_each_leads_back_where_it_came_from() -> None:
    undone = {state: before(state) for state in TASK if before(state)}
    assert undone == {"accepted": "waiting", "making": "accepted", "ready": "making"}
    assert all(state in TASK[str(back)].values() for state, back in undone.items())
    assert before("nonsense") is None


def test_a_step_has_happened_only_where_it_leads() -> None:
    assert has_happened("accept", "accepted")
    assert not has_happened("accept", "waiting")
    assert not has_happened("accept", "making")


def test_a_parcel_with_the_last_units_ships_all() -> None:
    assert shipping_event({1: 2, 2: 1}, {1: 2}) == "ship_part"
    assert shipping_event({1: 2, 2: 1}, {1: 2, 2: 1}) == "ship_all"


def test_dropping_units_ends_a_task_only_when_nothing_is_left() -> None:
    assert cancelling_event(1, 0) is None
    assert cancelling_event(0, 0) == "cancel"
    assert cancelling_event(0, 2) == "drop_rest"


def test_a_parcel_is_followed_where_its_carrier_has_a_page() -> None:
    assert tracking_url("bpost", "32 1").endswith("itemCode=32%201")
    assert tracking_url("cycloon", "321") == ""
    assert tracking_url("bpost", "") == ""


def test_every_carrier_has_a_name_and_collecting_has_no_code() -> None:
    assert CARRIERS.keys() == CARRIER_NAMES.keys()
    assert not has_tracking(COLLECTED)
    assert not has_tracking("pigeon")


def test_a_code_is_read_as_the_label_prints_it() -> None:
    assert clean_code(" 3232 1234\t5678 ") == "323212345678"


@pytest.mark.parametrize("code", ["123", "3S-ABC-012", "RR123456785BE", "05512345678901", "1" * 40])
def test_whatever_a_carrier_prints_may_be_a_code(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize("typed", ["", "12", "1" * 41, "abc", "geen", "<b>1</b>", "3S/01.2", "1é3", "١٢٣", "123\n"])
def test_what_is_too_short_too_long_a_word_or_other_signs_is_no_code(typed: str) -> None:
    assert not is_code(typed)


@pytest.mark.parametrize(
    ("ordered", "lead_days", "due"),
    [
        (date(2026, 11, 23), 10, date(2026, 12, 3)),
        (date(2026, 11, 23), 12, date(2026, 12, 7)),
        (date(2026, 11, 23), 13, date(2026, 12, 7)),
        (date(2026, 11, 23), 14, date(2026, 12, 7)),
    ],
)
def test_nothing_is_promised_for_a_weekend(ordered: date, lead_days: int, due: date) -> None:
    assert due_on(ordered, lead_days) == due


DAYS = st.dates(date(2026, 1, 1), date(2036, 12, 31))
MINUTES = st.integers(0, 2_000_000)
LEADS = st.integers(0, 60)
HOURS = st.integers(1, 2_000)


@given(DAYS, LEADS, MINUTES, MINUTES, HOURS)
def test_more_work_is_never_promised_sooner(day: date, lead: int, minutes: int, more: int, hours: int) -> None:
    least = ready_on(day, lead, minutes=minutes, bench_hours=hours)
    assert ready_on(day, lead, minutes=minutes + more, bench_hours=hours) >= least


@given(DAYS, LEADS, MINUTES, HOURS, HOURS)
def test_more_hours_at_the_bench_never_make_it_later(day: date, lead: int, minutes: int, hours: int, more: int) -> None:
    slow = ready_on(day, lead, minutes=minutes, bench_hours=hours)
    assert ready_on(day, lead, minutes=minutes, bench_hours=hours + more) <= slow


@given(DAYS, LEADS, MINUTES, HOURS)
def test_a_promise_is_never_before_the_lead_days_nor_for_a_weekend(
    day: date, lead: int, minutes: int, hours: int
) -> None:
    found = ready_on(day, lead, minutes=minutes, bench_hours=hours)
    assert found >= due_on(day, lead)
    assert found.weekday() < SATURDAY


@given(DAYS, MINUTES, HOURS)
def test_between_two_days_lie_as_many_working_days_as_the_work_takes(day: date, minutes: int, hours: int) -> None:
    found = ready_on(day, 0, minutes=minutes, bench_hours=hours)
    needed = min(-(-minutes * 5 // (hours * 60)), 2_600)
    between = sum((day + timedelta(days=at)).weekday() < SATURDAY for at in range(1, (found - day).days + 1))
    assert between >= needed


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 4, date(2026, 11, 27)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 29), 1, date(2026, 11, 30)),
    ],
)
def test_working_days_are_counted_from_the_last_one(day: date, count: int, found: date) -> None:
    assert working_day(day, count) == found


def test_fifty_stools_of_six_hours_take_eight_weeks_of_one_bench() -> None:
    one = ready_on(date(2026, 11, 23), 12, minutes=6 * 60, bench_hours=38)
    assert one == date(2026, 12, 7)
    assert ready_on(date(2026, 11, 23), 12, minutes=50 * 6 * 60, bench_hours=38) == date(2027, 1, 18)


@pytest.mark.parametrize(
    ("text", "minutes"), [("9", 540), ("0,2", 12), ("1.5", 90), (" 6 ", 360), ("", 0), ("een dag", 0), ("9٠", 0)]
)
def test_hours_are_read_as_the_collection_writes_them(text: str, minutes: int) -> None:
    assert minutes_of(text) == minutes
