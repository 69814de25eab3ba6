"""Refunds for which there is no money: kept for a card, refused for a bank account, and the other way where told."""

from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.support.stripe_sandbox import Bench, stripe_bench, until


def emptied(bench: Bench, method: str, amount: int = 10000) -> str:
    """A payment whose money went to the bank already."""
    intent = bench.paid(amount, method)
    bench.move_on(6)
    assert bench.http.post(f"{bench.url}/control/payout").status_code == 303
    return intent.id


def refunded(bench: Bench, intent: str, amount: int) -> stripe.Refund:
    return bench.client.v1.refunds.create({"payment_intent": intent, "amount": amount})


def state(bench: Bench, refund: stripe.Refund) -> tuple[str | None, str | None]:
    found = bench.client.v1.refunds.retrieve(refund.id).to_dict()
    return found["status"], found.get("pending_reason")


def available(bench: Bench) -> int:
    return bench.client.v1.balance.retrieve().available[0].amount


def test_a_refund_to_a_card_waits_for_money_and_then_succeeds_by_itself(bench: Bench) -> None:
    intent = emptied(bench, "card")

    refund = refunded(bench, intent, 4000)

    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    assert available(bench) == -4000
    bench.move_on(3600)
    assert state(bench, refund) == ("pending", "insufficient_funds")
    bench.paid(10000, "bancontact")
    assert state(bench, refund) == ("pending", "insufficient_funds")
    bench.move_on(6)
    until(lambda: state(bench, refund) == ("pending", "processing"))
    bench.move_on(3)
    until(lambda: state(bench, refund) == ("succeeded", None))
    assert available(bench) == 10000 - 39 - 4000
    changes: Any = until(lambda: found if len(found := bench.events("refund.updated")) == 2 else None)
    assert changes[0].data.previous_attributes.pending_reason == "insufficient_funds"


def test_the_account_may_owe_a_little(bench: Bench) -> None:
    intent = emptied(bench, "bancontact")

    assert refunded(bench, intent, 2500).pending_reason == "processing"
    with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds"):
        refunded(bench, intent, 1)
    bench.faults(refund_without_balance="pend")
    assert refunded(bench, intent, 1).pending_reason == "insufficient_funds"


def test_the_oldest_refund_that_waits_is_paid_first(bench: Bench) -> None:
    intent = emptied(bench, "card", 30000)
    bench.faults(refund_without_balance="pend")
    first, second, third = (refunded(bench, intent, amount) for amount in (5000, 6000, 100))

    bench.paid(10000, "bancontact")
    bench.move_on(6)

    until(lambda: state(bench, first) == ("pending", "processing"))
    assert [state(bench, one)[1] for one in (second, third)] == ["insufficient_funds"] * 2
    bench.paid(10000, "bancontact")
    bench.move_on(6)
    until(lambda: state(bench, third)[1] == "processing")
    assert state(bench, second) == ("pending", "processing")
    assert available(bench) == 2 * 9961 - 11100


def test_a_refund_to_a_bank_account_is_refused_while_there_is_no_money(bench: Bench) -> None:
    intent = emptied(bench, "bancontact")

    with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds in your Stripe balance") as caught:
        bench.client.v1.refunds.create({"payment_intent": intent, "amount": 4000}, {"idempotency_key": "k1"})

    assert (caught.value.http_status, caught.value.code) == (400, "balance_insufficient")
    assert available(bench) == 0
    bench.paid(10000)
    bench.move_on(6)
    with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds"):
        bench.client.v1.refunds.create({"payment_intent": intent, "amount": 4000}, {"idempotency_key": "k1"})
    made = bench.client.v1.refunds.create({"payment_intent": intent, "amount": 4000}, {"idempotency_key": "k2"})
    assert made.pending_reason == "processing"


@pytest.mark.parametrize(("chosen", "method"), [("pend", "bancontact"), ("refuse", "card")])
def test_the_control_page_chooses_which_of_both_happens(bench: Bench, chosen: str, method: str) -> None:
    intent = emptied(bench, method)
    bench.faults(refund_without_balance=chosen)

    if chosen == "pend":
        assert refunded(bench, intent, 1000).pending_reason == "insufficient_funds"
    else:
        with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds"):
            refunded(bench, intent, 1000)


def test_no_payout_is_made_of_a_balance_below_zero(bench: Bench) -> None:
    refunded(bench, emptied(bench, "card"), 4000)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        bench.client.v1.payouts.create({"amount": 1, "currency": "eur"})
    assert caught.value.code == "balance_insufficient"
    assert bench.http.post(f"{bench.url}/control/payout").status_code == 409


def test_a_refund_that_waits_fails_when_the_bank_takes_the_payment_back(bench: Bench) -> None:
    intent = emptied(bench, "card")
    refund = refunded(bench, intent, 4000)

    bench.http.post(f"{bench.url}/control/charge/{refund.charge}/dispute", json={})

    assert state(bench, refund) == ("failed", None)
    assert bench.client.v1.refunds.retrieve(refund.id).failure_reason == "charge_for_pending_refund_disputed"
    assert available(bench) == -12000


def test_a_refund_that_waits_survives_a_restart(tmp_path: Path) -> None:
    with stripe_bench(tmp_path) as before:
        refund = refunded(before, emptied(before, "card"), 4000)
        clock = before.clock
    with stripe_bench(tmp_path, clock) as after:
        assert state(after, refund) == ("pending", "insufficient_funds")
        after.paid(10000)
        after.move_on(6)
        until(lambda: state(after, refund)[1] == "processing")
