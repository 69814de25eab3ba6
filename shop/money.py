"""Amounts as integers of the currency's minor unit."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from sys import intern

from django.utils.formats import number_format
from django.utils.translation import pgettext

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
    @lru_cache(maxsize=4096)  # a long list has the same ones in every language
    def from_decimal(cls, amount: Decimal | int, currency: str) -> "Money":
        """Raises ValueError when the amount is finer than the minor unit, KeyError for an unknown currency."""
        scaled = Decimal(amount).scaleb(_MINOR_DIGITS[currency])
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{amount} {currency} is not a whole number of minor units")
        return cls(int(scaled), intern(currency))  # a long list holds thousands


def format_money(money: Money, *, short: bool = False) -> str:
    """``€ 1.289,00`` as the language of the page writes it (``€1,289.00``, ``1 289,00 €``), with spaces that do not
    break; ``short`` leaves out cents that are zero."""
    digits = _MINOR_DIGITS[money.currency]
    amount = Decimal(abs(money.minor)).scaleb(-digits)
    decimals = 0 if short and amount == int(amount) else digits
    # Translators: where the sign of a currency stands.
    pattern = pgettext("amount", "%(sign)s\N{NO-BREAK SPACE}%(number)s")
    written = pattern % {
        "sign": _SYMBOLS[money.currency],
        "number": number_format(amount, decimal_pos=decimals, use_l10n=True, force_grouping=True),
    }
    return f"−{written}" if money.minor < 0 else written
