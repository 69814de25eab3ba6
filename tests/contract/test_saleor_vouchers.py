"""Discount codes: which are taken, what they take off which line to the cent, and what an order tells of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.values import Voucher
from tests.support.saleor_bench import ROOT, PlacedOrder, SaleorBench
from tests.support.saleor_vouchers import end, voucher

ADD = """mutation($id: ID!, $code: String!) { checkoutAddPromoCode(id: $id, promoCode: $code) {
  checkout { id } errors { field code message } } }"""
REMOVE = """mutation($id: ID!, $code: String) { checkoutRemovePromoCode(id: $id, promoCode: $code) {
  checkout { id } errors { field code message } } }"""
UPDATE = """mutation($id: ID!, $l: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $l) { errors { field code } } }"""
EMAIL = "mutation($id: ID!, $e: String!) { checkoutEmailUpdate(id: $id, email: $e) { errors { code } } }"
READ = """query($id: ID!) { checkout(id: $id) {
  voucherCode discount { amount } discountName translatedDiscountName chargeStatus
  subtotalPrice { gross { amount } } shippingPrice { gross { amount } net { amount } }
  totalPrice { gross { amount } net { amount } }
  problems { __typename }
  lines { id quantity undiscountedTotalPrice { amount } unitPrice { gross { amount } net { amount } }
    totalPrice { gross { amount } net { amount } } variant { sku } } } }"""
ORDER = """voucherCode voucher { name type metafield(key: "funded_by") }
  channel { taxConfiguration { pricesEnteredWithTax } }
  discounts { type name translatedName valueType value total { amount } }
  undiscountedShippingPrice { amount } shippingPrice { gross { amount } net { amount } }
  total { gross { amount } net { amount } }
  lines { productSku quantity unitPrice { gross { amount } } undiscountedUnitPrice { gross { amount } net { amount } }
    totalPrice { gross { amount } net { amount } } undiscountedTotalPrice { gross { amount } net { amount } }
    discounts { type name total { amount } } }"""

Make = Callable[..., Voucher]
CENT = Decimal("0.01")


@pytest.fixture
def make(saleor: SaleorBench) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda **table: stack.enter_context(voucher(saleor, **table))


def basket(saleor: SaleorBench, *items: tuple[str, int], ready: bool = True) -> str:
    """A checkout of these SKUs, of which there are pieces enough."""
    found = {variant["sku"]: variant for tracked in (True, False) for variant in saleor.variants(tracked=tracked)}
    for sku, quantity in items:
        if found[sku]["trackInventory"] and found[sku]["quantityAvailable"] < quantity:
            saleor.restock(found[sku])
    return saleor.checkout([(found[sku]["id"], quantity) for sku, quantity in items], ready=ready)


def give(saleor: SaleorBench, checkout: str, code: str) -> list[tuple[str, str]]:
    """Give a code; what is wrong with it, as (field, code)."""
    answer = saleor.ask(ADD, id=checkout, code=code)["checkoutAddPromoCode"]
    assert (answer["checkout"] is None) is bool(answer["errors"])
    return [(error["field"], error["code"]) for error in answer["errors"]]


def take_back(saleor: SaleorBench, checkout: str, code: str | None) -> list[tuple[str | None, str]]:
    answer = saleor.ask(REMOVE, id=checkout, code=code)["checkoutRemovePromoCode"]
    return [(error["field"], error["code"]) for error in answer["errors"]]


def read(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    found: dict[str, Any] = saleor.ask(READ, id=checkout)["checkout"]
    return found


def gross(found: dict[str, Any]) -> list[Decimal]:
    """What each line comes to."""
    return [line["totalPrice"]["gross"]["amount"] for line in found["lines"]]


def amounts(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def of_tax(price: dict[str, Any]) -> bool:
    """Whether the net part is the gross without 21 %, rounded by itself."""
    net: Decimal = price["net"]["amount"]
    return net == (price["gross"]["amount"] / Decimal("1.21")).quantize(CENT)


def ordered(saleor: SaleorBench, checkout: str) -> PlacedOrder:
    transaction = saleor.pay(checkout)
    done = saleor.complete(checkout)
    assert done["errors"] == [], done
    return PlacedOrder(saleor, done["order"]["id"], checkout, transaction)


LINES = (("SG-001", 1), ("SG-004", 3), ("SG-006", 1))
"""€ 289, 3 × € 98 and € 12: € 595."""


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


def test_an_order_tells_a_voucher_on_the_whole_order_with_itself_and_not_with_its_lines(
    saleor: SaleorBench, make: Make
) -> None:
    made = make(percent="33.33", funded_by="platform")
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, made.key)
    found = ordered(saleor, checkout).read(ORDER)
    assert found["voucherCode"] == made.key
    assert found["voucher"] == {"name": made.name, "type": "ENTIRE_ORDER", "metafield": "platform"}
    assert found["channel"] == {"taxConfiguration": {"pricesEnteredWithTax": True}}
    [told] = found["discounts"]
    assert (told["type"], told["valueType"], told["name"]) == ("VOUCHER", "FIXED", made.name)
    assert told["total"]["amount"] == told["value"] == Decimal("198.31")
    assert gross(found) == amounts("192.68", "196.01", "8.00")
    assert [line["discounts"] for line in found["lines"]] == [[], [], []]
    assert [line["undiscountedTotalPrice"]["gross"]["amount"] for line in found["lines"]] == amounts("289", "294", "12")
    assert all(of_tax(line["totalPrice"]) and of_tax(line["undiscountedTotalPrice"]) for line in found["lines"])
    assert found["total"]["gross"]["amount"] == sum(gross(found)) + Decimal("9.50")


def test_an_order_tells_a_voucher_on_lines_with_each_of_them(saleor: SaleorBench, make: Make) -> None:
    made = make(on="products", percent="12.5", collections=["om-te-geven"])
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, made.key)
    found = ordered(saleor, checkout).read(ORDER)
    assert (found["voucher"]["type"], found["voucher"]["metafield"]) == ("SPECIFIC_PRODUCT", None)
    assert found["discounts"] == []
    told = [[(one["type"], one["total"]["amount"]) for one in line["discounts"]] for line in found["lines"]]
    assert told == [[], [("VOUCHER", Decimal("36.75"))], [("VOUCHER", Decimal("1.50"))]]
    assert found["lines"][1]["undiscountedUnitPrice"]["gross"]["amount"] == Decimal("98.00")


def test_an_order_tells_what_the_delivery_would_have_cost(saleor: SaleorBench, make: Make) -> None:
    made = make(on="delivery", percent="100", funded_by="platform")
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, made.key)
    found = ordered(saleor, checkout).read(ORDER)
    assert found["voucher"]["type"] == "SHIPPING"
    assert found["undiscountedShippingPrice"]["amount"] == Decimal("9.50")
    assert found["shippingPrice"]["gross"]["amount"] == 0
    assert [(one["type"], one["total"]["amount"]) for one in found["discounts"]] == [("VOUCHER", Decimal("9.50"))]
    assert gross(found) == amounts("289", "294", "12")


def test_a_voucher_that_is_gone_leaves_its_code_on_the_order(saleor: SaleorBench) -> None:
    with voucher(saleor, percent="10") as made:
        checkout = basket(saleor, *LINES)
        give(saleor, checkout, made.key)
        order = ordered(saleor, checkout)
    found = order.read(ORDER)
    assert (found["voucherCode"], found["voucher"]) == (made.key, None)


def test_an_order_without_a_voucher_tells_of_none(saleor: SaleorBench) -> None:
    found = ordered(saleor, basket(saleor, *LINES)).read(ORDER)
    assert (found["voucherCode"], found["voucher"], found["discounts"]) == (None, None, [])
    assert found["undiscountedShippingPrice"]["amount"] == Decimal("9.50")


def test_the_last_use_of_a_code_is_the_orders_that_comes_first(saleor: SaleorBench, make: Make) -> None:
    """The other is paid, and can become no order: its money has to go back."""
    code = make(percent="10", usage_limit=1).key
    first, second = basket(saleor, *LINES), basket(saleor, *LINES)
    assert give(saleor, first, code) == give(saleor, second, code) == []
    ordered(saleor, first)
    saleor.pay(second)
    answer = saleor.complete(second)
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("voucherCode", "VOUCHER_NOT_APPLICABLE")]
    assert give(saleor, basket(saleor, *LINES), code) == [("promoCode", "INVALID")]


def test_a_code_of_which_the_time_ends_while_it_is_paid_for_keeps_its_price_and_makes_no_order(
    saleor: SaleorBench, make: Make
) -> None:
    made, checkout = make(percent="10"), basket(saleor, *LINES)
    give(saleor, checkout, made.key)
    total = read(saleor, checkout)["totalPrice"]["gross"]["amount"]
    end(saleor, made)
    found = read(saleor, checkout)
    assert (found["voucherCode"], found["totalPrice"]["gross"]["amount"]) == (made.key, total)
    saleor.pay(checkout)
    answer = saleor.complete(checkout)
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("voucherCode", "VOUCHER_NOT_APPLICABLE")]
    # Given once more it is refused, and what was given stays; taken back, the checkout is whole again.
    assert give(saleor, checkout, made.key) == [("promoCode", "INVALID")]
    assert read(saleor, checkout)["voucherCode"] == made.key
    assert take_back(saleor, checkout, made.key) == []
    assert gross(read(saleor, checkout)) == amounts("289", "294", "12")


def test_a_code_for_one_use_is_used_up_by_an_order(saleor: SaleorBench, make: Make) -> None:
    code = make(percent="10", single_use=True).key
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, code)
    ordered(saleor, checkout)
    assert give(saleor, basket(saleor, *LINES), code) == [("promoCode", "INVALID")]


def test_a_customer_who_used_a_code_for_once_is_known_by_the_address_when_it_is_given_again(
    saleor: SaleorBench, make: Make
) -> None:
    code = make(percent="10", once_per_customer=True).key
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, code)
    ordered(saleor, checkout)
    nameless = basket(saleor, *LINES, ready=False)
    assert give(saleor, nameless, code) == []
    saleor.ask(EMAIL, id=nameless, e="ann@example.com")
    assert read(saleor, nameless)["voucherCode"] == code
    assert give(saleor, nameless, code) == [("promoCode", "VOUCHER_NOT_APPLICABLE")]
    saleor.ask(EMAIL, id=nameless, e="somebody-else@example.com")
    assert give(saleor, nameless, code) == []


LIST = """query($after: String) { vouchers(first: 20, after: $after, filter: { status: [ACTIVE, SCHEDULED] }) {
  pageInfo { hasNextPage endCursor }
  edges { node { name type discountValueType applyOncePerOrder startDate endDate metafield(key: "funded_by")
    codes(first: 5) { edges { node { code isActive } } }
    channelListings { channel { slug } discountValue minSpent { amount } }
    products(first: 50) { edges { node { externalReference } } } variants(first: 50) { edges { node { sku } } }
    collections(first: 10) { edges { node { slug } } } categories(first: 10) { edges { node { slug } } } } } } }"""


def test_who_manages_discounts_sees_what_is_given_away_and_nobody_else(saleor: SaleorBench, make: Make) -> None:
    made = make(on="products", amount="5.00", minimum="50.00", products=["SG-001"], funded_by="platform")
    over = make(percent="10", until=date(2025, 1, 1))
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = saleor.as_app(LIST, after=after)["vouchers"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    by_code = {edge["node"]["code"]: node for node in found for edge in node["codes"]["edges"]}
    assert over.key not in by_code
    told = by_code[made.key]
    assert (told["type"], told["discountValueType"], told["metafield"]) == ("SPECIFIC_PRODUCT", "FIXED", "platform")
    [listing] = told["channelListings"]
    assert listing["channel"]["slug"] == "consumer"
    assert (Decimal(listing["discountValue"]), listing["minSpent"]["amount"]) == (5, 50)
    assert [edge["node"]["externalReference"] for edge in told["products"]["edges"]] == ["SG-001"]
    assert saleor.refused(LIST) == "PermissionDenied"


@pytest.mark.parametrize(
    ("name", "variables"),
    [("channels", {}), ("vouchers", {"after": None}), ("prices", {"channel": "consumer", "after": None})],
)
def test_what_fulfilment_asks_about_discounts_is_answered_within_the_cost_that_saleor_allows(
    saleor: SaleorBench, name: str, variables: dict[str, Any]
) -> None:
    document = (ROOT / "fulfilment" / "gateways" / "saleor" / "operations" / f"{name}.graphql").read_text("utf-8")
    found = saleor.as_app(document, **variables)
    [(_name, answer)] = found.items()
    assert answer if isinstance(answer, list) else answer["edges"]
