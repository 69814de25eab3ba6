"""Five at once is once."""

from datetime import date

import pytest

from fulfilment.flows import pay_partners
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.payouts.models import Batch
from tests.support import rows
from tests.support.at_once import FIVE, five_times

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 11, 23)


def fund() -> None:
    rows.money_at_bank(3_000)
    for number, amount in enumerate((1_000, 2_000)):
        rows.payable(rows.partner(f"partner-{number}", iban=rows.IBANS[number]), amount)


def test_five_plans_at_once_leave_one_that_waits_for_approval() -> None:
    fund()

    five_times(lambda: pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW))

    assert Batch.objects.filter(state=Batch.State.PLANNED).count() == 1
    assert Batch.objects.filter(state=Batch.State.CANCELLED).count() == FIVE - 1


def test_five_approvals_and_five_confirmations_at_once_move_the_money_once() -> None:
    fund()
    batch = pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert batch is not None

    five_times(lambda: pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW))
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 3_000
    assert Entry.objects.filter(kind="payout_sent").count() == 2

    five_times(lambda: pay_partners.confirm(batch=batch.public_id, now=rows.NOW))
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    assert balances.balance(Account.BANK) == 0
    assert Entry.objects.filter(kind="payout_confirmed").count() == 2


def test_five_failures_at_once_give_the_money_back_once() -> None:
    fund()
    batch = pay_partners.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert batch is not None
    pay_partners.approve(batch=batch.public_id, by=None, now=rows.NOW)
    payout = batch.payouts.earliest("pk")

    five_times(
        lambda: pay_partners.fail(
            batch=batch.public_id, payout=payout.public_id, reason="Rekening gesloten", now=rows.NOW
        )
    )

    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=payout.partner_id) == payout.amount_minor
