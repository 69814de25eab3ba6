"""Discount codes: which are taken, and what they take off which line, to the cent."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.values import Voucher
from tests.support.saleor_bench import SaleorBench
from tests.support.saleor_vouchers import LINES, UPDATE, amounts, basket, give, gross, of_tax, read, take_back, voucher

Make = Callable[..., Voucher]


@pytest.fixture
def make(saleor: SaleorBench) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda **table: stack.enter_context(voucher(saleor, **table))


@pytest.mark.parametrize(
    ("table", "lines", "discount"),
    [
        ({"percent": "10"}, ("260.10", "264.60", "10.80"), "59.50"),
        ({"percent": "33.33"}, ("192.68", "196.01", "8.00"), "198.31"),
        ({"percent": "0.01"}, ("288.97", "293.97", "12.00"), "0.06"),
        ({"amount": "25.00"}, ("276.86", "281.65", "11.49"), "25.00"),
        ({"amount": "594.99"}, ("0.00", "0.00", "0.01"), "594.99"),
        ({"on": "cheapest", "percent": "50"}, ("289.00", "294.00", "6.00"), "6.00"),
        ({"on": "cheapest", "amount": "20.00"}, ("289.00", "294.00", "0.00"), "12.00"),
        ({"on": "products", "amount": "15.55", "products": ["SG-004"]}, ("289.00", "247.35", "12.00"), "46.65"),
        ({"on": "products", "percent": "12.5", "collections": ["om-te-geven"]}, ("289.00", "257.25", "10.50"), "38.25"),
        ({"on": "products", "percent": "33.33"}, ("192.68", "196.01", "8.00"), "198.30"),
        ({"on": "cheapest", "percent": "50", "products": ["SG-004"]}, ("289.00", "245.00", "12.00"), "49.00"),
    ],
)
def test_what_a_voucher_takes_off_each_line(
    saleor: SaleorBench, make: Make, table: dict[str, Any], lines: tuple[str, ...], discount: str
) -> None:
    checkout, code = basket(saleor, *LINES), make(**table).key
    assert give(saleor, checkout, code) == []
    found = read(saleor, checkout)
    assert gross(found) == amounts(*lines)
    assert found["discount"]["amount"] == Decimal(discount)
    assert found["voucherCode"] == code
    assert all(of_tax(line["totalPrice"]) for line in found["lines"])
    assert [line["undiscountedTotalPrice"]["amount"] for line in found["lines"]] == amounts("289", "294", "12")
    assert found["subtotalPrice"]["gross"]["amount"] == sum(gross(found))
    assert found["totalPrice"]["gross"]["amount"] == sum(gross(found)) + Decimal("9.50")


def test_the_unit_price_of_a_line_is_rounded_from_the_line(saleor: SaleorBench, make: Make) -> None:
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, make(amount="25.00").key)
    line = read(saleor, checkout)["lines"][1]
    assert line["unitPrice"]["gross"]["amount"] == Decimal("93.88")
    assert line["totalPrice"]["gross"]["amount"] == Decimal("281.65")


@pytest.mark.parametrize(
    ("table", "shipping", "net"),
    [
        ({"percent": "100"}, "0.00", "0.00"),
        ({"amount": "5.00"}, "4.50", "3.72"),
        ({"percent": "33.33"}, "6.33", "5.23"),
        ({"amount": "20.00"}, "0.00", "0.00"),
    ],
)
def test_a_voucher_on_the_delivery_lowers_that_alone(
    saleor: SaleorBench, make: Make, table: dict[str, Any], shipping: str, net: str
) -> None:
    checkout = basket(saleor, *LINES)
    assert give(saleor, checkout, make(on="delivery", **table).key) == []
    found = read(saleor, checkout)
    assert gross(found) == amounts("289", "294", "12")
    assert found["shippingPrice"] == {"gross": {"amount": Decimal(shipping)}, "net": {"amount": Decimal(net)}}


def test_a_voucher_on_the_delivery_wants_a_delivery_first(saleor: SaleorBench, make: Make) -> None:
    checkout = basket(saleor, *LINES, ready=False)
    assert give(saleor, checkout, make(on="delivery", percent="100").key) == [("promoCode", "VOUCHER_NOT_APPLICABLE")]


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        ({"from": "2036"}, "INVALID"),
        ({"until": "2025"}, "INVALID"),
        ({"minimum": "595.01"}, "VOUCHER_NOT_APPLICABLE"),
        ({"minimum_quantity": 6}, "VOUCHER_NOT_APPLICABLE"),
        ({"on": "products", "products": ["SG-002"]}, "VOUCHER_NOT_APPLICABLE"),
    ],
)
def test_a_code_that_is_not_for_this_basket_is_refused_and_changes_nothing(
    saleor: SaleorBench, make: Make, table: dict[str, Any], refusal: str
) -> None:
    dates = {name: date(int(table.pop(name)), 6, 1) for name in ("from", "until") if name in table}
    checkout, code = basket(saleor, *LINES), make(percent="10", **table, **dates).key
    assert give(saleor, checkout, code) == [("promoCode", refusal)]
    found = read(saleor, checkout)
    assert (found["voucherCode"], gross(found)) == (None, amounts("289", "294", "12"))


def test_a_code_that_nobody_knows_is_invalid_and_counts_by_its_capitals(saleor: SaleorBench, make: Make) -> None:
    checkout, code = basket(saleor, *LINES), make(percent="10").key
    assert give(saleor, checkout, "no-such-code") == [("promoCode", "INVALID")]
    assert give(saleor, checkout, code.swapcase()) == [("promoCode", "INVALID")]
    assert give(saleor, checkout, f" {code} ") == [("promoCode", "INVALID")]
    assert give(saleor, checkout, "") == [("promoCode", "INVALID")]


def test_just_enough_is_enough(saleor: SaleorBench, make: Make) -> None:
    checkout = basket(saleor, *LINES)
    assert give(saleor, checkout, make(percent="10", minimum="595.00", minimum_quantity=5).key) == []


def test_an_unknown_checkout_is_not_found(saleor: SaleorBench, make: Make) -> None:
    unknown = "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    assert [code for _field, code in give(saleor, unknown, "x")] == ["NOT_FOUND"]
    assert [code for _field, code in take_back(saleor, unknown, "x")] == ["NOT_FOUND"]


def test_a_second_code_takes_the_place_of_the_first(saleor: SaleorBench, make: Make) -> None:
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, make(percent="10").key)
    second = make(on="products", percent="50", products=["SG-001"])
    assert give(saleor, checkout, second.key) == []
    found = read(saleor, checkout)
    assert (found["voucherCode"], gross(found)) == (second.key, amounts("144.50", "294", "12"))


def test_the_name_is_told_in_the_language_of_the_checkout_where_there_is_one(saleor: SaleorBench, make: Make) -> None:
    made = make(percent="10", en={"name": "Sample"})
    checkout = basket(saleor, *LINES)  # a Dutch one
    give(saleor, checkout, made.key)
    found = read(saleor, checkout)
    assert (found["discountName"], found["translatedDiscountName"]) == (made.name, "")


def test_a_code_is_taken_back_once(saleor: SaleorBench, make: Make) -> None:
    checkout, code = basket(saleor, *LINES), make(percent="10").key
    give(saleor, checkout, code)
    assert take_back(saleor, checkout, code) == []
    found = read(saleor, checkout)
    assert (found["voucherCode"], found["discountName"], found["discount"]["amount"]) == (None, None, 0)
    assert gross(found) == amounts("289", "294", "12")
    assert take_back(saleor, checkout, code) == [("promoCode", "INVALID")]
    assert take_back(saleor, checkout, "no-such-code") == [("promoCode", "NOT_FOUND")]
    assert take_back(saleor, checkout, None) == [(None, "GRAPHQL_ERROR")]


def test_another_code_of_the_same_voucher_takes_it_back(saleor: SaleorBench, make: Make) -> None:
    made = make(percent="10")
    twin = f"{made.key}-2"
    both = make(percent="20", codes=[f"{made.key}-1", twin])
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, both.key)
    assert take_back(saleor, checkout, made.key) == [("promoCode", "INVALID")]
    assert take_back(saleor, checkout, twin) == []


def test_a_basket_that_becomes_too_small_loses_its_code_without_a_word(saleor: SaleorBench, make: Make) -> None:
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, make(percent="10", minimum="300.00").key)
    line = read(saleor, checkout)["lines"][0]["id"]
    answer = saleor.ask(UPDATE, id=checkout, l=[{"lineId": line, "quantity": 0}])["checkoutLinesUpdate"]
    assert answer["errors"] == []
    found = read(saleor, checkout)
    # 294 + 12 is still enough
    assert (gross(found), found["discount"]["amount"]) == (amounts("264.60", "10.80"), Decimal("30.60"))
    line = found["lines"][1]["id"]
    saleor.ask(UPDATE, id=checkout, l=[{"lineId": line, "quantity": 0}])
    found = read(saleor, checkout)
    assert (found["voucherCode"], gross(found)) == (None, amounts("294"))


def test_a_change_of_the_basket_or_its_code_makes_the_delivery_stale_until_it_is_asked_again(
    saleor: SaleorBench, make: Make
) -> None:
    checkout, code = basket(saleor, *LINES), make(percent="10").key
    stale = [{"__typename": "CheckoutProblemDeliveryMethodStale"}]
    assert read(saleor, checkout)["problems"] == []
    give(saleor, checkout, code)
    assert read(saleor, checkout)["problems"] == stale
    saleor.choose_delivery(checkout)
    assert read(saleor, checkout)["problems"] == []
    take_back(saleor, checkout, code)
    assert read(saleor, checkout)["problems"] == stale
    saleor.choose_delivery(checkout)
    line = read(saleor, checkout)["lines"][0]["id"]
    saleor.ask(UPDATE, id=checkout, l=[{"lineId": line, "quantity": 2}])
    assert read(saleor, checkout)["problems"] == stale
