"""The account's balance: every cent of it has a balance transaction."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.stripe.disputes import LIFE
from tests.support.stripe_sandbox import Bench, stripe_bench, until


def balance(bench: Bench) -> tuple[int, int]:
    found = bench.client.v1.balance.retrieve()
    return found.available[0].amount, found.pending[0].amount


def movements(bench: Bench, **wanted: Any) -> list[stripe.BalanceTransaction]:
    """Balance transactions, oldest first."""
    found: Any = {"limit": 100, **wanted}
    return list(bench.client.v1.balance_transactions.list(found).auto_paging_iter())[::-1]


def test_every_kind_of_movement_is_listed_with_its_category(bench: Bench) -> None:
    card, bancontact = bench.paid(10000, "card"), bench.paid(5000, "bancontact")
    bench.move_on(6)
    bench.client.v1.refunds.create({"payment_intent": card.id, "amount": 1000})
    bench.client.v1.refunds.create({"payment_intent": bancontact.id, "amount": 500})
    payout = bench.client.v1.payouts.create({"amount": 2000, "currency": "eur"})
    bench.move_on(4)
    until(lambda: bench.events("payout.paid"))
    bench.http.post(f"{bench.url}/control/payout/{payout.id}/fail", json={})
    charge: Any = card.latest_charge
    bench.http.post(f"{bench.url}/control/charge/{charge.id}/dispute", json={"amount": 3000})

    rows = [(one.type, one.reporting_category, one.amount, one.fee) for one in movements(bench)]

    assert rows == [
        ("charge", "charge", 10000, 175),
        ("payment", "charge", 5000, 39),
        ("refund", "refund", -1000, 0),
        ("payment_refund", "refund", -500, 0),
        ("payout", "payout", -2000, 0),
        ("payout_failure", "payout_reversal", 2000, 0),
        ("adjustment", "dispute", -3000, 2000),
    ]
    assert balance(bench) == (10000 - 175 + 5000 - 39 - 1000 - 500 - 3000 - 2000, 0)


def test_a_failed_refund_is_a_movement_back(bench: Bench) -> None:
    intent = bench.paid(10000)
    refund = bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    bench.move_on(10)
    until(lambda: bench.client.v1.refunds.retrieve(refund.id).status == "succeeded")

    failed = bench.http.post(f"{bench.url}/control/refund/{refund.id}/fail", json={"reason": "declined"}).json()

    assert [(one.type, one.amount) for one in movements(bench, source=refund.id)] == [
        ("payment_refund", -1000),
        ("refund_failure", 1000),
    ]
    expand: Any = {"expand": ["failure_balance_transaction"]}
    found: Any = bench.client.v1.refunds.retrieve(refund.id, expand)
    assert (found.status, found.failure_reason) == ("failed", "declined")
    assert found.failure_balance_transaction.reporting_category == "refund_failure"
    assert failed["failure_balance_transaction"] == found.failure_balance_transaction.id
    assert bench.http.post(f"{bench.url}/control/refund/{refund.id}/fail", json={}).status_code == 409
    assert balance(bench) == (10000 - 39, 0)


def test_a_payout_that_was_paid_can_come_back_days_later(bench: Bench) -> None:
    bench.paid(10000)
    bench.move_on(6)
    bench.faults(return_next_payouts=1)
    payout = bench.client.v1.payouts.create({"amount": 9961, "currency": "eur"})
    bench.move_on(4)
    until(lambda: bench.events("payout.paid"))
    assert balance(bench) == (0, 0)

    bench.move_on(6)

    failed: Any = until(lambda: bench.events("payout.failed"))[0].data.object
    assert (failed.id, failed.status) == (payout.id, "failed")
    expand: Any = {"expand": ["failure_balance_transaction"]}
    found: Any = bench.client.v1.payouts.retrieve(payout.id, expand)
    assert found.failure_balance_transaction.amount == 9961
    assert balance(bench) == (9961, 0)
    assert bench.http.post(f"{bench.url}/control/payout/{payout.id}/fail", json={}).status_code == 409


def test_money_that_is_refunded_before_it_is_available_leaves_from_what_is_pending(bench: Bench) -> None:
    intent = bench.paid(10000)

    bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 4000})

    assert balance(bench) == (0, 10000 - 39 - 4000)
    assert [one.status for one in movements(bench)] == ["pending", "pending"]
    bench.move_on(6)
    assert balance(bench) == (10000 - 39 - 4000, 0)
    assert [one.status for one in movements(bench)] == ["available", "available"]


def test_movements_are_found_by_what_they_are_for(bench: Bench) -> None:
    first, second = bench.paid(10000), bench.paid(5000, "card")
    bench.move_on(6)
    payout = bench.client.v1.payouts.create({"amount": 100, "currency": "eur"})
    charge: Any = second.latest_charge
    dispute = bench.http.post(f"{bench.url}/control/charge/{charge.id}/dispute", json={}).json()
    old: Any = first.latest_charge

    assert [one.source for one in movements(bench, type="payment")] == [old.id]
    assert [one.amount for one in movements(bench, source=payout.id)] == [-100]
    assert [one.amount for one in movements(bench, source=charge.id)] == [5000]
    assert len(movements(bench, limit=1)) == 4
    assert movements(bench, currency="usd") == []
    assert movements(bench, type="rain") == []
    assert len(movements(bench, created={"gte": int(bench.clock()) - 60})) == 4
    assert movements(bench, created={"gt": int(bench.clock()) + 60}) == []
    one: Any = bench.client.v1.balance_transactions.retrieve(str(payout.balance_transaction), {"expand": ["source"]})
    assert (one.source.id, one.status) == (payout.id, "available")
    # As Stripe does: these stand on the dispute.
    assert movements(bench, source=dispute["id"]) == []
    with pytest.raises(stripe.InvalidRequestError, match="only be filtered on automatic transfers, not manual"):
        movements(bench, payout=payout.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
        movements(bench, payout="po_none")
    with pytest.raises(stripe.InvalidRequestError, match="No such balance transaction: 'txn_none'"):
        bench.client.v1.balance_transactions.retrieve("txn_none")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One account in which all examples happen after one another; its time passes only where an example says so."""
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as running:
        running.sandbox.timers.workers.stop()
        yield running


HAPPENINGS = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from(["card", "bancontact"]), st.integers(50, 20_000)),
    st.tuples(st.sampled_from(["refund", "fail_refund", "dispute", "decide", "fail_payout"]), st.integers(0, 10**6)),
    st.tuples(st.just("payout"), st.integers(1, 20_000)),
    st.tuples(st.just("wait"), st.integers(1, 9)),
)


def happen(bench: Bench, what: str, *how: Any) -> None:
    """One thing that customers, banks or we do; what cannot be done now is refused, which is as good."""
    if what == "pay":
        method, amount = how
        bench.submit(bench.open_session(amount).id, method=method)
    elif what == "wait":
        bench.move_on(how[0])
        while bench.sandbox.timers.run_one():
            pass
    elif what == "payout":
        bench.client.v1.payouts.create({"amount": how[0], "currency": "eur"})
    else:
        kinds = {"refund": "charge", "dispute": "charge", "decide": "dispute", "fail_refund": "refund"}
        found = bench.sandbox.store.find(kinds.get(what, "payout"))
        if found:
            happen_to(bench, what, found[how[0] % len(found)], how[0])


def happen_to(bench: Bench, what: str, document: dict[str, Any], number: int) -> None:
    address, one = f"{bench.url}/control", document["id"]
    if what == "refund":
        bench.client.v1.refunds.create({"charge": one, "amount": number % document["amount"] + 1})
    elif what == "dispute":
        wanted = {"amount": number % document["amount"] + 1, "kind": "inquiry" if number % 3 == 0 else "chargeback"}
        bench.http.post(f"{address}/charge/{one}/dispute", json=wanted)
    elif what == "decide":
        ways = list(LIFE[document["status"]])
        if ways:
            wanted = {"fee_returned": number % 2 == 0}
            bench.http.post(f"{address}/dispute/{one}/{ways[number % len(ways)]}", json=wanted)
    else:
        bench.http.post(f"{address}/{what.removeprefix('fail_')}/{one}/fail", json={})


def expected(bench: Bench) -> int:
    """What the account must hold, from the objects alone."""
    store = bench.sandbox.store
    settled = [charge for charge in store.find("charge") if charge["balance_transaction"]]
    fees = store.find("balance_transaction", {"reporting_category": "charge"})
    gone = [one for kind in ("refund", "payout") for one in store.find(kind) if one["status"] != "failed"]
    disputes = [one for one in store.find("dispute") if one["balance_transactions"]]
    held = [one for one in disputes if one["status"] in ("needs_response", "under_review", "lost")]
    kept = [row for one in disputes for row in one["balance_transactions"]]
    signed = ((1, "amount", settled), (-1, "fee", fees), (-1, "amount", gone), (-1, "amount", held), (-1, "fee", kept))
    return sum(sign * int(one[name]) for sign, name, found in signed for one in found)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=st.lists(HAPPENINGS, min_size=1, max_size=12))
def test_the_balance_is_the_sum_of_what_moved_whatever_happens(
    account: Bench, happenings: list[tuple[Any, ...]]
) -> None:
    for what, *how in happenings:
        with suppress(stripe.InvalidRequestError):
            happen(account, what, *how)
        with account.sandbox.store.read() as reader:
            rows = reader.find("balance_transaction")
        assert all(row["net"] == row["amount"] - row["fee"] for row in rows)
        assert all(sum(detail["amount"] for detail in row["fee_details"]) == row["fee"] for row in rows)

    assert sum(balance(account)) == expected(account) == sum(one.net for one in movements(account))
