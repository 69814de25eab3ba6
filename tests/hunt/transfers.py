"""Customers who are paid back by our bank: an operator chooses it, and they give an account number; or by hand."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import refund_by_bank
from fulfilment.flows.transfer_by_hand import note_transfer, to_transfer
from fulfilment.orders.models import Refund
from fulfilment.payments.models import Payment, PaymentRefund
from tests.hunt.story import WHICH, Chapter, pick
from tests.support.rows import IBANS


class Transfers(Chapter):
    @precondition(lambda self: Refund.objects.filter(state="failed").exists())
    @rule(which=WHICH)
    def choose_the_bank(self, which: int) -> None:
        failed = pick(list(Refund.objects.filter(state="failed").order_by("pk")), which)
        self.do(lambda: refund_by_bank.choose(failed.name, now=self.now, by=self.operator))

    @precondition(lambda self: Refund.objects.filter(state="by_bank").exists())
    @rule(which=WHICH, iban=st.sampled_from(IBANS))
    def give_an_account(self, which: int, iban: str) -> None:
        waiting = pick(list(Refund.objects.filter(state="by_bank").order_by("pk")), which)
        self.do(lambda: refund_by_bank.give_account(waiting.name, holder="Ann Peeters", iban=iban, now=self.now))

    @precondition(lambda self: PaymentRefund.objects.filter(state="failed", payment__saleor_order_id="").exists())
    @rule(which=WHICH)
    def transfer_by_hand(self, which: int) -> None:
        """Of money that became no order, and that Stripe could not give back, the operator pays what is left."""
        stuck = [payment for payment in Payment.objects.order_by("pk") if to_transfer(payment)]
        if not stuck:
            return
        payment = pick(stuck, which)
        self.memory.by_hand[payment.checkout_id] += to_transfer(payment)
        self.do(lambda: note_transfer(payment.reference, now=self.now, by=self.operator))
