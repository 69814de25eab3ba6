"""Money that waits has a reason: an exception that says why, or it is on its way. What has none gets one."""

from datetime import timedelta

import pytest

from fulfilment.flows.audit_money import NOBODYS, audit_money
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.payments.models import PaymentRefund
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues, ordered
from tests.support.disputing import bank_of
from tests.support.money import pay_back
from tests.support.refund_steps import ask, not_wanted

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


def audit() -> list[str]:
    return audit_money(now=LATER)


def moved(debit: Account, credit: Account, *, order: Bought | None = None) -> None:
    """Money that something of tomorrow forgot somewhere."""
    move = Move(debit, credit, 500, order_id=order.order.pk if order else None)
    record(f"test:{debit}:{credit}", "test", [move], currency="EUR", happened_at=NOW, now=NOW)


@pytest.fixture
def found() -> Bought:
    agree("SG-001", "SG-003")
    return bought(LAMP)


def test_an_order_of_which_all_is_divided_needs_no_reason(found: Bought) -> None:
    assert audit() == []


@pytest.mark.parametrize("account", [Account.CUSTOMER, Account.RECEIVABLE])
@pytest.mark.parametrize("amount", [500, -500])
def test_what_stands_on_an_order_for_no_known_reason_is_told_until_it_is_gone(
    found: Bought, account: Account, amount: int
) -> None:
    ends = (Account.ROUNDING, account) if amount > 0 else (account, Account.ROUNDING)
    moved(*ends, order=found)

    assert audit() == [found.order.number]
    assert issues("unexplained") == [found.order.number]
    assert "€\u00a05,00" in OpenIssue.objects.get().message

    moved(ends[1], ends[0], order=found)
    assert (audit(), issues()) == ([], [])


def test_a_few_minutes_are_no_reason_to_ask(found: Bought) -> None:
    moved(Account.ROUNDING, Account.CUSTOMER, order=found)

    assert audit_money(now=NOW + timedelta(minutes=10)) == []


def test_what_another_exception_tells_of_is_told_once(found: Bought) -> None:
    moved(Account.ROUNDING, Account.CUSTOMER, order=found)
    raise_issue(OpenIssue.Kind.MONEY_OWED, found.order.number, "", NOW)
    assert audit() == []

    resolve(OpenIssue.Kind.MONEY_OWED, found.order.number, NOW)
    assert audit() == [found.order.number]


def test_what_waits_for_a_maker_or_was_paid_elsewhere_is_told_by_its_own_exception() -> None:
    bought(("SG-009", 1, 1_000))  # nobody makes it
    unpaid = ordered(STOOL, paid=False)
    unpaid.update()

    assert audit() == []
    assert {name.split(":")[0] for name in issues()} >= {"unrouted"}


def test_what_is_on_its_way_back_needs_no_reason(found: Bought) -> None:
    ask(found, not_wanted(found, {0: 1}))
    moved(Account.ROUNDING, Account.CUSTOMER, order=found)
    assert audit() == []


def test_a_payment_without_an_order_is_told_unless_it_goes_back_or_is_told_elsewhere() -> None:
    found = ordered(LAMP)
    reference = found.payment.reference
    assert audit() == [reference]

    refund = PaymentRefund.objects.create(
        payment=found.payment, idempotency_key="r", amount_minor=1, asked_at=NOW, stripe_refund_id="re_1"
    )
    assert audit() == []
    refund.delete()
    raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, reference, "", NOW)
    assert (audit(), issues("unexplained")) == ([], [])


def test_a_payment_that_went_back_whole_or_to_its_cardholder_stands_nowhere() -> None:
    back, disputed = ordered(LAMP), ordered(LAMP)
    pay_back(back.payment, back.saleor, "re_1", back.payment.amount_minor, now=NOW)
    bank = bank_of(disputed)
    dispute = bank.opens()
    bank.wins(dispute)
    bank.look(dispute)

    assert audit() == []


def test_money_that_is_of_no_payment_at_all_is_told_as_such() -> None:
    moved(Account.ROUNDING, Account.UNALLOCATED)
    assert audit() == [NOBODYS]
