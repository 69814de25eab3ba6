"""Money travels from Stripe to the bank: booked as it stands at Stripe, also when the bank sends it back."""

from datetime import timedelta

import pytest

from fulfilment.flows.collect_money import collect_money, settle_bank_payout
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT

pytestmark = pytest.mark.django_db

NOW = PLACED_AT


@pytest.fixture
def provider() -> StripeInMemory:
    """Ten thousand cents are at Stripe, of which nine thousand can be sent."""
    received = [Move(Account.STRIPE, Account.UNALLOCATED, 10_000)]
    record("payment:pi_1:received", "payment_received", received, currency="EUR", happened_at=NOW, now=NOW)
    return StripeInMemory(available=9_000)


def books() -> dict[str, int]:
    return {account: amount for account, amount in trial_balance().items() if amount and account != "unallocated"}


def collect(provider: StripeInMemory) -> str:
    assert collect_money(provider, now=NOW) == 9_000
    return next(iter(provider.payouts))


def settle(provider: StripeInMemory, payout_id: str, status: str) -> None:
    provider.end_payout(payout_id, status)
    settle_bank_payout(payout_id, provider, now=NOW + timedelta(days=2))


def test_what_is_available_is_sent_and_is_in_transit_until_it_arrives(provider: StripeInMemory) -> None:
    payout_id = collect(provider)
    assert books() == {Account.STRIPE: -1_000, Account.STRIPE_TRANSIT: -9_000}
    assert list(Mark.objects.values_list("kind", "object_id")) == [("payout", payout_id)]
    settle(provider, payout_id, "paid")
    settle(provider, payout_id, "paid")
    assert books() == {Account.STRIPE: -1_000, Account.BANK: -9_000}


def test_collecting_twice_on_a_day_is_one_payout(provider: StripeInMemory) -> None:
    collect(provider)
    collect(provider)
    assert len(provider.payouts) == Entry.objects.filter(kind="bank_payout_sent").count() == 1


def test_where_nothing_is_available_nothing_is_sent(provider: StripeInMemory) -> None:
    for available in (0, -500):
        provider.available = available
        assert collect_money(provider, now=NOW) == 0
    assert provider.payouts == {}


@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_payout_that_fails_leaves_the_money_at_stripe(provider: StripeInMemory, end: str) -> None:
    payout_id = collect(provider)
    settle(provider, payout_id, end)
    settle(provider, payout_id, end)
    assert books() == {Account.STRIPE: -10_000}


def test_after_a_refusal_the_same_amount_is_sent_anew_and_a_person_hears_of_it(provider: StripeInMemory) -> None:
    payout_id = collect(provider)
    settle(provider, payout_id, "failed")
    assert [issue.subject for issue in OpenIssue.objects.all()] == [payout_id]
    collect(provider)
    assert len(provider.payouts) == 2


def test_a_payout_that_the_bank_returns_after_it_arrived_is_at_stripe_again(provider: StripeInMemory) -> None:
    payout_id = collect(provider)
    settle(provider, payout_id, "paid")
    settle(provider, payout_id, "failed")
    settle(provider, payout_id, "failed")
    assert books() == {Account.STRIPE: -10_000}


def test_a_payout_made_in_stripes_dashboard_is_booked_as_well(provider: StripeInMemory) -> None:
    made = provider.send_to_bank(amount_minor=500, currency="EUR", idempotency_key="dashboard")
    settle(provider, made.id, "paid")
    assert books() == {Account.STRIPE: -9_500, Account.BANK: -500}
