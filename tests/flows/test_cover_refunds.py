"""A dispute was lost: what the customer still had to get back, their own bank gave them, and nobody else does."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.bear_dispute import bear
from fulfilment.flows.plan_refund import plan
from fulfilment.flows.refund_by_bank import choose, give_account, payable_by_bank
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.payments.models import Dispute
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues
from tests.support.disputing import Bank, bank_of, lost, standing
from tests.support.refund_steps import ask, failed, not_wanted

pytestmark = pytest.mark.django_db

Policy = Dispute.Policy


@pytest.fixture
def found() -> Bought:
    agree("SG-001", "SG-003")
    rows.partner("platform", kind="platform")
    return bought(LAMP, STOOL)


@pytest.fixture
def bank(found: Bought) -> Bank:
    return bank_of(found)


def a_failed_refund(found: Bought) -> Refund:
    """Of the lamp, which nobody wants any more and Stripe could not pay back."""
    refund = ask(found, not_wanted(found, {0: 1}))
    failed(found, {found.line_id(0): 1}, granted_id=refund.granted_id or "")
    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    return refund


def by_bank(found: Bought) -> Refund:
    refund = a_failed_refund(found)
    choose(refund.name, now=NOW)
    give_account(refund.name, holder="An Peeters", iban=rows.IBANS[0], now=NOW)
    return refund


@pytest.mark.parametrize("waits", [a_failed_refund, by_bank], ids=["that failed", "that goes by bank"])
@pytest.mark.parametrize("policy", list(Policy))
def test_a_refund_is_ended_by_the_bank_that_gave_its_money(
    found: Bought, bank: Bank, waits: object, policy: Dispute.Policy
) -> None:
    assert callable(waits)
    refund = waits(found)
    mails = Mail.objects.count()
    dispute = lost(bank)
    for _again in range(2):
        found.update()
        bank.look(dispute)

    refund.refresh_from_db()
    assert (refund.state, payable_by_bank()) == (Refund.State.PAID, [])
    with pytest.raises(Refusal):
        choose(refund.name, now=NOW)
    assert issues() == [f"dispute_lost:dispute:{dispute}"]
    assert Mail.objects.filter(key__startswith=f"refund:{refund.name}").exclude(key__contains="account").count() == 0
    assert Mail.objects.count() == mails

    bear(dispute, policy, by=None, now=NOW)
    found.update()
    assert standing("customer", "disputes", "partner_held") == {"customer": 0, "disputes": 0, "partner_held": 0}
    assert issues() == []


def test_a_dispute_about_less_leaves_the_refund_to_be_paid_from_what_is_here(found: Bought, bank: Bank) -> None:
    refund = a_failed_refund(found)
    bear(lost(bank, 5_000), Policy.PLATFORM, by=None, now=NOW)
    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    choose(refund.name, now=NOW)
    assert issues("account_awaited") == [found.order.number]


def test_of_a_refund_that_a_bank_paid_in_part_the_rest_is_the_customers(found: Bought, bank: Bank) -> None:
    refund = ask(found, not_wanted(found, {1: 2}))
    failed(found, {found.line_id(1): 2}, granted_id=refund.granted_id or "")
    dispute = lost(bank, 39_000)
    Mark.objects.all().delete()
    bear(dispute, Policy.SHARED, by=None, now=NOW)
    refund.refresh_from_db()
    assert refund.state == Refund.State.PAID
    assert Mark.objects.filter(kind=Mark.Kind.ORDER, object_id=found.order.saleor_id).exists()  # nobody else says so
    found.update()
    assert (standing("customer"), issues("money_owed")) == ({"customer": 1_000}, [found.order.number])


def test_what_went_back_plainly_meanwhile_is_off_what_the_bank_pays(found: Bought) -> None:
    refund = ask(found, not_wanted(found, {0: 1, 1: 2}, shipping=True))
    failed(found, {found.line_id(0): 1, found.line_id(1): 2}, shipping=True, granted_id=refund.granted_id or "")
    found.refund(2_254)
    assert issues() == [f"refund_failed:{found.order.number}"]  # there is no price to divide the rest over

    choose(refund.name, now=NOW)
    refund.refresh_from_db()
    assert (refund.amount_minor, issues()) == (69_850 - 2_254, [f"account_awaited:{found.order.number}"])

    found.refund(1_000)
    refund.refresh_from_db()
    assert refund.amount_minor == 69_850 - 3_254


def test_where_all_went_back_another_way_nothing_waits_any_more(found: Bought) -> None:
    refund = a_failed_refund(found)
    found.refund(69_850)
    found.update()
    refund.refresh_from_db()
    assert (refund.state, issues()) == (Refund.State.PAID, [])
    assert [step.event for step in refund.steps.all()][-2:] == ["fail", "cover"]  # and Saleor's grant stays failed
    assert standing("customer", "partner_held") == {"customer": 0, "partner_held": 0}


def test_won_after_all_the_customer_has_a_right_to_it_again(found: Bought, bank: Bank) -> None:
    refund = a_failed_refund(found)
    dispute = lost(bank)
    bear(dispute, Policy.SHARED, by=None, now=NOW)
    bank.loses(dispute)
    bank.look(dispute)
    found.update()
    assert standing("disputes") == {"disputes": 0}
    assert standing("customer")["customer"] >= refund.amount_minor
    assert issues("money_owed") == [found.order.number]


def test_who_bears_it_is_said_once_no_refund_is_between_two_states(found: Bought, bank: Bank) -> None:
    refund = ask(found, not_wanted(found, {0: 1}))
    dispute = lost(bank)
    with pytest.raises(Refusal) as refused:
        bear(dispute, Policy.PLATFORM, by=None, now=NOW)
    assert refused.value.code == "UNDER_WAY"
    failed(found, {found.line_id(0): 1}, granted_id=refund.granted_id or "")
    refund.refresh_from_db()
    assert refund.state == Refund.State.PAID
    bear(dispute, Policy.PLATFORM, by=None, now=NOW)


def test_of_what_a_bank_left_the_rest_goes_back_by_bank_and_its_work_stops(found: Bought, bank: Bank) -> None:
    dispute = lost(bank, 20_000)
    with pytest.raises(Refusal):
        plan(found.order, not_wanted(found, {0: 1}))
    bear(dispute, Policy.PLATFORM, by=None, now=NOW)

    refund = ask(found, not_wanted(found, {0: 1}))

    assert (refund.state, refund.amount_minor) == (Refund.State.BY_BANK, 28_900)
    assert Task.objects.get(lines__line=found.line(0)).state == Task.State.CANCELLED
    assert issues() == [f"account_awaited:{found.order.number}"]


def test_what_saleor_never_knew_is_ended_at_the_first_look_after_all_went_back_plainly(
    found: Bought, bank: Bank
) -> None:
    bear(lost(bank, 20_000), Policy.PLATFORM, by=None, now=NOW)
    refund = ask(found, not_wanted(found, {0: 1}))
    assert refund.granted_id is None

    found.refund(49_850)

    refund.refresh_from_db()
    assert (refund.state, issues()) == (Refund.State.PAID, [])
