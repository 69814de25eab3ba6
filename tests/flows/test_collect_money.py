"""Money travels from Stripe to the bank: each sum once, whoever dies on the way, and never what must stay at Stripe."""

from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import collect_money as flow
from fulfilment.flows.collect_money import Collected, collect_money, finish_collection, settle_bank_payout
from fulfilment.flows.reconcile import sweep_records
from fulfilment.gateways.stripe.api import BROKEN
from fulfilment.gateways.stripe.values import Balance
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.payments.models import Dispute, Payment, PaymentRefund
from fulfilment.payouts.models import Collection
from tests.support import rows
from tests.support.money import StripeInMemory, open_payment
from tests.support.remote import PLACED_AT

pytestmark = pytest.mark.django_db

NOW = PLACED_AT
AWAY = GatewayError("Stripe did not answer", retry=True)


@pytest.fixture
def provider() -> StripeInMemory:
    """Ten thousand cents are at Stripe, of which nine thousand can be sent."""
    earned = [Move(Account.STRIPE, Account.PLATFORM_SHARE, 10_000)]
    record("payment:pi_1:received", "payment_received", earned, currency="EUR", happened_at=NOW, now=NOW)
    return StripeInMemory(available=9_000)


def books() -> dict[str, int]:
    return {
        account: amount for account, amount in trial_balance().items() if amount and account != Account.PLATFORM_SHARE
    }


def collect(provider: StripeInMemory) -> Collected:
    return collect_money(provider, by=None, now=NOW)


def collected(provider: StripeInMemory) -> str:
    """Collect all that is there; Stripe's name of it."""
    assert collect(provider).sent == 9_000
    return next(iter(provider.payouts))


def settle(provider: StripeInMemory, payout_id: str, status: str) -> None:
    provider.end_payout(payout_id, status)
    settle_bank_payout(payout_id, provider, now=NOW + timedelta(days=2))


def open_issues() -> list[str]:
    return list(OpenIssue.objects.filter(resolved_at=None).values_list("kind", flat=True))


def events() -> list[str]:
    return list(Collection.objects.get().steps.values_list("event", flat=True))


def test_what_is_available_is_sent_and_is_in_transit_until_it_arrives(provider: StripeInMemory) -> None:
    payout_id = collected(provider)
    assert books() == {Account.STRIPE: -1_000, Account.STRIPE_TRANSIT: -9_000}
    assert provider.payouts[payout_id].asked_by == Collection.objects.get().public_id
    settle(provider, payout_id, "paid")
    settle(provider, payout_id, "paid")
    assert books() == {Account.STRIPE: -1_000, Account.BANK: -9_000}
    assert events() == ["accept", "arrive"]


def test_the_same_amount_collected_twice_on_a_day_is_two_payouts(provider: StripeInMemory) -> None:
    provider.available = 27_411
    assert collect(provider).sent == 27_411
    provider.available = 27_411  # another day's sales, by chance of the same sum
    assert collect(provider).sent == 27_411
    assert len(provider.payouts) == Entry.objects.filter(kind="bank_payout_sent").count() == 2
    assert books()[Account.STRIPE_TRANSIT] == -54_822


def test_where_nothing_is_available_nothing_is_sent_and_nothing_is_told_to_be(provider: StripeInMemory) -> None:
    collected(provider)
    assert collect(provider) == Collected(sent=0, available=0, reserve=0)
    assert len(provider.payouts) == 1


def test_what_customers_may_be_given_back_stays_at_stripe(provider: StripeInMemory, settings: Settings) -> None:
    settings.STRIPE_RESERVE_MINOR = 1_000
    payment = open_payment("checkout-1", 5_000)
    Payment.objects.update(saleor_order_id="ord_1")
    for state, amount in ((PaymentRefund.State.ASKED, 300), (PaymentRefund.State.PENDING, 40), ("succeeded", 2_000)):
        PaymentRefund.objects.create(
            payment=payment, idempotency_key=state, amount_minor=amount, state=state, asked_at=NOW
        )
    for state, amount in (("needs_response", 2), ("warning_needs_response", 3), ("won", 500), ("borne", 5_000)):
        Dispute.objects.create(
            payment=payment,
            stripe_dispute_id=f"du_{state}",
            amount_minor=amount,
            currency="EUR",
            reason="fraudulent",
            state=state,
            opened_at=NOW,
        )

    assert flow.reserve() == 1_345
    assert collect(provider) == Collected(sent=7_655, available=9_000, reserve=1_345)


def test_more_than_stripe_sends_at_once_goes_in_two(provider: StripeInMemory) -> None:
    provider.available = 150_000_000
    assert collect(provider).sent == 99_999_999
    assert collect(provider).sent == 50_000_001


def test_what_belongs_to_no_order_and_what_failed_stays_at_stripe_as_well(provider: StripeInMemory) -> None:
    rows.refund(rows.order([("SG-001", "Koord", 1, 28_900)]), 700)
    Refund.objects.update(state=Refund.State.FAILED)
    waits = [Move(Account.STRIPE, Account.UNALLOCATED, 2_000)]
    record("payment:pi_2:received", "payment_received", waits, currency="EUR", happened_at=NOW, now=NOW)

    assert collect(provider) == Collected(sent=6_300, available=9_000, reserve=2_700)


@pytest.mark.parametrize("available", [500, 0, -500])
def test_where_only_the_reserve_is_left_it_stays(provider: StripeInMemory, settings: Settings, available: int) -> None:
    settings.STRIPE_RESERVE_MINOR = 500
    provider.available = available
    assert collect(provider).sent == 0
    assert provider.payouts == {}


def test_below_zero_at_stripe_is_an_alarm_until_it_is_over(provider: StripeInMemory) -> None:
    provider.available, provider.pending = -12_345, 5_000
    flow.watch_balance(provider, now=NOW)
    flow.watch_balance(provider, now=NOW)
    [issue] = OpenIssue.objects.filter(resolved_at=None)
    assert issue.kind == OpenIssue.Kind.STRIPE_BELOW_ZERO
    assert "€\u00a0123,45" in issue.message
    assert "€\u00a050,00" in issue.message
    provider.available = 0
    flow.watch_balance(provider, now=NOW)
    assert open_issues() == []


def test_the_sweep_looks_at_the_balance(provider: StripeInMemory) -> None:
    provider.available = -1
    with provider.connected(), mock.patch.object(jobs, "connected"), mock.patch.object(jobs, "sweep_saleor"):
        jobs.sweep_job()
    assert open_issues() == [OpenIssue.Kind.STRIPE_BELOW_ZERO]


def test_the_command_says_what_it_sent_or_why_it_sent_nothing(provider: StripeInMemory, settings: Settings) -> None:
    def told() -> str:
        out = StringIO()
        call_command("collect_money", stdout=out)
        return out.getvalue()

    settings.STRIPE_RESERVE_MINOR = 1_000
    with provider.connected():
        assert told() == "80.00 EUR is on its way to the bank\n"
        assert told() == "nothing to send: 10.00 EUR is available, 10.00 stays for refunds\n"
        provider.down = AWAY
        with pytest.raises(CommandError, match="Stripe did not answer"):
            told()


# --- dying, and hearing nothing ---------------------------------------------------------------------------------------


def test_who_dies_before_stripe_is_asked_is_finished_by_the_sweep(provider: StripeInMemory) -> None:
    with (
        mock.patch.object(provider, "send_to_bank", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        collect_money(provider, by=None, now=NOW)
    row = Collection.objects.get()
    assert row.state == Collection.State.ASKED
    assert list(Mark.objects.values_list("kind", "object_id")) == [("collection", row.public_id)]

    with provider.connected():
        jobs.process(Mark.Kind.COLLECTION, row.public_id, NOW + timedelta(minutes=1))
    finish_collection(row.public_id, provider, now=NOW + timedelta(minutes=2))

    assert books() == {Account.STRIPE: -1_000, Account.STRIPE_TRANSIT: -9_000}
    assert len(provider.payouts) == 1


@pytest.mark.parametrize("later", [timedelta(minutes=1), timedelta(days=3)])
def test_who_dies_before_stripes_answer_is_written_takes_up_the_same_payout(
    provider: StripeInMemory, later: timedelta
) -> None:
    """After days too, when Stripe has forgotten the key: the payout is looked up before it is asked for again."""
    with (
        mock.patch.object(flow, "_settle", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        collect_money(provider, by=None, now=NOW)
    provider._by_key.clear()
    provider.available = 9_000

    finish_collection(Collection.objects.get().public_id, provider, now=NOW + later)

    assert len(provider.payouts) == 1
    assert books() == {Account.STRIPE: -1_000, Account.STRIPE_TRANSIT: -9_000}


def test_stripes_own_word_of_a_payout_may_come_before_its_answer(provider: StripeInMemory) -> None:
    with (
        mock.patch.object(flow, "_settle", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        collect_money(provider, by=None, now=NOW)
    settle(provider, next(iter(provider.payouts)), "paid")
    assert Collection.objects.get().state == Collection.State.ARRIVED
    assert events() == ["accept", "arrive"]


def test_a_failure_that_stripe_keeps_is_looked_into_before_it_is_asked_anew(provider: StripeInMemory) -> None:
    """Stripe may have acted although it answered that it failed."""
    broken = GatewayError("Stripe failed", retry=True, code=BROKEN)
    with (
        mock.patch.object(provider, "send_to_bank", side_effect=broken),
        pytest.raises(GatewayError),
    ):
        collect_money(provider, by=None, now=NOW)
    row = Collection.objects.get()
    assert (row.state, row.attempt) == (Collection.State.ASKED, 2)
    acted = provider.send_to_bank(amount_minor=9_000, currency="EUR", asked_by=row.public_id)
    assert collect_money(provider, by=None, now=NOW).sent == 9_000
    assert list(provider.payouts) == [acted.id]


def test_stripe_away_is_asked_again_under_the_same_key(provider: StripeInMemory) -> None:
    with mock.patch.object(provider, "send_to_bank", side_effect=AWAY):
        with pytest.raises(GatewayError):
            collect_money(provider, by=None, now=NOW)
        with pytest.raises(GatewayError):
            collect_money(provider, by=None, now=NOW)
    assert Collection.objects.get().attempt == 1
    assert collect(provider).sent == 9_000
    assert len(provider.payouts) == 1


def test_what_stripe_will_not_send_is_told_and_stands_on_the_list_until_money_arrives(
    provider: StripeInMemory,
) -> None:
    with (
        mock.patch.object(provider, "balance", return_value=Balance(9_001, 0)),
        pytest.raises(Refusal, match=r"€\u00a090,01 niet naar de bank. .* staat er niet genoeg geld"),
    ):
        collect_money(provider, by=None, now=NOW)
    assert events() == ["refuse"]
    assert open_issues() == [OpenIssue.Kind.COLLECTION_FAILED]

    settle(provider, collected(provider), "paid")
    assert open_issues() == []


def test_what_is_not_at_its_end_is_looked_at_again_by_the_sweep(provider: StripeInMemory) -> None:
    payout_id = collected(provider)
    asked = Collection.objects.create(amount_minor=5, currency="EUR", asked_at=NOW)
    Mark.objects.all().delete()
    sweep_records(now=NOW + timedelta(minutes=2))
    assert set(Mark.objects.values_list("kind", "object_id")) == {
        ("payout", payout_id),
        ("collection", asked.public_id),
    }


# --- the bank's side --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_payout_that_fails_leaves_the_money_at_stripe_and_a_person_hears_of_it(
    provider: StripeInMemory, end: str
) -> None:
    payout_id = collected(provider)
    settle(provider, payout_id, end)
    settle(provider, payout_id, end)
    assert books() == {Account.STRIPE: -10_000}
    assert open_issues() == [OpenIssue.Kind.COLLECTION_FAILED]
    assert collect(provider).sent == 9_000


def test_a_payout_that_the_bank_returns_after_it_arrived_is_at_stripe_again(provider: StripeInMemory) -> None:
    payout_id = collected(provider)
    settle(provider, payout_id, "paid")
    settle(provider, payout_id, "failed")
    settle(provider, payout_id, "failed")
    assert books() == {Account.STRIPE: -10_000}


def test_what_was_read_before_a_failure_and_is_written_after_it_changes_nothing(provider: StripeInMemory) -> None:
    payout_id = collected(provider)
    settle(provider, payout_id, "failed")
    settle(provider, payout_id, "paid")
    assert books() == {Account.STRIPE: -10_000}


def test_a_payout_made_in_stripes_dashboard_is_booked_as_well(provider: StripeInMemory) -> None:
    made = provider.send_to_bank(amount_minor=500, currency="EUR", asked_by="")
    settle(provider, made.id, "paid")
    assert books() == {Account.STRIPE: -9_500, Account.BANK: -500}
    assert Collection.objects.get().stripe_payout_id == made.id
