"""Where the money is: our books against Stripe's own, our bank's own, and what people asked for."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import Sum

from fulfilment.errors import Refusal
from fulfilment.flows import divide_refund
from fulfilment.flows.plan_refund import Choice, owed_to_customer
from fulfilment.flows.reverse_shares import books_of
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import refunds_under_way
from fulfilment.payments.models import Dispute, Payment, PaymentRefund
from fulfilment.payments.queries import is_undecided, is_withheld
from fulfilment.payouts.models import Payout
from sandbox.common.store import Document
from tests.hunt.story import Chapter, payee

Kind = OpenIssue.Kind
LIVE = ("pending", "succeeded", "requires_action")
"""Refunds at Stripe that took, or will take, the money."""

DIVIDES = {Kind.REFUND_TO_DIVIDE}
SPOKEN_FOR = {Kind.REFUND_FAILED, Kind.ACCOUNT_AWAITED}
"""What went back plainly may be off what these are about, where no price is left to divide it over."""
OWES = {Kind.MONEY_OWED, Kind.PAID_TWICE, Kind.REFUND_FAILED, Kind.CANCELLED_NOT_REFUNDED, Kind.DISPUTE_LOST}
ON_THE_WAY = (PaymentRefund.State.ASKED, PaymentRefund.State.PENDING)


class MoneyTruths(Chapter):
    """Amounts in minor units."""

    def issues(self, *kinds: str) -> list[OpenIssue]:
        """What stands on the operator's list, of these kinds or of all."""
        standing = OpenIssue.objects.filter(resolved_at=None).order_by("pk")
        return list(standing.filter(kind__in=kinds) if kinds else standing)

    def issues_about(self, order: Order) -> set[str]:
        """Kinds of what stands there about an order, its payments and their disputes."""
        payments = Payment.objects.filter(checkout_id=order.checkout_id)
        subjects = {order.number, *(payment.reference for payment in payments)}
        subjects |= {one.name for one in Dispute.objects.filter(payment__in=payments)}
        return {issue.kind for issue in self.issues() if issue.subject in subjects}

    def refunds_of(self, checkout: str, *states: str) -> list[Document]:
        """Refunds at Stripe of what was paid for a checkout."""
        intents = {one["id"] for one in self.paid_for(checkout)}
        return [one for one in self.in_stripe("refund") if one["payment_intent"] in intents and one["status"] in states]

    def money_always(self) -> Iterator[str]:
        off = sum(trial_balance().values())
        if off:
            yield f"the trial balance is {off}"
        for order in self.sight.orders:
            paid = self.paid_for(order.checkout_id)
            most = sum(one.amount for one in self.memory.asked if one.order == order.pk)
            most += sum(self.memory.at_stripe[one["id"]] for one in paid)
            most += max(sum(one["amount_received"] for one in paid) - order.total_gross_minor, 0)
            gone = sum(one["amount"] for one in self.refunds_of(order.checkout_id, *LIVE)) + self._by_bank(order)
            if gone > most:
                yield f"order {order.number}: {gone} went back, and {most} was asked"
        yield from self._payouts()

    def _payouts(self) -> Iterator[str]:
        booked: Counter[str] = Counter()
        for row in self.sight.payouts:
            booked[payee(row)] += row.amount_minor if row.state == Payout.State.CONFIRMED else 0
        for name in {*booked, *self.memory.by_bank}:
            if booked[name] != self.memory.by_bank[name]:
                yield f"{name} was paid {self.memory.by_bank[name]}, and our books say {booked[name]}"
        sent = Payout.objects.filter(state=Payout.State.SENT).aggregate(total=Sum("amount_minor"))["total"] or 0
        if balance(Account.PAYOUTS_TRANSIT) != sent:
            yield f"{sent} was ordered at the bank, and our books say {balance(Account.PAYOUTS_TRANSIT)}"

    def money_at_rest(self) -> Iterator[str]:
        yield from self._outside()
        for order in self.sight.orders:
            yield from self._of_order(order)
        with_order = {order.checkout_id for order in self.sight.orders if order.paid_at}
        nobodys = sum(self._kept(checkout) for checkout in self.memory.baskets if checkout not in with_order)
        if balance(Account.UNALLOCATED) != nobodys:
            yield f"{nobodys} came in without an order, and our books say {balance(Account.UNALLOCATED)}"
        if balance(Account.RECEIVABLE):
            yield f"{balance(Account.RECEIVABLE)} is receivable, and all was paid through us"
        for checkout in self.memory.baskets:
            if checkout not in with_order and self._kept(checkout) and not self._is_told(checkout):
                yield f"{self._kept(checkout)} stands on a basket that is no order, and nobody is told"

    def _outside(self) -> Iterator[str]:
        held = sum(one["net"] for one in self.in_stripe("balance_transaction"))
        pending = sum(one["amount"] for one in self.in_stripe("refund", status="pending"))
        if -balance(Account.STRIPE) != held + pending:
            yield f"at Stripe is {held} and {pending} of pending refunds, and our books say {-balance(Account.STRIPE)}"
        arrived = sum(one["amount"] for one in self.in_stripe("payout", status="paid"))
        there = arrived - sum(self.memory.by_bank.values()) - sum(self.memory.by_hand.values())
        if -balance(Account.BANK) != there:
            yield f"at the bank is {there}, and our books say {-balance(Account.BANK)}"
        travels = sum(one["amount"] for one in self.in_stripe("payout") if one["status"] in ("pending", "in_transit"))
        if -balance(Account.STRIPE_TRANSIT) != travels:
            yield f"{travels} travels to the bank, and our books say {-balance(Account.STRIPE_TRANSIT)}"

    def _kept(self, checkout: str) -> int:
        """What is here of what was paid for a checkout, by Stripe's own word and who bears what was lost."""
        came = sum(one["amount_received"] for one in self.paid_for(checkout))
        borne = Dispute.objects.filter(payment__checkout_id=checkout, state=Dispute.State.BORNE)
        lost = sum(borne.values_list("amount_minor", flat=True))
        transferred = self.memory.by_hand[checkout]
        transferred += sum(self._by_bank(order) for order in Order.objects.filter(checkout_id=checkout))
        return int(came - sum(one["amount"] for one in self.refunds_of(checkout, "succeeded")) - transferred - lost)

    def _of_order(self, order: Order) -> Iterator[str]:
        books, kinds = books_of(order), self.issues_about(order)
        if books.kept != self._kept(order.checkout_id):
            yield f"order {order.number}: {self._kept(order.checkout_id)} is here of it, our books say {books.kept}"
        owed = owed_to_customer(order, books)
        if owed < 0 and not (kinds & (DIVIDES | SPOKEN_FOR) or self._is_under_way(order)):
            yield f"order {order.number}: {-owed} went back and is nobody's, and nobody is told ({kinds})"
        if owed > 0 and not (kinds & OWES or self._is_under_way(order)):
            yield f"order {order.number}: {owed} is the customer's, and nobody is told ({kinds})"
        if Kind.REFUND_TO_DIVIDE in kinds and owed >= 0:
            yield f"order {order.number}: there is nothing to divide"
        if Kind.WITHDRAWN in kinds and books.kept <= 0:
            yield f"order {order.number}: money is to be given back of what was withdrawn from, and none is here"
        if Kind.MONEY_OWED in kinds and owed <= 0:
            yield f"order {order.number}: nothing is owed"
        by_bank = sum(order.refunds.filter(state=Refund.State.BY_BANK).values_list("amount_minor", flat=True))
        waits = by_bank or order.refunds.filter(state=Refund.State.FAILED).exists()
        if waits and not is_undecided(order.checkout_id) and not 0 < max(by_bank, 1) <= books.kept:
            yield f"order {order.number}: {by_bank} is still to be paid by bank, and {books.kept} is here"
        if Kind.REFUND_TO_DIVIDE in kinds and not self._can_be_divided(order):
            yield f"order {order.number}: {-owed} is to be divided, and nobody can"
        waiting = refunds_under_way(order).filter(state__in=[Refund.State.ASKED, Refund.State.GRANTED])
        if waiting.exists():
            yield f"order {order.number}: a refund is {waiting[0].state} and goes nowhere"

    def _can_be_divided(self, order: Order) -> bool:
        try:
            divide_refund.preview(order, Choice(Refund.Kind.GESTURE))
        except Refusal:
            return False
        return True

    def _by_bank(self, order: Order) -> int:
        """What our bank paid back of an order."""
        return sum(self.memory.by_bank[f"refund {pk}"] for pk in order.refunds.values_list("pk", flat=True))

    def _is_under_way(self, order: Order) -> bool:
        at_stripe = PaymentRefund.objects.filter(payment__checkout_id=order.checkout_id, state__in=ON_THE_WAY)
        # What a bank has is between two states as well: once it is known whose it is, the list says so.
        return refunds_under_way(order).exists() or at_stripe.exists() or is_withheld(order.checkout_id)

    def _is_told(self, checkout: str) -> bool:
        """Whether the operator reads of money without an order, or it is on its way back."""
        payments = Payment.objects.filter(checkout_id=checkout)
        names = {payment.reference for payment in payments}
        names |= {one.name for one in Dispute.objects.filter(payment__in=payments)}
        under_way = PaymentRefund.objects.filter(payment__in=payments, state__in=ON_THE_WAY).exists()
        return under_way or any(issue.subject in names for issue in self.issues())
