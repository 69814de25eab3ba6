"""Money that was paid for a checkout and became no order: found, asked back, and asked for anew."""

import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.support.payment_app import Delivery
from tests.support.saleor_bench import SaleorBench
from tests.support.stripe_sandbox import until

CHECKOUT = """id email chargeStatus authorizeStatus updatedAt totalBalance { amount }
  transactions { id pspReference chargedAmount { amount } refundPendingAmount { amount } refundedAmount { amount } }"""
REQUEST = "mutation($t: ID!) { transactionRequestAction(id: $t, actionType: REFUND) { errors { field code } } }"


class Answer:
    """What the app answers to a refund request: nothing before it is told to."""

    def __init__(self) -> None:
        self.given = threading.Event()
        self.body: dict[str, Any] = {"pspReference": f"re_{uuid4().hex[:8]}"}

    def __call__(self, _: Delivery) -> tuple[int, Any]:
        assert self.given.wait(10)
        return 200, self.body


@pytest.fixture
def answer(saleor: SaleorBench) -> Iterator[Answer]:
    answer = Answer()
    saleor.app.answers["/refund"] = answer
    yield answer
    answer.given.set()
    del saleor.app.answers["/refund"]


def read(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    found = saleor.as_app(f"query($id: ID!) {{ checkout(id: $id) {{ {CHECKOUT} }} }}", id=checkout)["checkout"]
    return {name: value["amount"] if name == "totalBalance" else value for name, value in found.items()}


def at_rest(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    """The checkout once Saleor's worker writes to it no more: it does twice, some hundredths of a second apart."""
    seen = [read(saleor, checkout)]

    def is_the_same() -> bool:
        time.sleep(0.3)
        seen.append(read(saleor, checkout))
        return seen[-1] == seen[-2]

    until(is_the_same)
    return seen[-1]


def listed(saleor: SaleorBench) -> dict[str, dict[str, Any]]:
    """Paid checkouts, in full or in part, as fulfilment looks for them."""
    document = f"""{{ checkouts(first: 100, filter: {{authorizeStatus: [FULL, PARTIAL]}}) {{ edges {{ node {{
      {CHECKOUT} }} }} }} }}"""
    return {e["node"]["id"]: e["node"] for e in saleor.as_app(document)["checkouts"]["edges"]}


def amounts(transaction: dict[str, Any]) -> list[Decimal | int]:
    """Charged, on its way back, back."""
    return [transaction[name]["amount"] for name in ("chargedAmount", "refundPendingAmount", "refundedAmount")]


def session_amount(saleor: SaleorBench, checkout: str) -> Decimal:
    """What a new session asks the customer to pay."""
    saleor.initialize(checkout)
    amount: Decimal = saleor.app.deliveries("/initialize")[-1].payload["action"]["amount"]
    return amount


@pytest.mark.parametrize("open_amount", [0, 10])
def test_what_was_paid_goes_back_and_is_asked_for_anew(saleor: SaleorBench, answer: Answer, open_amount: int) -> None:
    checkout = saleor.checkout(ready=False)
    email = 'mutation($id: ID!) { checkoutEmailUpdate(id: $id, email: "ann@example.com") { errors { code } } }'
    assert saleor.ask(email, id=checkout) == {"checkoutEmailUpdate": {"errors": []}}
    total, key = saleor.total(checkout), saleor.initialize(checkout)["transaction"]["id"]
    paid, reference, status = total - open_amount, f"pi_{uuid4().hex[:8]}", "PARTIAL" if open_amount else "FULL"
    saleor.report(key, "CHARGE_SUCCESS", reference, paid)

    found = read(saleor, checkout)
    assert (found["chargeStatus"], found["authorizeStatus"]) == (status, status)
    assert (found["email"], found["totalBalance"]) == ("ann@example.com", -open_amount)
    assert found["transactions"][0] == {**listed(saleor)[checkout]["transactions"][0], "pspReference": reference}
    assert amounts(found["transactions"][0]) == [paid, 0, 0]

    # Asked, and not answered yet: nothing has moved, and a new session would ask for the rest alone.
    assert saleor.as_app(REQUEST, t=key) == {"transactionRequestAction": {"errors": []}}
    assert read(saleor, checkout) == found
    assert checkout in listed(saleor)
    assert session_amount(saleor, checkout) == open_amount

    # Answered: the money is on its way back, and the checkout is as if it never came.
    answer.given.set()
    until(lambda: read(saleor, checkout)["chargeStatus"] == "NONE")
    pending = at_rest(saleor, checkout)
    assert (pending["authorizeStatus"], pending["totalBalance"]) == ("NONE", -total)
    assert pending["updatedAt"] > found["updatedAt"]
    assert amounts(pending["transactions"][0]) == [0, paid, 0]
    assert checkout not in listed(saleor)
    assert session_amount(saleor, checkout) == total

    saleor.report(key, "REFUND_SUCCESS", answer.body["pspReference"], paid)
    back = read(saleor, checkout)
    assert amounts(back["transactions"][0]) == [0, 0, paid]
    assert (back["chargeStatus"], back["updatedAt"]) == ("NONE", pending["updatedAt"])
    assert session_amount(saleor, checkout) == total


def test_a_refund_that_fails_at_once_leaves_the_checkout_paid(saleor: SaleorBench, answer: Answer) -> None:
    checkout = saleor.checkout(ready=False)
    key = saleor.pay(checkout)
    found = read(saleor, checkout)
    answer.body |= {"result": "REFUND_FAILURE"}
    answer.given.set()
    saleor.as_app(REQUEST, t=key)
    events = "query($id: ID!) { checkout(id: $id) { transactions { events { type } } } }"
    until(
        lambda: (
            {"type": "REFUND_FAILURE"} in saleor.as_app(events, id=checkout)["checkout"]["transactions"][0]["events"]
        )
    )
    assert read(saleor, checkout) == found
    assert checkout in listed(saleor)


def test_a_refund_that_succeeds_at_once_empties_the_checkout(saleor: SaleorBench, answer: Answer) -> None:
    checkout = saleor.checkout(ready=False)
    key, total = saleor.pay(checkout), saleor.total(checkout)
    answer.body |= {"result": "REFUND_SUCCESS"}
    answer.given.set()
    saleor.as_app(REQUEST, t=key)
    until(lambda: read(saleor, checkout)["chargeStatus"] == "NONE")
    assert amounts(read(saleor, checkout)["transactions"][0]) == [0, 0, total]
