import threading
from typing import Any

import httpx2
import pytest
import stripe

from tests.support.stripe_sandbox import KEY, Bench


def refund(bench: Bench, intent: str, key: str, **more: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key}
    return bench.http.post(f"{bench.url}/v1/refunds", data={"payment_intent": intent, **more}, headers=headers)


def test_the_same_key_is_answered_the_same_and_done_once(bench: Bench) -> None:
    intent = bench.paid(10000)

    first = refund(bench, intent.id, "k1", amount=100)
    bench.move_on(3)
    second = refund(bench, intent.id, "k1", amount=100)

    assert second.content == first.content
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"]
    assert second.headers["request-id"] != first.headers["request-id"]
    assert bench.state()["counts"]["refund"] == 1


def test_a_session_is_found_again_by_its_key_when_its_half_hour_could_no_longer_be_asked_for(bench: Bench) -> None:
    params: Any = {
        "mode": "payment",
        "success_url": "http://shop.example/",
        "expires_at": int(bench.clock()) + 1800,
        "line_items": [
            {"price_data": {"currency": "eur", "unit_amount": 1000, "product_data": {"name": "Koord"}}, "quantity": 1}
        ],
    }
    first = bench.client.v1.checkout.sessions.create(params, {"idempotency_key": "k1"})

    bench.move_on(600)

    assert bench.client.v1.checkout.sessions.create(params, {"idempotency_key": "k1"}).id == first.id
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        bench.client.v1.checkout.sessions.create(params, {"idempotency_key": "k2"})


def test_the_same_key_for_something_else_is_refused(bench: Bench) -> None:
    intent = bench.paid(10000)
    params: Any = {"payment_intent": intent.id, "amount": 100}
    bench.client.v1.refunds.create(params, {"idempotency_key": "k1"})

    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        bench.client.v1.refunds.create(params | {"amount": 101}, {"idempotency_key": "k1"})


def test_a_key_is_forgotten_after_a_day(bench: Bench) -> None:
    intent = bench.paid(10000)
    first = refund(bench, intent.id, "k1", amount=100).json()

    bench.move_on(24 * 3600 + 1)

    assert refund(bench, intent.id, "k1", amount=100).json()["id"] != first["id"]


def test_what_was_refused_before_it_began_is_not_remembered(bench: Bench) -> None:
    intent = bench.paid(10000)

    assert refund(bench, intent.id, "k1", amount="abc").json()["error"]["code"] == "parameter_invalid_integer"
    assert refund(bench, intent.id, "k1", amount=100).status_code == 200


def test_what_failed_while_it_ran_is_remembered(bench: Bench) -> None:
    intent = bench.paid(10000)
    bench.faults(error_next_calls=1)

    first = refund(bench, intent.id, "k1", amount=100)
    again = refund(bench, intent.id, "k1", amount=100)

    assert (first.status_code, again.status_code) == (500, 500)
    assert again.content == first.content
    assert bench.state()["counts"]["refund"] == 0
    assert refund(bench, intent.id, "k2", amount=100).status_code == 200


def test_a_lost_answer_is_found_again_by_the_retry_of_the_sdk(bench: Bench) -> None:
    intent = bench.paid(10000)
    bench.faults(lose_next_answers=1)

    made = bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})

    assert made.amount == 100
    assert bench.state()["counts"]["refund"] == 1


def test_two_requests_with_one_key_at_once_do_the_work_once(bench: Bench) -> None:
    intent = bench.paid(10000)
    gate = threading.Barrier(5)
    answers: list[httpx2.Response] = []

    def ask() -> None:
        gate.wait()
        answers.append(refund(bench, intent.id, "k1", amount=100))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
    assert bench.state()["counts"]["refund"] == 1


def test_a_key_in_use_is_a_conflict(bench: Bench) -> None:
    intent = bench.paid(10000)

    with bench.sandbox.api.keys.claimed("k1"):
        held = refund(bench, intent.id, "k1", amount=100)

    assert held.status_code == 409
    assert held.json()["error"]["code"] == "idempotency_key_in_use"
    assert refund(bench, intent.id, "k1", amount=100).status_code == 200
