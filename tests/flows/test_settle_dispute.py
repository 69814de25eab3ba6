"""A payment is disputed: the books, Saleor and the operator's list follow the bank, once, whatever is told and when."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from fulfilment.errors import Refusal
from fulfilment.flows.bear_dispute import bear
from fulfilment.flows.reconcile import STRIPE_EVENTS, sweep_records, sweep_stripe
from fulfilment.flows.settle_dispute import settle_dispute
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.payments.models import Dispute
from tests.support.bought import NOW, Bought, issues
from tests.support.disputing import FEE, Bank, a_lamp, bank_of, released, standing
from tests.support.money import open_payment
from tests.support.refund_steps import ask, not_wanted

pytestmark = pytest.mark.django_db

Policy = Dispute.Policy
TOTAL = 28_900 + 950
EVENTS = ("created", "updated", "funds_withdrawn", "funds_reinstated", "closed")


@pytest.fixture
def found() -> Bought:
    """A lamp of a workshop and a designer, made and on its way."""
    return a_lamp()


@pytest.fixture
def bank(found: Bought) -> Bank:
    return bank_of(found)


def reported(bank: Bank) -> list[tuple[str, str, int]]:
    """What Saleor was told of disputes: event, reference, amount."""
    return [told[1:] for told in bank.saleor.reports if told[2].startswith("du_")]


# --- what the bank takes -------------------------------------------------------------------------------------------


def test_what_a_bank_takes_stands_on_disputes_and_the_fee_is_ours(found: Bought, bank: Bank) -> None:
    before = found.books()
    dispute = bank.opens()

    row = bank.look(dispute)

    assert row.state == Dispute.State.NEEDS_RESPONSE
    assert standing("disputes", "stripe", "payment_fees") == {
        "disputes": -TOTAL,
        "stripe": 39 + FEE,
        "payment_fees": -39 - FEE,
    }
    assert found.books() == before
    assert reported(bank) == [("CHARGE_BACK", dispute, TOTAL)]
    assert issues() == [f"dispute:dispute:{dispute}"]


def test_told_twice_late_or_in_any_order_it_is_booked_and_told_once(found: Bought, bank: Bank) -> None:
    dispute = bank.opens()
    for _ in range(3):
        bank.look(dispute)
    bank.loses(dispute)
    for _ in range(2):
        bank.look(dispute)

    assert reported(bank) == [("CHARGE_BACK", dispute, TOTAL), ("CHARGE_SUCCESS", dispute, TOTAL)]
    assert Entry.objects.filter(key__startswith=f"dispute:{dispute}:").count() == 2


@pytest.mark.parametrize("seen", list(itertools.product([True, False], repeat=2)))
def test_whichever_of_its_steps_we_see_the_end_is_the_same(found: Bought, bank: Bank, seen: tuple[bool, bool]) -> None:
    dispute = bank.opens()
    if seen[0]:
        bank.look(dispute)
    bank.answered(dispute)
    if seen[1]:
        bank.look(dispute)
    bank.loses(dispute, fee_returned=True)

    row = bank.look(dispute)

    assert row.state == Dispute.State.WON
    assert standing("disputes", "payment_fees") == {"disputes": 0, "payment_fees": -39}
    assert reported(bank) == [("CHARGE_BACK", dispute, TOTAL), ("CHARGE_SUCCESS", dispute, TOTAL)]
    assert issues() == []


def test_an_inquiry_takes_nothing_and_is_told_to_nobody_but_the_operator(bank: Bank) -> None:
    dispute = bank.opens(is_inquiry=True)
    assert bank.look(dispute).state == Dispute.State.WARNING_NEEDS_RESPONSE
    assert issues("dispute") == [f"dispute:{dispute}"]

    bank.drops(dispute)

    assert bank.look(dispute).state == Dispute.State.CLOSED
    assert standing("disputes", "payment_fees") == {"disputes": 0, "payment_fees": -39}
    assert (reported(bank), issues()) == ([], [])


def test_an_inquiry_that_becomes_a_dispute_takes_the_money_then(bank: Bank) -> None:
    dispute = bank.opens(is_inquiry=True)
    bank.look(dispute)
    bank.escalates(dispute)

    assert bank.look(dispute).state == Dispute.State.NEEDS_RESPONSE
    assert standing("disputes") == {"disputes": -TOTAL}


def test_a_dispute_of_what_is_none_of_our_payments_is_passed_over(bank: Bank) -> None:
    dispute = bank.opens()
    foreign = open_payment("elsewhere", 1)
    bank.stripe.charge(foreign, fee=0)
    foreign.delete()
    bank.stripe.disputes[dispute] = replace(bank.stripe.disputes[dispute], payment_intent_id=f"pi_{foreign.reference}")

    settle_dispute(dispute, bank.saleor.as_saleor(), bank.stripe, now=NOW)

    assert not Dispute.objects.exists()
    assert (standing("disputes"), issues()) == ({"disputes": 0}, [])


# --- what the operator is told -------------------------------------------------------------------------------------


def test_the_operator_is_told_what_to_send_until_when_and_once_more_near_the_end(found: Bought, bank: Bank) -> None:
    dispute = bank.opens()
    bank.look(dispute)
    [issue] = OpenIssue.objects.filter(kind="dispute")
    assert found.order.number in issue.message
    assert f"{timezone.localtime(NOW + timedelta(days=8)):%d/%m/%Y, %H:%M}" in issue.message
    assert issues("dispute_due") == []

    bank.look(dispute, now=NOW + timedelta(days=6))
    assert issues("dispute_due") == [f"dispute:{dispute}"]

    bank.answered(dispute)
    bank.look(dispute, now=NOW + timedelta(days=6, hours=1))
    assert issues() == []


def test_nothing_is_mailed(found: Bought, bank: Bank) -> None:
    before = Mail.objects.count()
    dispute = bank.opens()
    bank.look(dispute)
    bank.wins(dispute)
    bank.look(dispute)
    bear(dispute, Policy.SHARED, by=None, now=NOW)
    found.update()

    assert Mail.objects.count() == before


# --- meanwhile ------------------------------------------------------------------------------------------------------


def test_the_shares_of_a_disputed_order_are_not_released_until_it_is_decided(found: Bought, bank: Bank) -> None:
    dispute = bank.opens()
    bank.look(dispute)
    assert not released(found)

    bank.wins(dispute)
    bank.look(dispute)
    assert not released(found)  # nobody said who bears it

    bear(dispute, Policy.PLATFORM, by=None, now=NOW)
    assert released(found)


def test_won_all_is_as_before(found: Bought, bank: Bank) -> None:
    before = found.books()
    dispute = bank.opens()
    bank.look(dispute)
    bank.loses(dispute)
    bank.look(dispute)

    assert found.books() == before
    assert standing("disputes") == {"disputes": 0}
    assert released(found)


def test_that_saleor_counts_less_as_charged_changes_nothing_here(found: Bought, bank: Bank) -> None:
    bank.look(bank.opens())
    before = found.books()
    [charged] = found.remote.transactions
    found.tell(replace(found.remote, charged_minor=0, transactions=(replace(charged, charged_minor=0),)))

    assert found.order.paid_at is not None
    assert found.books() == before
    assert [one.split(":")[0] for one in issues()] == ["dispute"]


def test_nothing_is_given_back_of_a_payment_that_a_bank_took(found: Bought, bank: Bank) -> None:
    dispute = bank.opens()
    bank.look(dispute)
    with pytest.raises(Refusal) as refused:
        ask(found, not_wanted(found, {0: 1}))
    assert refused.value.code == "DISPUTED"

    bank.loses(dispute)
    bank.look(dispute)
    assert ask(found, not_wanted(found, {0: 1})).amount_minor == 28_900


def test_while_a_bank_only_asks_the_customer_may_be_given_back(found: Bought, bank: Bank) -> None:
    bank.look(bank.opens(is_inquiry=True))

    assert ask(found, not_wanted(found, {0: 1})).amount_minor == 28_900


# --- what no event told --------------------------------------------------------------------------------------------


def test_every_event_of_a_dispute_is_about_the_dispute() -> None:
    told = {name for name, kind in STRIPE_EVENTS.items() if kind == Mark.Kind.DISPUTE}
    assert told == {f"charge.dispute.{name}" for name in EVENTS}


def test_the_sweep_finds_a_dispute_that_no_event_told_of(bank: Bank) -> None:
    dispute = bank.opens()

    sweep_stripe(bank.stripe, now=NOW)

    assert Mark.objects.get(kind=Mark.Kind.DISPUTE).object_id == dispute


def test_one_that_goes_on_is_looked_at_each_hour_and_one_that_is_over_is_not(bank: Bank) -> None:
    dispute = bank.opens()
    bank.look(dispute)
    sweep_records(now=NOW + timedelta(minutes=30))
    assert not Mark.objects.filter(kind=Mark.Kind.DISPUTE).exists()

    sweep_records(now=NOW + timedelta(minutes=61))
    assert Mark.objects.filter(kind=Mark.Kind.DISPUTE).count() == 1

    bank.loses(dispute)
    bank.look(dispute)
    Mark.objects.filter(kind=Mark.Kind.DISPUTE).delete()
    sweep_records(now=NOW + timedelta(days=2))
    assert not Mark.objects.filter(kind=Mark.Kind.DISPUTE).exists()
