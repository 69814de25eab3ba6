"""What a sale would bring whom, before it is made: at the price as it is, and at the least that a voucher makes of it.

Pure. Prices are told with and without VAT, and discounted as they are entered; amounts in minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfilment.money import percentage
from fulfilment.policies import DiscountPolicy
from fulfilment.revenue.rules import Term, shared_net, short_of_fixed, split


@dataclass(frozen=True)
class Price:
    """What one piece costs in a channel; `entered` is the one of the two that discounts are taken off.

    `undiscounted_net` is what it would cost without a promotion, which is a discount like any other to who bears it.
    """

    gross: int
    net: int
    with_tax: bool
    undiscounted_net: int = 0

    @property
    def entered(self) -> int:
        return self.gross if self.with_tax else self.net


@dataclass(frozen=True)
class Discount:
    """What a voucher takes off goods: `basis_points`, or an `amount` of each piece or of the whole order.

    `minimum` is what the goods must come to. `is_funded`: the platform bears it, whatever the agreement says.
    """

    basis_points: int | None
    amount: int
    is_of_order: bool
    minimum: int
    is_funded: bool

    def most_off(self, price: int) -> int:
        """The most that it takes off one piece of that price.

        An amount off the whole order is spread over what is in it, so it takes most where there is least beside.
        """
        if self.basis_points is not None:
            return min(percentage(price, self.basis_points), price)
        if not self.is_of_order or not price:
            return min(self.amount, price)
        least = max(self.minimum, price)
        return min(-(-price * self.amount // least), price)


@dataclass(frozen=True)
class Outcome:
    """What a piece brings each term, in their order, how much less that is than fixed, and what the platform adds."""

    net: int
    shares: tuple[int, ...]
    short: tuple[int, ...]
    borne: int

    @property
    def is_short(self) -> bool:
        return any(self.short)


def outcome(price: Price, terms: Sequence[Term], policy: DiscountPolicy, discount: Discount | None = None) -> Outcome:
    """What one piece brings whom, at its price or at the least that a discount makes of it."""
    off = discount.most_off(price.entered) if discount else 0
    paid = _net_at(price, price.entered - off)
    funded = price.net - paid if discount and discount.is_funded else 0
    shared = shared_net(paid, max(price.net, price.undiscounted_net), funded, 1, terms, policy)
    shares = split(shared, 1, terms)
    return Outcome(paid, tuple(shares), tuple(short_of_fixed(1, terms, shares)), shared - paid)


def _net_at(price: Price, entered: int) -> int:
    """The net amount at another price, with the tax of this one."""
    if not price.with_tax or not price.gross:
        return entered
    return (price.net * entered * 2 + price.gross) // (2 * price.gross)
