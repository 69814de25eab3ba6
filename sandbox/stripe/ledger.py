"""The balance at Stripe: every movement is a balance transaction, and the balance is their sum."""

from dataclasses import dataclass

from sandbox.common.store import Document, Reader, Transaction
from sandbox.stripe.settings import CURRENCY
from sandbox.stripe.shapes import new_id

AVAILABLE_AFTER = 5
"""Seconds from a payment until it may be paid out. Stripe takes days; its own test mode can do it at once."""


@dataclass(frozen=True)
class Movement:
    """One movement: `amount` and `fee` in cents, the amount negative when money leaves."""

    amount: int
    kind: str
    category: str
    source: str
    fee: int = 0
    description: str | None = None


def book(tx: Transaction, movement: Movement, now: float) -> Document:
    """Store a movement; money that comes in from customers is pending at first."""
    waits = AVAILABLE_AFTER if movement.category == "charge" else 0
    details = [
        {
            "amount": movement.fee,
            "application": None,
            "currency": CURRENCY,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
    ]
    transaction: Document = {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": movement.amount,
        "available_on": int(now) + waits,
        "balance_type": "payments",
        "created": int(now),
        "currency": CURRENCY,
        "description": movement.description,
        "exchange_rate": None,
        "fee": movement.fee,
        "fee_details": details if movement.fee else [],
        "net": movement.amount - movement.fee,
        "reporting_category": movement.category,
        "source": movement.source,
        "status": "pending" if waits else "available",
        "type": movement.kind,
    }
    tx.insert("balance_transaction", transaction["id"], transaction)
    return transaction


def as_of(transaction: Document, now: float) -> Document:
    """A balance transaction with its status at a moment: pending money becomes available by the clock alone."""
    return {**transaction, "status": "available" if transaction["available_on"] <= now else "pending"}


def balances(reader: Reader, now: float) -> tuple[int, int]:
    """(available, pending) in cents."""
    available = pending = 0
    for transaction in reader.find("balance_transaction"):
        if transaction["available_on"] <= now:
            available += transaction["net"]
        else:
            pending += transaction["net"]
    return available, pending


def balance(reader: Reader, now: float) -> Document:
    """Stripe's balance object."""
    available, pending = balances(reader, now)

    def one(amount: int) -> list[Document]:
        return [{"amount": amount, "currency": CURRENCY, "source_types": {"card": amount}}]

    return {
        "object": "balance",
        "available": one(available),
        "connect_reserved": [{"amount": 0, "currency": CURRENCY}],
        "livemode": False,
        "pending": one(pending),
    }
