"""What went back is booked: the shares of exactly what it was for, once, and the work knows what is still wanted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.divide_refund import to_divide
from fulfilment.flows.order_payouts import approve, fetch_file
from fulfilment.flows.plan_payouts import create_batch
from fulfilment.flows.plan_refund import Choice, limits, plan
from fulfilment.flows.receive_outside import settle_by_bank, to_receive
from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.reverse_shares import books_of, everything, without
from fulfilment.flows.settle_payouts import confirm
from fulfilment.gateways.saleor.values import SaleorRefund, SaleorTransaction
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from tests.support import remote, rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues, ordered
from tests.support.money import open_payment, pay, pay_back
from tests.support.refund_steps import ask, came_back, failed, leave, not_wanted, paid

pytestmark = pytest.mark.django_db

MUCH_LATER = datetime(2027, 6, 1, tzinfo=UTC)
THREE = ("SG-003", 3, 10_000)  # a third of which is no whole number of cents


@pytest.fixture
def makers() -> list[Partner]:
    """The workshops of lamp and stool: one VAT-liable, one not; the designer's royalty is withheld from."""
    made = agree("SG-001", "SG-003")
    rows.regime(made[0], vat=2_100)
    rows.regime(Partner.objects.get(slug="sep"), withholding=1_500)
    return made


def all_shipped_and_released(found: Bought) -> None:
    for task in Task.objects.filter(order=found.order).exclude(state=Task.State.CANCELLED):
        rows.parcel(task)
        task.state = Task.State.SHIPPED
        task.save(update_fields=["state"])
    assert release_shares(as_of=MUCH_LATER.date(), now=MUCH_LATER) == [found.order.public_id]


def standing(*accounts: Account) -> dict[str, int]:
    """What stands for each partner on these accounts together, without the zeros."""
    found = {
        partner.slug: sum(balance(account, partner_id=partner.pk) for account in accounts)
        for partner in Partner.objects.all()
    }
    return {slug: amount for slug, amount in found.items() if amount}


@pytest.mark.parametrize("released", [False, True], ids=["while held", "after release"])
def test_a_refund_takes_back_exactly_what_was_shown_before(makers: list[Partner], released: bool) -> None:
    found = bought(LAMP, THREE)
    if released:
        all_shipped_and_released(found)
    for units, at, shipping in ((1, 1, False), (2, 1, True), (1, 0, False)):
        make = came_back if released else not_wanted
        shown = plan(found.order, make(found, {at: units}, shipping=shipping))
        before, vat = books_of(found.order), balance(Account.VAT_OWED)
        found.refund(shown.amount, {found.line_id(at): units}, shipping=shipping)
        assert everything(before) == everything(without(books_of(found.order), {k: -v for k, v in shown.taken.items()}))
        assert vat - balance(Account.VAT_OWED) == shown.rows.vat
        assert Account.CUSTOMER not in found.books()
    assert balance(Account.VAT_OWED) == balance(Account.PARTNER_HELD) == balance(Account.PARTNER_PAYABLE) == 0


def test_only_the_shares_of_the_refunded_lines_are_touched(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    lamp_maker, stool_maker = makers
    before = balance(Account.PARTNER_HELD, partner_id=lamp_maker.pk)
    found.refund(20_000, {found.line_id(1): 1})
    assert balance(Account.PARTNER_HELD, partner_id=lamp_maker.pk) == before
    assert balance(Account.PARTNER_HELD, partner_id=stool_maker.pk) == 33_058 - 16_529 + 392
    assert found.order.refunded_minor == 20_000


def test_refunded_units_that_are_not_shipped_are_not_made(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    line = Task.objects.get(producer=makers[1]).lines.get()
    assert (line.open_quantity, line.cancelled_quantity) == (1, 1)
    found.refund(20_000, {found.line_id(1): 1})
    assert Task.objects.get(producer=makers[1]).state == Task.State.CANCELLED
    assert Task.objects.get(producer=makers[0]).state == Task.State.WAITING


def test_shipping_alone_can_be_refunded_once(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.refund(950, {}, shipping=True)
    assert balance(Account.SHIPPING) == 0
    assert Account.CUSTOMER not in found.books()
    with pytest.raises(Refusal) as refused:
        plan(found.order, not_wanted(found, shipping=True))
    assert refused.value.code == "SHIPPING_REFUNDED"


def test_a_refund_is_booked_once_however_often_saleor_tells(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    entries = Entry.objects.count()
    for _ in range(3):
        found.update()
    assert Entry.objects.count() == entries
    assert Refund.objects.count() == Mail.objects.filter(key__startswith="refund:").count() == 1


def test_the_mail_about_a_refund_names_the_units_that_were_given_back(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    stool = found.order.lines.get(pk=found.line(1))
    found.refund(20_000, {found.line_id(1): 1})
    mail = Mail.objects.get(key__startswith="refund:")
    assert f"- 1 × {stool.product_name}" in mail.text
    assert "de verzending" not in mail.text


@pytest.mark.parametrize("status", ["NONE", "PENDING", "FAILURE"])
def test_a_refund_that_was_not_paid_is_not_booked(makers: list[Partner], status: str) -> None:
    found = bought(LAMP)
    told = remote.refunded(found.remote, "granted", 28_900, {found.line_id(0): 1})
    promised = tuple(replace(granted, status=status) for granted in told.refunds)
    found.tell(replace(found.remote, refunds=promised))
    assert not Entry.objects.filter(kind="order_refunded").exists()
    assert not Refund.objects.filter(booked_at__isnull=False).exists()


def test_after_release_and_payout_a_refund_leaves_the_partner_owing_it(makers: list[Partner]) -> None:
    found = bought(LAMP)
    all_shipped_and_released(found)
    rows.money_at_bank(30_000)
    batch = create_batch(as_of=MUCH_LATER.date(), by=None, now=MUCH_LATER)
    assert batch is not None
    approve(batch=batch.public_id, by=None, now=MUCH_LATER)
    fetch_file(batch=batch.public_id, by=None, now=MUCH_LATER)
    confirm(batch=batch.public_id, now=MUCH_LATER)
    paid = balance(Account.PARTNER_PAYABLE, partner_id=makers[0].pk)
    assert paid == 0

    found.refund(28_900, {found.line_id(0): 1})
    earned = sum(
        share.amount_minor + share.vat_minor for share in Share.objects.filter(partner=makers[0], line_id=found.line(0))
    )
    assert balance(Account.PARTNER_PAYABLE, partner_id=makers[0].pk) == -earned < 0
    assert balance(Account.PARTNER_HELD) == 0


def test_a_refund_without_lines_asks_a_person_whose_it_is(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    held = balance(Account.PARTNER_HELD)
    found.refund(1_000)
    assert issues() == [f"refund_to_divide:{found.remote.number}"]
    assert balance(Account.PARTNER_HELD) == held
    assert found.books()[Account.CUSTOMER] == -1_000
    found.refund(found.remote.charged_minor)
    assert issues() == []
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}


def test_less_than_the_lines_are_worth_leaves_the_customer_the_rest_to_get(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(5_000, {found.line_id(1): 1})
    assert issues() == [f"money_owed:{found.remote.number}"]
    assert found.books()[Account.CUSTOMER] == 15_000
    found.refund(found.remote.charged_minor)
    assert issues() == []
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}


def test_the_cents_that_saleor_rounds_away_stay_on_the_account_for_cents(makers: list[Partner]) -> None:
    found = bought(THREE)
    for _ in range(3):
        found.refund(3_333, {found.line_id(0): 1})
    found.refund(950, {}, shipping=True)
    # Three times a third of a hundred euros is a cent short: the customer's, who got all that Saleor gives.
    assert found.books() == {Account.UNALLOCATED: -10_950, Account.STRIPE: 10_949, Account.ROUNDING: 1}
    assert issues() == []
    found.refund(1)
    assert found.books() == {Account.UNALLOCATED: -10_950, Account.STRIPE: 10_950}


def test_a_full_refund_after_rounded_parts_leaves_no_cent(makers: list[Partner]) -> None:
    found = bought(LAMP, THREE)
    found.refund(3_333, {found.line_id(1): 1})
    found.refund(3_333, {found.line_id(1): 1})
    found.refund(found.remote.charged_minor)
    assert found.books() == {Account.UNALLOCATED: -39_850, Account.STRIPE: 39_850}
    found.update()
    assert found.books() == {Account.UNALLOCATED: -39_850, Account.STRIPE: 39_850}


# --- two kinds of back -----------------------------------------------------------------------------------------------


def test_a_refund_of_what_came_back_never_stops_what_is_still_to_be_made(makers: list[Partner]) -> None:
    """Three ordered, one shipped, that one came back: two are still to be made."""
    found = bought(THREE)
    task = leave(found, 0, 1)
    refund = ask(found, came_back(found, {0: 1}))
    paid(found, refund)
    line = task.lines.get()
    assert (line.open_quantity, line.cancelled_quantity) == (2, 0)
    assert Refund.objects.get().state == Refund.State.PAID
    assert limits(found.order).shipped[found.line(0)] == 0


def test_what_is_not_wanted_any_more_stops_once_saleor_asks_for_the_money(makers: list[Partner]) -> None:
    found = bought(THREE)
    refund = ask(found, not_wanted(found, {0: 1}))
    task = Task.objects.get(lines__line=found.line(0))
    assert task.lines.get().open_quantity == 2
    paid(found, refund)
    found.update()
    assert task.lines.get().open_quantity == 2


def test_what_left_although_it_was_no_longer_wanted_stands_on_the_list(makers: list[Partner]) -> None:
    found = bought(STOOL)
    refund = ask(found, not_wanted(found, {0: 2}))
    task = Task.objects.get(lines__line=found.line(0))
    task.lines.update(cancelled_quantity=1, shipped_quantity=1)  # one left in the same moment
    paid(found, refund)
    assert issues() == [f"refund_unclear:{found.remote.number}"]


# --- what came and what went, by our own books -----------------------------------------------------------------------


def test_a_basket_that_was_paid_back_and_paid_again_begins_with_nothing_gone(makers: list[Partner]) -> None:
    """Paid, sold out, paid back; paid again and ordered: a gesture of ten euros leaves nothing else to divide."""
    found = ordered(LAMP)
    rows.partner("sociaal-gemaakt", kind="platform")
    before = found.remote.placed_at - timedelta(hours=1)
    pay_back(found.payment, found.saleor, "re_first", 29_850, now=before, made_at=before)
    Payment.objects.filter(pk=found.payment.pk).update(state=Payment.State.REFUNDED, saleor_order_id="")
    second = open_payment(found.remote.checkout_id, 29_850, attempt="-again")
    pay(second, found.saleor)
    gone = SaleorTransaction(found.payment.saleor_transaction_id, "pi_1", 0, 29_850, 0)
    kept = SaleorTransaction(second.saleor_transaction_id, "pi_2", 29_850, 0, 0)
    found.payment = second
    found.tell(replace(found.remote, refunded_minor=29_850, transactions=(gone, kept)))
    assert (found.order.refunded_minor, to_divide(found.order), issues()) == (0, 0, [])
    gesture = ask(found, Choice(Refund.Kind.GESTURE, amount=1_000))
    pay_back(second, found.saleor, "re_gesture", 1_000, now=NOW)
    granted = remote.refunded(found.remote, gesture.granted_id or "", 1_000, {}, plain=False)
    found.tell(replace(granted, transactions=(gone, replace(kept, charged_minor=28_850, refunded_minor=1_000))))
    assert (found.order.refunded_minor, to_divide(found.order), issues()) == (1_000, 0, [])
    assert Task.objects.get().state == Task.State.WAITING
    assert [mail for mail in Mail.objects.filter(key__startswith="refund:") if "298" in mail.subject] == []


def test_money_that_goes_back_while_the_order_is_made_is_not_the_orders(makers: list[Partner]) -> None:
    found = ordered(LAMP)
    before = found.remote.placed_at - timedelta(minutes=1)
    row = found.payment.refunds.create(idempotency_key="back", amount_minor=29_850, asked_at=before)
    second = open_payment(found.remote.checkout_id, 29_850, attempt="-again")
    pay(second, found.saleor)
    found.update()
    assert issues() == []
    pay_back(found.payment, found.saleor, "re_first", 29_850, now=NOW, asked_by="back")
    row.refresh_from_db()
    assert row.stripe_refund_id == "re_first"
    found.update()
    assert (found.order.refunded_minor, issues()) == (0, [])
    assert Account.CUSTOMER not in found.books()
    assert trial_balance()[Account.UNALLOCATED] == 0


def test_what_was_paid_and_given_back_outside_our_app_leaves_nothing_on_the_books(makers: list[Partner]) -> None:
    found = ordered(LAMP, paid=False)
    other = SaleorTransaction("of-another-app", "x", 29_850, 0, 0)
    found.tell(replace(found.remote, transactions=(other,)))
    assert issues() == [f"paid_outside:{found.remote.number}"]
    assert to_receive(found.order) == 29_850
    found.tell(remote.refunded(found.remote, "plain", 29_850))
    books = {account: amount for account, amount in found.books().items() if amount}
    assert (books, issues()) == ({}, [])
    assert Task.objects.get().state == Task.State.CANCELLED


def test_what_came_by_another_way_is_on_the_bank_once_somebody_says_so(makers: list[Partner]) -> None:
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, transactions=(SaleorTransaction("of-another-app", "x", 29_850, 0, 0),)))
    settle_by_bank(found.order.public_id, now=NOW)
    assert (balance(Account.BANK), balance(Account.RECEIVABLE), issues()) == (-29_850, 0, [])
    with pytest.raises(Refusal) as refused:
        settle_by_bank(found.order.public_id, now=NOW)
    assert refused.value.code == "NOTHING"
    found.tell(remote.refunded(found.remote, "plain", 29_850))
    assert issues() == [f"paid_outside:{found.remote.number}"]
    settle_by_bank(found.order.public_id, now=NOW)
    assert (balance(Account.BANK), issues()) == (0, [])


def test_a_plain_refund_and_then_everything_add_up_for_the_customer_and_in_the_books(makers: list[Partner]) -> None:
    """Five euros in Stripe's dashboard, then all of it here: no more is asked than is left, and no cent is lost."""
    found = bought(LAMP)
    found.refund(500)
    whole = plan(found.order, not_wanted(found, {0: 1}, shipping=True))
    assert (whole.amount, whole.rows.total, whole.rows.other) == (29_350, 29_350, -500)
    refund = ask(found, not_wanted(found, {0: 1}, shipping=True))
    assert found.saleor.granted[-1][-1] == refund.amount_minor == 29_350
    paid(found, refund)
    assert (found.order.refunded_minor, issues()) == (29_850, [])
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}


def test_a_refund_that_failed_after_it_was_booked_stands_on_its_order_and_can_be_asked_again(
    makers: list[Partner],
) -> None:
    found = bought(LAMP, STOOL)
    refund = ask(found, not_wanted(found, {0: 1}))
    paid(found, refund)
    failed(found, {found.line_id(0): 1}, granted_id=refund.granted_id or "")
    refund.refresh_from_db()
    assert (refund.state, refund.booked_at is not None) == (Refund.State.FAILED, True)
    assert limits(found.order).open[found.line(0)] == 0


def test_a_plain_refund_that_their_bank_sent_back_is_no_longer_to_be_divided(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    before = found.remote
    pay_back(found.payment, found.saleor, "re_1", 5_000, now=NOW, made_at=NOW)
    found.tell(remote.refunded(before, "", 5_000, plain=True))
    assert (to_divide(found.order), issues("refund_to_divide")) == (5_000, [found.remote.number])
    pay_back(found.payment, found.saleor, "re_1", 5_000, now=NOW, made_at=NOW, status="failed")
    found.tell(before)
    assert (found.order.refunded_minor, to_divide(found.order), issues("refund_to_divide")) == (0, 0, [])


def test_what_the_customer_still_has_to_get_is_given_back_with_one_press(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(5_000, {found.line_id(1): 1})
    assert issues() == [f"money_owed:{found.remote.number}"]
    owed = limits(found.order).owed
    refund = ask(found, Choice(Refund.Kind.OWED, amount=owed))
    assert (owed, refund.amount_minor, limits(found.order).owed) == (15_000, 15_000, 0)
    paid(found, refund)
    assert (issues(), found.books().get(Account.CUSTOMER, 0)) == ([], 0)


@pytest.mark.parametrize("shipping", [True, False], ids=["of everything", "of a line"])
def test_what_went_back_plainly_before_is_told_with_the_units_whose_price_it_is_part_of(
    makers: list[Partner], shipping: bool
) -> None:
    found = bought(LAMP)
    found.refund(231)
    price = 29_850 if shipping else 28_900
    found.refund(price - 231, {found.line_id(0): 1}, shipping=shipping, granted_id="granted-rest")
    for _again in range(2):
        found.update()
    (mail,) = Mail.objects.filter(key__startswith="refund:")
    assert mail.subject.split(" terug")[0] == f"Je krijgt €\u00a0{'298,50' if shipping else '289,00'}"
    assert (issues(), found.order.refunded_minor) == ([], price)


def test_a_grant_of_less_than_nothing_is_none(makers: list[Partner]) -> None:
    found = bought(LAMP)
    granted = SaleorRefund("granted-1", "FAILURE", -1_200, "", False, {found.line_id(0): 1})
    found.tell(replace(found.remote, refunds=(granted,)))
    assert (Refund.objects.count(), issues()) == (0, [])


def test_of_what_went_back_plainly_as_much_is_told_with_some_units_as_is_part_of_their_price(
    makers: list[Partner],
) -> None:
    found = bought(STOOL)
    found.refund(1_000)
    found.refund(19_500, {found.line_id(0): 1}, granted_id="granted-one")
    (mail,) = Mail.objects.filter(key__startswith="refund:")
    assert mail.subject.startswith("Je krijgt €\u00a0200,00")
    assert to_divide(found.order) == 500
