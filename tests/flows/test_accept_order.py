"""Saleor's order is kept as it was bought, and what was paid for it becomes its customer's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fulfilment.flows.accept_order import accept_order
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.ledger.models import Entry
from fulfilment.money import to_minor
from fulfilment.orders.models import Line, Order, Recipient
from fulfilment.payments.models import Payment
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from tests.support import remote
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues, ordered
from tests.support.money import open_payment, pay, pay_back

pytestmark = pytest.mark.django_db


def test_an_order_is_kept_with_its_lines_its_recipient_and_its_money() -> None:
    found = bought(LAMP, STOOL)
    order = found.order
    assert (order.number, order.total_gross_minor, order.currency) == (found.remote.number, 69_850, "EUR")
    assert order.public_id.startswith("ord_")
    lines = [(line.product_code, line.quantity, line.gross_minor, line.net_minor) for line in order.lines.all()]
    assert lines == [("SG-001", 1, 28_900, 23_884), ("SG-003", 2, 40_000, 33_058)]
    recipient = Recipient.objects.get(order=order)
    assert (recipient.name, recipient.city, recipient.country) == ("An Peeters", "Gent", "BE")
    assert balance(Account.UNALLOCATED) == 0
    assert found.books() == {Account.CUSTOMER: 69_850, Account.UNALLOCATED: -69_850}


def test_looking_again_keeps_one_order_and_one_receipt() -> None:
    found = bought(LAMP)
    for _ in range(3):
        found.update()
    assert Order.objects.count() == 1
    assert Entry.objects.filter(kind="order_paid").count() == 1


@pytest.mark.parametrize("status", ["DRAFT", "UNCONFIRMED", "EXPIRED"])
def test_what_is_no_order_yet_waits(status: str) -> None:
    found = ordered(LAMP)
    assert accept_order(replace(found.remote, status=status), now=NOW) is None
    assert not Order.objects.exists()


def test_money_for_what_saleor_does_not_confirm_stands_on_the_operators_list_until_it_does() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, status="UNCONFIRMED"))
    assert issues("paid_without_order") == [found.remote.number]
    found.tell(replace(found.remote, status="UNFULFILLED"))
    assert issues() == []
    assert found.order.routed_at is not None


def test_an_order_that_saleor_does_not_know_is_nothing() -> None:
    found = ordered(LAMP)
    found.saleor.orders.clear()
    found.update()
    assert not Order.objects.exists()


def test_an_unpaid_order_is_kept_and_waits_for_its_money() -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, charged_minor=0, transactions=()))
    assert found.order.paid_at is None
    assert not Task.objects.exists()
    assert not Entry.objects.exists()

    pay(found.payment, found.saleor)
    found.tell(replace(found.remote, charged_minor=found.remote.total_gross_minor))
    assert found.order.paid_at == NOW
    assert Task.objects.count() == 1
    assert found.books()[Account.PARTNER_HELD] > 0


def test_a_part_of_the_money_is_not_the_money() -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    part = replace(found.remote.transactions[0], id="of-another-app", charged_minor=found.remote.total_gross_minor - 1)
    found.tell(replace(found.remote, transactions=(part,)))
    assert found.order.paid_at is None
    assert not Task.objects.exists()


def test_what_was_paid_outside_our_payment_app_is_still_to_be_received() -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    other = replace(found.remote.transactions[0], id="of-another-app")
    found.tell(replace(found.remote, transactions=(other,)))
    assert balance(Account.RECEIVABLE) == -29_850
    assert balance(Account.CUSTOMER) == 0
    assert Task.objects.count() == 1
    found.update()
    assert balance(Account.RECEIVABLE) == -29_850


def test_our_own_payment_that_comes_after_all_settles_what_was_to_be_received() -> None:
    """Our database is older than the payment: until Stripe tells of it, its money came from elsewhere."""
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    transaction = found.payment.saleor_transaction_id
    Payment.objects.update(saleor_transaction_id="not-known-yet")
    found.update()
    assert balance(Account.RECEIVABLE) == -29_850
    Payment.objects.update(saleor_transaction_id=transaction)
    pay(found.payment, found.saleor)
    found.update()
    found.update()
    assert balance(Account.RECEIVABLE) == 0
    assert balance(Account.CUSTOMER) == 0
    assert balance(Account.UNALLOCATED) == 0
    assert issues() == []


def test_an_order_that_costs_nothing_is_routed_without_money() -> None:
    agree("SG-001")
    found = ordered(("SG-001", 1, 0), shipping=0, paid=False)
    found.update()
    assert Task.objects.count() == 1
    assert not Entry.objects.exists()


def test_what_was_bought_does_not_change_when_saleors_order_does() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP)
    before = list(Line.objects.values())
    changed = remote.line("other", "SG-003", 7, 99_999)
    dearer = replace(found.remote.lines[0], quantity=9, gross_minor=1, product_name="Iets anders")
    found.tell(replace(found.remote, lines=(dearer, changed), total_gross_minor=1, shipping_gross_minor=0))
    assert list(Line.objects.values()) == before
    assert found.order.total_gross_minor == 29_850
    assert Task.objects.count() == 1


def test_an_order_cancelled_before_we_saw_it_is_not_made_and_its_money_is_asked_after() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, status="CANCELED"))
    assert found.order.cancelled_at == NOW
    assert not Task.objects.exists()
    assert issues("cancelled_not_refunded") == [found.remote.number]
    assert found.books()[Account.CUSTOMER] == 29_850

    found.refund(29_850)
    assert issues() == []
    assert found.books() == {Account.UNALLOCATED: -29_850, Account.STRIPE: 29_850}


def test_an_order_cancelled_later_is_no_longer_made_though_its_money_has_still_to_go_back() -> None:
    agree("SG-001")
    found = bought(LAMP)
    found.tell(replace(found.remote, status="CANCELED"))
    assert Task.objects.get().state == Task.State.CANCELLED
    assert issues("cancelled_not_refunded") == [found.remote.number]
    assert found.books()[Account.PARTNER_HELD] > 0


def test_an_unroutable_order_that_is_cancelled_leaves_the_list_of_what_nobody_makes() -> None:
    found = bought(LAMP)
    assert issues("unrouted") == [found.remote.number]
    found.tell(replace(found.remote, status="CANCELED"))
    assert issues("unrouted") == []


def test_paying_twice_stands_on_the_list_until_the_second_payment_went_back() -> None:
    agree("SG-001")
    found = bought(LAMP)
    second = open_payment(found.remote.checkout_id, 29_850, attempt="-again")
    pay(second, found.saleor)
    found.tell(replace(found.remote, charged_minor=59_700))
    assert issues() == [f"paid_twice:{found.remote.number}"]
    assert found.books()[Account.CUSTOMER] == 29_850

    pay_back(second, found.saleor, "re_second", 29_850, now=NOW)
    found.tell(replace(found.remote, charged_minor=29_850, refunded_minor=29_850))
    assert issues() == []
    assert Account.CUSTOMER not in found.books()
    # It was the surplus that went back: the order itself stands as it was.
    assert Task.objects.get().state == Task.State.WAITING
    assert found.books()[Account.PARTNER_HELD] == sum(Share.objects.values_list("amount_minor", flat=True))


def test_a_payment_that_went_back_before_the_order_came_is_not_given_to_its_customer_again() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    pay_back(found.payment, found.saleor, "re_1", 29_850, now=NOW)
    second = open_payment(found.remote.checkout_id, 29_850, attempt="-again")
    pay(second, found.saleor)
    found.update()
    assert balance(Account.UNALLOCATED) == 0
    assert balance(Account.CUSTOMER) == 0
    assert issues() == []
    assert sum(trial_balance().values()) == 0


def test_a_part_that_went_back_before_the_order_came_is_missing_from_its_receipt() -> None:
    agree("SG-001", "SG-003")
    found = ordered(LAMP, STOOL)
    pay_back(found.payment, found.saleor, "re_1", 20_000, now=NOW)
    assert balance(Account.UNALLOCATED) == 49_850
    found.tell(remote.refunded(found.remote, "granted-1", 20_000, {found.line_id(1): 1}))
    assert balance(Account.UNALLOCATED) == 0
    assert Account.CUSTOMER not in found.books()
    found.refund(49_850)
    assert balance(Account.UNALLOCATED) == balance(Account.CUSTOMER) == 0
    assert balance(Account.PARTNER_HELD) == balance(Account.VAT_OWED) == balance(Account.SHIPPING) == 0


@pytest.mark.parametrize("heard", ["before", "after"])
def test_a_part_that_was_given_back_before_the_order_was_placed_leaves_it_paid_and_made(heard: str) -> None:
    """Whoever paid all of it has an order, and what went back plainly is divided like any other."""
    agree("SG-001")
    found = ordered(LAMP)
    early = found.remote.placed_at - timedelta(minutes=1)
    if heard == "after":
        found.update()
    pay_back(found.payment, found.saleor, "re_early", 1_240, now=NOW, made_at=early)
    found.tell(remote.refunded(found.remote, "", 1_240, plain=True))
    assert (found.order.paid_at is not None, Task.objects.get().state) == (True, Task.State.WAITING)
    assert (issues(), found.order.refunded_minor) == ([f"refund_to_divide:{found.remote.number}"], 1_240)
    assert balance(Account.UNALLOCATED) == 0
    assert found.books()[Account.CUSTOMER] == -1_240


def test_names_as_long_as_saleor_takes_them_do_not_keep_an_order_out() -> None:
    found = ordered(LAMP)
    address = replace(
        remote.ADDRESS, name="N" * 513, street="S" * 256, postal_code="9" * 20, city="C" * 256, phone="0" * 128
    )
    line = replace(found.remote.lines[0], product_name="P" * 386, variant_name="V" * 255, product_code="X" * 250)
    found.tell(replace(found.remote, address=address, lines=(line,)))
    assert found.order.number == found.remote.number


def test_an_order_without_an_address_is_accepted_without_a_recipient() -> None:
    found = ordered(LAMP)
    found.tell(replace(found.remote, address=None))
    assert not Recipient.objects.exists()
    assert found.order.paid_at == NOW


def test_when_a_payment_was_paid_stays_the_moment_that_stripe_told() -> None:
    found = bought(LAMP)
    receipt = Entry.objects.get(kind="order_paid")
    assert receipt.happened_at == Payment.objects.get().paid_at
    assert receipt.recorded_at == NOW
    assert receipt.happened_at == NOW - timedelta(minutes=1)
    assert to_minor("298.50", "EUR") == found.order.total_gross_minor
