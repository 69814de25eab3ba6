"""Where this channel delivers and what that costs, before there is a basket; and where a basket can be collected."""

from decimal import Decimal
from typing import Any

from tests.support.saleor_bench import ADDRESS, CHANNEL, SaleorBench

SHOP = """query($c: String!) { shop {
  countries(filter: {attachedToShippingZones: true}) { code country }
  elsewhere: countries(filter: {attachedToShippingZones: false}) { code }
  availableShippingMethods(channel: $c) {
    name price { amount currency } minimumOrderPrice { amount } told: translation(languageCode: EN) { name } } } }"""


def test_everybody_is_told_where_it_delivers_and_what_that_costs(saleor: SaleorBench) -> None:
    told = saleor.ask(SHOP, c=CHANNEL)["shop"]
    assert {country["code"]: country["country"] for country in told["countries"]} == {
        "BE": "Belgium",
        "NL": "Netherlands",
    }
    elsewhere = {country["code"] for country in told["elsewhere"]}
    assert "FR" in elsewhere
    assert not elsewhere & {"BE", "NL"}
    [method] = told["availableShippingMethods"]
    assert method["price"] == {"amount": Decimal("9.5"), "currency": "EUR"}
    assert not (method["minimumOrderPrice"] or {}).get("amount")
    assert method["told"]["name"] not in ("", method["name"])


POINTS = """query($id: ID!) { checkout(id: $id) { availableCollectionPoints {
  id name clickAndCollectOption hours: metafield(key: "hours") hoursInFrench: metafield(key: "hours_fr")
  address { companyName streetAddress1 postalCode city country { code } } } } }"""
CHOOSE = """mutation($id: ID!, $m: ID) { checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $m) {
  errors { field code } } }"""
CHOSEN = """query($id: ID!) { checkout(id: $id) {
  delivery { id } deliveryMethod { __typename ... on Warehouse { id } ... on ShippingMethod { name } }
  shippingAddress { streetAddress1 city } shippingPrice { gross { amount } }
  totalPrice { gross { amount } } subtotalPrice { gross { amount } } problems { __typename } } }"""
SHIP_TO = """mutation($id: ID!, $a: AddressInput!) {
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $a) { errors { field code } } }"""
PLACED = """query($id: ID!) { order(id: $id) { collectionPointName shippingMethodName
  deliveryMethod { ... on Warehouse { hours: metafield(key: "hours") } ... on ShippingMethod { name } }
  shippingAddress { firstName companyName streetAddress1 city } shippingPrice { gross { amount } } } }"""


def point_of(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    [found] = saleor.ask(POINTS, id=checkout)["checkout"]["availableCollectionPoints"]
    point: dict[str, Any] = found
    return point


def chosen(saleor: SaleorBench, checkout: str, method: str | None) -> dict[str, Any]:
    """What the checkout is after that choice, which must be taken."""
    assert saleor.ask(CHOOSE, id=checkout, m=method)["checkoutDeliveryMethodUpdate"]["errors"] == []
    found: dict[str, Any] = saleor.ask(CHOSEN, id=checkout)["checkout"]
    return found


def test_everybody_is_told_where_a_basket_can_be_collected_and_when(saleor: SaleorBench) -> None:
    point = point_of(saleor, saleor.checkout(ready=False))
    assert point["clickAndCollectOption"] == "ALL"
    assert point["hours"] not in ("", None, point["hoursInFrench"])
    assert (point["address"]["city"].upper(), point["address"]["country"]["code"]) == ("GENT", "BE")


def test_what_is_collected_costs_nothing_and_goes_to_the_collection_point(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    point = point_of(saleor, checkout)
    found = chosen(saleor, checkout, point["id"])
    assert found["deliveryMethod"] == {"__typename": "Warehouse", "id": point["id"]}
    assert (found["delivery"], found["problems"]) == (None, [])
    assert found["shippingPrice"]["gross"]["amount"] == 0
    assert found["totalPrice"] == found["subtotalPrice"]
    assert found["shippingAddress"]["streetAddress1"] == point["address"]["streetAddress1"]
    errors = saleor.ask(SHIP_TO, id=checkout, a=ADDRESS)["checkoutShippingAddressUpdate"]["errors"]
    assert errors == [{"field": "shippingAddress", "code": "SHIPPING_CHANGE_FORBIDDEN"}]
    left = chosen(saleor, checkout, None)
    assert (left["deliveryMethod"], left["shippingAddress"]) == (None, None)
    assert saleor.ask(SHIP_TO, id=checkout, a=ADDRESS)["checkoutShippingAddressUpdate"]["errors"] == []


def test_an_order_that_is_collected_says_where(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    point = point_of(saleor, checkout)
    chosen(saleor, checkout, point["id"])
    saleor.pay(checkout)
    order = saleor.complete(checkout)["order"]["id"]
    told = saleor.as_app(PLACED, id=order)["order"]
    assert (told["collectionPointName"], told["shippingMethodName"]) == (point["name"], None)
    assert told["deliveryMethod"]["hours"] == point["hours"]
    assert (told["shippingAddress"]["firstName"], told["shippingPrice"]["gross"]["amount"]) == ("", 0)
    assert told["shippingAddress"]["streetAddress1"] == point["address"]["streetAddress1"]
    line = saleor.as_app("query($id: ID!) { order(id: $id) { lines { id } } }", id=order)["order"]["lines"][0]["id"]
    shipped = saleor.as_app(
        """mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) { errors { code } } }""",
        o=order,
        i={"lines": [{"orderLineId": line, "stocks": [{"warehouse": warehouse(saleor, "ateljee"), "quantity": 1}]}]},
    )
    assert shipped["orderFulfill"]["errors"] == []


def warehouse(saleor: SaleorBench, reference: str) -> str:
    found = saleor.as_app("query($r: String!) { warehouse(externalReference: $r) { id } }", r=reference)
    identifier: str = found["warehouse"]["id"]
    return identifier


def test_a_warehouse_where_nobody_comes_cannot_be_chosen(saleor: SaleorBench) -> None:
    labeur = warehouse(saleor, "labeur")
    errors = saleor.ask(CHOOSE, id=saleor.checkout(), m=labeur)["checkoutDeliveryMethodUpdate"]["errors"]
    assert [error["code"] for error in errors] == ["DELIVERY_METHOD_NOT_APPLICABLE"]


def test_what_is_delivered_after_all_goes_to_nobody_until_the_address_is_told_again(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    chosen(saleor, checkout, point_of(saleor, checkout)["id"])
    chosen(saleor, checkout, None)
    saleor.pay(checkout)
    assert [error["code"] for error in saleor.complete(checkout)["errors"]] == ["SHIPPING_METHOD_NOT_SET"]


def test_a_channel_that_is_not_there_delivers_in_no_way(saleor: SaleorBench) -> None:
    assert saleor.ask(SHOP, c="no-such-channel")["shop"]["availableShippingMethods"] == []
