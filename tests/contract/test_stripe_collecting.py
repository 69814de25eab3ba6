"""Money from Stripe to the bank, asked through our gateway of the stand-in: once per name, and found again by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fulfilment.errors import GatewayError
from fulfilment.gateways.stripe.api import Stripe
from tests.support.stripe_sandbox import Bench, stripe_bench, until


@pytest.fixture
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as made:
        yield made


def test_what_can_be_paid_with_is_what_the_account_has_switched_on(bench: Bench) -> None:
    assert Stripe(bench.client).methods() == ("bancontact", "card")
    assert set(bench.open_session().payment_method_types) == {"bancontact", "card"}


def test_a_payout_is_made_once_under_its_name_and_found_by_it(bench: Bench) -> None:
    stripe = Stripe(bench.client)
    before = datetime.now(UTC) - timedelta(minutes=1)
    bench.paid(10_000)
    assert stripe.balance("EUR").available_minor == 0
    assert stripe.balance("EUR").pending_minor == 9_961
    bench.move_on(6)
    assert stripe.find_bank_payout(asked_by="col-1", since=before) is None

    first = stripe.send_to_bank(amount_minor=2_000, currency="EUR", asked_by="col-1", attempt=1)
    again = stripe.send_to_bank(amount_minor=2_000, currency="EUR", asked_by="col-1", attempt=1)
    other = stripe.send_to_bank(amount_minor=2_000, currency="EUR", asked_by="col-2", attempt=1)

    assert first == again != other
    assert (first.asked_by, first.amount_minor, first.status) == ("col-1", 2_000, "pending")
    assert stripe.find_bank_payout(asked_by="col-1", since=before) == first
    assert stripe.find_bank_payout(asked_by="col-1", since=datetime.now(UTC) + timedelta(hours=1)) is None
    assert stripe.balance("EUR").available_minor == 5_961


def test_more_than_there_is_is_refused_for_good_and_what_the_bank_refuses_says_why(bench: Bench) -> None:
    stripe = Stripe(bench.client)
    bench.paid(10_000)
    bench.move_on(6)
    with pytest.raises(GatewayError) as refused:
        stripe.send_to_bank(amount_minor=9_962, currency="EUR", asked_by="col-1", attempt=1)
    assert not refused.value.retry

    bench.faults(fail_next_payouts=1)
    made = stripe.send_to_bank(amount_minor=9_961, currency="EUR", asked_by="col-2", attempt=1)
    bench.move_on(4)

    until(lambda: stripe.bank_payout(made.id).status == "failed")
    assert stripe.bank_payout(made.id).failure == "The bank account has been closed."
