"""Pieces that nobody wants any more before they left: what Saleor makes of them."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.free_shelves import free_shelves
from fulfilment.flows.move_shelves import move_shelves
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.flows.withdraw import Place, withdraw
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.inbox.models import Mark
from fulfilment.orders.models import Line, Order
from fulfilment.production.models import Task
from fulfilment.returns.models import Return
from fulfilment.routing.models import Decision
from tests.support import rows
from tests.support.refunding import FULL, REQUEST_GRANTED, answering, grant, money
from tests.support.saleor_bench import PlacedOrder, SaleorBench
from tests.support.shelves import fill_shelf, line_of, make_shelf, set_aside, shelf, ship_from, take_back
from tests.support.stripe_sandbox import until

DROP = """mutation($o: ID!, $i: OrderReturnProductsInput!) { orderFulfillmentReturnProducts(order: $o, input: $i) {
  returnFulfillment { id status reason trackingNumber warehouse { externalReference } lines { quantity } }
  order { status } errors { field code } } }"""
STANDING = """status lines { quantityFulfilled quantityToFulfill } total { gross { amount } }
  fulfillments { id status reason lines { quantity } }"""


@pytest.fixture
def order(saleor: SaleorBench) -> PlacedOrder:
    """Three pieces that are set aside."""
    return saleor.order([(saleor.variant(tracked=True)["id"], 3)])


def dropped(order: PlacedOrder, quantity: int, *, line: str = "", reason: str = "") -> dict[str, Any]:
    lines = [{"orderLineId": line or line_of(order)["id"], "quantity": quantity}]
    given = {"orderLines": lines, "refund": False, "reason": reason}
    answer: dict[str, Any] = order.bench.as_app(DROP, o=order.id, i=given)["orderFulfillmentReturnProducts"]
    return answer


def pieces(order: PlacedOrder) -> list[tuple[str, int]]:
    """What stands in the order's fulfilments: (status, pieces)."""
    found = order.read(STANDING)["fulfillments"]
    return sorted((one["status"], sum(line["quantity"] for line in one["lines"])) for one in found)


def stock(order: PlacedOrder, home: str) -> tuple[int, int]:
    found = shelf(order, home)
    assert found is not None
    return found


def test_what_is_not_wanted_any_more_can_be_sold_again(order: PlacedOrder) -> None:
    [home] = set_aside(order)
    there, aside = stock(order, home)
    answer = dropped(order, 1, reason="Niet meer gewenst · ord_1")
    assert answer["errors"] == []
    made = answer["returnFulfillment"]
    assert (made["status"], made["reason"], made["trackingNumber"]) == ("RETURNED", "Niet meer gewenst · ord_1", "")
    assert made["warehouse"] is None
    assert answer["order"]["status"] == "PARTIALLY_RETURNED"
    assert stock(order, home) == (there, aside - 1)
    assert set_aside(order) == {home: 2}
    [line] = order.read(STANDING)["lines"]
    assert (line["quantityFulfilled"], line["quantityToFulfill"]) == (1, 2)


def test_the_rest_is_shipped_as_ever_and_of_all_that_was_set_aside_nothing_stays(order: PlacedOrder) -> None:
    [home] = set_aside(order)
    there, aside = stock(order, home)
    assert dropped(order, 1)["errors"] == []
    assert ship_from(order, home, 3) == ("", ["FULFILL_ORDER_LINE"])
    _fulfilment, wrong = ship_from(order, home, 2, "CODE1")
    assert wrong == []
    assert stock(order, home) == (there - 2, aside - 3)
    assert pieces(order) == [("FULFILLED", 2), ("RETURNED", 1)]
    assert order.read("status")["status"] == "PARTIALLY_RETURNED"


def test_after_a_part_was_shipped_the_rest_is_dropped(order: PlacedOrder) -> None:
    [home] = set_aside(order)
    there, aside = stock(order, home)
    ship_from(order, home, 1)
    assert dropped(order, 2)["order"]["status"] == "PARTIALLY_RETURNED"
    assert stock(order, home) == (there - 1, aside - 3)
    assert pieces(order) == [("FULFILLED", 1), ("RETURNED", 2)]


def test_where_nothing_is_wanted_the_order_says_returned_and_its_price_stays(order: PlacedOrder) -> None:
    before = order.read(STANDING)["total"]
    paid = money(order)
    assert dropped(order, 3)["order"]["status"] == "RETURNED"
    assert order.read(STANDING)["total"] == before
    assert money(order) == paid
    assert set_aside(order) == {}


def test_money_still_goes_back_of_what_was_dropped(order: PlacedOrder) -> None:
    dropped(order, 3)
    found = order.read(FULL)
    lines = [{"id": found["lines"][0]["id"], "quantity": 3}]
    answer = grant(order, lines=lines, grantRefundForShipping=True)
    assert answer["errors"] == []
    granted, total = answer["grantedRefund"]["id"], found["total"]["gross"]["amount"]
    with answering(order.bench, lambda _delivery: (200, {"pspReference": "re_dropped", "result": "REFUND_SUCCESS"})):
        asked = order.bench.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        assert asked["transactionRequestRefundForGrantedRefund"]["errors"] == []
        until(lambda: money(order)["totalRefunded"] == total)
    until(lambda: money(order)["chargeStatus"] == "FULL")
    assert order.read("status")["status"] == "RETURNED"


def test_what_is_made_to_order_is_dropped_alike(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    assert dropped(order, 1)["errors"] == []
    assert order.read("status")["status"] == "PARTIALLY_RETURNED"
    assert set_aside(order) == {}


def test_it_is_dropped_wherever_it_was_set_aside(order: PlacedOrder) -> None:
    [home] = set_aside(order)
    other = next(slug for slug in ("labeur", "ateljee", "compaan") if slug != home)
    assert make_shelf(order, other) in ([], ["UNIQUE"])
    _there, owed = stock(order, other)
    fulfilment, _wrong = ship_from(order, other, 3, "moved")
    take_back(order, fulfilment, other)
    assert set_aside(order) == {other: 3}
    dropped(order, 2)
    assert set_aside(order) == {other: 1}
    assert stock(order, other)[1] == owed + 1
    dropped(order, 1)
    assert fill_shelf(order, other, owed) == []


def test_no_more_is_dropped_than_is_still_to_leave_and_a_repeat_drops_more(order: PlacedOrder) -> None:
    [home] = set_aside(order)
    ship_from(order, home, 1)
    answer = dropped(order, 3)
    assert (answer["returnFulfillment"], answer["errors"]) == (
        None,
        [{"field": "orderLineId", "code": "INVALID_QUANTITY"}],
    )
    for _ in range(2):
        assert dropped(order, 1)["errors"] == []
    assert [error["code"] for error in dropped(order, 1)["errors"]] == ["INVALID_QUANTITY"]
    assert pieces(order) == [("FULFILLED", 1), ("RETURNED", 1), ("RETURNED", 1)]


def test_a_line_that_is_not_there_is_not_dropped(order: PlacedOrder) -> None:
    nowhere = "T3JkZXJMaW5lOjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMA=="
    assert [error["code"] for error in dropped(order, 1, line=nowhere)["errors"]] == ["GRAPHQL_ERROR"]


def test_dropping_is_told_as_a_changed_order(order: PlacedOrder) -> None:
    dropped(order, 1)
    order.told("order_updated")


def test_that_the_last_one_is_there_again_is_told(order: PlacedOrder) -> None:
    app = order.bench.app

    def told() -> int:
        return sum(one.headers["Saleor-Event"] == "product_variant_back_in_stock" for one in app.deliveries("/events"))

    [home] = set_aside(order)
    there, aside = stock(order, home)
    assert fill_shelf(order, home, aside) == []  # all that is there is set aside
    before = told()
    dropped(order, 1)
    until(lambda: told() > before)
    assert fill_shelf(order, home, there) == []


# --- our side of it --------------------------------------------------------------------------------------------------


class Unheard(Saleor):
    """Our side of Saleor, which dies before it hears the answer."""

    def drop_products(self, order_id: str, lines: Mapping[str, int], *, reason: str) -> None:
        super().drop_products(order_id, lines, reason=reason)
        raise GatewayError("The answer never came.", retry=True)


@dataclass
class Ours:
    """Our rows of an order of three pieces, of which the customer does not want some any more."""

    placed: PlacedOrder
    home: str
    task: Task
    client: SaleorClient

    @property
    def saleor(self) -> Saleor:
        return Saleor(self.client)

    @property
    def order(self) -> Order:
        return Order.objects.get(saleor_id=self.placed.id)

    def unwanted(self, count: int, key: str = "form-1") -> None:
        units = {Place(0, False): count}
        withdraw(self.order.public_id, units, form_key=key, now=rows.NOW, name="An Peeters", email="an@example.com")

    def tell(self, saleor: Saleor | None = None) -> None:
        free_shelves(self.order.public_id, saleor or self.saleor, now=rows.NOW)


@pytest.fixture
def ours(order: PlacedOrder, db: None) -> Iterator[Ours]:
    [home] = set_aside(order)
    row = rows.order([("SG-004", "Laag", 3, 29_400)])
    Order.objects.filter(pk=row.pk).update(saleor_id=order.id)
    Line.objects.filter(order=row).update(saleor_id=line_of(order)["id"])
    [task] = rows.route(row, {"SG-004": rows.agreement("SG-004", rows.partner(home))})
    with closing(SaleorClient(order.bench.api_url, order.bench.app.token)) as client:
        yield Ours(order, home, task, client)


def test_what_is_not_wanted_any_more_is_told_once(ours: Ours) -> None:
    there, aside = stock(ours.placed, ours.home)
    ours.unwanted(2)
    for _ in range(2):
        ours.tell()
    assert stock(ours.placed, ours.home) == (there, aside - 2)
    assert pieces(ours.placed) == [("RETURNED", 2)]


def test_where_the_answer_got_lost_it_is_known_again(ours: Ours) -> None:
    ours.unwanted(2)
    with pytest.raises(GatewayError, match="never came"):
        ours.tell(Unheard(ours.client))
    ours.tell()
    assert pieces(ours.placed) == [("RETURNED", 2)]


def test_it_is_no_return_of_staff_and_the_rest_leaves_as_ever(ours: Ours) -> None:
    there, aside = stock(ours.placed, ours.home)
    ours.unwanted(1)
    ours.tell()
    task = Task.objects.get(pk=ours.task.pk)
    report_shipment(rows.parcel(task).public_id, ours.saleor, now=rows.NOW)
    ours.tell()
    remote = ours.saleor.order(ours.placed.id)
    assert remote is not None
    follow_grants(ours.order.pk, remote, now=rows.NOW)
    assert not Return.objects.exists()
    assert pieces(ours.placed) == [("FULFILLED", 2), ("RETURNED", 1)]
    assert stock(ours.placed, ours.home) == (there - 2, aside - 3)


def test_what_another_workshop_took_over_is_set_aside_there_after_a_part_was_dropped(ours: Ours) -> None:
    other = next(slug for slug in ("labeur", "ateljee", "compaan") if slug != ours.home)
    assert make_shelf(ours.placed, other) in ([], ["UNIQUE"])
    Task.objects.filter(pk=ours.task.pk).update(producer=rows.partner(other))
    Decision.objects.filter(pk=ours.task.decision_id).update(reason=Decision.Reason.REASSIGNED)
    ours.unwanted(1)  # before Saleor heard that the work moved
    move_shelves(str(ours.task.decision_id), ours.saleor)
    ours.tell()
    assert Mark.objects.filter(kind=Mark.Kind.REASSIGNMENT, object_id=str(ours.task.decision_id)).exists()
    move_shelves(str(ours.task.decision_id), ours.saleor)
    assert set_aside(ours.placed) == {other: 2}
    ours.unwanted(2, "form-2")
    ours.tell()
    assert set_aside(ours.placed) == {}
    _there, owed = stock(ours.placed, other)
    assert fill_shelf(ours.placed, other, owed) == []  # nobody is sold from it
