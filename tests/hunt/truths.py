"""What must be true: after every step, and once all is at rest. Each truth yields what contradicts it, in words."""

from collections.abc import Iterator

from django.db.models import F

from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.balances import of_order
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment
from tests.hunt.money_truths import MoneyTruths
from tests.hunt.story import Sight
from tests.hunt.told_truths import ToldTruths
from tests.hunt.unit_truths import UnitTruths

Kind = OpenIssue.Kind

NEVER = (Kind.FAULT, Kind.NOT_RELEASED)
"""Exceptions of which each is a fault of ours."""

OVER = (Kind.UNEXPLAINED, Kind.STRIPE_DIFFERS)
"""Those of the accounts, which are over once all was heard."""


class Truths(MoneyTruths, UnitTruths, ToldTruths):
    """All of them."""

    def always(self) -> None:
        """What is true whatever is under way."""
        self._hold(self._no_fault(), self.money_always(), self.units_always(), self.told_always())

    def at_rest(self) -> None:
        """What is true when everybody could be reached and there was time enough."""
        self.sight = Sight()
        self._hold(self._nothing_waits(), self.money_at_rest(), self.units_at_rest(), self.told_at_rest())

    def _hold(self, *truths: Iterator[str]) -> None:
        wrong = [one for truth in truths for one in truth]
        assert not wrong, "\n".join([*wrong, "--", *self._scene()])

    def _scene(self) -> Iterator[str]:
        """How things stand, for whoever looks for the cause."""
        yield from (f"exception {one.kind} {one.subject}" for one in self.issues())
        for order in Order.objects.order_by("pk"):
            books = {name: amount for name, amount in of_order(order.pk).items() if amount}
            dates = [name for name in ("paid", "routed", "cancelled", "released") if getattr(order, f"{name}_at")]
            yield f"order {order.number} ({', '.join(dates)}): {books}"
            for refund in order.refunds.all():
                lines = {row.line.sku: row.quantity for row in refund.lines.select_related("line")}
                yield f"  refund {refund.kind} {refund.state} {refund.amount_minor} {lines} booked={refund.booked_at}"
        for payment in Payment.objects.order_by("pk"):
            order_name = payment.saleor_order_id and Order.objects.filter(saleor_id=payment.saleor_order_id).first()
            yield f"{payment.reference} {payment.state} {payment.amount_minor} {order_name or ''}"
            yield from (f"  at Stripe {one.state} {one.amount_minor}" for one in payment.refunds.all())
            yield from (f"  disputed {one.state} {one.amount_minor}" for one in payment.disputes.all())

    def _no_fault(self) -> Iterator[str]:
        yield from self.world.failures
        for issue in self.issues(*NEVER):
            yield f"exception {issue.kind} {issue.subject}: {issue.message}"

    def _nothing_waits(self) -> Iterator[str]:
        stuck = {issue.subject for issue in self.issues()}
        for mark in Mark.objects.filter(counter__gt=F("handled")):
            if f"{mark.kind}:{mark.object_id}" not in stuck:
                yield f"{mark.kind} {mark.object_id} waits for a worker"
        for issue in self.issues(Kind.GATEWAY, *OVER):
            if not issue.subject.startswith("mail:") and not self._paid_twice_by_hand(issue.subject):
                yield f"exception {issue.kind} {issue.subject}: {issue.message}"
        for mail in Mail.objects.filter(sent_at=None):
            if f"mail:{mail.public_id}" not in stuck:
                yield f"a mail waits: {mail.key}"
        for payment in Payment.objects.filter(state="paid"):
            if self._kept(payment.checkout_id) and not self._is_told(payment.checkout_id):
                yield f"{payment.reference} was paid, and nothing became of it"

    def _paid_twice_by_hand(self, reference: str) -> bool:
        """Whether staff gave money back at Stripe that was transferred by hand: it is gone, and the list says so."""
        payment = Payment.objects.filter(reference=reference).first()
        if payment is None or not self.memory.by_hand[payment.checkout_id]:
            return False
        return any(self.memory.at_stripe[one["id"]] for one in self.paid_for(payment.checkout_id))
