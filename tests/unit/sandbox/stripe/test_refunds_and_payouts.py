from typing import Any

import pytest
import stripe

from tests.support.stripe_sandbox import Bench, until


def available(bench: Bench) -> int:
    return bench.client.v1.balance.retrieve().available[0].amount


def test_a_partial_refund_arrives_later_and_keeps_the_fee(bench: Bench) -> None:
    intent = bench.paid(10000)
    refund = bench.client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 2500, "metadata": {"saleor_event": "e1"}}
    )
    assert (refund.status, refund.amount) == ("pending", 2500)

    bench.move_on(3)

    updated: Any = until(lambda: bench.events("refund.updated"))[0].data
    assert (updated.object.id, updated.object.status) == (refund.id, "succeeded")
    assert updated.previous_attributes.status == "pending"
    assert until(lambda: bench.events("refund.created"))[0].data.object.metadata.saleor_event == "e1"
    full: Any = bench.client.v1.refunds.retrieve(refund.id, {"expand": ["charge", "balance_transaction"]})
    assert (full.charge.amount_refunded, full.charge.refunded) == (2500, False)
    assert (full.balance_transaction.amount, full.balance_transaction.fee) == (-2500, 0)
    bench.move_on(10)
    assert available(bench) == 10000 - 39 - 2500


def test_no_more_can_be_refunded_than_was_paid(bench: Bench) -> None:
    intent = bench.paid(10000)
    bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 9000})

    with pytest.raises(stripe.InvalidRequestError, match=r"\(€10.01\) is greater than .* \(€10.00\)") as caught:
        bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 1001})
    assert caught.value.param == "amount"

    rest = bench.client.v1.refunds.create({"payment_intent": intent.id})
    assert rest.amount == 1000
    with pytest.raises(stripe.InvalidRequestError) as again:
        bench.client.v1.refunds.create({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"
    listed = bench.client.v1.refunds.list({"payment_intent": intent.id})
    assert [refund.amount for refund in listed.data] == [1000, 9000]


def test_what_was_never_paid_cannot_be_refunded(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id, "decline")
    intent = str(bench.client.v1.checkout.sessions.retrieve(session.id).payment_intent)

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        bench.client.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError, match="payment_intent or charge"):
        bench.client.v1.refunds.create({"amount": 100})
    with pytest.raises(stripe.InvalidRequestError) as missing:
        bench.client.v1.refunds.create({"payment_intent": "pi_none"})
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")


def test_a_refund_that_the_bank_refuses_gives_the_money_back_to_the_account(bench: Bench) -> None:
    intent = bench.paid(10000)
    bench.faults(fail_next_refunds=1)
    refund = bench.client.v1.refunds.create({"payment_intent": intent.id})

    bench.move_on(3)

    failed = until(lambda: bench.events("refund.failed"))[0].data.object
    assert (failed.id, failed.status) == (refund.id, "failed")
    assert failed.failure_reason
    after: Any = bench.client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (after.latest_charge.amount_refunded, after.latest_charge.refunded) == (0, False)
    bench.move_on(10)
    assert available(bench) == 10000 - 39


def test_money_waits_before_it_can_be_paid_out_and_then_reaches_the_bank(bench: Bench) -> None:
    bench.paid(10000)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        bench.client.v1.payouts.create({"amount": 9961, "currency": "eur"})
    assert caught.value.code == "balance_insufficient"

    bench.move_on(6)
    payout = bench.client.v1.payouts.create({"amount": 9961, "currency": "eur", "metadata": {"batch": "1"}})

    assert (payout.status, payout.automatic) == ("pending", False)
    assert available(bench) == 0
    bench.move_on(4)
    paid = until(lambda: bench.events("payout.paid"))[0].data.object
    assert (paid.id, paid.amount) == (payout.id, 9961)
    assert until(lambda: bench.events("payout.created"))
    assert bench.client.v1.payouts.retrieve(payout.id).status == "paid"
    assert [one.id for one in bench.client.v1.payouts.list({"status": "paid"}).data] == [payout.id]


def test_a_payout_that_the_bank_refuses_comes_back(bench: Bench) -> None:
    bench.paid(10000)
    bench.move_on(6)
    bench.faults(fail_next_payouts=1)
    bench.client.v1.payouts.create({"amount": 9961, "currency": "eur"})

    bench.move_on(4)

    failed = until(lambda: bench.events("payout.failed"))[0].data.object
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert available(bench) == 9961


def test_the_button_on_the_control_page_pays_out_all_that_is_available(bench: Bench) -> None:
    bench.paid(10000)
    too_early = bench.http.post(f"{bench.url}/control/payout")
    assert too_early.status_code == 409
    assert "nog niets beschikbaar" in too_early.text

    bench.move_on(6)

    assert bench.http.post(f"{bench.url}/control/payout").status_code == 303
    assert until(lambda: bench.events("payout.created"))[0].data.object.amount == 9961
