"""Where no payment app can pay a refund: the customer says on which account, and a bank file pays it, once."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, plan_payouts, refund_by_bank, settle_payouts
from fulfilment.flows.report_bank_refund import report_bank_refund
from fulfilment.gateways.saleor.values import SaleorTransaction
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.orders.queries import account_of
from fulfilment.partners.models import Partner
from fulfilment.payments.models import PaymentRefund
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Task
from tests.support import remote, rows
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues, ordered
from tests.support.by_bank import (
    IBAN,
    LATER,
    OTHER_IBAN,
    at_the_bank,
    bounced_at_stripe,
    by_bank,
    confirmed,
    failing,
    give,
    ordered_round,
    paid_outside,
    planned,
)
from tests.support.money import pay_back
from tests.support.refund_steps import ask, failed, not_wanted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def makers() -> list[Partner]:
    return agree("SG-001", "SG-003")


def content_of(batch: Batch) -> str:
    return bytes(batch.files.latest("pk").content).decode()


# --- asked ------------------------------------------------------------------------------------------------------------


def test_what_stripe_could_not_pay_is_asked_of_the_customer_and_stands_on_the_list() -> None:
    found = bought(LAMP, STOOL)
    refund = failing(found)
    assert refund_by_bank.choose(refund.name, now=NOW).state == Refund.State.BY_BANK
    assert issues() == [f"account_awaited:{found.remote.number}"]
    mail = Mail.objects.get(key=f"refund:{refund.name}:account:1")
    assert "/nl/terugbetaling/" in mail.text
    refund_by_bank.choose(refund.name, now=NOW)
    assert Mail.objects.filter(key__contains=":account:").count() == 1


def test_only_what_failed_and_is_not_at_stripe_any_more_goes_by_bank() -> None:
    found = bought(LAMP, STOOL)
    under_way = ask(found, not_wanted(found, {0: 1}))
    with pytest.raises(Refusal) as refused:
        refund_by_bank.choose(under_way.name, now=NOW)
    assert refused.value.code == "WRONG_STATE"
    refund = failing(found, {1: 1})
    row = PaymentRefund.objects.create(
        payment=found.payment, idempotency_key="late", amount_minor=refund.amount_minor, asked_at=NOW
    )
    with pytest.raises(Refusal) as refused:
        refund_by_bank.choose(refund.name, now=NOW)
    assert refused.value.code == "AT_STRIPE"
    row.delete()
    refund_by_bank.choose(refund.name, now=NOW)


def test_the_customer_is_reminded_once_and_the_list_waits_until_they_answer() -> None:
    found = bought(LAMP, STOOL)
    refund = failing(found)
    refund_by_bank.choose(refund.name, now=NOW)
    refund_by_bank.remind(now=NOW + timedelta(days=6))
    assert Mail.objects.filter(key__endswith=":again").count() == 0
    for days in (8, 9, 30):
        refund_by_bank.remind(now=NOW + timedelta(days=days))
    assert Mail.objects.filter(key__endswith=":again").count() == 1
    give(refund)
    assert issues() == []
    refund_by_bank.remind(now=NOW + timedelta(days=60))
    assert Mail.objects.filter(key__endswith=":again").count() == 1


@pytest.mark.parametrize(
    ("holder", "iban", "fields"),
    [
        ("", "", {"holder", "iban"}),
        ("🧶🧶", IBAN, {"holder"}),
        ("جمعية", IBAN, {"holder"}),
        ("An Peeters", "BE71 0961 2345 6760", {"iban"}),
        ("An Peeters", "TR330006100519786457841326", {"iban"}),
        ("An Peeters", "be71 0961 2345 6769", set()),
    ],
)
def test_an_account_is_held_to_what_a_bank_can_pay(holder: str, iban: str, fields: set[str]) -> None:
    assert set(refund_by_bank.faults(holder=holder, iban=iban)) == fields


def test_the_latest_account_before_the_file_was_fetched_counts_and_the_former_is_the_history() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    batch = ordered_round()
    for _ in range(2):
        give(refund, OTHER_IBAN)  # the round is approved, and nobody has the file yet
    order_payouts.fetch_file(batch=batch.public_id, by=None, now=NOW)
    assert OTHER_IBAN in content_of(batch)
    assert IBAN not in content_of(batch)
    assert [row.iban for row in refund.accounts.all()] == [IBAN, OTHER_IBAN]
    with pytest.raises(Refusal) as refused:
        give(refund)
    assert refused.value.code == "CLOSED"


# --- paid -------------------------------------------------------------------------------------------------------------


def test_the_customer_is_paid_before_partners_and_told_once_the_bank_confirmed() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found), money=29_000)
    rows.payable(Partner.objects.get(slug="maker-sg-003"), 500)
    plan = plan_payouts.plan(as_of=NOW.date(), now=NOW)
    assert [(row.refund, row.amount, row.reason) for row in plan.payouts] == [(refund, 28_900, ""), (None, 0, "short")]
    batch = at_the_bank()
    assert f"terugbetaling bestelling {found.remote.number}" in content_of(batch)
    assert "An Peeters" in content_of(batch)
    assert not Mail.objects.filter(key__contains=":out-").exists()
    assert (found.order.refunded_minor, Task.objects.filter(state=Task.State.CANCELLED).count()) == (0, 1)
    settle_payouts.confirm(batch=batch.public_id, now=LATER)
    refund.refresh_from_db()
    assert (refund.state, refund.booked_at, found.order.refunded_minor) == (Refund.State.PAID, LATER, 28_900)
    [mail] = Mail.objects.filter(key__contains=":out-")
    assert "BE71 •••• 6769" in mail.text
    assert "kaart waarmee je betaalde" not in mail.text
    assert Account.CUSTOMER not in found.books()
    assert sum(trial_balance().values()) == 0
    settle_payouts.confirm(batch=batch.public_id, now=LATER)
    assert Mail.objects.filter(key__contains=":out-").count() == 1


def test_nothing_is_left_of_an_order_that_went_back_by_bank() -> None:
    found = bought(LAMP)
    refund = ask(found, not_wanted(found, {0: 1}, shipping=True))
    failed(found, {found.line_id(0): 1}, shipping=True, granted_id=str(refund.granted_id))
    by_bank(refund)
    confirmed()
    assert set(found.books()) == {Account.UNALLOCATED, Account.BANK}
    assert (balance(Account.PARTNER_HELD), balance(Account.VAT_OWED)) == (0, 0)
    found.update()
    assert issues() == []


def test_of_a_refund_that_was_booked_before_only_the_money_moves() -> None:
    found = bought(LAMP, STOOL)
    refund = bounced_at_stripe(found)
    assert (refund.state, found.books()[Account.CUSTOMER]) == (Refund.State.FAILED, 28_900)
    booked_at, held = refund.booked_at, balance(Account.PARTNER_HELD)
    by_bank(refund)
    confirmed()
    refund.refresh_from_db()
    assert (refund.state, refund.booked_at, balance(Account.PARTNER_HELD)) == (Refund.State.PAID, booked_at, held)
    assert Account.CUSTOMER not in found.books()
    found.update()
    refund.refresh_from_db()
    assert (refund.state, issues()) == (Refund.State.PAID, [])


def test_what_the_bank_cannot_pay_is_booked_back_and_the_customer_is_asked_again() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    batch = at_the_bank()
    payout = batch.payouts.get()
    settle_payouts.fail(batch=batch.public_id, payout=payout.public_id, reason="Rekening gesloten", now=LATER)
    refund.refresh_from_db()
    assert (refund.state, account_of(refund)) == (Refund.State.BY_BANK, None)
    assert issues() == [f"account_awaited:{found.remote.number}"]
    assert "kon niet overschrijven" in Mail.objects.get(key=f"refund:{refund.name}:account:2").text
    assert (balance(Account.PAYOUTS_TRANSIT), Account.CUSTOMER in found.books()) == (0, False)
    assert plan_payouts.plan(as_of=NOW.date(), now=NOW).total == 0
    give(refund, OTHER_IBAN)
    confirmed()
    refund.refresh_from_db()
    assert (refund.state, issues()) == (Refund.State.PAID, [])


def test_what_comes_back_after_it_was_confirmed_goes_out_again_and_is_booked_once() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    payout = confirmed()
    held = balance(Account.PARTNER_HELD)
    settle_payouts.take_back(batch=payout.batch.public_id, payout=payout.public_id, reason="Onbekend", now=LATER)
    refund.refresh_from_db()
    assert (refund.state, found.order.refunded_minor, found.books()[Account.CUSTOMER]) == ("by_bank", 0, 28_900)
    assert balance(Account.PARTNER_HELD) == held
    give(refund, OTHER_IBAN)
    confirmed()
    refund.refresh_from_db()
    assert (refund.state, found.order.refunded_minor, balance(Account.PARTNER_HELD)) == ("paid", 28_900, held)
    assert Account.CUSTOMER not in found.books()


def test_a_round_that_is_withdrawn_pays_the_customer_with_the_next() -> None:
    found = bought(LAMP, STOOL)
    by_bank(failing(found))
    batch = at_the_bank()
    settle_payouts.withdraw(batch=batch.public_id, now=LATER)
    assert balance(Account.PAYOUTS_TRANSIT) == 0
    assert plan_payouts.plan(as_of=NOW.date(), now=NOW).total == 28_900


# --- paid outside -----------------------------------------------------------------------------------------------------


def test_an_order_that_was_paid_outside_goes_back_by_bank_from_the_start() -> None:
    found = paid_outside()
    refund = ask(found, not_wanted(found, {0: 1}, shipping=True))
    assert (refund.state, found.saleor.granted) == (Refund.State.BY_BANK, [])
    assert Task.objects.get().state == Task.State.CANCELLED
    assert issues() == [f"account_awaited:{found.remote.number}"]
    give(refund)
    rows.money_at_bank(1_000)
    confirmed()
    assert {account: amount for account, amount in found.books().items() if amount} == {}
    assert (found.order.refunded_minor, issues()) == (29_850, [])


def test_it_waits_until_somebody_saw_the_money_on_our_bank() -> None:
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, transactions=(SaleorTransaction("of-another-app", "x", 29_850, 0, 0),)))
    with pytest.raises(Refusal) as refused:
        ask(found, not_wanted(found, {0: 1}))
    assert refused.value.code == "NOT_RECEIVED"
    assert not Refund.objects.exists()


# --- never both -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["asked", "planned", "ordered"])
def test_stripe_that_pays_after_all_takes_the_other_way_away(stage: str) -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    batch = {"asked": lambda: None, "planned": planned, "ordered": ordered_round}[stage]()
    found.refund(28_900, {found.line_id(0): 1}, granted_id=str(refund.granted_id))
    refund.refresh_from_db()
    assert (refund.state, issues()) == (Refund.State.PAID, [])
    assert (balance(Account.PAYOUTS_TRANSIT), Account.CUSTOMER in found.books()) == (0, False)
    assert plan_payouts.plan(as_of=NOW.date(), now=NOW).total == 0
    if batch is not None:
        batch.refresh_from_db()
        assert batch.state in (Batch.State.CANCELLED, Batch.State.WITHDRAWN)


def test_somebody_who_refunds_it_at_stripe_by_hand_takes_the_other_way_away_too() -> None:
    """Nothing says which refund it was: the books miss exactly that."""
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    batch = ordered_round()
    pay_back(found.payment, found.saleor, "re_by_hand", 28_900, now=NOW)
    found.tell(remote.refunded(found.remote, "plain", 28_900))
    refund.refresh_from_db()
    batch.refresh_from_db()
    assert (refund.state, batch.state, issues()) == (Refund.State.PAID, Batch.State.WITHDRAWN, [])
    assert Account.CUSTOMER not in found.books()


def test_a_plan_that_was_made_before_is_refused_when_stripe_paid_meanwhile() -> None:
    found = bought(LAMP, STOOL)
    by_bank(failing(found))
    batch = planned()
    pay_back(found.payment, found.saleor, "re_by_hand", 28_900, now=NOW)  # and no worker looked at the order yet
    with pytest.raises(Refusal) as refused:
        order_payouts.approve(batch=batch.public_id, by=None, now=NOW)
    assert refused.value.code == "REFUND_CHANGED"


def test_what_stripe_pays_while_the_file_is_at_the_bank_is_told_to_an_operator() -> None:
    found = bought(LAMP, STOOL)
    by_bank(failing(found))
    batch = at_the_bank()
    found.refund(28_900, {found.line_id(0): 1}, granted_id=str(Refund.objects.get().granted_id))
    assert issues() == [f"refund_twice:{found.remote.number}"]
    settle_payouts.confirm(batch=batch.public_id, now=LATER)
    found.update()
    assert issues() == [f"refund_to_divide:{found.remote.number}"]
    assert found.books()[Account.CUSTOMER] == -28_900


def test_money_that_is_disputed_is_not_paid_by_us_as_well() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    with mock.patch.object(refund_by_bank, "is_undecided", return_value=True):
        assert plan_payouts.plan(as_of=NOW.date(), now=NOW).total == 0
        other = failing(found, {1: 1})
        with pytest.raises(Refusal) as refused:
            refund_by_bank.choose(other.name, now=NOW)
    assert (refused.value.code, refund.state) == ("DISPUTED", Refund.State.BY_BANK)


# --- Saleor -----------------------------------------------------------------------------------------------------------


def test_saleor_learns_of_it_on_the_transaction_that_was_paid_with_us() -> None:
    found = bought(LAMP, STOOL)
    refund = by_bank(failing(found))
    payout = confirmed()
    assert Mark.objects.filter(kind=Mark.Kind.BANK_REFUND, object_id=refund.name).exists()
    found.saleor.reports.clear()
    report_bank_refund(refund.name, found.saleor.as_saleor(), now=LATER)
    told = (found.payment.saleor_transaction_id, "REFUND_SUCCESS", payout.public_id, 28_900)
    assert found.saleor.reports == [told]
    settle_payouts.take_back(batch=payout.batch.public_id, payout=payout.public_id, reason="Onbekend", now=LATER)
    report_bank_refund(refund.name, found.saleor.as_saleor(), now=LATER)
    assert found.saleor.reports[1:] == [told, (told[0], "REFUND_FAILURE", *told[2:])]


def test_saleor_learns_of_it_on_a_transaction_of_our_own_where_another_app_was_paid() -> None:
    found = paid_outside()
    refund = ask(found, not_wanted(found, {0: 1}, shipping=True))
    give(refund)
    rows.money_at_bank(1_000)
    payout = confirmed()
    for _ in range(2):
        report_bank_refund(refund.name, found.saleor.as_saleor(), now=LATER)
    assert set(found.saleor.reports) == {(f"own:{payout.public_id}", "REFUND_SUCCESS", payout.public_id, 29_850)}
    told = found.saleor.orders[found.remote.id]
    assert [row.psp_reference for row in told.transactions] == ["x", payout.public_id]
    own = replace(told.transactions[1], charged_minor=-29_850, refunded_minor=29_850)
    found.tell(replace(told, transactions=(told.transactions[0], own), charged_minor=0, refunded_minor=29_850))
    assert (found.order.refunded_minor, issues()) == (29_850, [])
    assert {account: amount for account, amount in found.books().items() if amount} == {}


def test_what_bounced_is_no_longer_to_be_divided_also_while_another_refund_waits_for_an_account() -> None:
    found = bought(LAMP, STOOL)
    before = found.remote
    pay_back(found.payment, found.saleor, "re_plain", 1_488, now=NOW, made_at=NOW)
    found.tell(remote.refunded(before, "", 1_488, plain=True))
    refund = failing(found)
    refund_by_bank.choose(refund.name, now=NOW)
    assert f"refund_to_divide:{found.remote.number}" in issues()
    pay_back(found.payment, found.saleor, "re_plain", 1_488, now=NOW, made_at=NOW, status="failed")
    found.update()
    assert issues("refund_to_divide") == []
    assert issues("account_awaited") == [found.remote.number]
