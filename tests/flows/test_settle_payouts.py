"""What the bank did with a round: paid, failed, returned, or nothing at all; each once, each in balance."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import plan_payouts, settle_payouts
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows
from tests.support.paying import TODAY, approved, at_the_bank, planned

pytestmark = pytest.mark.django_db

LATER = rows.NOW + timedelta(days=5)


def balance(account: Account) -> int:
    return balances.balance(account)


def confirm(batch: Batch, payout: str | None = None) -> Batch:
    return settle_payouts.confirm(batch=batch.public_id, payout=payout, now=rows.NOW)


def fail(batch: Batch, payout: Payout, reason: str = "Rekening gesloten") -> Batch:
    return settle_payouts.fail(batch=batch.public_id, payout=payout.public_id, reason=reason, now=rows.NOW)


def take_back(batch: Batch, payout: Payout, reason: str = "Rekening gesloten") -> Batch:
    return settle_payouts.take_back(batch=batch.public_id, payout=payout.public_id, reason=reason, now=LATER)


def withdraw(batch: Batch) -> Batch:
    return settle_payouts.withdraw(batch=batch.public_id, now=rows.NOW)


def test_confirmation_empties_the_transit_account_once_and_closes_the_round() -> None:
    batch = at_the_bank(1_000, 2_000)
    confirm(batch, batch.payouts.earliest("pk").public_id)
    batch.refresh_from_db()
    assert batch.state == Batch.State.FETCHED
    for _ in range(2):
        confirm(batch)

    batch.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert [step.event for step in batch.steps.all()] == ["approve", "fetch", "close"]
    assert balance(Account.PAYOUTS_TRANSIT) == balance(Account.BANK) == 0
    assert sum(balances.trial_balance().values()) == 0


@pytest.mark.parametrize(
    ("made", "why"),
    [(planned, "nog niet goedgekeurd"), (approved, "nog niet opgehaald")],
)
def test_before_the_file_was_fetched_the_bank_can_have_done_nothing(made: Callable[..., Batch], why: str) -> None:
    """Paid before anybody had the file: then "failed" was refused, and the money stood nowhere."""
    batch = made(1_000)
    payout = batch.payouts.get()
    for said in (partial(confirm, batch), partial(confirm, batch, payout.public_id), partial(fail, batch, payout)):
        with pytest.raises(Refusal, match=why):
            said()
    assert settle_payouts.why_not_failed(payout)
    assert not Entry.objects.filter(kind="payout_confirmed").exists()


def test_a_payout_that_failed_is_payable_again() -> None:
    batch = at_the_bank(1_000, 2_000)
    failed, paid = batch.payouts.order_by("pk")

    for _ in range(2):
        fail(batch, failed)
    confirm(batch)

    batch.refresh_from_db()
    failed.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert (failed.state, failed.failure) == (Payout.State.FAILED, "Rekening gesloten")
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=failed.partner_id) == 1_000
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=paid.partner_id) == 0
    assert [payout.amount for payout in plan_payouts.plan(as_of=TODAY, now=rows.NOW).payouts] == [1_000]


def test_a_payout_that_the_bank_returns_after_it_was_confirmed_is_at_the_bank_and_payable_again() -> None:
    batch = at_the_bank(1_000, 2_000)
    returned = batch.payouts.earliest("pk")
    confirm(batch)

    for _ in range(2):
        take_back(batch, returned, "AC04, rekening gesloten")

    batch.refresh_from_db()
    returned.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert (returned.state, returned.failure) == (Payout.State.RETURNED, "AC04, rekening gesloten")
    assert [(step.event, step.at) for step in returned.steps.all()][-1] == ("return", LATER)
    assert (balance(Account.BANK), balance(Account.PAYOUTS_TRANSIT)) == (-1_000, 0)
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=returned.partner_id) == 1_000
    keys = [returned.entry(what) for what in ("sent", "confirmed", "returned", "failed")]
    entries = Entry.objects.filter(key__startswith=f"payout:{returned.public_id}").order_by("pk")
    assert list(entries.values_list("key", flat=True)) == keys
    assert [payout.amount for payout in plan_payouts.plan(as_of=LATER.date(), now=LATER).payouts] == [1_000]


def test_one_may_come_back_while_others_of_its_round_are_under_way() -> None:
    batch = at_the_bank(1_000, 2_000)
    returned, _other = batch.payouts.order_by("pk")
    confirm(batch, returned.public_id)
    take_back(batch, returned)
    confirm(batch)
    batch.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert balance(Account.BANK) == -1_000


def test_what_the_bank_did_is_not_undone_by_another_word_for_it() -> None:
    batch = at_the_bank(1_000, 2_000, 3_000)
    paid, failed, sent = batch.payouts.order_by("pk")
    confirm(batch, paid.public_id)
    fail(batch, failed)

    with pytest.raises(Refusal, match="al bevestigd"):
        fail(batch, paid)
    with pytest.raises(Refusal, match="als mislukt geboekt"):
        confirm(batch, failed.public_id)
    with pytest.raises(Refusal, match="nog niet bevestigd"):
        take_back(batch, sent)
    with pytest.raises(Refusal, match="als mislukt geboekt"):
        take_back(batch, failed)
    for said in (fail, take_back):
        with pytest.raises(Refusal, match="Schrijf op wat de bank zegt"):
            said(batch, paid, " ")
    take_back(batch, paid)
    for late in (partial(fail, batch, paid), partial(confirm, batch, paid.public_id)):
        with pytest.raises(Refusal, match="als teruggekomen geboekt"):
            late()


@pytest.mark.parametrize("made", [approved, at_the_bank])
def test_a_round_whose_file_never_went_to_the_bank_is_withdrawn_once_and_payable_again(
    made: Callable[..., Batch],
) -> None:
    batch = made(1_000, 2_000)

    for _ in range(2):
        withdraw(batch)

    assert balance(Account.PAYOUTS_TRANSIT) == 0
    assert {payout.state for payout in Payout.objects.all()} == {Payout.State.WITHDRAWN}
    assert [payout.amount for payout in plan_payouts.plan(as_of=TODAY, now=rows.NOW).payouts] == [1_000, 2_000]


def test_a_round_that_was_withdrawn_says_so_to_who_comes_too_late() -> None:
    """It was approved: that it "is not approved yet" is not so."""
    batch = approved(1_000)
    withdraw(batch)
    payout = batch.payouts.get()
    for said in (partial(confirm, batch), partial(fail, batch, payout), partial(take_back, batch, payout)):
        with pytest.raises(Refusal, match="Deze ronde is ingetrokken"):
            said()


def test_what_was_not_approved_is_not_withdrawn() -> None:
    with pytest.raises(Refusal, match="Intrekken kan alleen"):
        withdraw(planned(500))


def test_a_round_of_which_the_bank_did_something_is_not_withdrawn() -> None:
    batch = at_the_bank(1_000, 2_000)
    confirm(batch, batch.payouts.earliest("pk").public_id)
    with pytest.raises(Refusal, match="Intrekken kan alleen"):
        withdraw(batch)
    assert balance(Account.PAYOUTS_TRANSIT) == 2_000


def test_a_payout_of_another_round_is_refused() -> None:
    with pytest.raises(Refusal, match="hoort niet bij dit plan"):
        confirm(at_the_bank(1_000), "out-none")
