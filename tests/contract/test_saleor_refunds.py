"""Refunds: granted or not, asked of the app, answered at once or later, told in order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from tests.support.payment_app import Delivery
from tests.support.saleor_bench import PlacedOrder, SaleorBench
from tests.support.stripe_sandbox import until

GRANT = """mutation($o: ID!, $i: OrderGrantRefundCreateInput!) { orderGrantRefundCreate(id: $o, input: $i) {
  grantedRefund { id status amount { amount } shippingCostsIncluded lines { quantity orderLine { id } } }
  errors { field code message lines { lineId code } } } }"""
REQUEST_GRANTED = """mutation($t: ID!, $g: ID!) {
  transactionRequestRefundForGrantedRefund(id: $t, grantedRefundId: $g) { errors { field code } } }"""
REQUEST = """mutation($t: ID!, $a: PositiveDecimal) {
  transactionRequestAction(id: $t, actionType: REFUND, amount: $a) { errors { field code } } }"""
MONEY = """chargeStatus isPaid paymentStatus totalCharged { amount } totalRefunded { amount }
  totalRefundPending { amount } totalGrantedRefund { amount } grantedRefunds { id status }"""
FULL = (
    "total { gross { amount } } shippingPrice { gross { amount } } lines { id quantity unitPrice { gross { amount } } }"
)


@contextmanager
def answering(saleor: SaleorBench, answer: Callable[[Delivery], tuple[int, Any]]) -> Iterator[None]:
    """What the app answers to refund requests meanwhile."""
    saleor.app.answers["/refund"] = answer
    try:
        yield
    finally:
        del saleor.app.answers["/refund"]


def grant(order: PlacedOrder, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = order.bench.as_app(GRANT, o=order.id, i={"transactionId": order.transaction, **given})[
        "orderGrantRefundCreate"
    ]
    return found


def money(order: PlacedOrder) -> dict[str, Any]:
    return {name: value["amount"] if isinstance(value, dict) else value for name, value in order.read(MONEY).items()}


def asked(saleor: SaleorBench, transaction: str) -> list[dict[str, Any]]:
    """The refund requests that the app got for a transaction."""
    payloads = [delivery.payload for delivery in saleor.app.deliveries("/refund")]
    return [payload for payload in payloads if payload["transaction"]["id"] == transaction]


def request_of(payload: dict[str, Any]) -> dict[str, Any]:
    """The last refund request among a transaction's events."""
    found: dict[str, Any] = [e for e in payload["transaction"]["events"] if e["type"] == "REFUND_REQUEST"][-1]
    return found


def test_a_granted_refund_is_worth_its_lines_and_shipping(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    line = found["lines"][0]
    answer = grant(order, lines=[{"id": line["id"], "quantity": 1}], grantRefundForShipping=True)
    granted = answer["grantedRefund"]
    assert (
        granted["amount"]["amount"] == line["unitPrice"]["gross"]["amount"] + found["shippingPrice"]["gross"]["amount"]
    )
    assert (granted["status"], granted["shippingCostsIncluded"]) == ("NONE", True)
    assert granted["lines"] == [{"quantity": 1, "orderLine": {"id": line["id"]}}]


def test_a_grant_is_checked(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    line, total = found["lines"][0]["id"], found["total"]["gross"]["amount"]
    assert {e["code"] for e in grant(order)["errors"]} == {"REQUIRED"}
    too_many = grant(order, lines=[{"id": line, "quantity": 3}])["errors"]
    assert [(e["code"], e["lines"]) for e in too_many] == [
        ("INVALID", [{"lineId": line, "code": "QUANTITY_GREATER_THAN_AVAILABLE"}])
    ]
    assert [e["code"] for e in grant(order, amount=float(total + 1))["errors"]] == ["AMOUNT_GREATER_THAN_AVAILABLE"]
    assert grant(order, grantRefundForShipping=True)["errors"] == []
    again = grant(order, grantRefundForShipping=True)["errors"]
    assert [e["code"] for e in again] == ["SHIPPING_COSTS_ALREADY_GRANTED"]
    other = grant(order, transactionId=saleor.order().transaction, grantRefundForShipping=True)["errors"]
    assert len(other) == 1
    assert saleor.refused(GRANT, o=order.id, i={"transactionId": order.transaction}) == "PermissionDenied"


def test_a_granted_refund_goes_from_charged_over_pending_to_refunded(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    total, part = found["total"]["gross"]["amount"], found["lines"][0]["unitPrice"]["gross"]["amount"]
    granted = grant(order, lines=[{"id": found["lines"][0]["id"], "quantity": 1}])["grantedRefund"]["id"]
    before = order.read("updatedAt")["updatedAt"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_later"})):
        assert saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)[
            "transactionRequestRefundForGrantedRefund"
        ] == {"errors": []}
        assert money(order)["totalRefundPending"] == part
        assert money(order)["totalCharged"] == total - part
        assert order.read("updatedAt")["updatedAt"] > before
        saleor.wait_for_events(order.id, 6)
    payload = asked(saleor, order.transaction)[0]
    assert payload["grantedRefund"] == {"id": granted}
    assert payload["action"] == {"amount": part, "currency": "EUR", "actionType": "REFUND"}
    assert request_of(payload)["idempotencyKey"]
    assert money(order)["grantedRefunds"] == [{"id": granted, "status": "PENDING"}]
    pending = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
    assert pending["transactionRequestRefundForGrantedRefund"]["errors"][0]["code"] == "REFUND_IS_PENDING"
    saleor.report(order.transaction, "REFUND_SUCCESS", "re_later", part)
    assert money(order) == {
        "chargeStatus": "FULL",  # a granted refund lowers what is due
        "isPaid": False,
        "paymentStatus": "FULLY_CHARGED",
        "totalCharged": total - part,
        "totalRefunded": part,
        "totalRefundPending": 0,
        "totalGrantedRefund": part,
        "grantedRefunds": [{"id": granted, "status": "SUCCESS"}],
    }
    done = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
    assert done["transactionRequestRefundForGrantedRefund"]["errors"][0]["code"] == "REFUND_ALREADY_PROCESSED"
    assert saleor.wait_for_events(order.id, 8)[5:] == ["order_updated", "order_refunded", "order_updated"]


def test_a_plain_refund_makes_the_order_look_unpaid(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_now", "result": "REFUND_SUCCESS"})):
        assert saleor.as_app(REQUEST, t=order.transaction, a=10.0)["transactionRequestAction"] == {"errors": []}
        until(lambda: money(order)["totalRefunded"] == 10)
    found = money(order)
    assert (found["chargeStatus"], found["isPaid"], found["totalCharged"]) == ("PARTIAL", False, total - 10)
    assert found["totalGrantedRefund"] == 0


def test_everything_back_is_told_and_what_came_before_is_told_as_it_is_now(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.wait_for_events(order.id, 5)
    with answering(saleor, lambda _: (200, {"pspReference": "re_all", "result": "REFUND_SUCCESS"})):
        saleor.as_app(REQUEST, t=order.transaction)
        events = saleor.wait_for_events(order.id, 8)[5:]
    assert events == ["order_refunded", "order_updated", "order_fully_refunded"]
    about = [
        d.payload["order"]
        for d in saleor.app.deliveries("/events")
        if (d.payload.get("order") or {}).get("id") == order.id
    ]
    assert about[-1]["chargeStatus"] == "NONE"


def test_more_than_charged_is_silently_less(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_clamped"})):
        saleor.as_app(REQUEST, t=order.transaction, a=float(total + 1000))
        until(lambda: asked(saleor, order.transaction))
    assert asked(saleor, order.transaction)[0]["action"]["amount"] == total


def test_a_failed_refund_moves_the_money_back(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_bad"})):
        saleor.as_app(REQUEST, t=order.transaction)
        saleor.wait_for_events(order.id, 6)
    assert (money(order)["totalCharged"], money(order)["totalRefundPending"]) == (0, total)
    saleor.report(order.transaction, "REFUND_FAILURE", "re_bad", total)
    assert (money(order)["totalCharged"], money(order)["totalRefundPending"]) == (total, 0)
    assert "order_paid" not in saleor.wait_for_events(order.id, 7)[5:]


def test_an_app_that_answers_garbage_fails_the_refund(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    for garbage in ((200, "garbage"), (200, {"result": "REFUND_SUCCESS"}), (400, {})):
        with answering(saleor, lambda _, garbage=garbage: garbage):  # type: ignore[misc]
            saleor.as_app(REQUEST, t=order.transaction)
            until(lambda: money(order)["totalRefundPending"] == 0)
        assert money(order)["totalCharged"] == total


def test_each_request_has_a_key_of_its_own(saleor: SaleorBench) -> None:
    order = saleor.order()
    references = iter(("re_1", "re_2"))
    with answering(saleor, lambda _: (200, {"pspReference": next(references)})):
        for _ in range(2):
            saleor.as_app(REQUEST, t=order.transaction, a=5.0)
        until(lambda: len(asked(saleor, order.transaction)) == 2)
    last = asked(saleor, order.transaction)[-1]
    keys = [e["idempotencyKey"] for e in last["transaction"]["events"] if e["type"] == "REFUND_REQUEST"]
    assert len(set(keys)) == 2
    assert None not in keys


def test_a_refund_at_the_provider_needs_no_request(saleor: SaleorBench) -> None:
    order = saleor.order()
    answer = saleor.report(order.transaction, "REFUND_SUCCESS", "re_there", Decimal(7))
    assert answer["transaction"]["refundedAmount"]["amount"] == 7
    assert money(order)["totalRefunded"] == 7
    assert saleor.wait_for_events(order.id, 7)[5:] == ["order_refunded", "order_updated"]


def test_shipping_goes_on_after_a_refund(saleor: SaleorBench) -> None:
    """The shop is set to fulfil what is not (or no longer) paid; else one refund would stop every other producer."""
    order = saleor.order([(saleor.variant(tracked=True)["id"], 2)])
    saleor.report(order.transaction, "REFUND_SUCCESS", "re_some", Decimal(5))
    line = order.read("lines { id allocations { warehouse { id } } }")["lines"][0]
    stocks = [{"warehouse": line["allocations"][0]["warehouse"]["id"], "quantity": 1}]
    answer = saleor.as_app(
        "mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) { errors { code } } }",
        o=order.id,
        i={"lines": [{"orderLineId": line["id"], "stocks": stocks}]},
    )
    assert answer["orderFulfill"]["errors"] == []


def test_asking_for_a_refund_needs_the_right(saleor: SaleorBench) -> None:
    transaction = saleor.order().transaction
    assert saleor.refused(REQUEST, t=transaction) == "PermissionDenied"
    assert saleor.refused(REQUEST_GRANTED, t=transaction, g="x") == "PermissionDenied"
