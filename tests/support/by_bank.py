"""Refunds on their way by bank, as operators, customers and the bank take them along."""

from dataclasses import replace
from datetime import timedelta

from fulfilment.flows import order_payouts, plan_payouts, refund_by_bank, settle_payouts
from fulfilment.flows.receive_outside import settle_by_bank
from fulfilment.flows.settle_refund import settle_refund
from fulfilment.gateways.saleor.values import SaleorTransaction
from fulfilment.orders.models import Refund
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows
from tests.support.bought import LAMP, NOW, Bought, ordered
from tests.support.money import StripeInMemory
from tests.support.refund_steps import ask, came_back, failed, not_wanted, paid

IBAN = "BE71096123456769"
OTHER_IBAN = "NL91ABNA0417164300"
LATER = NOW + timedelta(days=1)


def failing(found: Bought, units: dict[int, int] | None = None, *, shipped: bool = False) -> Refund:
    """A refund that was asked, and that Stripe could not pay."""
    refund = ask(found, (came_back if shipped else not_wanted)(found, units or {0: 1}))
    failed(found, _lines(refund), granted_id=str(refund.granted_id))
    refund.refresh_from_db()
    return refund


def bounced_at_stripe(found: Bought) -> Refund:
    """A refund that was paid and booked, and that the customer's bank sent back to Stripe."""
    refund = ask(found, not_wanted(found, {0: 1}))
    paid(found, refund)
    row = found.payment.refunds.get()
    stripe = StripeInMemory()
    stripe.give_back(found.payment, str(row.stripe_refund_id), row.amount_minor)
    stripe.refunds[str(row.stripe_refund_id)] = replace(stripe.refunds[str(row.stripe_refund_id)], status="failed")
    settle_refund(str(row.stripe_refund_id), found.saleor.as_saleor(), stripe, now=NOW)
    failed(found, _lines(refund), granted_id=str(refund.granted_id))
    refund.refresh_from_db()
    return refund


def _lines(refund: Refund) -> dict[str, int]:
    return dict(refund.lines.values_list("line__saleor_id", "quantity"))


def paid_outside() -> Bought:
    """An order whose money came to our bank without our payment app, and an operator said so."""
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, transactions=(SaleorTransaction("of-another-app", "x", 29_850, 0, 0),)))
    settle_by_bank(found.order.public_id, now=NOW)
    return found


def give(refund: Refund, iban: str = IBAN) -> None:
    """The customer gives an account."""
    refund_by_bank.give_account(refund.name, holder="An Peeters", iban=iban, now=NOW)


def by_bank(refund: Refund, *, iban: str = IBAN, money: int = 100_000) -> Refund:
    """The refund waits for a bank file, the account is known and there is money to pay it from."""
    refund_by_bank.choose(refund.name, now=NOW)
    give(refund, iban)
    rows.money_at_bank(money)
    refund.refresh_from_db()
    return refund


def planned() -> Batch:
    batch = plan_payouts.create_batch(as_of=NOW.date(), by=None, now=NOW)
    assert batch is not None
    return batch


def ordered_round() -> Batch:
    """A round that is approved, and whose file nobody has."""
    return order_payouts.approve(batch=planned().public_id, by=None, now=NOW)


def at_the_bank() -> Batch:
    """A round whose file somebody has."""
    batch = ordered_round()
    order_payouts.fetch_file(batch=batch.public_id, by=None, now=NOW)
    return batch


def confirmed() -> Payout:
    """A round that the bank carried out; the payout to the customer in it."""
    batch = at_the_bank()
    settle_payouts.confirm(batch=batch.public_id, now=LATER)
    return batch.payouts.get(refund__isnull=False)
