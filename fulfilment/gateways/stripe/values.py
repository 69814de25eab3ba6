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
