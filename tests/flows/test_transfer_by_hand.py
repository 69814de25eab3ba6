"""What became no order and Stripe could not give back: an operator transferred it, which is booked and told once."""

from datetime import timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows.audit_money import audit_money
from fulfilment.flows.transfer_by_hand import note_transfer, report_transfer, return_again, to_transfer
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.mail.models import Mail
from fulfilment.payments.models import Payment
from tests.support import remote
from tests.support.bought import Bought, issues
from tests.support.money import StripeInMemory
from tests.support.orphans import NOW, PATIENCE, asked_of_us, at, orphaned, told_by_stripe

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def orphan(provider: StripeInMemory) -> Bought:
    """Its money was asked back, and the customer's bank refused it."""
    found = orphaned(provider)
    at(found, PATIENCE)
    refund = asked_of_us(found, provider)
    provider.end_refund(refund, "failed")
    told_by_stripe(found, provider, refund)
    assert issues("refund_failed") == [found.payment.reference]
    return found


def transfer(found: Bought) -> None:
    note_transfer(found.payment.reference, now=LATER)
    found.payment.refresh_from_db()


def test_it_leaves_the_bank_and_the_list_and_the_payment_is_over(orphan: Bought) -> None:
    assert to_transfer(orphan.payment) == 29_850
    transfer(orphan)
    assert (orphan.payment.state, to_transfer(orphan.payment), issues()) == ("refunded", 0, [])
    assert (balance(Account.UNALLOCATED), -balance(Account.BANK)) == (0, -29_850)
    assert audit_money(now=LATER + timedelta(days=1)) == []


def test_saleor_is_told_so_that_it_makes_no_order_of_it(orphan: Bought) -> None:
    transfer(orphan)
    mark = Mark.objects.get(kind=Mark.Kind.TRANSFER)
    for _again in range(2):
        report_transfer(mark.object_id, orphan.saleor.as_saleor(), now=LATER)
    reference = orphan.payment.reference
    told = (orphan.payment.saleor_transaction_id, "REFUND_SUCCESS", f"transfer-{reference}", 29_850)
    assert orphan.saleor.reports[-2:] == [told, told]
    [mail] = Mail.objects.filter(key=f"payment:{reference}:transferred")
    assert "overgeschreven naar de rekening die je ons opgaf" in mail.text


def test_nothing_is_asked_back_nor_completed_once_it_was_transferred_also_before_saleor_knows(orphan: Bought) -> None:
    asked = list(orphan.saleor.refund_requests)
    transfer(orphan)
    orphan.saleor.refused = None
    at(orphan, PATIENCE * 2)
    assert (orphan.saleor.refund_requests, orphan.saleor.completed) == (asked, [])


def test_an_order_that_saleor_made_of_it_all_the_same_is_one_of_which_all_went_back(orphan: Bought) -> None:
    transfer(orphan)
    orphan.tell(remote.refunded(orphan.remote, "", 29_850, plain=True))
    assert balance(Account.UNALLOCATED) == balance(Account.CUSTOMER) == balance(Account.PARTNER_HELD) == 0
    assert set(orphan.order.tasks.values_list("state", flat=True)) <= {"cancelled"}


def test_what_an_order_took_over_meanwhile_is_not_transferred_but_the_orders(orphan: Bought) -> None:
    orphan.update()
    with pytest.raises(Refusal) as refused:
        transfer(orphan)
    orphan.payment.refresh_from_db()
    assert (refused.value.code, orphan.payment.state) == ("NOTHING", Payment.State.ORDERED)
    assert (orphan.payment.saleor_order_id, balance(Account.UNALLOCATED)) == (orphan.remote.id, 0)


def test_a_second_press_is_refused_and_books_nothing(orphan: Bought) -> None:
    transfer(orphan)
    with pytest.raises(Refusal) as refused:
        transfer(orphan)
    assert (refused.value.code, -balance(Account.BANK)) == ("NOTHING", -29_850)


def test_what_stripe_may_still_give_back_is_not_transferred(provider: StripeInMemory) -> None:
    found = orphaned(provider)
    assert to_transfer(found.payment) == 0
    at(found, PATIENCE)
    asked_of_us(found, provider)
    with pytest.raises(Refusal):
        transfer(found)


def test_it_can_be_asked_of_stripe_once_more_and_stands_on_the_list_again_where_that_fails(
    orphan: Bought, provider: StripeInMemory
) -> None:
    return_again(orphan.payment.reference, now=LATER)
    assert issues() == []
    at(orphan, PATIENCE * 2)
    refund = asked_of_us(orphan, provider)
    provider.end_refund(refund, "failed")
    told_by_stripe(orphan, provider, refund)
    assert issues() == [f"refund_failed:{orphan.payment.reference}"]
