"""What an order tells of its discount code, and when a code is used up; and who may see what is given away."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalogue.values import Voucher
from tests.support.saleor_bench import ROOT, SaleorBench
from tests.support.saleor_vouchers import (
    EMAIL,
    LINES,
    ORDER,
    amounts,
    basket,
    end,
    give,
    gross,
    of_tax,
    ordered,
    read,
    take_back,
    voucher,
)

Make = Callable[..., Voucher]


@pytest.fixture
def make(saleor: SaleorBench) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda **table: stack.enter_context(voucher(saleor, **table))


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
    assert (Decimal(listing["discountValue"]), listing["minSpent"]["amount"]) == (Decimal(5), 50)
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


def test_a_refund_of_discounted_pieces_is_of_their_rounded_price(saleor: SaleorBench, make: Make) -> None:
    """Three pieces of € 281.65 go back as three times € 93.88: a cent stays, which is nobody's."""
    checkout = basket(saleor, *LINES)
    give(saleor, checkout, make(amount="25.00").key)
    order = ordered(saleor, checkout)
    line = order.read("lines { id }")["lines"][1]["id"]
    for quantity, amount in ((1, "93.88"), (2, "187.76")):
        granted = saleor.as_app(
            """mutation($id: ID!, $i: OrderGrantRefundCreateInput!) { orderGrantRefundCreate(id: $id, input: $i) {
              grantedRefund { amount { amount } } errors { field code } } }""",
            id=order.id,
            i={
                "lines": [{"id": line, "quantity": quantity}],
                "grantRefundForShipping": False,
                "transactionId": order.transaction,
            },
        )["orderGrantRefundCreate"]
        assert granted["errors"] == []
        assert granted["grantedRefund"]["amount"]["amount"] == Decimal(amount)
