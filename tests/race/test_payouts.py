"""Five at once is once; and without the lock that sees to it, it is not."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Barrier, BrokenBarrierError
from unittest import mock

import pytest
from pytest_django import Settings

from fulfilment.errors import Refusal
from fulfilment.flows import collect_money, order_payouts, plan_payouts, settle_payouts
from fulfilment.gateways.stripe.values import Balance
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.payouts.models import BankFile, Batch, BatchStep, Collection
from tests.support import paying, rows
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.money import StripeInMemory
from tests.support.paying import TODAY
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)


@WITH_AND_WITHOUT_LOCKS
def test_five_plans_at_once_leave_one_that_waits_for_approval() -> None:
    rows.money_at_bank(3_000)
    rows.payable(rows.partner("labeur"), 3_000)

    five_times(lambda: plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW))

    assert Batch.objects.filter(state=Batch.State.PLANNED).count() == 1
    assert Batch.objects.filter(state=Batch.State.CANCELLED).count() == FIVE - 1


@WITH_AND_WITHOUT_LOCKS
def test_five_approvals_and_five_confirmations_at_once_move_the_money_once() -> None:
    batch = paying.planned(1_000, 2_000)

    five_times(lambda: order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW))
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 3_000
    assert Entry.objects.filter(kind="payout_sent").count() == 2
    paying.fetch(batch)

    five_times(lambda: settle_payouts.confirm(batch=batch.public_id, now=rows.NOW))
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    assert balances.balance(Account.BANK) == 0
    assert Entry.objects.filter(kind="payout_confirmed").count() == 2
    assert list(batch.steps.values_list("event", flat=True)) == ["approve", "fetch", "close"]


@WITH_AND_WITHOUT_LOCKS
def test_five_failures_at_once_give_the_money_back_once() -> None:
    batch = paying.at_the_bank(1_000, 2_000)
    payout = batch.payouts.earliest("pk")

    five_times(
        lambda: settle_payouts.fail(
            batch=batch.public_id, payout=payout.public_id, reason="Rekening gesloten", now=rows.NOW
        )
    )

    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=payout.partner_id) == payout.amount_minor
    assert payout.steps.filter(event="fail").count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_a_payout_that_five_say_came_back_is_payable_once() -> None:
    batch = paying.at_the_bank(1_000)
    payout = batch.payouts.get()
    settle_payouts.confirm(batch=batch.public_id, now=rows.NOW)

    five_times(
        lambda: settle_payouts.take_back(batch=batch.public_id, payout=payout.public_id, reason="AC04", now=rows.NOW)
    )

    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=payout.partner_id) == 1_000
    assert balances.balance(Account.BANK) == -1_000
    assert payout.steps.filter(event="return").count() == 1


# --- the file of the bank ---------------------------------------------------------------------------------------------


def test_of_five_who_fetch_the_file_at_once_one_is_the_first_and_the_others_are_asked() -> None:
    batch = paying.approved(1_000)

    files, refusals = five_tries(lambda: paying.fetch(batch))

    assert len(files) == BankFile.objects.count() == 1
    assert [refusal.code for refusal in refusals if isinstance(refusal, Refusal)] == ["ASK_FIRST"] * (FIVE - 1)
    assert BatchStep.objects.filter(event="fetch").count() == 1


def test_without_the_rounds_lock_more_than_one_has_the_file_unasked() -> None:
    batch = paying.approved(1_000)
    both = Barrier(FIVE)

    def unlocked_move(row: Batch, event: str, **told: object) -> bool:
        """Who looks at where the round stood before the others wrote, and then writes."""
        row.refresh_from_db()
        stands = row.state
        with_all(both)
        return stands == Batch.State.APPROVED

    with (
        mock.patch.object(order_payouts, "lock_batch", lambda public_id: Batch.objects.get(public_id=public_id)),
        mock.patch.object(order_payouts, "lock_payouts", lambda found: list(found.payouts.all())),
        mock.patch.object(order_payouts, "move", unlocked_move),
    ):
        files, _refusals = five_tries(lambda: paying.fetch(batch))

    assert len(files) == BankFile.objects.count() == FIVE


# --- money from Stripe ------------------------------------------------------------------------------------------------


@pytest.fixture
def provider(settings: Settings) -> StripeInMemory:
    """Nine thousand cents can be sent, five thousand of which are to stay."""
    settings.STRIPE_RESERVE_MINOR = 5_000
    return StripeInMemory(available=9_000)


@contextmanager
def looking_together(provider: StripeInMemory) -> Iterator[None]:
    """Whoever looks at the balance waits for the others to have looked, as far as they come."""
    all_of_them = Barrier(FIVE)

    def balance(currency: str) -> Balance:
        seen = StripeInMemory.balance(provider, currency)
        with_all(all_of_them)
        return seen

    with mock.patch.object(provider, "balance", balance):
        yield


def with_all(barrier: Barrier) -> None:
    try:
        barrier.wait(1)
    except BrokenBarrierError:
        return  # the others are kept out


def test_of_five_who_collect_at_once_one_does_and_the_reserve_stays(provider: StripeInMemory) -> None:
    """Who comes while it is being done is told so; who comes after finds nothing to collect."""
    with looking_together(provider):
        done, refusals = five_tries(lambda: collect_money.collect_money(provider, by=None, now=rows.NOW))

    assert sorted(found.sent for found in done)[-1] == sum(found.sent for found in done) == 4_000
    assert all(isinstance(refusal, Refusal) and refusal.code == "BUSY" for refusal in refusals)
    assert provider.available == 5_000


def test_without_the_lock_those_who_looked_together_collect_the_reserve_too(provider: StripeInMemory) -> None:
    with looking_together(provider), mock.patch.object(collect_money, "collecting", nullcontext):
        five_tries(lambda: collect_money.collect_money(provider, by=None, now=rows.NOW))

    assert Collection.objects.filter(state=Collection.State.UNDER_WAY).count() == 2
    assert provider.available == 1_000
