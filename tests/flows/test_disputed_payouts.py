"""What partners earned on a disputed order is not paid to them until it is decided; all else is."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, plan_payouts
from fulfilment.flows.bear_dispute import bear
from fulfilment.payments.models import Dispute
from fulfilment.payouts.models import Batch
from tests.support import rows
from tests.support.bought import LAMP, Bought, agree, bought
from tests.support.disputing import LATER, bank_of, released

pytestmark = pytest.mark.django_db

MAKER = "maker-sg-001"


@pytest.fixture(autouse=True)
def _agreed() -> None:
    rows.partner("platform", kind="platform")
    agree("SG-001")
    rows.money_at_bank(500_000)


def sold() -> Bought:
    """An order of a lamp whose shares are payable."""
    found = bought(LAMP)
    assert released(found)
    return found


def claim() -> tuple[int, int, int, str]:
    """Of the maker: payable, held, to be paid now, and why not."""
    plan = plan_payouts.plan(as_of=LATER.date(), now=LATER)
    found = {payout.partner.slug: payout for payout in plan.payouts if payout.partner}
    if MAKER not in found:
        return (0, 0, 0, "")
    return (found[MAKER].payable, found[MAKER].held, found[MAKER].amount, found[MAKER].reason)


def kept() -> Batch:
    batch = plan_payouts.create_batch(as_of=LATER.date(), by=None, now=LATER)
    assert batch is not None
    return batch


def test_of_two_orders_the_disputed_one_waits_and_the_other_is_paid() -> None:
    disputed, _other = sold(), sold()
    payable = claim()[0]
    bank = bank_of(disputed)
    dispute = bank.opens()
    bank.look(dispute)

    assert claim() == (payable, payable // 2, payable // 2, "")

    bank.loses(dispute)
    bank.look(dispute)
    assert claim() == (payable, 0, payable, "")


def test_where_nothing_else_was_earned_the_plan_says_why_nothing_is_paid() -> None:
    bank = bank_of(sold())
    payable = claim()[0]
    bank.look(bank.opens(5_000))  # about a part: nobody knows yet whose

    assert claim() == (payable, payable, 0, "disputed")
    assert plan_payouts.explain("disputed")


def test_lost_it_waits_until_somebody_says_who_bears_it() -> None:
    bank = bank_of(sold())
    payable = claim()[0]
    dispute = bank.opens()
    bank.wins(dispute)
    bank.look(dispute)
    assert claim() == (payable, payable, 0, "disputed")

    bear(dispute, Dispute.Policy.PLATFORM, by=None, now=LATER)
    assert claim() == (payable, 0, payable, "")


def test_a_plan_that_was_kept_before_the_dispute_cannot_be_approved_after_it() -> None:
    bank = bank_of(sold())
    batch = kept()
    bank.look(bank.opens())

    with pytest.raises(Refusal) as refused:
        order_payouts.approve(batch=batch.public_id, by=None, now=LATER)
    assert refused.value.code == "DISPUTED"


def test_after_the_payout_what_comes_next_is_not_held_and_a_loss_that_is_shared_comes_off_it() -> None:
    bank = bank_of(sold())
    order_payouts.approve(batch=kept().public_id, by=None, now=LATER)
    dispute = bank.opens()
    bank.look(dispute)
    sold()
    earned = claim()[0]
    assert claim() == (earned, 0, earned, "")

    bank.wins(dispute)
    bank.look(dispute)
    bear(dispute, Dispute.Policy.SHARED, by=None, now=LATER)
    assert claim() == (0, 0, 0, "")
