"""A dispute was lost: until somebody says who bears it the money stands on `disputes`, and then as they say."""

from dataclasses import replace

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.bear_dispute import bear, preview
from fulfilment.flows.plan_refund import Choice, limits
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.payments.models import Dispute
from fulfilment.production.models import Task
from tests.support.bought import LAMP, NOW, Bought, agree, issues, ordered
from tests.support.disputing import Bank, a_lamp, bank_of, lost, released, standing
from tests.support.refund_steps import ask, leave, paid

pytestmark = pytest.mark.django_db

Policy = Dispute.Policy
TOTAL = 28_900 + 950


@pytest.fixture
def found() -> Bought:
    """A lamp of a workshop and a designer."""
    return a_lamp()


@pytest.fixture
def bank(found: Bought) -> Bank:
    return bank_of(found)


def test_until_somebody_says_who_bears_it_the_money_stands_on_disputes(found: Bought, bank: Bank) -> None:
    before = found.books()
    dispute = lost(bank)

    assert standing("disputes") == {"disputes": -TOTAL}
    assert found.books() == before
    assert issues() == [f"dispute_lost:dispute:{dispute}"]


def test_the_platform_bears_it_with_its_vat_and_the_shares_stay(found: Bought, bank: Bank) -> None:
    before = found.books()
    dispute = lost(bank)
    rows_told = preview(Dispute.objects.get(stripe_dispute_id=dispute), Policy.PLATFORM)

    bear(dispute, Policy.PLATFORM, by=None, now=NOW)

    after = found.books()
    assert after["partner_held"] == before["partner_held"]
    assert after.get("vat_owed", 0) == 0
    assert after["platform_share"] == -before["partner_held"]
    assert standing("disputes", "customer") == {"disputes": 0, "customer": 0}
    assert (rows_told.total, rows_told.partners) == (TOTAL, {})
    assert Entry.objects.get(key=f"dispute:{dispute}:borne").policy == {"dispute": "platform"}
    assert issues() == []


def test_shared_it_is_as_a_refund_of_all(found: Bought, bank: Bank) -> None:
    dispute = lost(bank)

    bear(dispute, Policy.SHARED, by=None, now=NOW)

    assert {account for account, amount in found.books().items() if amount} == {"unallocated", "disputes"}
    assert standing("disputes", "customer", "partner_held") == {"disputes": 0, "customer": 0, "partner_held": 0}
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.CANCELLED}
    assert Refund.objects.get().kind == Refund.Kind.WHOLE
    found.update()
    assert issues() == []


def test_after_a_payout_what_partners_got_comes_off_what_they_earn_next(found: Bought, bank: Bank) -> None:
    assert released(found)
    earned = standing("partner_payable")["partner_payable"]
    for partner, amount in ((partner, amount) for (partner,), amount in _payable().items()):
        move = Move(Account.PARTNER_PAYABLE, Account.BANK, amount, partner_id=partner)
        record(f"test:paid:{partner}", "payout_sent", [move], currency="EUR", happened_at=NOW, now=NOW)
    dispute = lost(bank)

    bear(dispute, Policy.SHARED, by=None, now=NOW)

    assert standing("partner_payable", "partner_held") == {"partner_payable": -earned, "partner_held": 0}


def _payable() -> dict[tuple[int | None, ...], int]:
    return by_tags(Account.PARTNER_PAYABLE, "partner_id")


@pytest.mark.parametrize("policy", list(Policy))
def test_of_a_dispute_about_a_part_that_part_is_borne(found: Bought, bank: Bank, policy: Dispute.Policy) -> None:
    before = found.books()
    dispute = lost(bank, 10_000)
    told = preview(Dispute.objects.get(stripe_dispute_id=dispute), policy)

    bear(dispute, policy, by=None, now=NOW)

    after = found.books()
    held = after["partner_held"] - before["partner_held"]
    assert (held == 0) is (policy is Policy.PLATFORM)
    assert held == -sum(told.partners.values())
    assert told.total == 10_000
    assert standing("disputes", "customer") == {"disputes": 0, "customer": 0}
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.WAITING}
    found.update()
    assert issues() == []


def test_a_dispute_that_was_lost_is_borne_once(bank: Bank) -> None:
    dispute = lost(bank)
    bear(dispute, Policy.PLATFORM, by=None, now=NOW)

    with pytest.raises(Refusal):
        bear(dispute, Policy.SHARED, by=None, now=NOW)
    bank.look(dispute)
    assert Dispute.objects.get().state == Dispute.State.BORNE
    assert issues() == []


@pytest.mark.parametrize("policy", list(Policy))
def test_one_that_is_won_after_all_gives_back_to_whoever_bore_it(
    found: Bought, bank: Bank, policy: Dispute.Policy
) -> None:
    before = found.books()
    dispute = lost(bank, 10_000)
    bear(dispute, policy, by=None, now=NOW)

    bank.loses(dispute)
    bank.look(dispute)

    assert {name: amount for name, amount in found.books().items() if amount} == before
    assert standing("disputes") == {"disputes": 0}


@pytest.mark.parametrize("policy", list(Policy))
def test_of_what_was_cancelled_before_anything_left_nobody_earns_whoever_bears_it(
    found: Bought, bank: Bank, policy: Dispute.Policy
) -> None:
    found.tell(replace(found.remote, status="CANCELED"))
    dispute = lost(bank)
    told = preview(Dispute.objects.get(stripe_dispute_id=dispute), policy)

    bear(dispute, policy, by=None, now=NOW)

    assert told.total == TOTAL
    assert standing("disputes", "customer", "partner_held", "platform_share", "vat_owed") == dict.fromkeys(
        ["disputes", "customer", "partner_held", "platform_share", "vat_owed"], 0
    )
    assert Refund.objects.get().kind == Refund.Kind.WHOLE


def test_won_after_all_nobody_earns_with_what_was_stopped_and_the_customer_gets_it_back(
    found: Bought, bank: Bank
) -> None:
    dispute = lost(bank)
    bear(dispute, Policy.SHARED, by=None, now=NOW)
    assert set(Task.objects.values_list("state", flat=True)) == {Task.State.CANCELLED}

    bank.loses(dispute)
    bank.look(dispute)
    found.update()

    assert issues() == [f"money_owed:{found.order.number}"]
    assert standing("disputes", "partner_held", "vat_owed", "shipping") == dict.fromkeys(
        ["disputes", "partner_held", "vat_owed", "shipping"], 0
    )
    assert found.books()["customer"] == limits(found.order).owed == TOTAL
    paid(found, ask(found, Choice(Refund.Kind.OWED, amount=TOTAL)))
    assert (found.books().get("customer", 0), issues()) == (0, [])


def test_won_after_all_what_had_left_is_earned_and_the_rest_is_the_customers(found: Bought, bank: Bank) -> None:
    leave(found, 0, 1)
    before = found.books()
    dispute = lost(bank)
    bear(dispute, Policy.SHARED, by=None, now=NOW)

    bank.loses(dispute)
    bank.look(dispute)

    assert {name: amount for name, amount in found.books().items() if amount} == before
    assert issues() == []


def test_a_gesture_before_it_makes_no_maker_pay_for_what_the_platform_bears(found: Bought, bank: Bank) -> None:
    found.refund(2_000)
    rest = TOTAL - 2_000
    dispute = lost(bank, rest)
    bear(dispute, Policy.PLATFORM, by=None, now=NOW)
    held = standing("partner_held")

    found.update()

    assert standing("partner_held") == held
    assert issues("refund_to_divide") == [found.order.number]  # of the gesture, still


def test_what_no_order_took_over_goes_off_what_is_unallocated() -> None:
    found = ordered(LAMP)
    bank = bank_of(found)
    dispute = lost(bank)

    assert Dispute.objects.get().state == Dispute.State.BORNE
    assert standing("disputes", "unallocated") == {"disputes": 0, "unallocated": 0}
    assert (dispute, issues()) == (Dispute.objects.get().stripe_dispute_id, [])


def test_when_an_order_takes_it_over_after_all_who_bears_it_is_asked() -> None:
    found = ordered(LAMP)
    agree("SG-001")
    bank = bank_of(found)
    dispute = lost(bank)

    found.update()
    bank.look(dispute)
    bank.look(dispute)

    assert Dispute.objects.get().borne_by == ""
    assert standing("disputes", "unallocated") == {"disputes": -TOTAL, "unallocated": 0}
    assert issues("dispute_lost") == [f"dispute:{dispute}"]
    bear(dispute, Policy.SHARED, by=None, now=NOW)
    assert set(standing("disputes", "unallocated", "customer", "partner_held", "vat_owed").values()) == {0}


def test_won_after_all_before_the_order_took_it_over_its_money_is_the_orders() -> None:
    found = ordered(LAMP)
    bank = bank_of(found)
    dispute = lost(bank)
    bank.loses(dispute)
    bank.look(dispute)

    found.update()
    bank.look(dispute)

    assert Dispute.objects.get().state == Dispute.State.WON
    assert standing("disputes", "unallocated") == {"disputes": 0, "unallocated": 0}


def test_an_order_that_takes_over_a_disputed_payment_has_its_dispute_looked_at() -> None:
    found = ordered(LAMP)
    dispute = lost(bank_of(found))

    found.update()

    assert Mark.objects.filter(kind=Mark.Kind.DISPUTE, object_id=dispute).exists()
