"""Disputes and what moves the balance, asked through our gateway of the stand-in, and the books that follow them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fulfilment.flows.check_balance import check_balance
from fulfilment.flows.settle_dispute import settle_dispute
from fulfilment.flows.settle_payment import settle_intent
from fulfilment.flows.settle_refund import settle_refund
from fulfilment.gateways.stripe.api import Stripe
from fulfilment.gateways.stripe.values import Dispute
from fulfilment.payments import models
from tests.support.disputing import standing
from tests.support.remote import SaleorInMemory
from tests.support.stripe_sandbox import Bench, stripe_bench, until

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)
"""After which nothing is on its way any more."""


@pytest.fixture
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as made:
        yield made


def let(bench: Bench, path: str, **wanted: object) -> str:
    """What the control page lets happen; the id of what it was about."""
    answer = bench.http.post(f"{bench.url}/control/{path}", json=wanted)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def disputed(bench: Bench, intent_id: str, **wanted: object) -> str:
    charge = bench.client.v1.payment_intents.retrieve(intent_id).latest_charge
    return let(bench, f"charge/{charge}/dispute", **wanted)


def until_it_left(stripe: Stripe, refund_id: str) -> None:
    until(lambda: stripe.refund(refund_id).status == "succeeded")


def shown(dispute: Dispute) -> tuple[str, int, int, list[tuple[str, int, int]]]:
    return (
        dispute.status,
        dispute.taken_minor,
        dispute.returned_minor,
        [(one.kind, one.amount_minor, one.fee_minor) for one in dispute.movements],
    )


def test_a_dispute_is_told_with_its_money_and_is_listed(bench: Bench) -> None:
    stripe = Stripe(bench.client)
    before = datetime.now(UTC) - timedelta(minutes=1)
    intent = bench.paid(10_000, "card").id
    name = disputed(bench, intent, reason="duplicate")

    told = stripe.dispute(name)

    assert shown(told) == ("needs_response", 10_000, 0, [("dispute", -10_000, 2_000)])
    assert (told.payment_intent_id, told.reason, told.currency) == (intent, "duplicate", "EUR")
    assert told.due_by is not None
    assert list(stripe.disputes_since(before)) == [told]
    assert list(stripe.disputes_since(datetime.now(UTC) + timedelta(hours=1))) == []
    let(bench, f"dispute/{name}/win", fee_returned=True)
    assert shown(stripe.dispute(name)) == (
        "won",
        10_000,
        10_000,
        [("dispute", -10_000, 2_000), ("dispute_reversal", 10_000, -2_000)],
    )


def test_what_moved_the_balance_is_told_with_what_it_was_for(bench: Bench) -> None:
    stripe = Stripe(bench.client)
    since, end = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC) + timedelta(hours=1)
    intent = bench.paid(10_000, "card")
    refund = stripe.create_refund(payment_intent_id=intent.id, amount_minor=300, asked_by="r-1", attempt=1)
    bench.move_on(3)  # the bank overtakes a refund that is still under way
    until_it_left(stripe, refund.id)
    dispute = stripe.dispute(disputed(bench, intent.id, amount=400))

    moved = list(stripe.movements(since, end))

    charge = stripe.intent(intent.id).charge_id
    assert [(one.kind, one.source, one.payment_intent_id, one.net_minor) for one in moved] == [
        ("dispute", dispute.id, "", -2_400),
        ("refund", refund.id, "", -300),
        ("charge", charge, intent.id, 10_000 - 175),
    ]
    assert [one.id for one in stripe.movements_of(charge)] == [moved[2].id]
    assert [one.id for one in stripe.movements_of(refund.id)] == [moved[1].id]
    assert stripe.movement(moved[0].id) == moved[0] == dispute.movements[0]
    assert list(stripe.movements(end, end + timedelta(hours=1))) == []


def test_the_books_follow_the_stand_in_to_the_cent(bench: Bench) -> None:
    stripe, saleor = Stripe(bench.client), SaleorInMemory(orders_of_checkouts={"checkout": "order"}).as_saleor()
    now = datetime.now(UTC)
    intent = bench.paid(10_000, "card").id
    models.Payment.objects.create(
        reference="pay_1",
        idempotency_key="key",
        checkout_id="checkout",
        saleor_transaction_id="transaction",
        amount_minor=10_000,
        currency="EUR",
        created_at=now,
        expires_at=now,
    )
    settle_intent(intent, saleor, stripe, now=now)
    refund = stripe.create_refund(payment_intent_id=intent, amount_minor=1_000, asked_by="r-1", attempt=1)
    bench.move_on(3)
    until_it_left(stripe, refund.id)
    settle_refund(refund.id, saleor, stripe, now=now)
    first = disputed(bench, intent, amount=2_000)
    settle_dispute(first, saleor, stripe, now=now)
    let(bench, f"dispute/{first}/win")
    second = disputed(bench, intent, amount=500)

    told = check_balance(stripe, now=now + LATER)
    assert {pair.cause.split(":")[1] for pair in told.differences} == {first, second}
    assert told.unexplained_minor == 0

    for name in (first, second):
        settle_dispute(name, saleor, stripe, now=now + LATER)
    assert check_balance(stripe, now=now + 2 * LATER).is_right
    assert standing("disputes") == {"disputes": -500}
