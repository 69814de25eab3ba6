"""Amounts as integers of the currency's minor unit."""

from dataclasses import dataclass
from decimal import Decimal

_MINOR_DIGITS = {"EUR": 2}
_SYMBOLS = {"EUR": "€"}


def is_sold_in(currency: str) -> bool:
    """Whether we sell in a currency: a channel of Saleor may have another."""
    return currency in _MINOR_DIGITS


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor unit (cents for EUR). May be negative."""

    minor: int
    currency: str

    @classmethod
    def from_decimal(cls, amount: Decimal | int, currency: str) -> "Money":
        """Raises ValueError when the amount is finer than the minor unit, KeyError for an unknown currency."""
        scaled = Decimal(amount).scaleb(_MINOR_DIGITS[currency])
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} {currency} is not a whole number of minor units")
        return cls(int(scaled), currency)


def format_money(money: Money, *, short: bool = False) -> str:
    """``€ 1.289,00``, with spaces that do not break; ``short`` leaves out cents that are zero."""
    digits = _MINOR_DIGITS[money.currency]
    whole, cents = divmod(abs(money.minor), 10**digits)
    grouped = f"{whole:,}".replace(",", ".")
    sign = "−" if money.minor < 0 else ""
    tail = "" if short and cents == 0 else f",{cents:0{digits}d}"
    return f"{sign}{_SYMBOLS[money.currency]}\N{NO-BREAK SPACE}{grouped}{tail}"
