"""Rounds of payouts for tests: planned, ordered, at the bank."""

from datetime import date, datetime

from fulfilment.flows import order_payouts, plan_payouts
from fulfilment.payouts.models import BankFile, Batch
from tests.support import rows

TODAY = date(2026, 11, 23)
"""The day of `rows.NOW`, here."""


def planned(*amounts: int) -> Batch:
    """A planned round that pays these amounts, with exactly enough money at the bank."""
    rows.money_at_bank(sum(amounts))
    for number, amount in enumerate(amounts):
        rows.payable(rows.partner(f"partner-{number}", iban=rows.IBANS[number]), amount)
    batch = plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert batch is not None
    return batch


def approved(*amounts: int) -> Batch:
    """One that was approved."""
    return order_payouts.approve(batch=planned(*amounts).public_id, by=None, now=rows.NOW)


def at_the_bank(*amounts: int) -> Batch:
    """One whose file was fetched, and may be at the bank."""
    batch = approved(*amounts)
    fetch(batch)
    batch.refresh_from_db()
    return batch


def fetch(batch: Batch, *, now: datetime = rows.NOW, again: bool = False) -> BankFile:
    return order_payouts.fetch_file(batch=batch.public_id, by=None, now=now, again=again)
