"""Who is paid out of the pot, and on which day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.payouts.rules import (
    SEPA_COUNTRIES,
    Claim,
    held_of,
    is_account,
    is_bank_day,
    is_bic,
    is_in_sepa,
    next_bank_day,
    obstacle,
    plan,
)

obstacles = st.sampled_from(["", "no_account", "no_name"])
claims = st.lists(st.tuples(st.integers(-10_000, 100_000), obstacles), max_size=12).map(
    lambda rows: [Claim(number, payable, obstacle) for number, (payable, obstacle) in enumerate(rows)]
)


@given(claims, st.integers(-50_000, 400_000))
def test_no_more_is_paid_than_is_in_the_pot_and_each_claim_whole_or_not_at_all(found: list[Claim], pot: int) -> None:
    verdicts = plan(found, pot)

    assert sum(verdict.amount for verdict in verdicts) <= max(pot, 0)
    assert {verdict.payee_id for verdict in verdicts} == {claim.payee_id for claim in found if claim.payable}
    for verdict in verdicts:
        assert verdict.amount in (0, verdict.payable)
        assert bool(verdict.amount) is not bool(verdict.reason)


orders = st.lists(st.tuples(st.integers(-500, 5_000), st.booleans()), max_size=8)


@given(st.integers(-1_000, 20_000), orders)
def test_no_more_is_held_than_there_is_and_than_what_disputed_orders_brought(
    balance: int, earned: list[tuple[int, bool]]
) -> None:
    held = held_of(balance, earned)

    assert 0 <= held <= max(balance, 0)
    assert held <= sum(max(amount, 0) for amount, is_disputed in earned if is_disputed)
    assert held_of(balance, [(amount, False) for amount, _is in earned]) == 0


@pytest.mark.parametrize(
    ("balance", "earned", "held"),
    [
        (100, [(60, True), (40, False)], 60),
        (60, [(60, False), (40, True)], 0),
        (80, [(60, False), (40, True)], 20),
        (-5, [(60, True)], 0),
        (30, [(60, True)], 30),
    ],
    ids=["the last", "paid before it was disputed", "paid in part", "owes", "other orders were paid back"],
)
def test_what_was_paid_before_is_not_held_back_from_what_came_after(
    balance: int, earned: list[tuple[int, bool]], held: int
) -> None:
    assert held_of(balance, earned) == held


@pytest.mark.parametrize(("held", "amount", "reason"), [(0, 500, ""), (200, 300, ""), (500, 0, "disputed")])
def test_of_a_claim_what_is_disputed_waits(held: int, amount: int, reason: str) -> None:
    [verdict] = plan([Claim(1, 500, held=held)], 1_000)
    assert (verdict.amount, verdict.reason, verdict.held) == (amount, reason, held)


@given(claims, st.integers(0, 400_000))
def test_whoever_waits_for_money_could_not_be_paid_from_what_is_left(found: list[Claim], pot: int) -> None:
    verdicts = plan(found, pot)
    left = pot - sum(verdict.amount for verdict in verdicts)
    assert all(verdict.payable > left for verdict in verdicts if verdict.reason == "short")


def test_each_wait_has_its_reason() -> None:
    verdicts = plan([Claim(1, -500), Claim(2, 300, "no_account"), Claim(3, 100), Claim(4, 200)], pot=250)
    assert {verdict.payee_id: (verdict.amount, verdict.reason) for verdict in verdicts} == {
        1: (0, "owes"),
        2: (0, "no_account"),
        3: (100, ""),
        4: (0, "short"),
    }


@pytest.mark.parametrize(
    "iban",
    [
        "TR330006100519786457841326",
        "BR1800360305000010009795493C1",
        "SA0380000000608010167519",
        "AE070331234567890123456",
        "UA213223130000026007233566001",
    ],
)
def test_an_account_outside_sepa_is_right_and_cannot_be_paid(iban: str) -> None:
    assert is_account(iban)
    assert not is_in_sepa(iban)
    assert obstacle(name="Labeur", iban=iban, bic="") == "no_account"


@pytest.mark.parametrize(
    "iban", ["BE71 0961 2345 6769", "nl91ABNA0417164300", "CH9300762011623852957", "GI75NWBK000000007099453"]
)
def test_an_account_inside_sepa_can_be_paid(iban: str) -> None:
    assert is_account(iban)
    assert is_in_sepa(iban)
    assert obstacle(name="Labeur", iban=iban, bic="") == ""


def test_sepa_is_the_union_and_whom_the_european_payments_council_took_in_beside_it() -> None:
    assert len(SEPA_COUNTRIES) == 27 + 15
    assert {"BE", "HR", "CH", "GB", "MK", "RS"} <= SEPA_COUNTRIES


@pytest.mark.parametrize(
    ("bic", "is_one"), [("GKCCBEBB", True), ("DEMOBE22XXX", True), ("geen-bic", False), ("GKCCQQBB", False)]
)
def test_a_bic_names_a_bank_in_a_country(bic: str, is_one: bool) -> None:
    assert is_bic(bic) is is_one
    assert obstacle(name="Labeur", iban="BE71096123456769", bic=bic) == ("" if is_one else "no_account")


@pytest.mark.parametrize("name", ["🧶🧶", "جمعية", "Ελλάς", "-", "L" * 71])
def test_who_has_no_name_that_a_bank_writes_cannot_be_paid(name: str) -> None:
    assert obstacle(name=name, iban="BE71096123456769", bic="") == "no_name"


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 24)),  # a Monday
        (date(2026, 11, 27), date(2026, 11, 30)),  # over the weekend
        (date(2026, 12, 24), date(2026, 12, 28)),  # Christmas, Boxing Day, weekend
        (date(2027, 3, 25), date(2027, 3, 30)),  # Good Friday to Easter Monday
        (date(2026, 12, 31), date(2027, 1, 4)),  # New Year's Day on a Friday
        (date(2026, 4, 30), date(2026, 5, 4)),  # Labour Day on a Friday
        (date(2026, 7, 20), date(2026, 7, 21)),  # the national holiday is no holiday of the banks' settlement
    ],
)
def test_the_next_bank_day_skips_weekends_and_target_holidays(today: date, expected: date) -> None:
    assert next_bank_day(today) == expected


@pytest.mark.parametrize(
    "sunday", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2030, 4, 21), date(2038, 4, 25)]
)
def test_banks_are_closed_around_easter(sunday: date) -> None:
    assert not is_bank_day(sunday - timedelta(days=2))
    assert not is_bank_day(sunday + timedelta(days=1))
    assert is_bank_day(sunday - timedelta(days=3))
    assert is_bank_day(sunday + timedelta(days=2))
