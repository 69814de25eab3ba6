"""Refunds as a test asks for them at Saleor, and what it sees of them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.payment_app import Delivery
from tests.support.saleor_bench import PlacedOrder, SaleorBench

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
    """The refund requests that the app got for a transaction, in the order in which they came."""
    payloads = [delivery.payload for delivery in saleor.app.deliveries("/refund") if delivery.body]
    return [payload for payload in payloads if payload["transaction"]["id"] == transaction]


def requests(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The refund requests among a transaction's events, the newest first."""
    return [e for e in payload["transaction"]["events"] if e["type"] == "REFUND_REQUEST"]


def events(order: PlacedOrder) -> list[dict[str, Any]]:
    """What happened with the order's transaction, the newest first."""
    read = order.read("transactions { events { type pspReference message amount { amount } } }")
    found: list[dict[str, Any]] = read["transactions"][0]["events"]
    return found


class Gate:
    """An app that answers a refund request only once it may."""

    def __init__(self, **answer: Any) -> None:
        self.open = threading.Event()
        self.answer = answer

    def __call__(self, _: Delivery) -> tuple[int, Any]:
        assert self.open.wait(10)
        return 200, self.answer
