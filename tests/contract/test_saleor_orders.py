"""From a paid checkout to an order that is shipped in parts; what polling sees of it and what not."""

import threading
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.support.saleor_bench import PlacedOrder, SaleorBench
from tests.support.stripe_sandbox import until

ORDER = """id number status created updatedAt checkoutId languageCodeEnum userEmail isPaid chargeStatus paymentStatus
  channel { slug currencyCode } total { gross { amount currency } net { amount } }
  shippingPrice { gross { amount } net { amount } } shippingTaxRate totalCharged { amount } totalRefunded { amount }
  shippingAddress { firstName city country { code } }
  lines { id productName variantName productSku quantity quantityFulfilled quantityToFulfill taxRate
    unitPrice { gross { amount } } totalPrice { gross { amount } net { amount } }
    undiscountedTotalPrice { gross { amount } } variant { id product { externalReference } }
    allocations { quantity warehouse { externalReference } } }
  transactions { id pspReference chargedAmount { amount } }
  fulfillments { id fulfillmentOrder status trackingNumber warehouse { externalReference }
    lines { quantity orderLine { id } } }"""
FULFIL = """mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) {
  fulfillments { id status fulfillmentOrder warehouse { externalReference } lines { quantity } } order { status }
  errors { field code message orderLines warehouse } } }"""
TRACK = """mutation($f: ID!, $i: FulfillmentUpdateTrackingInput!) {
  orderFulfillmentUpdateTracking(id: $f, input: $i) { fulfillment { trackingNumber } errors { field code } } }"""
CHANGED = """query($w: OrderWhereInput, $a: String, $n: Int!) { orders(first: $n, after: $a, where: $w,
  sortBy: {field: LAST_MODIFIED_AT, direction: ASC}) {
    pageInfo { hasNextPage endCursor } edges { node { id updatedAt } } } }"""


def warehouse(saleor: SaleorBench, product_code: str) -> str:
    """The id of the warehouse that ships a product: that of its producer."""
    product = saleor.as_app(
        """query($e: String!) { product(externalReference: $e) { producer: assignedAttribute(slug: "producer") {
          ... on AssignedSinglePageReferenceAttribute { value { slug } } } } }""",
        e=product_code,
    )["product"]
    slug = product["producer"]["value"]["slug"]
    found = saleor.as_app("query($e: String!) { warehouse(externalReference: $e) { id } }", e=slug)["warehouse"]
    key: str = found["id"]
    return key


def ship(order: PlacedOrder, *pieces: tuple[str, str, int], **more: Any) -> dict[str, Any]:
    """Fulfil pieces: (order line, warehouse, quantity)."""
    lines = [{"orderLineId": line, "stocks": [{"warehouse": w, "quantity": q}]} for line, w, q in pieces]
    answer: dict[str, Any] = order.bench.as_app(FULFIL, o=order.id, i={"lines": lines, **more})["orderFulfill"]
    return answer


def two_makers(saleor: SaleorBench) -> tuple[PlacedOrder, dict[str, Any], dict[str, Any]]:
    """An order of two pieces of one maker and three of another, with its two lines."""
    order = saleor.order([(saleor.variant()["id"], 2), (saleor.variant(tracked=True)["id"], 3)])
    first, second = order.read(ORDER)["lines"]
    return order, first, second


def code(line: dict[str, Any]) -> str:
    found: str = line["variant"]["product"]["externalReference"]
    return found


def test_an_order_keeps_what_was_bought_and_adds_up(saleor: SaleorBench) -> None:
    variant = saleor.variant()
    order = saleor.order([(variant["id"], 2), (saleor.variant(tracked=True)["id"], 1)])
    found = order.read(ORDER)
    assert found["status"] == "UNFULFILLED"
    assert (found["isPaid"], found["chargeStatus"], found["paymentStatus"]) == (True, "FULL", "FULLY_CHARGED")
    assert found["checkoutId"] == order.checkout
    assert found["languageCodeEnum"] == "NL"
    assert int(found["number"]) > 0
    line = found["lines"][0]
    assert (line["productName"], line["productSku"]) == (variant["product"]["name"], variant["sku"])
    assert (line["taxRate"], line["quantityToFulfill"]) == (Decimal("0.21"), 2)
    assert code(line) == variant["product"]["externalReference"]
    for part in ("gross", "net"):
        parts = sum(one["totalPrice"][part]["amount"] for one in found["lines"])
        assert parts + found["shippingPrice"][part]["amount"] == found["total"][part]["amount"]
    assert found["totalCharged"]["amount"] == found["total"]["gross"]["amount"]
    assert found["transactions"][0]["id"] == order.transaction


def test_numbers_of_orders_go_up_by_one(saleor: SaleorBench) -> None:
    first, second = (int(saleor.order().read("number")["number"]) for _ in range(2))
    assert second == first + 1


def test_only_tracked_pieces_are_set_aside(saleor: SaleorBench) -> None:
    variant = saleor.variant(tracked=True)

    def left() -> int:
        found = next(one for one in saleor.variants(tracked=True) if one["id"] == variant["id"])
        quantity: int = found["quantityAvailable"]
        return quantity

    order, made_to_order, tracked = two_makers(saleor)
    assert made_to_order["allocations"] == []
    assert [one["quantity"] for one in tracked["allocations"]] == [3]
    assert left() == variant["quantityAvailable"] - 3
    ship(order, (tracked["id"], warehouse(saleor, code(tracked)), 3))
    shipped = order.read(ORDER)["lines"][1]["allocations"]
    assert shipped == [{**tracked["allocations"][0], "quantity": 0}]  # it stays, as one of nothing
    assert left() == variant["quantityAvailable"] - 3


def test_completing_again_gives_the_same_order_and_the_checkout_is_gone(saleor: SaleorBench) -> None:
    order = saleor.order()
    again = saleor.complete(order.checkout)
    assert again["order"]["id"] == order.id
    assert again["errors"] == []
    assert saleor.ask("query($id: ID!) { checkout(id: $id) { id } }", id=order.checkout) == {"checkout": None}


COMPLETE = "mutation($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"


def test_five_completions_at_once_make_one_order(saleor: SaleorBench) -> None:
    """In a real Saleor a loser may look for what the winner has just cleared away, and be told that this failed."""
    checkout = saleor.checkout()
    transaction = saleor.pay(checkout)
    start, answers, failures = threading.Barrier(5), list[Any](), list[str]()

    def complete() -> None:
        start.wait()
        _status, told = saleor.send({"query": COMPLETE, "variables": {"id": checkout}}, saleor.app.token)
        if "errors" in told:
            failures.append(told["errors"][0]["extensions"]["exception"]["code"])
        else:
            answers.append(told["data"]["checkoutComplete"])

    threads = [threading.Thread(target=complete) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) + len(failures) == 5
    assert set(failures) <= (set() if saleor.sandbox else {"DoesNotExist"})
    answers.append(saleor.complete(checkout))
    assert [answer["errors"] for answer in answers] == [[]] * len(answers)
    assert len({answer["order"]["id"] for answer in answers}) == 1
    PlacedOrder(saleor, answers[0]["order"]["id"], checkout, transaction).told()


def test_five_customers_after_the_last_pieces_do_not_get_more_than_there_are(saleor: SaleorBench) -> None:
    variant = saleor.variant(tracked=True)
    each = variant["quantityAvailable"] // 3
    checkouts = [saleor.checkout([(variant["id"], each)]) for _ in range(4)]
    for checkout in checkouts:
        saleor.pay(checkout)
    answers = [saleor.complete(checkout) for checkout in checkouts]
    codes = [[e["code"] for e in answer["errors"]] for answer in answers]
    assert codes == [[]] * 3 + [["INSUFFICIENT_STOCK"]]
    assert answers[3]["errors"][0]["variants"] == [variant["id"]]
    problem = saleor.ask(
        """query($id: ID!) { checkout(id: $id) { problems { __typename
          ... on CheckoutLineProblemInsufficientStock { availableQuantity } } } }""",
        id=checkouts[3],
    )["checkout"]["problems"][0]
    assert problem["__typename"] == "CheckoutLineProblemInsufficientStock"
    assert problem["availableQuantity"] == variant["quantityAvailable"] - 3 * each


def test_what_is_paid_is_completed_by_itself_after_a_while(saleor: SaleorBench) -> None:
    checkout = saleor.checkout()
    saleor.pay(checkout)
    document = "query($id: ID!) { checkout(id: $id) { id } }"
    until(lambda: saleor.ask(document, id=checkout)["checkout"] is None, seconds=70)
    assert saleor.complete(checkout)["order"]["number"]


def test_a_placed_order_is_told_by_five_events(saleor: SaleorBench) -> None:
    saleor.order().told()


def test_whoever_knows_its_id_may_read_an_order_but_not_its_money_moves(saleor: SaleorBench) -> None:
    order = saleor.order()
    document = "query($id: ID!) { order(id: $id) { number shippingAddress { city } } }"
    assert saleor.ask(document, id=order.id)["order"]["shippingAddress"]["city"] == "GENT"
    assert (
        saleor.refused("query($id: ID!) { order(id: $id) { transactions { id } } }", id=order.id) == "PermissionDenied"
    )
    assert (
        saleor.refused("query($id: ID!) { order(id: $id) { grantedRefunds { id } } }", id=order.id)
        == "PermissionDenied"
    )


def test_one_call_for_two_warehouses_makes_two_fulfilments(saleor: SaleorBench) -> None:
    order, first, second = two_makers(saleor)
    answer = ship(
        order,
        (first["id"], warehouse(saleor, code(first)), 2),
        (second["id"], warehouse(saleor, code(second)), 3),
        trackingNumber="BE123",
    )
    assert answer["errors"] == []
    assert [one["fulfillmentOrder"] for one in answer["fulfillments"]] == [1, 2]
    assert answer["order"]["status"] == "FULFILLED"
    of_each = ("fulfillment_created", "fulfillment_approved", "fulfillment_tracking_number_updated")
    order.told(*of_each * 2, "order_updated", "order_fulfilled")
    parcels = [d.payload["fulfillment"] for d in saleor.app.about(order.id, "fulfillment_created")]
    assert {parcel["id"] for parcel in parcels} == {one["id"] for one in answer["fulfillments"]}
    assert {parcel["trackingNumber"] for parcel in parcels} == {"BE123"}


def test_parts_are_shipped_one_after_another_and_a_repeat_ships_again(saleor: SaleorBench) -> None:
    order, first, _ = two_makers(saleor)
    place = warehouse(saleor, code(first))
    for number in (1, 2):
        answer = ship(order, (first["id"], place, 1))
        assert answer["errors"] == []
        assert answer["order"]["status"] == "PARTIALLY_FULFILLED"
        assert [one["fulfillmentOrder"] for one in answer["fulfillments"]] == [number]
    too_many = ship(order, (first["id"], place, 1))
    assert [(e["code"], e["orderLines"]) for e in too_many["errors"]] == [("FULFILL_ORDER_LINE", [first["id"]])]
    found = order.read(ORDER)
    assert [one["quantityFulfilled"] for one in found["lines"]] == [2, 0]
    assert len(found["fulfillments"]) == 2
    assert found["fulfillments"][0]["lines"][0]["orderLine"]["id"] == first["id"]
    order.told(*["fulfillment_created", "order_updated"] * 2)


def test_the_wrong_warehouse_has_no_stock(saleor: SaleorBench) -> None:
    order, first, second = two_makers(saleor)
    wrong = warehouse(saleor, code(second))
    answer = ship(order, (first["id"], wrong, 1))
    assert [(e["code"], e["orderLines"], e["warehouse"]) for e in answer["errors"]] == [
        ("INSUFFICIENT_STOCK", [first["id"]], wrong)
    ]
    assert order.read("fulfillments { id }") == {"fulfillments": []}


def test_nothing_cannot_be_shipped(saleor: SaleorBench) -> None:
    order, first, _ = two_makers(saleor)
    answer = ship(order, (first["id"], warehouse(saleor, code(first)), 0))
    assert [e["code"] for e in answer["errors"]] == ["ZERO_QUANTITY"]


def test_three_at_once_ship_the_last_piece_once(saleor: SaleorBench) -> None:
    order, first, _ = two_makers(saleor)
    place, answers = warehouse(saleor, code(first)), list[Any]()
    threads = [threading.Thread(target=lambda: answers.append(ship(order, (first["id"], place, 2)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(answer["errors"]) for answer in answers) == [0, 1, 1]
    assert {e["code"] for answer in answers for e in answer["errors"]} == {"FULFILL_ORDER_LINE"}


def test_equal_tracking_is_told_again(saleor: SaleorBench) -> None:
    order, first, _ = two_makers(saleor)
    fulfillment = ship(order, (first["id"], warehouse(saleor, code(first)), 1))["fulfillments"][0]["id"]
    for _ in range(2):
        answer = saleor.as_app(TRACK, f=fulfillment, i={"trackingNumber": "BE1"})["orderFulfillmentUpdateTracking"]
        assert answer == {"fulfillment": {"trackingNumber": "BE1"}, "errors": []}
    of_tracking = ["fulfillment_tracking_number_updated", "order_updated"] * 2
    order.told("fulfillment_created", "order_updated", *of_tracking)
    unknown = saleor.as_app(TRACK, f="RnVsZmlsbG1lbnQ6OTk5OTk5", i={})["orderFulfillmentUpdateTracking"]
    assert [e["code"] for e in unknown["errors"]] == ["NOT_FOUND"]


def test_shipping_needs_the_right(saleor: SaleorBench) -> None:
    assert saleor.refused(FULFIL, o=saleor.order().id, i={"lines": []}) == "PermissionDenied"


def test_polling_sees_a_changed_status_but_no_further_parcels_and_no_tracking(saleor: SaleorBench) -> None:
    order, first, _ = two_makers(saleor)
    place, seen = warehouse(saleor, code(first)), [order.read("updatedAt")["updatedAt"]]
    fulfillment = ship(order, (first["id"], place, 1))["fulfillments"][0]["id"]
    seen.append(order.read("updatedAt")["updatedAt"])
    ship(order, (first["id"], place, 1))
    seen.append(order.read("updatedAt")["updatedAt"])
    saleor.as_app(TRACK, f=fulfillment, i={"trackingNumber": "BE1"})
    seen.append(order.read("updatedAt")["updatedAt"])
    assert seen[0] < seen[1]
    assert seen[1] == seen[2] == seen[3]


def test_polling_sees_what_is_reported_about_the_payment_and_what_is_granted(saleor: SaleorBench) -> None:
    order = saleor.order()
    seen = [order.read("updatedAt")["updatedAt"]]
    saleor.report(order.transaction, "INFO", "note", None, message="hello")
    seen.append(order.read("updatedAt")["updatedAt"])
    saleor.as_app(
        """mutation($o: ID!, $t: ID!) { orderGrantRefundCreate(id: $o, input: {amount: 1, transactionId: $t}) {
          errors { code } } }""",
        o=order.id,
        t=order.transaction,
    )
    seen.append(order.read("updatedAt")["updatedAt"])
    assert seen[0] < seen[1] < seen[2]
    order.told()  # but neither is told


def test_polling_goes_on_after_its_cursor_in_order_of_change(saleor: SaleorBench) -> None:
    start = saleor.order().read("updatedAt")["updatedAt"]
    made = [saleor.order().id for _ in range(3)]
    for order in (made[1], made[0]):
        transaction = saleor.as_app("query($id: ID!) { order(id: $id) { transactions { id } } }", id=order)
        saleor.report(transaction["order"]["transactions"][0]["id"], "INFO", "note", None)
        time.sleep(0.002)
    seen: list[str] = []
    after = None
    while True:
        page = saleor.as_app(CHANGED, w={"updatedAt": {"gte": start}}, a=after, n=1)["orders"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [key for key in seen if key in made] == [made[2], made[1], made[0]]
    assert len(seen) == len(set(seen))
    later = "2999-01-01T00:00:00+00:00"
    assert saleor.as_app(CHANGED, w={"updatedAt": {"gte": later}}, n=10)["orders"]["edges"] == []


def test_a_charge_back_lowers_what_was_charged_and_is_told_as_an_update(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read("total { gross { amount } }")["total"]["gross"]["amount"]
    saleor.report(order.transaction, "CHARGE_BACK", "dp_1", total)
    assert order.read("totalCharged { amount } chargeStatus") == {"totalCharged": {"amount": 0}, "chargeStatus": "NONE"}
    order.told("order_updated")


@pytest.mark.parametrize("part", [1, 4])
def test_a_charge_back_that_is_won_reads_as_charged_again_under_the_same_reference(
    saleor: SaleorBench, part: int
) -> None:
    """It is all that Saleor offers: nothing undoes a charge back. Told twice, neither counts twice."""
    order = saleor.order()
    total = order.read("total { gross { amount } }")["total"]["gross"]["amount"]
    taken = round(total / part, 2)
    for _ in range(2):
        saleor.report(order.transaction, "CHARGE_BACK", "dp_1", taken)
    assert order.read("chargeStatus")["chargeStatus"] == ("NONE" if part == 1 else "PARTIAL")

    for _ in range(2):
        answer = saleor.report(order.transaction, "CHARGE_SUCCESS", "dp_1", taken, actions=["REFUND"])
        assert answer["errors"] == []

    assert order.read("totalCharged { amount } chargeStatus") == {
        "totalCharged": {"amount": total},
        "chargeStatus": "FULL",
    }
    assert answer["transaction"]["actions"] == ["REFUND"]


@pytest.mark.parametrize("field", ["number", "status"])
def test_an_unknown_order_is_null(saleor: SaleorBench, field: str) -> None:
    unknown = "T3JkZXI6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    assert saleor.ask(f"query($id: ID!) {{ order(id: $id) {{ {field} }} }}", id=unknown) == {"order": None}


def test_a_line_has_its_names_in_the_language_of_the_order_where_those_are_others(saleor: SaleorBench) -> None:
    of_colours = next(one for one in saleor.variants(tracked=False) if one["name"] == "mos")
    told = {}
    for language in ("NL", "FR"):
        checkout = saleor.checkout([(of_colours["id"], 1)])
        saleor.ask(
            """mutation($id: ID!, $l: LanguageCodeEnum!) { checkoutLanguageCodeUpdate(id: $id, languageCode: $l) {
              errors { field code } } }""",
            id=checkout,
            l=language,
        )
        placed = PlacedOrder(saleor, "", checkout, saleor.pay(checkout))
        order = replace(placed, id=saleor.complete(checkout)["order"]["id"])
        [told[language]] = order.read("lines { productName variantName translatedProductName translatedVariantName }")[
            "lines"
        ]
    assert (told["FR"]["variantName"], told["FR"]["translatedVariantName"]) == ("mos", "mousse")
    assert (told["NL"]["variantName"], told["NL"]["translatedVariantName"]) == ("mos", "")
    assert {one["translatedProductName"] for one in told.values()} == {""}
