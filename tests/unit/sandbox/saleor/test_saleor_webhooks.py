"""Webhooks of the stand-in over time: rendered late, tried six times, then lost."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.payment_app import HANG_UP
from tests.support.saleor_bench import PLACED, SaleorBench, saleor_bench
from tests.support.saleor_staff import sign_in
from tests.support.stripe_sandbox import MovableClock, until


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def saleor(tmp_path: Path, clock: MovableClock) -> Iterator[SaleorBench]:
    with saleor_bench(tmp_path, auto_complete_seconds=60, clock=clock) as bench:
        yield bench


def move_on(saleor: SaleorBench, clock: MovableClock, seconds: float) -> None:
    assert saleor.sandbox is not None
    clock.ahead += seconds
    saleor.sandbox.core.outbox.workers.wake()


def attempts(saleor: SaleorBench, event: str) -> int:
    return sum(d.headers["Saleor-Event"] == event for d in saleor.app.deliveries("/events"))


def delivery(saleor: SaleorBench, event: str) -> tuple[str, int]:
    """The state of the last delivery of an event and how often it was tried, once that is written down."""
    assert saleor.sandbox is not None
    found = saleor.sandbox.core.store.find("delivery", {"event": event})
    return (found[-1]["state"], found[-1]["tries"]) if found else ("", 0)


def test_a_failing_receiver_is_tried_six_times_and_then_the_event_is_lost(
    saleor: SaleorBench, clock: MovableClock
) -> None:
    saleor.app.answers["/events"] = lambda _: (500, {})
    saleor.order()
    for number, wait in enumerate((10, 20, 40, 80, 160), start=1):
        expected = ("waiting", number)
        until(lambda: delivery(saleor, "order_confirmed") == expected)  # noqa: B023 - called within the round
        move_on(saleor, clock, wait - 4)
        time.sleep(0.1)
        assert attempts(saleor, "order_confirmed") == number
        move_on(saleor, clock, 5)
    until(lambda: delivery(saleor, "order_confirmed") == ("failed", 6))
    move_on(saleor, clock, 10_000)
    assert attempts(saleor, "order_confirmed") == 6


@pytest.mark.parametrize("status", [301, 400, 401, 404])
def test_what_is_refused_is_never_tried_again(saleor: SaleorBench, status: int) -> None:
    saleor.app.answers["/events"] = lambda _: (status, {})
    saleor.order()
    until(lambda: delivery(saleor, "order_confirmed") == ("failed", 1))
    assert attempts(saleor, "order_confirmed") == 1


def test_the_payload_tells_the_world_as_it_is_when_it_is_sent(saleor: SaleorBench, clock: MovableClock) -> None:
    saleor.http.post(f"{saleor.host}/control/faults", json={"delay_seconds": 30}).raise_for_status()
    order = saleor.order()
    total = order.read("total { gross { amount } }")["total"]["gross"]["amount"]
    saleor.report(order.transaction, "REFUND_SUCCESS", "re_1", total)
    saleor.app.answers["/events"] = lambda _: (503, {})
    move_on(saleor, clock, 31)
    until(lambda: delivery(saleor, "order_fully_paid") == ("waiting", 1))
    saleor.report(order.transaction, "CHARGE_SUCCESS", "pi_1", total)
    del saleor.app.answers["/events"]
    move_on(saleor, clock, 11)
    until(lambda: attempts(saleor, "order_fully_paid") == 2)
    told = saleor.app.about(order.id, "order_fully_paid")
    assert told[0].payload["order"]["chargeStatus"] == "NONE"
    assert told[0].body == told[1].body  # another try tells it once more as it was


def test_a_placed_order_is_told_in_saleors_order_of_events(saleor: SaleorBench) -> None:
    order = saleor.order()
    order.told()
    assert saleor.app.events(order.id) == PLACED


def test_a_refund_request_that_never_arrives_fails_in_the_end(saleor: SaleorBench, clock: MovableClock) -> None:
    order = saleor.order()
    saleor.app.answers["/refund"] = lambda _: (500, {})
    saleor.as_app(
        "mutation($t: ID!) { transactionRequestAction(id: $t, actionType: REFUND) { errors { code } } }",
        t=order.transaction,
    )
    money = "totalRefundPending { amount } totalCharged { amount } total { gross { amount } }"
    events = "transactions { events { type message } }"
    for number, wait in enumerate((10, 20, 40, 80, 160), start=1):
        expected = ("waiting", number)
        until(lambda: delivery(saleor, "transaction_refund_requested") == expected)  # noqa: B023 - within the round
        assert order.read(events)["transactions"][0]["events"][0]["type"] == "REFUND_REQUEST"
        move_on(saleor, clock, wait + 1)
    failure = {"type": "REFUND_FAILURE", "message": "Failed to delivery request."}
    until(lambda: order.read(events)["transactions"][0]["events"][0] == failure)
    found = order.read(money)
    assert (found["totalCharged"], found["totalRefundPending"]["amount"]) == (found["total"]["gross"], 0)


def test_a_refund_request_that_reaches_nobody_fails_at_once(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.app.answers["/refund"] = lambda _: HANG_UP
    saleor.as_app(
        "mutation($t: ID!) { transactionRequestAction(id: $t, actionType: REFUND) { errors { code } } }",
        t=order.transaction,
    )
    until(lambda: delivery(saleor, "transaction_refund_requested")[0] == "failed")
    assert len(saleor.app.deliveries("/refund")) == 1


def test_a_payment_question_can_be_made_to_fail_at_the_control_page(saleor: SaleorBench) -> None:
    saleor.http.post(f"{saleor.host}/control/faults", json={"fail_sync_next": 1}).raise_for_status()
    checkout = saleor.checkout()
    kinds = [saleor.initialize(checkout)["transactionEvent"]["type"] for _ in range(2)]
    assert kinds == ["CHARGE_FAILURE", "CHARGE_ACTION_REQUIRED"]
    assert len(saleor.app.deliveries("/initialize")) == 1


def test_while_it_is_down_nobody_is_answered_and_nothing_is_sent(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.wait_for_events(order.id, 5)
    saleor.http.post(f"{saleor.host}/control/faults", json={"down_for": 60}).raise_for_status()
    assert saleor.http.post(saleor.api_url, json={"query": "{ __typename }"}).status_code == 503
    assert saleor.http.get(f"{saleor.host}/healthz").json() == {"ok": True}
    assert saleor.http.get(f"{saleor.host}/control/").status_code == 200
    saleor.http.post(f"{saleor.host}/control/faults", json={"down_for": 0}).raise_for_status()
    assert saleor.ask("{ __typename }")


def test_a_staff_token_lives_five_minutes(saleor: SaleorBench, clock: MovableClock) -> None:
    clock.ahead = -301
    old = sign_in(saleor, "admin@example.com", "admin")
    clock.ahead = 0
    assert saleor.refused("{ app { id } }", old) == "ExpiredSignatureError"


def test_who_is_asked_while_it_answers_is_asked_in_the_trace_of_the_question(saleor: SaleorBench) -> None:
    given = "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01"
    saleor.http.headers["traceparent"] = given
    saleor.initialize(saleor.checkout())
    assert saleor.app.deliveries("/initialize")[-1].headers["Traceparent"] == given


def test_what_it_tells_afterwards_has_a_trace_of_its_own(saleor: SaleorBench) -> None:
    saleor.http.headers["traceparent"] = "00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-01"
    saleor.order().told()
    assert all("0123456789abcdef" not in told.headers["Traceparent"] for told in saleor.app.deliveries("/events"))
