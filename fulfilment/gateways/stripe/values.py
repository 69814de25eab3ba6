"""What Stripe tells us, as values: amounts in minor units, moments with their zone."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Origin:
    """What a page was opened for, as we wrote it on the page itself."""

    reference: str
    saleor_transaction_id: str
    checkout_id: str
    amount_minor: int
    currency: str
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class PageLine:
    """A line that the customer reads on the page; the lines make the sum that is paid."""

    name: str
    amount_minor: int


@dataclass(frozen=True)
class Session:
    """A Checkout Session. `status`: open, complete or expired. One without `origin` is not ours."""

    id: str
    url: str
    status: str
    payment_status: str
    payment_intent_id: str
    origin: Origin | None = None


@dataclass(frozen=True)
class Intent:
    """A PaymentIntent with its last charge; `fee_minor` is None as long as Stripe has not settled it."""

    id: str
    status: str
    amount_received_minor: int
    currency: str
    reference: str
    charge_id: str
    charge_failed: bool
    failure_message: str
    charged_at: datetime
    fee_minor: int | None


@dataclass(frozen=True)
class Refund:
    """A refund. `status`: pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str
    amount_minor: int
    currency: str
    payment_intent_id: str
    made_at: datetime
    asked_by: str = ""
    """The key of the request that it was made for; empty where it was made in Stripe's dashboard."""


@dataclass(frozen=True)
class Movement:
    """A balance transaction: `amount_minor` came to our money at Stripe (below zero: left it), less `fee_minor`.

    `kind` is Stripe's reporting category, `source` the id of what it was for; of a charge, `payment_intent_id` too.
    """

    id: str
    kind: str
    source: str
    amount_minor: int
    fee_minor: int
    currency: str
    made_at: datetime
    payment_intent_id: str = ""

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.fee_minor


@dataclass(frozen=True)
class Dispute:
    """A dispute, with `movements` of what the bank took and gave back. `reason` and `status` are Stripe's words."""

    id: str
    status: str
    reason: str
    amount_minor: int
    currency: str
    payment_intent_id: str
    made_at: datetime
    due_by: datetime | None
    movements: tuple[Movement, ...] = ()

    @property
    def taken_minor(self) -> int:
        """All that the bank ever took."""
        return -sum(min(one.amount_minor, 0) for one in self.movements)

    @property
    def returned_minor(self) -> int:
        """What of that it gave back."""
        return sum(max(one.amount_minor, 0) for one in self.movements)


@dataclass(frozen=True)
class BankPayout:
    """Money from Stripe to the bank. `status`: pending, in_transit, paid, failed or canceled."""

    id: str
    status: str
    amount_minor: int
    currency: str
    made_at: datetime
    asked_by: str = ""
    """The name of the collection that it was made for; empty where it was made in Stripe's dashboard."""
    failure: str = ""
    """Why the bank did not take it, in Stripe's words."""


@dataclass(frozen=True)
class Balance:
    """What Stripe could send to the bank now, and what comes to that by itself; each may be below zero."""

    available_minor: int
    pending_minor: int
