"""Payouts: planned, approved, confirmed or failed; each once, each in balance."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import pay_partners
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.partners.models import Partner
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def batch_of(*amounts: int) -> Batch:
    """A planned batch that pays these amounts, with exactly enough money at the bank."""
    rows.money_at_bank(sum(amounts))
    for number, amount in enumerate(amounts):
        rows.payable(rows.partner(f"partner-{number}", iban=rows.IBANS[number]), amount)
    batch = pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert batch is not None
    return batch


def balance(account: Account) -> int:
    return balances.balance(account)


def test_a_plan_writes_nothing_and_says_who_waits_and_why() -> None:
    rich, owing = rows.partner("rich"), rows.partner("owing")
    poor, homeless = rows.partner("poor"), rows.partner("homeless", iban="BE00 0000")
    rows.money_at_bank(10_000)
    for who, amount in ((rich, 9_000), (poor, 500), (homeless, 300), (owing, -700)):
        rows.payable(who, amount)

    planned = pay_partners.plan(as_of=TODAY)

    assert {payout.partner.slug: (payout.payable, payout.amount, payout.reason) for payout in planned.payouts} == {
        "owing": (-700, 0, "owes"),
        "homeless": (300, 0, "no_account"),
        "poor": (500, 500, ""),
        "rich": (9_000, 9_000, ""),
    }
    assert (planned.bank, planned.pot, planned.total) == (10_000, 10_000, 9_500)
    assert not Batch.objects.exists()
    assert all(pay_partners.explain(payout.reason) for payout in planned.payouts if not payout.amount)


def test_only_what_became_payable_by_the_end_of_the_day_is_planned() -> None:
    labeur = rows.partner("labeur")
    rows.money_at_bank(10_000)
    rows.payable(labeur, 1_000)
    rows.payable(labeur, 2_000, at=rows.NOW + timedelta(days=3))

    assert pay_partners.plan(as_of=TODAY).total == 1_000
    assert pay_partners.plan(as_of=TODAY + timedelta(days=3)).total == 3_000


def test_a_plan_for_a_past_day_pays_nothing_twice() -> None:
    batch = batch_of(1_000)
    rows.money_at_bank(5_000)
    later = rows.NOW + timedelta(days=2)
    pay_partners.approve(batch=batch.public_id, by=None, now=later)

    assert pay_partners.plan(as_of=TODAY).payouts == ()


def test_planning_again_replaces_the_plan_that_waits() -> None:
    first = batch_of(1_000)
    rows.money_at_bank(500)
    rows.payable(Partner.objects.get(), 500)

    second = pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW)

    assert second is not None
    first.refresh_from_db()
    assert first.state == Batch.State.CANCELLED
    assert [payout.amount_minor for payout in second.payouts.all()] == [1_500]
    with pytest.raises(Refusal, match="vervangen door een nieuw plan"):
        pay_partners.approve(batch=first.public_id, by=None, now=rows.NOW)


def test_a_look_at_a_day_on_which_nobody_is_paid_leaves_the_plan_that_waits() -> None:
    waiting = batch_of(1_000)
    assert pay_partners.create_batch(as_of=date(2020, 1, 1), by=None, now=rows.NOW) is None
    waiting.refresh_from_db()
    assert waiting.state == Batch.State.PLANNED


def test_nobody_to_pay_makes_no_batch() -> None:
    assert pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW) is None
    assert not Batch.objects.exists()


def test_approval_books_each_payout_once_and_keeps_the_file_of_the_bank() -> None:
    batch = batch_of(1_000, 2_000)

    for _ in range(2):
        pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)

    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED
    assert balance(Account.PAYOUTS_TRANSIT) == 3_000
    assert balance(Account.PARTNER_PAYABLE) == 0
    assert Entry.objects.filter(kind="payout_sent").count() == 2
    assert batch.file is not None
    ids = [node.text for node in ET.fromstring(bytes(batch.file)).iter() if node.tag.endswith("EndToEndId")]
    assert ids == [payout.public_id for payout in batch.payouts.order_by("pk")]
    dates = [node.text for node in ET.fromstring(bytes(batch.file)).iter() if node.tag.endswith("}Dt")]
    assert dates == ["2026-11-24"]


def test_approval_refuses_what_changed_since_the_plan() -> None:
    batch = batch_of(1_000)
    partner = Partner.objects.get()

    rows.payable(partner, -1)
    with pytest.raises(Refusal, match="saldo van Partner-0"):
        pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)

    rows.payable(partner, 1)
    Partner.objects.update(iban=rows.IBANS[3])
    with pytest.raises(Refusal, match="rekening van Partner-0"):
        pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)

    assert balance(Account.PAYOUTS_TRANSIT) == 0
    assert Payout.objects.get().state == Payout.State.PLANNED


def test_money_that_was_ordered_is_no_longer_in_the_pot() -> None:
    batch = batch_of(1_000)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    rows.payable(rows.partner("late"), 600)

    planned = pay_partners.plan(as_of=TODAY)

    assert (planned.bank, planned.ordered, planned.pot) == (1_000, 1_000, 0)
    assert [payout.reason for payout in planned.payouts] == ["short"]


def test_confirmation_empties_the_transit_account_once_and_closes_the_batch() -> None:
    batch = batch_of(1_000, 2_000)
    with pytest.raises(Refusal, match="nog niet goedgekeurd"):
        pay_partners.confirm(batch=batch.public_id, now=rows.NOW)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)

    one = batch.payouts.earliest("pk")
    pay_partners.confirm(batch=batch.public_id, payout=one.public_id, now=rows.NOW)
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED
    for _ in range(2):
        pay_partners.confirm(batch=batch.public_id, now=rows.NOW)

    batch.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert balance(Account.PAYOUTS_TRANSIT) == 0
    assert balance(Account.BANK) == 0
    assert sum(balances.trial_balance().values()) == 0


def test_a_payout_that_failed_is_payable_again() -> None:
    batch = batch_of(1_000, 2_000)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    failed, paid = batch.payouts.order_by("pk")

    for _ in range(2):
        pay_partners.fail(batch=batch.public_id, payout=failed.public_id, reason="Rekening gesloten", now=rows.NOW)
    pay_partners.confirm(batch=batch.public_id, now=rows.NOW)

    batch.refresh_from_db()
    failed.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert (failed.state, failed.failure) == (Payout.State.FAILED, "Rekening gesloten")
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=failed.partner_id) == 1_000
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=paid.partner_id) == 0
    assert [payout.amount for payout in pay_partners.plan(as_of=TODAY).payouts] == [1_000]


def test_what_the_bank_confirmed_cannot_fail_and_what_failed_cannot_be_confirmed() -> None:
    batch = batch_of(1_000, 2_000)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    first, second = batch.payouts.order_by("pk")
    pay_partners.confirm(batch=batch.public_id, payout=first.public_id, now=rows.NOW)
    pay_partners.fail(batch=batch.public_id, payout=second.public_id, reason="geweigerd", now=rows.NOW)

    with pytest.raises(Refusal, match="al bevestigd"):
        pay_partners.fail(batch=batch.public_id, payout=first.public_id, reason="toch niet", now=rows.NOW)
    with pytest.raises(Refusal, match="als mislukt geboekt"):
        pay_partners.confirm(batch=batch.public_id, payout=second.public_id, now=rows.NOW)
    with pytest.raises(Refusal, match="Schrijf op waarom"):
        pay_partners.fail(batch=batch.public_id, payout=first.public_id, reason=" ", now=rows.NOW)


def test_a_plan_can_be_dropped_until_it_is_approved() -> None:
    batch = batch_of(1_000)
    pay_partners.cancel(batch=batch.public_id)
    again = pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert again is not None
    pay_partners.approve(batch=again.public_id, by=None, now=rows.NOW)
    with pytest.raises(Refusal, match="al goedgekeurd"):
        pay_partners.cancel(batch=again.public_id)


def test_a_batch_whose_file_never_left_is_withdrawn_once_and_payable_again() -> None:
    batch = batch_of(1_000, 2_000)
    with pytest.raises(Refusal, match="Intrekken kan alleen"):
        pay_partners.withdraw(batch=batch.public_id, now=rows.NOW)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)

    for _ in range(2):
        pay_partners.withdraw(batch=batch.public_id, now=rows.NOW)

    assert balance(Account.PAYOUTS_TRANSIT) == 0
    assert {payout.state for payout in Payout.objects.all()} == {Payout.State.WITHDRAWN}
    assert [payout.amount for payout in pay_partners.plan(as_of=TODAY).payouts] == [1_000, 2_000]
    with pytest.raises(Refusal, match="geen bestand"):
        pay_partners.fetch_file(batch=batch.public_id, by=None, now=rows.NOW)
    with pytest.raises(Refusal, match="nog niet goedgekeurd"):
        pay_partners.confirm(batch=batch.public_id, now=rows.NOW)


def test_a_batch_of_which_the_bank_did_something_is_not_withdrawn() -> None:
    batch = batch_of(1_000, 2_000)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    pay_partners.confirm(batch=batch.public_id, payout=batch.payouts.earliest("pk").public_id, now=rows.NOW)

    with pytest.raises(Refusal, match="Intrekken kan alleen"):
        pay_partners.withdraw(batch=batch.public_id, now=rows.NOW)

    assert balance(Account.PAYOUTS_TRANSIT) == 2_000


def test_an_unknown_batch_payout_or_rail_is_refused() -> None:
    batch = batch_of(1_000)
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    with pytest.raises(Refusal, match="bestaat niet"):
        pay_partners.approve(batch="bat-none", by=None, now=rows.NOW)
    with pytest.raises(Refusal, match="hoort niet bij dit plan"):
        pay_partners.confirm(batch=batch.public_id, payout="out-none", now=rows.NOW)
    with pytest.raises(Refusal, match="bankbestand"):
        pay_partners.plan(as_of=TODAY, rail="stripe")
