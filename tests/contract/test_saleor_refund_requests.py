"""What the app is asked for a refund, when that is fixed, and what becomes of each kind of answer."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.payment_app import HANG_UP
from tests.support.refunding import (
    FULL,
    REQUEST,
    REQUEST_GRANTED,
    Gate,
    answering,
    asked,
    events,
    grant,
    money,
    requests,
)
from tests.support.saleor_bench import SaleorBench
from tests.support.stripe_sandbox import until

ACTIONS = "transactions { actions }"


def test_each_request_has_a_key_of_its_own_and_holds_what_was_asked_before_it(saleor: SaleorBench) -> None:
    """The payload is made when the refund is asked, not when it is delivered: the newest unanswered request in it is
    the one that it stands for, also where several of one amount are asked in one breath."""
    order = saleor.order()
    with answering(saleor, gate := Gate(pspReference="re_1")):
        for _ in range(3):
            saleor.as_app(REQUEST, t=order.transaction, a=5.0)
        gate.open.set()
        until(lambda: len(asked(saleor, order.transaction)) == 3)
    payloads = sorted(asked(saleor, order.transaction), key=lambda payload: len(requests(payload)))
    assert [len(requests(payload)) for payload in payloads] == [1, 2, 3]
    keys = [requests(payload)[0]["idempotencyKey"] for payload in payloads]
    assert len(set(keys)) == 3
    assert None not in keys
    assert [[e["idempotencyKey"] for e in requests(payload)] for payload in payloads] == [
        keys[:1],
        keys[1::-1],
        keys[::-1],
    ]
    # Some were answered by the time that the last one was delivered: it does not know.
    assert {e["pspReference"] for payload in payloads for e in requests(payload)} == {""}


def test_together_more_than_was_charged_can_be_asked_and_promised(saleor: SaleorBench) -> None:
    """What is asked and not answered yet does not lower what can be asked: whoever asks must count himself."""
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    references = iter(("re_1", "re_2"))
    with answering(saleor, lambda _: (200, {"pspReference": next(references)})):
        gate = Gate(pspReference="re_all")
        saleor.app.answers["/refund"] = gate
        for _ in range(2):
            saleor.as_app(REQUEST, t=order.transaction)
        gate.open.set()
        until(lambda: len(asked(saleor, order.transaction)) == 2)
    assert [payload["action"]["amount"] for payload in asked(saleor, order.transaction)] == [total, total]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (HANG_UP, "Failed to delivery request."),  # and is not tried again
        ((200, b"no JSON"), "Failed to delivery request."),
        ((200, None), "Failed to delivery request."),
        ((400, {}), "Missing value for field: pspReference."),
        ((200, {}), "Missing value for field: pspReference."),
        ((200, {"result": "REFUND_SUCCESS"}), "Missing value for field: pspReference."),
        ((200, {"pspReference": 5}), "Incorrect value (5) for field: pspReference."),
        ((200, {"pspReference": "re_x", "result": "CHARGE_SUCCESS"}), "Missing or invalid value for `result`"),
    ],
)
def test_an_answer_that_cannot_be_used_fails_the_refund(
    saleor: SaleorBench, answer: tuple[int, Any], message: str
) -> None:
    order = saleor.order()
    granted = grant(order, amount=3.0)["grantedRefund"]["id"]
    before = money(order), order.read("updatedAt")
    with answering(saleor, lambda _: answer):
        saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        until(lambda: events(order)[0]["type"] == "REFUND_FAILURE")
    failure = events(order)[0]
    assert (failure["pspReference"], failure["amount"]["amount"]) == ("", 3)
    assert failure["message"].startswith(message)
    # Only the grant knows: no money moved, nobody is told, and polling does not see it. It may be asked again.
    assert (money(order) | {"grantedRefunds": []}, order.read("updatedAt")) == (
        before[0] | {"grantedRefunds": []},
        before[1],
    )
    assert money(order)["grantedRefunds"] == [{"id": granted, "status": "FAILURE"}]
    order.told()
    with answering(saleor, lambda _: (200, {"pspReference": "re_again", "result": "REFUND_SUCCESS"})):
        again = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        assert again["transactionRequestRefundForGrantedRefund"]["errors"] == []
        until(lambda: money(order)["grantedRefunds"] == [{"id": granted, "status": "SUCCESS"}])
    assert money(order)["totalRefunded"] == 3


def test_a_refusal_with_a_reference_is_told_at_once(saleor: SaleorBench) -> None:
    order = saleor.order()
    with answering(saleor, lambda _: (200, {"pspReference": "re_no", "result": "REFUND_FAILURE", "message": "Neen."})):
        saleor.as_app(REQUEST, t=order.transaction, a=3.0)
        until(lambda: events(order)[0]["type"] == "REFUND_FAILURE")
    assert (events(order)[0]["pspReference"], events(order)[0]["message"]) == ("re_no", "Neen.")
    assert money(order)["totalRefundPending"] == 0
    order.told()


def test_the_body_of_a_refusal_counts_not_its_status(saleor: SaleorBench) -> None:
    order = saleor.order()
    with answering(saleor, lambda _: (400, {"pspReference": "re_400"})):
        saleor.as_app(REQUEST, t=order.transaction, a=3.0)
        until(lambda: money(order)["totalRefundPending"] == 3)


@pytest.mark.parametrize("body", [[], "text", 5])
def test_saleor_stumbles_over_an_answer_that_is_no_object_and_the_request_stays(saleor: SaleorBench, body: Any) -> None:
    order = saleor.order()
    granted = grant(order, amount=3.0)["grantedRefund"]["id"]
    with answering(saleor, lambda _: (200, body)):
        saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        until(lambda: asked(saleor, order.transaction))
        order.told()
    assert events(order)[0]["type"] == "REFUND_REQUEST"
    assert money(order)["grantedRefunds"] == [{"id": granted, "status": "PENDING"}]
    assert money(order)["totalRefundPending"] == 0


def test_another_try_of_a_refund_request_has_lost_its_body(saleor: SaleorBench) -> None:
    """A fault of Saleor 3.23: what was answered with 5xx is tried again after 10 s with nothing in it, well signed.
    Events keep what was in them, even if the world has gone on."""
    order = saleor.order()
    order.told()
    answers = iter([(500, {}), (200, {"pspReference": "re_late"})])
    kinds = ("order_refunded",)
    first = len(saleor.app.deliveries("/refund"))
    with answering(saleor, lambda _: next(answers)):
        saleor.as_app(REQUEST, t=order.transaction, a=3.0)
        saleor.app.answers["/events"] = lambda d: (503 if d.headers["Saleor-Event"] in kinds else 200, {})
        saleor.report(order.transaction, "REFUND_SUCCESS", "re_part", Decimal(1))
        until(lambda: saleor.app.about(order.id, "order_refunded") and len(saleor.app.deliveries("/refund")) > first)
        del saleor.app.answers["/events"]
        total = order.read(FULL)["total"]["gross"]["amount"]
        saleor.report(order.transaction, "REFUND_SUCCESS", "re_rest", total - 4)
        saleor.let_pass(10.5)
        until(lambda: money(order)["totalRefundPending"] == 3)
        until(lambda: len(saleor.app.about(order.id, "order_refunded")) == 3)
    full, empty = saleor.app.deliveries("/refund")[first:]
    assert (bool(full.body), empty.body) == (True, b"")
    assert saleor.verified(empty)
    tries = sorted(saleor.app.about(order.id, "order_refunded"), key=lambda d: str(d.payload["issuedAt"]))
    assert tries[0].body == tries[1].body != tries[2].body


def test_actions_told_with_a_refund_under_way_make_them_unreadable(saleor: SaleorBench) -> None:
    """A fault of Saleor 3.23, which keeps them as it cannot read them; a report with actions repairs it."""
    order = saleor.order()
    with answering(
        saleor, lambda _: (200, {"pspReference": "re_1", "result": "REFUND_SUCCESS", "actions": ["CANCEL"]})
    ):
        saleor.as_app(REQUEST, t=order.transaction, a=1.0)
        until(lambda: money(order)["totalRefunded"] == 1)
    assert order.read(ACTIONS) == {"transactions": [{"actions": ["CANCEL"]}]}
    with answering(saleor, lambda _: (200, {"pspReference": "re_2", "actions": ["REFUND"]})):
        saleor.as_app(REQUEST, t=order.transaction, a=1.0)
        until(lambda: money(order)["totalRefundPending"] == 1)
    document = f"query($id: ID!) {{ order(id: $id) {{ {ACTIONS} }} }}"
    assert saleor.refused(document, saleor.app.token, id=order.id) == "GraphQLError"
    repaired = """mutation($t: ID!) { transactionEventReport(id: $t, type: REFUND_SUCCESS, pspReference: "re_2",
      amount: 1, availableActions: [REFUND]) { errors { code } } }"""
    assert saleor.as_app(repaired, t=order.transaction)["transactionEventReport"]["errors"] == []
    assert order.read(ACTIONS) == {"transactions": [{"actions": ["REFUND"]}]}
