"""Pieces that came back: what Saleor makes of them, and how our own telling of it is known again."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows.announce_return import announce
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.report_return import report_return
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.orders.models import Line, Order
from fulfilment.returns.models import Return, ReturnLine
from tests.support import rows
from tests.support.saleor_bench import PlacedOrder, SaleorBench
from tests.support.shelves import line_of, set_aside, ship_from

RETURN = """mutation($o: ID!, $i: OrderReturnProductsInput!) { orderFulfillmentReturnProducts(order: $o, input: $i) {
  returnFulfillment { id status reason trackingNumber lines { quantity orderLine { id } } }
  order { status } errors { field code } } }"""
FULFILMENTS = """status updatedAt lines { id quantity quantityFulfilled quantityToFulfill }
  fulfillments { id status fulfillmentOrder reason warehouse { externalReference }
    lines { id quantity orderLine { id } } }"""


@pytest.fixture
def shipped(saleor: SaleorBench) -> PlacedOrder:
    """Three pieces that all left the workshop that they were set aside in."""
    order = saleor.order([(saleor.variant(tracked=True)["id"], 3)])
    [home] = set_aside(order)
    _fulfilment, wrong = ship_from(order, home, 3, "CODE1")
    assert wrong == []
    return order


def pieces(order: PlacedOrder) -> list[tuple[str, int]]:
    """What stands in the order's fulfilments: (status, pieces)."""
    found = order.read(FULFILMENTS)["fulfillments"]
    return sorted((one["status"], sum(line["quantity"] for line in one["lines"])) for one in found)


def on_shelves(order: PlacedOrder) -> Any:
    return line_of(order)["variant"]["stocks"]


def came_back(order: PlacedOrder, quantity: int, *, line: str = "", **more: Any) -> dict[str, Any]:
    """So many pieces of the first fulfilment that is still with the customer came back."""
    if not line:
        standing = [one for one in order.read(FULFILMENTS)["fulfillments"] if one["status"] == "FULFILLED"]
        line = standing[0]["lines"][0]["id"]
    given = {"fulfillmentLines": [{"fulfillmentLineId": line, "quantity": quantity}], "refund": False, **more}
    answer: dict[str, Any] = order.bench.as_app(RETURN, o=order.id, i=given)["orderFulfillmentReturnProducts"]
    return answer


def test_pieces_that_came_back_move_to_a_fulfilment_of_their_own(shipped: PlacedOrder) -> None:
    before = on_shelves(shipped)
    answer = came_back(shipped, 1, reason="Ziet ervan af · rtn_1")
    assert answer["errors"] == []
    made = answer["returnFulfillment"]
    assert (made["status"], made["reason"], made["trackingNumber"]) == ("RETURNED", "Ziet ervan af · rtn_1", "")
    assert [line["quantity"] for line in made["lines"]] == [1]
    assert answer["order"]["status"] == "PARTIALLY_RETURNED"
    assert pieces(shipped) == [("FULFILLED", 2), ("RETURNED", 1)]
    [line] = shipped.read(FULFILMENTS)["lines"]
    assert (line["quantityFulfilled"], line["quantityToFulfill"]) == (3, 0)
    assert on_shelves(shipped) == before  # nothing goes back on a shelf by it


def test_where_all_came_back_the_fulfilment_that_they_left_in_is_gone(shipped: PlacedOrder) -> None:
    assert came_back(shipped, 3)["order"]["status"] == "RETURNED"
    assert pieces(shipped) == [("RETURNED", 3)]


def test_a_repeat_returns_more(shipped: PlacedOrder) -> None:
    for _ in range(2):
        assert came_back(shipped, 1)["errors"] == []
    assert pieces(shipped) == [("FULFILLED", 1), ("RETURNED", 1), ("RETURNED", 1)]
    numbers = [one["fulfillmentOrder"] for one in shipped.read(FULFILMENTS)["fulfillments"]]
    assert sorted(numbers) == [1, 2, 3]


def test_no_more_comes_back_than_left_and_nothing_twice(shipped: PlacedOrder) -> None:
    [before] = shipped.read(FULFILMENTS)["fulfillments"]
    answer = came_back(shipped, 4)
    assert (answer["returnFulfillment"], [error["code"] for error in answer["errors"]]) == (None, ["INVALID_QUANTITY"])
    came_back(shipped, 3)
    again = came_back(shipped, 1, line=before["lines"][0]["id"])
    assert [error["code"] for error in again["errors"]] == ["GRAPHQL_ERROR"]
    [back] = shipped.read(FULFILMENTS)["fulfillments"]
    twice = came_back(shipped, 1, line=back["lines"][0]["id"])
    assert [error["code"] for error in twice["errors"]] == ["INVALID"]


def test_that_something_came_back_is_told_as_a_changed_order(shipped: PlacedOrder) -> None:
    came_back(shipped, 1)
    left = ["fulfillment_created", "fulfillment_approved", "fulfillment_tracking_number_updated", "order_fulfilled"]
    shipped.told(*left, "order_updated", "order_updated")


def test_after_something_came_back_the_rest_can_still_be_shipped(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant(tracked=True)["id"], 3)])
    [home] = set_aside(order)
    ship_from(order, home, 1)
    assert came_back(order, 1)["order"]["status"] == "PARTIALLY_RETURNED"
    _fulfilment, wrong = ship_from(order, home, 2)
    assert wrong == []
    assert pieces(order) == [("FULFILLED", 2), ("RETURNED", 1)]
    assert order.read("status")["status"] == "PARTIALLY_RETURNED"
    assert line_of(order)["quantityFulfilled"] == 3


def test_returning_needs_the_right(shipped: PlacedOrder) -> None:
    document = """mutation($o: ID!) { orderFulfillmentReturnProducts(order: $o, input: {fulfillmentLines: []}) {
      errors { code } } }"""
    assert shipped.bench.refused(document, o=shipped.id) == "PermissionDenied"


# --- our side of it --------------------------------------------------------------------------------------------------


class Unheard(Saleor):
    """Our side of Saleor, which dies before it hears the answer."""

    def return_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        super().return_products(order_id, lines, reason=reason)
        raise GatewayError("The answer never came.", retry=True)


def coming(order: PlacedOrder, saleor: Saleor) -> Return:
    """Our side of it: two of the three pieces are at the workshop again."""
    [home] = set_aside(order)
    ours = rows.order([("SG-004", "Laag", 3, 29_400)])
    Order.objects.filter(pk=ours.pk).update(saleor_id=order.id)
    Line.objects.filter(order=ours).update(saleor_id=line_of(order)["id"])
    ours.refresh_from_db()
    [task] = rows.route(ours, {"SG-004": rows.agreement("SG-004", rows.partner(home))})
    report_shipment(rows.parcel(task).public_id, saleor, now=rows.NOW)
    units = {ours.lines.get().pk: 2}
    [back] = announce(ours.public_id, units, reason=Return.Reason.DAMAGED, now=rows.NOW, is_back=True)
    return back


@pytest.fixture
def placed(saleor: SaleorBench) -> PlacedOrder:
    return saleor.order([(saleor.variant(tracked=True)["id"], 3)])


@pytest.mark.django_db
def test_what_came_back_is_told_once_and_is_no_return_of_staff(placed: PlacedOrder) -> None:
    with closing(Saleor(SaleorClient(placed.bench.api_url, placed.bench.app.token))) as saleor:
        back = coming(placed, saleor)
        for _ in range(2):
            report_return(back.public_id, saleor, now=rows.NOW)
        _look(placed, saleor)
    assert pieces(placed) == [("FULFILLED", 1), ("RETURNED", 2)]
    assert Return.objects.count() == 1


@pytest.mark.django_db
def test_a_return_whose_answer_got_lost_is_known_again(placed: PlacedOrder) -> None:
    client = SaleorClient(placed.bench.api_url, placed.bench.app.token)
    with closing(Saleor(client)) as saleor:
        back = coming(placed, saleor)
        with pytest.raises(GatewayError, match="never came"):
            report_return(back.public_id, Unheard(client), now=rows.NOW)
        report_return(back.public_id, saleor, now=rows.NOW)
    assert pieces(placed) == [("FULFILLED", 1), ("RETURNED", 2)]
    back.refresh_from_db()
    assert back.reported_at == rows.NOW


@pytest.mark.django_db
def test_what_staff_return_is_a_return_of_ours(placed: PlacedOrder) -> None:
    with closing(Saleor(SaleorClient(placed.bench.api_url, placed.bench.app.token))) as saleor:
        coming(placed, saleor)
        came_back(placed, 1)
        _look(placed, saleor)
    assert sorted(line.known_to_saleor for line in ReturnLine.objects.all()) == [1]
    assert Return.objects.count() == 1


def _look(placed: PlacedOrder, saleor: Saleor) -> None:
    remote = saleor.order(placed.id)
    assert remote is not None
    follow_grants(Order.objects.get(saleor_id=placed.id).pk, remote, now=rows.NOW)
