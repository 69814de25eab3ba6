"""What an operator may type for an amount: what people here write, and what our pages print."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from fulfilment.entrypoints.backoffice.fields import AmountField, read_amount
from fulfilment.money import to_decimal, written


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("10", "10"),
        ("10,5", "10.50"),
        ("10,50", "10.50"),
        ("10.50", "10.50"),
        ("10.5", "10.50"),
        ("1.141,50", "1141.50"),
        ("1141,50", "1141.50"),
        ("1.000", "1000"),
        ("1 000,00", "1000"),
        ("1.000.000", "1000000"),
        ("€ 10", "10"),
        ("€\N{NO-BREAK SPACE}1.141,50", "1141.50"),
        ("€10,00", "10"),
        ("10 €", "10"),
        ("  10  ", "10"),
        ("0", "0"),
    ],
)
def test_an_amount_is_read_as_it_is_written_here(typed: str, amount: str) -> None:
    assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize("minor", [0, 5, 1_050, 114_150, 99_999_999])
def test_what_our_pages_print_can_be_typed(minor: int) -> None:
    assert AmountField(max_digits=12).clean(written(minor, "EUR")) == to_decimal(minor, "EUR")
    assert AmountField().prepare_value(to_decimal(minor, "EUR")) == written(minor, "EUR").removeprefix("€\u00a0")


@pytest.mark.parametrize(
    "typed",
    [
        "1e3", "1_0", "\u0661\u0660", "\uff11\uff10", "-5", "\u22125", "+5", "1,000", "10,505", "10.5050", "1.00.000",
        "1.0,50", "1,000.50", "0x10", "NaN", "inf", "tien", "10,", ",50", "€", "€ € 10", "10 20", "$ 10",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"zoals 1\.141,50"):
        AmountField().clean(typed)
    assert read_amount(typed) is None


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_is_asked_for_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"zoals 1\.141,50"):
        AmountField().clean(typed)


def test_more_than_anything_costs_is_refused() -> None:
    with pytest.raises(ValidationError, match="te groot"):
        AmountField().clean("10.000.000,00")


def test_what_was_typed_stands_there_as_it_was() -> None:
    assert AmountField().prepare_value("1e3") == "1e3"
