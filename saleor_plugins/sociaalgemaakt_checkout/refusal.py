"""What holds whichever plugin refuses a checkout. Plain Python that both import; no plugin, and no app of Saleor's."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CODE = "graphql_error"
"""Of the codes that would fit, the one that `checkoutComplete`, `orderCreateFromCheckout` and `transactionInitialize`
all know: another one breaks the answer of one of them."""


@dataclass(frozen=True)
class Movement:
    """The money of one payment transaction, in the checkout's currency."""

    charged: Decimal
    authorized: Decimal
    charge_pending: Decimal
    authorize_pending: Decimal

    @property
    def has_begun(self) -> bool:
        """Whether the customer gave money, or is giving it: what is pending may arrive any moment."""
        return any(
            amount > 0 for amount in (self.charged, self.authorized, self.charge_pending, self.authorize_pending)
        )


def movements_of(checkout: Any) -> list[Movement]:
    """The money of Saleor's checkout, one movement for each of its transactions. Costs a query."""
    return [
        Movement(
            charged=transaction.charged_value,
            authorized=transaction.authorized_value,
            charge_pending=transaction.charge_pending_value,
            authorize_pending=transaction.authorize_pending_value,
        )
        for transaction in checkout.payment_transactions.all()
    ]


def is_too_late(movements: Iterable[Movement]) -> bool:
    """Whether money has moved, after which nothing is refused: money without an order is the worst outcome."""
    return any(movement.has_begun for movement in movements)
