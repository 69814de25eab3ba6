from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.support.stripe_sandbox import SECRET, Bench, stripe_bench, until


def deliveries(bench: Bench, event: str) -> list[dict[str, Any]]:
    return [one for one in bench.state()["deliveries"] if one["event"] == event]


def test_another_secret_does_not_prove_a_webhook(bench: Bench) -> None:
    bench.submit(bench.open_session().id)
    until(lambda: bench.receiver.taken)
    body, headers = bench.receiver.taken[0]

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET + "x")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", headers["Stripe-Signature"], SECRET)


def test_a_webhook_that_is_not_taken_comes_again_with_a_fresh_signature(bench: Bench) -> None:
    bench.receiver.answers.append(503)
    session = bench.open_session()
    bench.client.v1.checkout.sessions.expire(session.id)
    until(lambda: deliveries(bench, "checkout.session.expired")[0]["tries"] == 1)

    bench.move_on(11)

    taken = until(lambda: bench.receiver.taken if len(bench.receiver.taken) == 2 else None)
    assert taken[0][0] == taken[1][0]
    assert taken[0][1]["Stripe-Signature"] != taken[1][1]["Stripe-Signature"]
    until(lambda: deliveries(bench, "checkout.session.expired")[0]["state"] == "delivered")
    assert [one["status"] for one in bench.state()["attempts"]] == [200, 503]


def test_a_receiver_that_stays_away_is_given_up_within_three_days(bench: Bench) -> None:
    bench.faults(fail_next=100)
    bench.client.v1.checkout.sessions.expire(bench.open_session().id)
    hours = 0

    while deliveries(bench, "checkout.session.expired")[0]["state"] != "failed":
        tries = deliveries(bench, "checkout.session.expired")[0]["tries"]
        bench.move_on(3600)
        hours += 1
        assert hours <= 72
        until(partial(_settled, bench, tries))

    assert deliveries(bench, "checkout.session.expired")[0]["tries"] == 12
    assert hours > 48
    assert bench.receiver.taken == []


def _settled(bench: Bench, tries: int) -> bool:
    """The delivery has used the hour: it was tried again, or is not due yet."""
    now = deliveries(bench, "checkout.session.expired")[0]
    return bool(now["tries"] > tries or now["due_at"] > bench.clock())


def test_dropped_webhooks_never_arrive_but_can_be_sent_by_hand_and_listed(bench: Bench) -> None:
    bench.faults(drop_next=1)
    first, second = bench.open_session(), bench.open_session()
    bench.client.v1.checkout.sessions.expire(first.id)
    bench.client.v1.checkout.sessions.expire(second.id)

    assert [e.data.object.id for e in until(lambda: bench.events("checkout.session.expired"))] == [second.id]
    listed = bench.client.v1.events.list({"type": "checkout.session.expired"}).data
    assert [event.data.object.id for event in listed] == [second.id, first.id]

    dropped = next(one for one in bench.state()["deliveries"] if one["state"] == "dropped")
    answer = bench.http.post(f"{bench.url}/control/webhooks/{dropped['id']}/redeliver")

    assert answer.status_code == 303
    until(lambda: len(bench.events("checkout.session.expired")) == 2)


def test_duplicates_carry_the_same_event(bench: Bench) -> None:
    bench.faults(duplicate=True)
    bench.client.v1.checkout.sessions.expire(bench.open_session().id)

    twice = until(lambda: bench.events() if len(bench.events()) == 2 else None)

    assert twice[0].id == twice[1].id


def test_delayed_webhooks_leave_later(bench: Bench) -> None:
    bench.faults(delay_seconds=60)
    bench.client.v1.checkout.sessions.expire(bench.open_session().id)
    assert deliveries(bench, "checkout.session.expired")[0]["state"] == "waiting"
    assert bench.events() == []

    bench.move_on(61)

    until(lambda: bench.events("checkout.session.expired"))


def test_shuffled_webhooks_all_arrive(bench: Bench) -> None:
    bench.faults(shuffle=True)
    bench.submit(bench.open_session().id)

    bench.move_on(4)

    wanted = {"checkout.session.completed", "payment_intent.succeeded"}
    until(lambda: wanted <= {event.type for event in bench.events()})


def test_while_stripe_is_down_nothing_answers_but_the_control_page_and_afterwards_all_goes_on(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id, "decline")
    until(lambda: bench.events("payment_intent.payment_failed"))
    bench.faults(down_for=60)

    with pytest.raises(stripe.APIError) as caught:
        stripe.StripeClient(bench.client._requestor.api_key, base_addresses={"api": bench.url}).v1.balance.retrieve()
    assert caught.value.http_status == 503
    page = bench.http.get(f"{bench.url}/pay/{session.id}")
    assert page.status_code == 503
    assert "even niet bereikbaar" in page.text
    assert bench.http.get(f"{bench.url}/healthz").status_code == 200
    control = bench.http.get(f"{bench.url}/control/")
    assert control.status_code == 200
    assert "uit de lucht" in control.text
    bench.faults(down_for=0)
    assert bench.submit(session.id).status_code == 303
    until(lambda: bench.events("checkout.session.completed"))


def test_webhooks_wait_while_stripe_is_down(bench: Bench) -> None:
    bench.faults(delay_seconds=1)
    bench.client.v1.checkout.sessions.expire(bench.open_session().id)
    bench.faults(down_for=3600)
    bench.move_on(60)
    assert not bench.sandbox.outbox.send_one()

    bench.move_on(3600)

    until(lambda: bench.events("checkout.session.expired"))


def test_state_and_waiting_webhooks_survive_a_restart(tmp_path: Path) -> None:
    with stripe_bench(tmp_path) as before:
        before.faults(delay_seconds=30)
        intent = before.paid(10000)
        session = before.open_session()
        params: Any = {"payment_intent": intent.id, "amount": 100}
        refund = before.client.v1.refunds.create(params, {"idempotency_key": "k1"})
        assert before.events() == []
        clock = before.clock

    with stripe_bench(tmp_path, clock) as after:
        assert after.client.v1.refunds.create(params, {"idempotency_key": "k1"}).id == refund.id
        assert after.client.v1.checkout.sessions.retrieve(session.id).status == "open"
        assert after.state()["faults"]["delay_seconds"] == 30
        after.move_on(35)
        kinds = {"checkout.session.completed", "refund.created", "charge.updated"}
        until(lambda: kinds <= {event.type for event in after.events()})
        after.move_on(86400)
        until(lambda: after.client.v1.checkout.sessions.retrieve(session.id).status == "expired")
