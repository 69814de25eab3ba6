"""Money is a whole number of minor units (cents) and a currency. No float, no silent rounding."""

from collections.abc import Sequence
from decimal import Decimal

BASIS_POINTS = 10_000
"""One hundred percent, in basis points."""

_EXPONENTS = {"EUR": 2}
_SIGNS = {"EUR": "€"}


def is_kept_in(currency: str) -> bool:
    """Whether our books know a currency: a channel of Saleor may sell in another."""
    return currency in _EXPONENTS


def to_minor(amount: Decimal | str | int, currency: str) -> int:
    """Minor units of a decimal amount; `ValueError` where it has a fraction of a cent or is no number."""
    scaled = Decimal(amount).scaleb(_EXPONENTS[currency])
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is not a whole number of cents")
    return int(scaled)


def to_decimal(minor: int, currency: str) -> Decimal:
    """The decimal amount of minor units, as Saleor and banks write it."""
    return Decimal(minor).scaleb(-_EXPONENTS[currency])


def allot(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` minor units by `weights`: floor every part, then give out the cents left, one by one, in order.

    The parts always add up to `total`. A negative total, no weight above zero or a negative weight is a bug.
    """
    assert total >= 0
    assert all(weight >= 0 for weight in weights)
    whole = sum(weights)
    assert whole > 0
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    for position, weight in enumerate(weights):
        if left == 0:
            break
        if weight:
            parts[position] += 1
            left -= 1
    return parts


def portion(total: int, part: int, whole: int) -> int:
    """The floored share of `total` that `part` of `whole` makes; exactly `total` when it is all of it."""
    assert 0 <= part <= whole
    assert whole > 0
    return total * part // whole


def percentage(amount: int, basis_points: int) -> int:
    """`basis_points` of `amount`, half a cent rounded up (as VAT and withholding are)."""
    return (amount * basis_points * 2 + BASIS_POINTS) // (2 * BASIS_POINTS)


def net_of(gross: int, basis_points: int) -> int:
    """A gross amount without its VAT of `basis_points`, half a cent rounded up."""
    whole = BASIS_POINTS + basis_points
    return (gross * BASIS_POINTS * 2 + whole) // (2 * whole)


def written(minor: int, currency: str) -> str:
    """The amount as people here read it: `€ 1.234,50`, with a space that does not break."""
    whole, cents = divmod(abs(minor), 10 ** _EXPONENTS[currency])
    digits = f"{whole:,}".replace(",", ".")
    return f"{'−' if minor < 0 else ''}{_SIGNS[currency]}\u00a0{digits},{cents:0{_EXPONENTS[currency]}d}"


def percent(basis_points: int) -> str:
    """Basis points as a percentage: 2100 is `21`, 650 is `6,5`."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)
