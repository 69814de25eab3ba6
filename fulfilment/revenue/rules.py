"""The split: how the net revenue of a line becomes the shares of its partners.

A waterfall. First the fixed amounts per unit, in rank order, each as far as the revenue still reaches. Then the
percentages of what remains: floored, and the cents left over given out one by one in rank order. The shares always
add up to the revenue, exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fulfilment.money import allot, percentage
from fulfilment.policies import DiscountPolicy


@dataclass(frozen=True)
class Term:
    """A fixed amount per unit (minor units) or a part of the remainder (basis points); the other is None."""

    amount_minor: int | None
    basis_points: int | None


@dataclass(frozen=True)
class Tax:
    """A partner's tax as rates in basis points: VAT on top of the share, tax withheld from it."""

    vat_basis_points: int = 0
    withholding_basis_points: int = 0


@dataclass(frozen=True)
class Taxed:
    """What a share of `amount` means in money: VAT owed on top, tax kept back (both minor units)."""

    amount: int
    vat: int
    withheld: int


def split(net: int, quantity: int, terms: Sequence[Term]) -> list[int]:
    """The share of each term, in the order of the terms, which is their rank."""
    assert net >= 0
    assert quantity > 0
    shares = [0] * len(terms)
    left = net
    for position, term in enumerate(terms):
        if term.amount_minor is not None:
            shares[position] = min(left, term.amount_minor * quantity)
            left -= shares[position]
    weights = [term.basis_points or 0 for term in terms]
    for position, part in enumerate(allot(left, weights)):
        shares[position] += part
    return shares


def fixed(quantity: int, terms: Sequence[Term]) -> int:
    """What the fixed amounts of so many units come to."""
    return sum(term.amount_minor * quantity for term in terms if term.amount_minor is not None)


def shared_net(
    paid: int, undiscounted: int, funded: int, quantity: int, terms: Sequence[Term], policy: DiscountPolicy
) -> int:
    """The net amount that the partners of a line share in; what it is above `paid`, the platform bears.

    `undiscounted` is what the line would have cost, `funded` the part of its discount that a voucher of the platform
    gave; all in minor units without VAT.
    """
    net = paid + funded
    if policy is DiscountPolicy.PLATFORM_BEARS:
        return max(net, undiscounted)
    if policy is DiscountPolicy.PLATFORM_TOPS_UP:
        return max(net, fixed(quantity, terms))
    return net


def short_of_fixed(quantity: int, terms: Sequence[Term], shares: Sequence[int]) -> list[int]:
    """How much less than its fixed amount each term brings; zero for a percentage."""
    return [max((term.amount_minor or 0) * quantity - share, 0) for term, share in zip(terms, shares, strict=True)]


def taxed(amount: int, tax: Tax) -> Taxed:
    """A share with the VAT that its owner adds and the tax that is withheld from it."""
    return Taxed(amount, percentage(amount, tax.vat_basis_points), percentage(amount, tax.withholding_basis_points))


def split_shipping(net: int, producers: int) -> list[int]:
    """Shipping money goes to the producers who ship, equally, the cents left over in their order."""
    return allot(net, [1] * producers)
