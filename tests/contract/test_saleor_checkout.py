"""The basket and the checkout: lines, addresses, delivery, totals, problems."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.saleor_bench import ADDRESS, CHANNEL, SaleorBench

CREATE = """mutation($i: CheckoutCreateInput!) {
  checkoutCreate(input: $i) { checkout { id } errors { field code message variants } } }"""
ADD = """mutation($id: ID!, $l: [CheckoutLineInput!]!) {
  checkoutLinesAdd(id: $id, lines: $l) { checkout { id } errors { field code message variants } } }"""
UPDATE = """mutation($id: ID!, $l: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $l) { checkout { id } errors { field code message } } }"""
SHIP_TO = """mutation($id: ID!, $a: AddressInput!) {
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $a) { errors { field code message addressType } } }"""
DELIVERIES = """mutation($id: ID!) { deliveryOptionsCalculate(id: $id) {
  deliveries { id shippingMethod { name price { amount currency } } } errors { code } } }"""
READ = """query($id: ID!) { checkout(id: $id) { email chargeStatus authorizeStatus languageCode
  shippingAddress { city postalCode country { code country } }
  delivery { id shippingMethod { name price { amount } } }
  subtotalPrice { gross { amount } } shippingPrice { gross { amount } }
  totalPrice { gross { amount } net { amount } tax { amount } }
  problems { __typename ... on CheckoutLineProblemInsufficientStock { availableQuantity line { id } } }
  lines { id quantity unitPrice { gross { amount } } totalPrice { gross { amount } net { amount } }
    variant { id product { slug } } } } }"""


def read(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    found: dict[str, Any] = saleor.ask(READ, id=checkout)["checkout"]
    return found


def problems(saleor: SaleorBench, checkout: str) -> list[str]:
    return [problem["__typename"] for problem in read(saleor, checkout)["problems"]]


def test_lines_are_added_together_changed_and_removed_with_zero(saleor: SaleorBench) -> None:
    variant = saleor.variant()["id"]
    checkout = saleor.checkout([(variant, 1)], ready=False)
    saleor.ask(ADD, id=checkout, l=[{"variantId": variant, "quantity": 2}])
    assert [line["quantity"] for line in read(saleor, checkout)["lines"]] == [3]
    saleor.ask(UPDATE, id=checkout, l=[{"variantId": variant, "quantity": 2}])
    line = read(saleor, checkout)["lines"][0]
    assert line["quantity"] == 2
    saleor.ask(UPDATE, id=checkout, l=[{"lineId": line["id"], "quantity": 0}])
    assert read(saleor, checkout)["lines"] == []


def test_totals_are_gross_with_their_tax_and_lines_and_shipping_add_up(saleor: SaleorBench) -> None:
    found = read(saleor, saleor.checkout([(saleor.variant()["id"], 3), (saleor.variant(tracked=True)["id"], 2)]))
    lines = sum(line["totalPrice"]["gross"]["amount"] for line in found["lines"])
    assert found["subtotalPrice"]["gross"]["amount"] == lines
    assert found["totalPrice"]["gross"]["amount"] == lines + found["shippingPrice"]["gross"]["amount"]
    assert found["shippingPrice"]["gross"]["amount"] == found["delivery"]["shippingMethod"]["price"]["amount"]
    for line in found["lines"]:
        gross = line["totalPrice"]["gross"]["amount"]
        assert line["totalPrice"]["net"]["amount"] == (gross / Decimal("1.21")).quantize(Decimal("0.01"))
        assert line["unitPrice"]["gross"]["amount"] * line["quantity"] == gross
    assert (
        found["totalPrice"]["net"]["amount"] + found["totalPrice"]["tax"]["amount"]
        == (found["totalPrice"]["gross"]["amount"])
    )


def test_more_than_there_is_cannot_be_added(saleor: SaleorBench) -> None:
    variant = saleor.variant(tracked=True)
    checkout = saleor.checkout(ready=False)
    wanted = [{"variantId": variant["id"], "quantity": variant["quantityAvailable"] + 1}]
    answer = saleor.ask(ADD, id=checkout, l=wanted)["checkoutLinesAdd"]
    assert [(e["field"], e["code"]) for e in answer["errors"]] == [("quantity", "INSUFFICIENT_STOCK")]
    assert answer["checkout"] is None
    assert len(read(saleor, checkout)["lines"]) == 1


def test_more_than_the_limit_cannot_be_added(saleor: SaleorBench) -> None:
    checkout = saleor.checkout(ready=False)
    answer = saleor.ask(ADD, id=checkout, l=[{"variantId": saleor.variant()["id"], "quantity": 51}])
    assert [e["code"] for e in answer["checkoutLinesAdd"]["errors"]] == ["QUANTITY_GREATER_THAN_LIMIT"]


def test_unknown_things_are_not_found(saleor: SaleorBench) -> None:
    unknown = "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    line = {"variantId": saleor.variant()["id"], "quantity": 1}
    answers = [
        saleor.ask(ADD, id=unknown, l=[line])["checkoutLinesAdd"],
        saleor.ask(CREATE, i={"channel": "no-such-channel", "lines": [line]})["checkoutCreate"],
        saleor.complete(unknown),
    ]
    assert [[e["code"] for e in answer["errors"]] for answer in answers] == [["NOT_FOUND"]] * 3
    without = saleor.ask(CREATE, i={"lines": [line]})["checkoutCreate"]
    assert [(e["field"], e["code"]) for e in without["errors"]] == [("channel", "MISSING_CHANNEL_SLUG")]


@pytest.mark.parametrize("unknown", ["UHJvZHVjdFZhcmlhbnQ6OTk5OTk5", "no-id"])
def test_an_unknown_variant_or_line_is_a_general_error(saleor: SaleorBench, unknown: str) -> None:
    checkout, line = saleor.checkout(), {"variantId": unknown, "quantity": 1}
    answers = [
        saleor.ask(ADD, id=checkout, l=[line])["checkoutLinesAdd"],
        saleor.ask(UPDATE, id=checkout, l=[line])["checkoutLinesUpdate"],
        saleor.ask(CREATE, i={"channel": CHANNEL, "lines": [line]})["checkoutCreate"],
        saleor.ask(UPDATE, id=checkout, l=[{"lineId": unknown, "quantity": 1}])["checkoutLinesUpdate"],
    ]
    assert [[(e["field"], e["code"]) for e in answer["errors"]] for answer in answers] == [
        *[[("variantId", "GRAPHQL_ERROR")]] * 3,
        [("lineId", "GRAPHQL_ERROR")],
    ]


@pytest.mark.parametrize(
    ("country", "code", "good"),
    [
        ("BE", "9000", True),
        ("BE", "900", False),
        ("BE", "90000", False),
        ("NL", "1012 AB", True),
        ("NL", "1012", False),
    ],
)
def test_a_postal_code_must_be_one_of_its_country(saleor: SaleorBench, country: str, code: str, good: bool) -> None:
    answer = saleor.ask(SHIP_TO, id=saleor.checkout(), a={**ADDRESS, "country": country, "postalCode": code})
    errors = answer["checkoutShippingAddressUpdate"]["errors"]
    assert [(e["field"], e["code"], e["addressType"]) for e in errors] == (
        [] if good else [("postalCode", "INVALID", "SHIPPING")]
    )


def test_a_missing_part_of_an_address_is_required(saleor: SaleorBench) -> None:
    answer = saleor.ask(SHIP_TO, id=saleor.checkout(), a={**ADDRESS, "city": "", "streetAddress1": ""})
    errors = answer["checkoutShippingAddressUpdate"]["errors"]
    assert {(e["field"], e["code"]) for e in errors} == {("city", "REQUIRED"), ("streetAddress1", "REQUIRED")}


BILL_TO = """mutation($id: ID!, $a: AddressInput!) {
  checkoutBillingAddressUpdate(id: $id, billingAddress: $a) {
    checkout { billingAddress { countryArea country { code } } } errors { field code addressType } } }"""


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"country": "ES", "postalCode": "28013", "city": "Madrid"}, ["countryArea"] * 2),
        ({"country": "ES", "postalCode": "28013", "city": "Madrid", "countryArea": "Madrid"}, []),
        ({"country": "IE", "postalCode": "", "city": "Cork"}, []),
        ({"country": "SE", "postalCode": "", "city": "Lund"}, ["postalCode"]),
    ],
)
def test_a_state_and_a_postal_code_are_asked_for_where_a_country_has_them(
    saleor: SaleorBench, given: dict[str, str], missing: list[str]
) -> None:
    answer = saleor.ask(BILL_TO, id=saleor.checkout(), a={**ADDRESS, "phone": "", **given})
    told = answer["checkoutBillingAddressUpdate"]
    assert [(e["field"], e["code"], e["addressType"]) for e in told["errors"]] == [
        (field, "REQUIRED", "BILLING") for field in missing
    ]
    if not missing:
        kept = told["checkout"]["billingAddress"]
        assert kept["country"]["code"] == given["country"]
        # A state that Saleor knows it keeps by its code: M for Madrid.
        assert "MADRID".startswith(kept["countryArea"].upper())
        assert bool(kept["countryArea"]) == bool(given.get("countryArea"))


def test_belgian_places_are_written_in_capitals(saleor: SaleorBench) -> None:
    address = read(saleor, saleor.checkout())["shippingAddress"]
    assert address == {"city": "GENT", "postalCode": "9000", "country": {"code": "BE", "country": "Belgium"}}


def test_a_changed_address_makes_the_delivery_stale_and_a_foreign_one_invalid(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    total = saleor.total(checkout)
    assert problems(saleor, checkout) == []
    saleor.ask(SHIP_TO, id=checkout, a={**ADDRESS, "country": "DE", "postalCode": "10115"})
    assert problems(saleor, checkout) == ["CheckoutProblemDeliveryMethodStale"]
    found = read(saleor, checkout)
    assert found["shippingPrice"]["gross"]["amount"] > 0
    assert saleor.ask(DELIVERIES, id=checkout)["deliveryOptionsCalculate"]["deliveries"] == []
    assert problems(saleor, checkout) == ["CheckoutProblemDeliveryMethodInvalid"]
    saleor.pay(checkout)
    answer = saleor.complete(checkout)
    assert [e["code"] for e in answer["errors"]] == ["INVALID_SHIPPING_METHOD"]
    assert total > 0


def test_deliveries_keep_their_id_when_they_are_calculated_again(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    first = saleor.ask(DELIVERIES, id=checkout)["deliveryOptionsCalculate"]["deliveries"]
    again = saleor.ask(DELIVERIES, id=checkout)["deliveryOptionsCalculate"]["deliveries"]
    assert first
    assert first == again
    assert problems(saleor, checkout) == []


def test_a_delivery_of_another_checkout_cannot_be_chosen(saleor: SaleorBench) -> None:
    foreign = saleor.ask(DELIVERIES, id=saleor.checkout())["deliveryOptionsCalculate"]["deliveries"][0]["id"]
    answer = saleor.ask(
        """mutation($id: ID!, $d: ID!) { checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $d) {
          errors { field code } } }""",
        id=saleor.checkout(),
        d=foreign,
    )["checkoutDeliveryMethodUpdate"]
    assert [e["field"] for e in answer["errors"]] == ["deliveryMethodId"]


def test_email_is_checked(saleor: SaleorBench) -> None:
    document = (
        """mutation($id: ID!, $e: String!) { checkoutEmailUpdate(id: $id, email: $e) { errors { field code } } }"""
    )
    checkout = saleor.checkout()
    assert saleor.ask(document, id=checkout, e="")["checkoutEmailUpdate"]["errors"]
    assert saleor.ask(document, id=checkout, e="bo@example.com")["checkoutEmailUpdate"]["errors"] == []
    assert read(saleor, checkout)["email"] == "bo@example.com"


def test_another_language_of_the_customer_is_kept(saleor: SaleorBench) -> None:
    lines = [{"variantId": saleor.variant()["id"], "quantity": 1}]
    made = saleor.ask(CREATE, i={"channel": CHANNEL, "lines": lines, "languageCode": "FR"})["checkoutCreate"]
    assert read(saleor, made["checkout"]["id"])["languageCode"] == "FR"


def test_a_basket_whose_customer_switches_speaks_another_language_and_so_do_its_deliveries(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    changed = saleor.ask(
        """mutation($id: ID!, $l: LanguageCodeEnum!) { checkoutLanguageCodeUpdate(id: $id, languageCode: $l) {
          checkout { languageCode } errors { field code } } }""",
        id=checkout,
        l="EN",
    )["checkoutLanguageCodeUpdate"]
    assert changed == {"checkout": {"languageCode": "EN"}, "errors": []}
    told = """query($id: ID!) { checkout(id: $id) { delivery { shippingMethod {
      name told: translation(languageCode: EN) { name } none: translation(languageCode: NL) { name } } } } }"""
    method = saleor.ask(told, id=checkout)["checkout"]["delivery"]["shippingMethod"]
    assert method["told"]["name"] not in ("", method["name"])
    assert method["none"] is None


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("delivery", "SHIPPING_METHOD_NOT_SET"),
        ("payment", "CHECKOUT_NOT_FULLY_PAID"),
    ],
)
def test_a_checkout_that_lacks_something_does_not_complete(saleor: SaleorBench, missing: str, code: str) -> None:
    checkout = saleor.checkout()
    if missing == "delivery":
        saleor.ask(
            "mutation($id: ID!) { checkoutDeliveryMethodUpdate(id: $id) { errors { code } } }",
            id=checkout,
        )
        saleor.pay(checkout)
    answer = saleor.complete(checkout)
    assert answer["order"] is None
    assert [e["code"] for e in answer["errors"]] == [code]


NOTE = """mutation($id: ID!, $i: [MetadataInput!]!) {
  updateMetadata(id: $id, input: $i) { errors { field code } } }"""
NOTED = 'query($id: ID!) { checkout(id: $id) { note: metafield(key: "gift_message") metadata { key value } } }'


def test_whoever_has_a_basket_writes_on_it_and_its_order_keeps_that(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    assert saleor.ask(NOTED, id=checkout)["checkout"] == {"note": None, "metadata": []}
    written = [{"key": "gift_message", "value": "Proficiat!\nOma"}]
    assert saleor.ask(NOTE, id=checkout, i=written)["updateMetadata"]["errors"] == []
    assert saleor.ask(NOTED, id=checkout)["checkout"]["note"] == "Proficiat!\nOma"
    saleor.pay(checkout)
    order = saleor.complete(checkout)["order"]["id"]
    told = saleor.as_app('query($id: ID!) { order(id: $id) { note: metafield(key: "gift_message") } }', id=order)
    assert told["order"]["note"] == "Proficiat!\nOma"
    assert saleor.refused(NOTE, id=order, i=written) == "PermissionDenied"
    emptied = [{"key": "gift_message", "value": ""}]
    assert saleor.as_app(NOTE, id=order, i=emptied)["updateMetadata"]["errors"] == []


def test_nobody_writes_on_a_basket_that_is_not_there(saleor: SaleorBench) -> None:
    unknown = "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    answer = saleor.ask(NOTE, id=unknown, i=[{"key": "gift_message", "value": "Dag"}])["updateMetadata"]
    assert [error["code"] for error in answer["errors"]] == ["NOT_FOUND"]
