"""The balance at Stripe: every movement is a balance transaction, and the balance is their sum."""

import math
from dataclasses import dataclass

from sandbox.common.store import Document, Reader, Transaction
from sandbox.stripe.settings import CURRENCY
from sandbox.stripe.shapes import new_id

AVAILABLE_AFTER = 5
"""Seconds from a payment until it may be paid out. Stripe takes days; its own test mode can do it at once."""


@dataclass(frozen=True)
class Movement:
    """One movement: `amount` and `fee` in cents, the amount negative when money leaves, the fee when one is returned.
    `not_before` is the first moment (unix seconds) at which its money counts as available; at once where it is 0."""

    amount: int
    kind: str
    category: str
    source: str
    fee: int = 0
    fee_for: str = "Stripe processing fees"
    description: str | None = None
    not_before: int = 0


def book(tx: Transaction, movement: Movement, now: float) -> Document:
    """Store a movement."""
    details = [
        {
            "amount": movement.fee,
            "application": None,
            "currency": CURRENCY,
            "description": movement.fee_for,
            "type": "stripe_fee",
        }
    ]
    available_on = max(int(now), movement.not_before)
    transaction: Document = {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": movement.amount,
        "available_on": available_on,
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
        "status": "pending" if available_on > now else "available",
        "type": movement.kind,
    }
    held = _held(tx) + transaction["net"]
    tx.insert("balance_transaction", transaction["id"], transaction)
    tx.put("ledger", "held", {"net": held})
    return transaction


def _held(reader: Reader) -> int:
    """The sum of all movements; kept, since thousands of them are too many to add up at every call."""
    kept = reader.get("ledger", "held")
    return reader.total("balance_transaction", "net") if kept is None else int(kept["net"])


def as_of(transaction: Document, now: float) -> Document:
    """A balance transaction with its status at a moment: pending money becomes available by the clock alone."""
    return {**transaction, "status": "available" if transaction["available_on"] <= now else "pending"}


def balances(reader: Reader, now: float) -> tuple[int, int]:
    """(available, pending) in cents; either may be below zero."""
    pending = reader.total("balance_transaction", "net", at_least={"available_on": math.nextafter(now, math.inf)})
    return _held(reader) - pending, pending


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
