"""What Stripe keeps of a payment in Europe, per way of paying. Amounts in cents."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fee:
    """A share of the amount in hundredths of a percent, plus a fixed amount in cents."""

    basis_points: int
    fixed: int

    def of(self, amount: int) -> int:
        """The fee on an amount, both in cents, rounded half up."""
        return (amount * self.basis_points + 5_000) // 10_000 + self.fixed


FEES = {
    "card": Fee(basis_points=150, fixed=25),
    "bancontact": Fee(basis_points=0, fixed=39),
}
DISPUTE_FEE = 2_000
"""What Stripe keeps of a payment by card that the cardholder's bank takes back, in cents. It is not returned when the
dispute is won."""
