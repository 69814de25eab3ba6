"""A cardholder's bank: what it does about a payment, as Stripe tells it, and a worker who looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.settle_dispute import settle_dispute
from fulfilment.gateways.stripe.values import Dispute, Movement
from fulfilment.ledger.balances import trial_balance
from fulfilment.payments import models
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.bought import LAMP, NOW, Bought, agree, bought
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT, SaleorInMemory

FEE = 2_000
LATER = NOW + timedelta(days=60)
_serial = count(1)


def a_lamp() -> Bought:
    """A lamp of a workshop and a designer, where the platform has its part."""
    rows.partner("platform", kind="platform")
    agree("SG-001")
    return bought(LAMP)


@dataclass
class Bank:
    """Disputes payments at a Stripe in memory. What changes there is acted on by `look`."""

    saleor: SaleorInMemory
    payment: models.Payment
    stripe: StripeInMemory = field(default_factory=StripeInMemory)

    def opens(self, amount: int = 0, *, is_inquiry: bool = False, reason: str = "fraudulent") -> str:
        """A dispute of an amount, or of all; Stripe's id."""
        payment = self.payment
        payment.refresh_from_db()
        dispute_id = f"du_mem_{next(_serial)}"
        self.stripe.disputes[dispute_id] = Dispute(
            id=dispute_id,
            status="warning_needs_response" if is_inquiry else "needs_response",
            reason=reason,
            amount_minor=amount or payment.amount_minor,
            currency="EUR",
            payment_intent_id=payment.payment_intent_id,
            made_at=PLACED_AT,
            due_by=NOW + timedelta(days=8),
        )
        if not is_inquiry:
            self._moves(dispute_id, -1, FEE)
        return dispute_id

    def answered(self, dispute_id: str) -> None:
        """Evidence was sent."""
        was = self.stripe.disputes[dispute_id].status
        self._says(dispute_id, "warning_under_review" if was.startswith("warning") else "under_review")

    def escalates(self, dispute_id: str) -> None:
        """The bank no longer asks: it takes the money."""
        self._moves(dispute_id, -1, FEE)
        self._says(dispute_id, "needs_response")

    def drops(self, dispute_id: str) -> None:
        """An inquiry comes to nothing."""
        self._says(dispute_id, "warning_closed")

    def loses(self, dispute_id: str, *, fee_returned: bool = False) -> None:
        """The bank finds for us."""
        self._moves(dispute_id, 1, -FEE if fee_returned else 0)
        self._says(dispute_id, "won")

    def wins(self, dispute_id: str) -> None:
        """The bank finds for the cardholder."""
        self._says(dispute_id, "lost")

    def _says(self, dispute_id: str, status: str) -> None:
        self.stripe.disputes[dispute_id] = replace(self.stripe.disputes[dispute_id], status=status)

    def _moves(self, dispute_id: str, sign: int, fee: int) -> None:
        told = self.stripe.disputes[dispute_id]
        kind = "dispute" if sign < 0 else "dispute_reversal"
        name = f"txn_mem_{next(_serial)}"
        moved = Movement(name, kind, dispute_id, sign * told.amount_minor, fee, "EUR", PLACED_AT)
        self.stripe.moved.append(moved)
        self.stripe.disputes[dispute_id] = replace(told, movements=(*told.movements, moved))

    def look(self, dispute_id: str, *, now: datetime = NOW) -> models.Dispute:
        """A worker looks at it as it stands."""
        settle_dispute(dispute_id, self.saleor.as_saleor(), self.stripe, now=now)
        return models.Dispute.objects.get(stripe_dispute_id=dispute_id)


def bank_of(found: Bought) -> Bank:
    """The bank of whoever bought it."""
    return Bank(found.saleor, found.payment)


def lost(bank: Bank, amount: int = 0) -> str:
    """A dispute of an amount, or of all, that the bank decided against us; nobody said yet who bears it."""
    dispute = bank.opens(amount)
    bank.look(dispute)
    bank.wins(dispute)
    bank.look(dispute)
    return dispute


def released(found: Bought) -> bool:
    """Whether the shares of an order are released once everything was shipped and the time to withdraw is over."""
    for task in Task.objects.filter(order=found.order, state=Task.State.WAITING):
        rows.parcel(task)
        Task.objects.filter(pk=task.pk).update(state=Task.State.SHIPPED)
    return found.order.public_id in release_shares(as_of=LATER.date(), now=LATER)


def standing(*names: str) -> Mapping[str, int]:
    """What stands on accounts, of all orders: credit minus debit."""
    found = trial_balance()
    return {name: found.get(name, 0) for name in names}
