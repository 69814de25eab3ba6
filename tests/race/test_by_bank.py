"""A refund is paid by the bank or by Stripe, on the account that counts: whoever first holds the order wins."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from unittest import mock

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, refund_by_bank, settle_payouts, settle_refund
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.payouts.models import Batch, Payout
from tests.support.at_once import five_times, five_tries, said, together
from tests.support.bought import LAMP, NOW, STOOL, agree, bought
from tests.support.by_bank import IBAN, OTHER_IBAN, at_the_bank, by_bank, failing, give, ordered_round
from tests.support.money import StripeInMemory
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)

WITH_AND_WITHOUT = pytest.mark.parametrize("locked", [True, False], ids=["locked", "without the lock"])


@pytest.fixture
def refund() -> Refund:
    agree("SG-001", "SG-003")
    return failing(bought(LAMP, STOOL))


@contextmanager
def both_look_before_either_acts(*looks: tuple[Any, str]) -> Iterator[None]:
    """Each waits, once it has looked, until the other has looked too, as far as a lock lets them."""
    met = Barrier(len(looks))

    def waiting(real: Callable[..., Any]) -> Callable[..., Any]:
        def looked(*arguments: Any, **named: Any) -> Any:
            found = real(*arguments, **named)
            with suppress(BrokenBarrierError):
                met.wait(1)
            return found

        return looked

    with ExitStack() as stack:
        for look in looks:
            stack.enter_context(mock.patch.object(*look, waiting(getattr(*look))))
        yield


@contextmanager
def no_lock_of_the_order() -> Iterator[None]:
    def look(*, pk: int) -> Order:
        return Order.objects.get(pk=pk)

    with (
        mock.patch.object(refund_by_bank, "lock_order", look),
        mock.patch.object(settle_refund, "lock_order", look),
        mock.patch.object(order_payouts, "lock_customers"),
    ):
        yield


@WITH_AND_WITHOUT
def test_what_an_operator_sends_by_bank_is_not_asked_of_stripe_as_well(refund: Refund, locked: bool) -> None:
    """Somebody asks for the failed grant again in Saleor's Dashboard while an operator presses "Per overschrijving"."""
    payment, stripe = Payment.objects.get(), StripeInMemory()
    stripe.charge(payment, fee=39)

    def by_stripe() -> None:
        settle_refund.start_refund(
            stripe,
            transaction_id=payment.saleor_transaction_id,
            idempotency_key="asked-again",
            amount_minor=refund.amount_minor,
            now=NOW,
            granted_id=str(refund.granted_id),
        )

    with (
        nullcontext() if locked else no_lock_of_the_order(),
        both_look_before_either_acts((refund_by_bank, "_is_at_stripe"), (settle_refund, "goes_by_bank")),
    ):
        refused = together([lambda: said(lambda: refund_by_bank.choose(refund.name, now=NOW)), lambda: said(by_stripe)])
    refund.refresh_from_db()
    ways = [refund.state == Refund.State.BY_BANK, PaymentRefund.objects.filter(idempotency_key="asked-again").exists()]
    if locked:
        assert (sum(ways), len([code for code in refused if code])) == (1, 1)
    else:
        assert (sum(ways), refused) == (2, ["", ""])  # paid twice


@WITH_AND_WITHOUT
def test_an_account_that_was_kept_is_the_one_in_the_file(refund: Refund, locked: bool) -> None:
    by_bank(refund)
    batch = ordered_round()
    with (
        nullcontext() if locked else no_lock_of_the_order(),
        both_look_before_either_acts((refund_by_bank, "why_closed"), (order_payouts, "set_account")),
    ):
        refused = together(
            [
                lambda: said(lambda: give(refund, OTHER_IBAN)),
                lambda: said(lambda: order_payouts.fetch_file(batch=batch.public_id, by=None, now=NOW)),
            ]
        )
    content = bytes(Batch.objects.get().files.get().content).decode()
    in_the_file = next(iban for iban in (IBAN, OTHER_IBAN) if iban in content)
    kept = IBAN if refused[0] else OTHER_IBAN
    if locked:
        assert in_the_file == kept
    else:
        assert (in_the_file, kept) == (IBAN, OTHER_IBAN)  # the customer was thanked for what the bank never saw


@WITH_AND_WITHOUT_LOCKS
def test_five_who_confirm_at_once_pay_and_book_the_customer_once(refund: Refund) -> None:
    by_bank(refund)
    batch = at_the_bank()
    five_times(lambda: settle_payouts.confirm(batch=batch.public_id, now=NOW))
    refund.refresh_from_db()
    assert (refund.state, refund.steps.filter(event="pay").count()) == (Refund.State.PAID, 1)
    assert Payout.objects.get().steps.filter(event="confirm").count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_of_five_who_note_an_account_on_one_page_one_does(refund: Refund) -> None:
    refund_by_bank.choose(refund.name, now=NOW)
    holders = iter(["An Peeters", "Bo Claes", "Cas Maes", "Dina Wouters", "Eli Jacobs"])

    def note() -> None:
        refund_by_bank.give_account(refund.name, holder=next(holders), iban=IBAN, now=NOW, seen="")

    _done, refused = five_tries(note)
    assert [error.code for error in refused if isinstance(error, Refusal)] == ["STALE"] * 4
    assert refund.accounts.count() == 1
