"""Amounts in mails to customers, as the language of each writes them."""

from django.utils.formats import number_format
from django.utils.translation import pgettext

from fulfilment.money import to_decimal

_SIGNS = {"EUR": "€"}


class Written:
    """An amount of minor units that is written when a mail is: `€ 1.250,00`, `€1,250.00` or `1 250,00 €`, with spaces
    that do not break."""

    def __init__(self, minor: int, currency: str) -> None:
        self._minor, self._currency = minor, currency

    def __str__(self) -> str:
        amount = to_decimal(abs(self._minor), self._currency)
        number = number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
        # Translators: where the sign of a currency stands.
        written = pgettext("customer", "%(sign)s\N{NO-BREAK SPACE}%(number)s")
        return ("−" if self._minor < 0 else "") + written % {"sign": _SIGNS[self._currency], "number": number}
