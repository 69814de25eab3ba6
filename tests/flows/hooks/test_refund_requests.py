"""Saleor asks our payment app for refunds: each once, told apart, and none complained about that Stripe may pay."""

import json
from typing import Any

import pytest

from fulfilment.errors import GatewayError
from fulfilment.inbox.models import Mark
from fulfilment.payments.models import Payment, PaymentRefund
from tests.support.money import StripeInMemory, open_payment, pay
from tests.support.remote import SaleorInMemory
from tests.support.signed import SaleorKey, from_saleor, known_keys, refund_body

pytestmark = pytest.mark.django_db

REFUND = "/saleor/payment/refund"


@pytest.fixture
def paid(provider: StripeInMemory) -> Payment:
    """A payment that became its order; Stripe knows it, and our Saleor's key is known."""
    known_keys(SaleorKey())
    payment = open_payment("checkout-1", 28_900)
    pay(payment, SaleorInMemory(orders_of_checkouts={"checkout-1": "T3JkZXI6MQ=="}))
    provider.charge(payment, fee=39)
    return payment


def ask(body: object) -> dict[str, Any]:
    answer = from_saleor(REFUND, body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_a_refund_delivered_again_is_the_same_refund(paid: Payment, provider: StripeInMemory) -> None:
    body = refund_body(paid, "10.00", [("request-1", "10.00", "")])
    assert ask(body) == ask(body)
    assert len(provider.refunds) == 1


def test_two_refunds_of_the_same_amount_are_two_also_when_deliveries_are_repeated(
    paid: Payment, provider: StripeInMemory
) -> None:
    first = refund_body(paid, "10.00", [("request-1", "10.00", "")])
    one = ask(first)["pspReference"]
    second = refund_body(paid, "10.00", [("request-1", "10.00", one), ("request-2", "10.00", "")], reference=one)
    two = ask(second)["pspReference"]
    assert ask(first)["pspReference"] == one
    assert ask(second)["pspReference"] == two
    assert len(provider.refunds) == 2 == len({one, two})


def test_two_refunds_of_the_same_amount_in_the_wrong_order_are_two(paid: Payment, provider: StripeInMemory) -> None:
    """The first request was made before the second existed; it is delivered after."""
    second = refund_body(paid, "10.00", [("request-1", "10.00", ""), ("request-2", "10.00", "")])
    first = refund_body(paid, "10.00", [("request-1", "10.00", "")])
    references = [ask(body)["pspReference"] for body in (second, first)]
    assert len(set(references)) == 2
    assert set(PaymentRefund.objects.values_list("idempotency_key", flat=True)) == {"request-1", "request-2"}


def test_refunds_of_other_amounts_are_told_apart(paid: Payment, provider: StripeInMemory) -> None:
    body = refund_body(paid, "0.10", [("request-1", "0.10", ""), ("request-2", "0.20", "")])
    ask(body)
    assert PaymentRefund.objects.get().idempotency_key == "request-1"


def test_a_refund_of_an_unknown_payment_is_refused(paid: Payment, provider: StripeInMemory) -> None:
    Payment.objects.update(saleor_transaction_id="another")
    body = refund_body(paid, "10.00", [("request-1", "10.00", "")])
    assert from_saleor(REFUND, body).status_code == 400
    assert not PaymentRefund.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"transaction": None},
        {"transaction": {"id": "transaction-checkout-1", "pspReference": "pi", "events": []}},
        {"transaction": {"id": "transaction-checkout-1", "pspReference": "pi", "events": "none"}},
        {"action": {"amount": "veel", "currency": "EUR"}},
        {"action": None},
    ],
)
def test_an_incomplete_refund_is_refused(paid: Payment, change: dict[str, object]) -> None:
    body = {**refund_body(paid, "10.00", [("request-1", "10.00", "")]), **change}
    assert from_saleor(REFUND, body).status_code == 400
    assert not PaymentRefund.objects.exists()


def test_a_refund_without_a_key_is_refused(paid: Payment) -> None:
    assert from_saleor(REFUND, refund_body(paid, "10.00", [("", "10.00", "")])).status_code == 400
    assert not PaymentRefund.objects.exists()


def test_while_stripe_is_down_the_request_is_taken_and_not_sent_back_to_saleor(
    paid: Payment, provider: StripeInMemory
) -> None:
    """Saleor's second try would have an empty body."""
    provider.down = GatewayError("no answer", retry=True)
    body = refund_body(paid, "10.00", [("request-1", "10.00", "")])
    answer = ask(body)
    assert answer == {"pspReference": f"asked_{PaymentRefund.objects.get().pk}"}
    assert Mark.objects.get(kind="refund_request").object_id == "request-1"
    provider.down = None
    assert ask(body) == answer


def test_saleors_second_try_which_lost_its_body_is_not_complained_about(
    paid: Payment, provider: StripeInMemory
) -> None:
    """A complaint would be a failure to Saleor, and the money asked back once more although Stripe pays it."""
    answer = from_saleor(REFUND, b"")
    assert (answer.status_code, answer.content) == (200, b"[]")
    assert (provider.refunds, PaymentRefund.objects.count()) == ({}, 0)
    assert from_saleor(REFUND, b"", Saleor_Signature="forged").status_code == 400


def test_an_answer_says_no_more_than_the_reference(paid: Payment, provider: StripeInMemory) -> None:
    """With `actions`, Saleor keeps what nobody can read from then on."""
    assert list(ask(refund_body(paid, "10.00", [("request-1", "10.00", "")]))) == ["pspReference"]
