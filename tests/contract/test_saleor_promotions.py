"""Catalogue promotions: what they take off which price, to the cent, and how vouchers come on top of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalogue.values import Promotion, Voucher
from fulfilment.flows.follow_prices import follow_prices
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from tests.support.saleor_bench import SaleorBench
from tests.support.saleor_promotions import delete, now, pricing, promotion, set_up, until_they_cost
from tests.support.saleor_vouchers import LINES, UPDATE, amounts, basket, give, gross, of_tax, ordered, read, voucher

Make = Callable[..., Voucher]

GIVEN = [
    promotion("t-lamp", percent="20", products=["SG-001"], en={"name": "Trial"}),
    promotion("t-box", amount="15.55", products=["SG-004"]),
    promotion("t-gifts", percent="12.5", collections=["om-te-geven"]),
    promotion("t-later", percent="50", products=["SG-003"], **{"from": date(2036, 1, 1)}),
    promotion("t-over", percent="50", products=["SG-003"], until=date(2026, 1, 31)),
]
"""The lamp costs € 231.20 instead of 289; of SG-004 (€ 98) an amount and a percentage are off, SG-006 costs 12."""

PLAIN = {"SG-001": "289", "SG-004": "98", "SG-006": "12"}
REDUCED = {"SG-001": "231.20", "SG-004": "82.45", "SG-006": "10.50"}

LINES_NOW = """query($id: ID!) { checkout(id: $id) { lines {
  undiscountedUnitPrice { amount } unitPrice { gross { amount } } } } }"""
ORDER = """voucherCode discounts { type total { amount } } subtotal { gross { amount } }
  lines { productSku quantity unitPrice { gross { amount } } undiscountedUnitPrice { gross { amount } net { amount } }
    unitDiscount { amount } unitDiscountType unitDiscountValue unitDiscountReason
    totalPrice { gross { amount } net { amount } } undiscountedTotalPrice { gross { amount } net { amount } }
    discounts { type name translatedName reason total { amount } } }"""
DELETE = "mutation($id: ID!) { promotionDelete(id: $id) { errors { field code } } }"
UPDATE_DATES = """mutation($id: ID!, $i: PromotionUpdateInput!) {
  promotionUpdate(id: $id, input: $i) { promotion { endDate } errors { field code } } }"""
CREATE = """mutation($i: PromotionCreateInput!) {
  promotionCreate(input: $i) { promotion { id } errors { field code index } } }"""
LIST = """query($after: String) { promotions(first: 20, after: $after) { pageInfo { hasNextPage endCursor }
  edges { node { id name type startDate endDate key: privateMetafield(key: "setup.promotion")
    english: translation(languageCode: EN) { name }
    rules { id name rewardValueType rewardValue cataloguePredicate channels { slug } } } } } }"""


@pytest.fixture(scope="module")
def given(saleor: SaleorBench) -> Iterator[dict[str, str]]:
    """The promotions above, of which the prices are in force; their ids by slug."""
    ids, _told = set_up(saleor, GIVEN)
    try:
        until_they_cost(saleor, REDUCED)
        yield ids
    finally:
        for key in ids.values():
            delete(saleor, key)
        until_they_cost(saleor, PLAIN)


@pytest.fixture
def make(saleor: SaleorBench) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda **table: stack.enter_context(voucher(saleor, **table))


def test_a_price_is_told_with_and_without_what_is_taken_off(saleor: SaleorBench, given: dict[str, str]) -> None:
    told = pricing(saleor)
    assert told["SG-001"] == {
        "onSale": True,
        "price": {"gross": {"amount": Decimal("231.20")}, "net": {"amount": Decimal("191.07")}},
        "priceUndiscounted": {"gross": {"amount": Decimal(289)}, "net": {"amount": Decimal("238.84")}},
        "discount": {"gross": {"amount": Decimal("57.80")}, "net": {"amount": Decimal("47.77")}},
    }
    assert told["*SG-001"] == {
        "onSale": True,
        "discount": {"gross": {"amount": Decimal("57.80")}},
        "priceRange": {"start": {"gross": {"amount": Decimal("231.20")}}},
        "priceRangeUndiscounted": {"start": {"gross": {"amount": Decimal(289)}}},
    }


def test_of_two_promotions_the_one_that_takes_most_off_counts_alone(saleor: SaleorBench, given: dict[str, str]) -> None:
    told = pricing(saleor)
    assert told["SG-004"]["discount"]["gross"]["amount"] == Decimal("15.55")
    assert told["SG-006"]["discount"]["gross"]["amount"] == Decimal("1.50")


def test_one_that_has_not_begun_and_one_that_is_over_take_nothing_off(
    saleor: SaleorBench, given: dict[str, str]
) -> None:
    found = [told for sku, told in pricing(saleor).items() if sku.startswith("SG-003")]
    assert found
    assert [(one["onSale"], one["discount"]) for one in found] == [(False, None)] * len(found)


def test_a_basket_costs_what_its_things_cost_and_tells_what_they_would(
    saleor: SaleorBench, given: dict[str, str]
) -> None:
    checkout = basket(saleor, *LINES)
    found = read(saleor, checkout)
    assert gross(found) == amounts("231.20", "247.35", "10.50")
    assert [line["undiscountedTotalPrice"]["amount"] for line in found["lines"]] == amounts("289", "294", "12")
    assert (found["discount"]["amount"], found["discountName"], found["voucherCode"]) == (0, None, None)
    assert found["totalPrice"]["gross"]["amount"] == sum(gross(found)) + Decimal("9.50")
    assert all(of_tax(line["totalPrice"]) for line in found["lines"])
    lines = saleor.ask(LINES_NOW, id=checkout)["checkout"]["lines"]
    assert [line["undiscountedUnitPrice"]["amount"] for line in lines] == amounts("289", "98", "12")
    assert [line["unitPrice"]["gross"]["amount"] for line in lines] == amounts("231.20", "82.45", "10.50")


@pytest.mark.parametrize(
    ("table", "lines", "discount"),
    [
        ({"percent": "10"}, ("208.08", "222.61", "9.45"), "48.91"),
        ({"amount": "25.00"}, ("219.38", "234.71", "9.96"), "25.00"),
        ({"on": "cheapest", "percent": "50"}, ("231.20", "247.35", "5.25"), "5.25"),
        ({"on": "products", "amount": "15.55", "products": ["SG-004"]}, ("231.20", "200.70", "10.50"), "46.65"),
        ({"on": "products", "percent": "12.5", "collections": ["om-te-geven"]}, ("231.20", "216.43", "9.19"), "32.24"),
        ({"on": "products", "percent": "33.33"}, ("154.14", "164.91", "7.00"), "163.00"),
    ],
)
def test_a_voucher_is_taken_off_what_a_promotion_left(
    saleor: SaleorBench,
    given: dict[str, str],
    make: Make,
    table: dict[str, Any],
    lines: tuple[str, ...],
    discount: str,
) -> None:
    checkout = basket(saleor, *LINES)
    assert give(saleor, checkout, make(**table).key) == []
    found = read(saleor, checkout)
    assert gross(found) == amounts(*lines)
    assert found["discount"]["amount"] == Decimal(discount)
    assert [line["undiscountedTotalPrice"]["amount"] for line in found["lines"]] == amounts("289", "294", "12")


def test_what_a_basket_must_come_to_for_a_voucher_is_what_is_left(
    saleor: SaleorBench, given: dict[str, str], make: Make
) -> None:
    checkout = basket(saleor, *LINES)
    assert give(saleor, checkout, make(percent="10", minimum="489.05").key) == []
    assert give(saleor, checkout, make(percent="10", minimum="489.06").key) == [("promoCode", "VOUCHER_NOT_APPLICABLE")]


def test_an_order_tells_the_promotion_with_each_line_and_nothing_of_it_with_itself(
    saleor: SaleorBench, given: dict[str, str]
) -> None:
    found = ordered(saleor, basket(saleor, *LINES)).read(ORDER)
    assert (found["voucherCode"], found["discounts"]) == (None, [])
    lamp, box, gift = found["lines"]
    assert lamp["discounts"] == [
        {
            "type": "PROMOTION",
            "name": "Proef t-lamp",
            "translatedName": None,
            "reason": f"Promotion: {given['t-lamp']}",
            "total": {"amount": Decimal("57.80")},
        }
    ]
    assert [one["total"]["amount"] for line in (box, gift) for one in line["discounts"]] == amounts("46.65", "1.50")
    assert (lamp["unitDiscount"]["amount"], lamp["unitDiscountType"]) == (Decimal("57.80"), "FIXED")
    assert Decimal(lamp["unitDiscountValue"]) == Decimal("57.80")
    assert lamp["unitDiscountReason"] == lamp["discounts"][0]["reason"]
    assert box["unitDiscount"]["amount"] == Decimal("15.55")
    assert lamp["undiscountedUnitPrice"] == {"gross": {"amount": Decimal(289)}, "net": {"amount": Decimal("238.84")}}
    assert gross(found) == amounts("231.20", "247.35", "10.50")
    assert [line["undiscountedTotalPrice"]["gross"]["amount"] for line in found["lines"]] == amounts("289", "294", "12")


def test_an_order_tells_promotion_and_voucher_apart(saleor: SaleorBench, given: dict[str, str], make: Make) -> None:
    on_order, on_lines = make(percent="10"), make(on="products", percent="12.5", collections=["om-te-geven"])
    for made, order_discounts, box_discounts, unit in (
        (on_order, [("VOUCHER", Decimal("48.91"))], [("PROMOTION", Decimal("46.65"))], Decimal("15.55")),
        (
            on_lines,
            [],
            [("PROMOTION", Decimal("46.65")), ("VOUCHER", Decimal("30.92"))],
            Decimal("25.86"),
        ),
    ):
        checkout = basket(saleor, *LINES)
        give(saleor, checkout, made.key)
        order = ordered(saleor, checkout)
        found = order.read(ORDER)
        assert [(one["type"], one["total"]["amount"]) for one in found["discounts"]] == order_discounts
        assert as_our_app_reads(saleor, order.id) == [5_780, 4_665, 150]
        box = found["lines"][1]
        assert sorted((one["type"], one["total"]["amount"]) for one in box["discounts"]) == box_discounts
        assert box["unitDiscount"]["amount"] == unit


def as_our_app_reads(saleor: SaleorBench, order_id: str) -> list[int]:
    """What promotions took off each line, by our gateway."""
    client = SaleorClient(saleor.api_url, saleor.app.token)
    try:
        read = Saleor(client).order(order_id)
    finally:
        client.close()
    assert read is not None
    return [line.promotion_gross_minor for line in read.lines]


def test_who_manages_discounts_reads_promotions_and_nobody_else_does(
    saleor: SaleorBench, given: dict[str, str]
) -> None:
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = saleor.as_app(LIST, after=after)["promotions"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    by_key = {one["key"]: one for one in found}
    told = by_key["t-lamp"]
    assert (told["id"], told["name"], told["type"], told["endDate"]) == (
        given["t-lamp"],
        "Proef t-lamp",
        "CATALOGUE",
        None,
    )
    assert told["english"] == {"name": "Trial"}
    [rule] = told["rules"]
    assert (rule["rewardValueType"], Decimal(rule["rewardValue"])) == ("PERCENTAGE", Decimal(20))
    [(kind, meant)] = rule["cataloguePredicate"]["OR"][0].items()
    assert (kind, len(meant["ids"])) == ("productPredicate", 1)
    assert [channel["slug"] for channel in rule["channels"]] == ["consumer"]
    assert saleor.refused(LIST) == "PermissionDenied"


def test_the_set_up_finds_what_it_made_and_changes_nothing(saleor: SaleorBench, given: dict[str, str]) -> None:
    assert set_up(saleor, GIVEN) == (given, [])


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"startDate": "2030-01-02T00:00:00+00:00", "endDate": "2030-01-01T00:00:00+00:00"}, "endDate", "INVALID"),
        ({"rules": [{"rewardValueType": "PERCENTAGE", "rewardValue": "5"}]}, "cataloguePredicate", "REQUIRED"),
        ({"rules": [{"rewardValue": "5"}]}, "rewardValueType", "REQUIRED"),
        ({"rules": [{"rewardValueType": "PERCENTAGE"}]}, "rewardValue", "REQUIRED"),
        ({"rules": [{"rewardValueType": "PERCENTAGE", "rewardValue": "100.01"}]}, "rewardValue", "INVALID"),
        ({"rules": [{"rewardValueType": "FIXED", "rewardValue": "5"}]}, "channels", "MISSING_CHANNELS"),
    ],
)
def test_what_makes_no_sense_is_refused(saleor: SaleorBench, changed: dict[str, Any], field: str, code: str) -> None:
    product = saleor.variant()["product"]["id"]
    rules = changed.get("rules", [])
    if field != "cataloguePredicate":
        rules = [{"cataloguePredicate": {"productPredicate": {"ids": [product]}}, **rule} for rule in rules]
    asked = {"name": "Nooit", "type": "CATALOGUE", **changed, "rules": rules}
    answer = saleor.staff.ask(CREATE, i=asked)["promotionCreate"]
    assert answer["promotion"] is None
    assert [(one["field"], one["code"], one["index"]) for one in answer["errors"]] == [
        (field, code, 0 if rules else None)
    ]


def test_one_that_is_not_there_is_not_found_and_a_visitor_changes_none(saleor: SaleorBench) -> None:
    unknown = "UHJvbW90aW9uOjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMA=="
    for document, variables, name in (
        (DELETE, {"id": unknown}, "promotionDelete"),
        (UPDATE_DATES, {"id": unknown, "i": {"name": "x"}}, "promotionUpdate"),
    ):
        answer = saleor.staff.ask(document, **variables)[name]
        assert [(one["field"], one["code"]) for one in answer["errors"]] == [("id", "NOT_FOUND")]
        assert saleor.refused(document, **variables) == "PermissionDenied"


def test_a_basket_keeps_its_prices_for_a_while_after_a_promotion_ended_and_changes_with_its_lines(
    saleor: SaleorBench,
) -> None:
    one: Promotion = promotion("t-short", percent="20", products=["SG-003"])
    ids, _told = set_up(saleor, [one])
    try:
        until_they_cost(saleor, {"SG-003-45": "212"})
        checkout = basket(saleor, ("SG-003-45", 1))
        assert gross(read(saleor, checkout)) == amounts("212")  # counted when it is read, and kept from then on
        ends = datetime.fromtimestamp(now(saleor) + 4, UTC)
        answer = saleor.staff.ask(UPDATE_DATES, id=ids["t-short"], i={"endDate": ends.isoformat()})["promotionUpdate"]
        assert (answer["errors"], answer["promotion"]["endDate"]) == ([], ends.isoformat())
        saleor.let_pass(5)
        until_they_cost(saleor, {"SG-003-45": "265"})
        found = read(saleor, checkout)
        assert gross(found) == amounts("212")
        saleor.ask(UPDATE, id=checkout, l=[{"lineId": found["lines"][0]["id"], "quantity": 2}])
        assert gross(read(saleor, checkout)) == amounts("530")
    finally:
        delete(saleor, ids["t-short"])
        until_they_cost(saleor, {"SG-003-45": "265"})


@pytest.mark.parametrize("kind", ["productPredicate", "variantPredicate", "categoryPredicate", "collectionPredicate"])
def test_a_rule_says_what_it_is_for_by_any_kind_of_id(saleor: SaleorBench, kind: str) -> None:
    if saleor.sandbox is None and kind != "variantPredicate":
        pytest.skip("each takes Saleor's workers half a minute; products and collections are proven above")
    found = saleor.ask(
        """query($c: String!) { product(slug: "zit", channel: $c) {
          id category { id } collections { id } variants { id } } }""",
        c="consumer",
    )["product"]
    ids = {
        "productPredicate": [found["id"]],
        "variantPredicate": [one["id"] for one in found["variants"]],
        "categoryPredicate": [found["category"]["id"]],
        "collectionPredicate": [one["id"] for one in found["collections"]],
    }[kind]
    if not ids:
        pytest.skip("it is in no collection")
    channels = saleor.staff.ask("{ channels { id slug } }")["channels"]
    rule = {
        "cataloguePredicate": {kind: {"ids": ids}},
        "rewardValueType": "FIXED",
        "rewardValue": "9.00",
        "channels": [one["id"] for one in channels if one["slug"] == "consumer"],
    }
    asked = {"name": f"Proef {kind}", "type": "CATALOGUE", "rules": [rule]}
    answer = saleor.staff.ask(CREATE, i=asked)["promotionCreate"]
    try:
        until_they_cost(saleor, {"SG-003-45": "256"})
    finally:
        delete(saleor, answer["promotion"]["id"])
        until_they_cost(saleor, {"SG-003-45": "265"})


@pytest.mark.django_db
def test_the_price_before_a_promotion_is_kept_by_us_and_stands_beside_it(saleor: SaleorBench) -> None:
    """Decision 0019, without a fake: what our rounds saw is what a visitor is told, for as long as it is reduced."""
    client = SaleorClient(saleor.api_url, saleor.app.token)
    began = datetime(2026, 11, 1, tzinfo=UTC)
    ids: dict[str, str] = {}
    try:
        follow_prices(Saleor(client), now=began)
        ids, _told = set_up(saleor, [promotion("t-prior", percent="20", products=["SG-003"])])
        until_they_cost(saleor, {"SG-003-45": "212"})
        follow_prices(Saleor(client), now=began + timedelta(days=3))
        assert told_before(saleor) == (True, Decimal(265))
        delete(saleor, ids.pop("t-prior"))
        until_they_cost(saleor, {"SG-003-45": "265"})
        follow_prices(Saleor(client), now=began + timedelta(days=9))
        assert told_before(saleor) == (False, None)
    finally:
        client.close()
        for key in ids.values():
            delete(saleor, key)


def told_before(saleor: SaleorBench) -> tuple[bool, Decimal | None]:
    """Whether the stool is announced as reduced, and the price before that."""
    found = saleor.ask(
        """query($c: String!) { product(slug: "zit", channel: $c) {
          variants { pricing { onSale pricePrior { gross { amount } } } } } }""",
        c="consumer",
    )["product"]["variants"][0]["pricing"]
    return found["onSale"], found["pricePrior"] and found["pricePrior"]["gross"]["amount"]
