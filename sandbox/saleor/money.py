"""Amounts: integer minor units inside, decimals on the wire. Tax is counted the way Saleor's flat rates do."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

_DIGITS = Decimal("0.01")  # every currency here has two decimals
_UNIT = Decimal(1)


class Money(TypedDict):
    """An amount in minor units with its currency."""

    minor: int
    currency: str


class Taxed(TypedDict):
    """An amount with and without tax, in minor units."""

    gross: int
    net: int
    currency: str


def to_minor(amount: Decimal | str) -> int:
    """Minor units of a decimal amount, rounded half up."""
    return int((Decimal(amount).quantize(_DIGITS, ROUND_HALF_UP) * 100).to_integral_value())


def to_decimal(minor: int) -> Decimal:
    """The decimal amount of minor units."""
    return Decimal(minor).scaleb(-2)


def net_of(gross: int, rate: Decimal) -> int:
    """What is left of a gross amount (minor units) without tax at `rate` percent, rounded half up."""
    return int((Decimal(gross) * 100 / (100 + rate)).quantize(_UNIT, ROUND_HALF_UP))


def gross_of(net: int, rate: Decimal) -> int:
    """A net amount (minor units) with tax at `rate` percent, rounded half up."""
    return int((Decimal(net) * (100 + rate) / 100).quantize(_UNIT, ROUND_HALF_UP))


def share_of(total: int, count: int) -> int:
    """One of `count` equal parts of a total (minor units), rounded half up."""
    return int((Decimal(total) / count).quantize(_UNIT, ROUND_HALF_UP))


def money(minor: int, currency: str) -> Money:
    return {"minor": minor, "currency": currency}


def taxed(gross: int, rate: Decimal, currency: str) -> Taxed:
    """A gross amount (minor units) with its net part at `rate` percent."""
    return {"gross": gross, "net": net_of(gross, rate), "currency": currency}


def sum_of(parts: list[Taxed], currency: str) -> Taxed:
    """The parts together; gross and net are each added, never computed anew."""
    return {"gross": sum(p["gross"] for p in parts), "net": sum(p["net"] for p in parts), "currency": currency}
