from decimal import Decimal

import pytest

from shop.money import Money, format_money


@pytest.mark.parametrize(
    ("minor", "long", "short"),
    [
        (28900, "€ 289,00", "€ 289"),
        (28950, "€ 289,50", "€ 289,50"),
        (5, "€ 0,05", "€ 0,05"),
        (0, "€ 0,00", "€ 0"),
        (123456789, "€ 1.234.567,89", "€ 1.234.567,89"),
        (-950, "−€ 9,50", "−€ 9,50"),
    ],
)
def test_prices_are_set_the_flemish_way(minor: int, long: str, short: str) -> None:
    assert format_money(Money(minor, "EUR")).replace("\N{NO-BREAK SPACE}", " ") == long
    assert format_money(Money(minor, "EUR"), short=True).replace("\N{NO-BREAK SPACE}", " ") == short


def test_saleors_decimals_become_whole_cents() -> None:
    assert Money.from_decimal(Decimal("289.000"), "EUR") == Money(28900, "EUR")
    assert Money.from_decimal(12, "EUR") == Money(1200, "EUR")


def test_an_amount_finer_than_a_cent_is_not_rounded_in_silence() -> None:
    with pytest.raises(ValueError, match="minor units"):
        Money.from_decimal(Decimal("1.005"), "EUR")
