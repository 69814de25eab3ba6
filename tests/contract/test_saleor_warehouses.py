"""Work that moves to another workshop: what Saleor lets a warehouse ship, and how pieces that were set aside move."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows.move_shelves import move_shelves
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.orders.models import Line, Order
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.saleor_bench import PlacedOrder, SaleorBench
from tests.support.shelves import fill_shelf, line_of, make_shelf, set_aside, shelf, ship_from, take_back

WORKSHOPS = ("labeur", "ateljee", "compaan", "weerwerk", "nevelland", "dienstenbedrijf-gent")


@dataclass(frozen=True)
class Moving:
    """Three pieces that were set aside at `home`, and another workshop with an empty shelf for them."""

    order: PlacedOrder
    home: str
    other: str

    def here(self) -> tuple[int, int]:
        return shelf(self.order, self.home) or (0, 0)

    def there(self) -> tuple[int, int]:
        return shelf(self.order, self.other) or (0, 0)


@pytest.fixture
def moving(saleor: SaleorBench) -> Iterator[Moving]:
    order = saleor.order([(saleor.variant(tracked=True)["id"], 3)])
    [home] = set_aside(order)
    found = Moving(order, home, next(slug for slug in WORKSHOPS if slug != home))
    assert make_shelf(order, found.other) in ([], ["UNIQUE"])
    _empty(found)
    yield found
    _empty(found)


def _empty(found: Moving) -> None:
    """No more on the other shelf than was set aside there, so that nobody is sold from it."""
    assert fill_shelf(found.order, found.other, found.there()[1]) == []


def test_what_is_made_to_order_may_leave_any_warehouse(saleor: SaleorBench) -> None:
    made = saleor.order()
    known = {stock["warehouse"]["externalReference"] for stock in line_of(made)["variant"]["stocks"]}
    other = next(slug for slug in WORKSHOPS if slug not in known)
    fulfilment, wrong = ship_from(made, other, 1)
    assert (bool(fulfilment), wrong) == (True, [])
    assert shelf(made, other) is None


def test_a_shelf_is_made_once(saleor: SaleorBench, moving: Moving) -> None:
    assert make_shelf(moving.order, moving.other) == ["UNIQUE"]


def test_pieces_that_are_set_aside_follow_the_line_and_not_the_warehouse(moving: Moving) -> None:
    """Shipped from elsewhere, they are free again where they were set aside, and the other shelf owes them."""
    (have, aside), (there, owed) = moving.here(), moving.there()
    _fulfilment, wrong = ship_from(moving.order, moving.other, 2)
    assert wrong == []
    assert moving.here() == (have, aside - 2)
    assert moving.there() == (there - 2, owed)
    assert set_aside(moving.order) == {moving.home: 1}


def test_shipped_and_taken_back_at_another_warehouse_they_are_set_aside_there(moving: Moving) -> None:
    (have, aside), (there, owed) = moving.here(), moving.there()
    fulfilment, wrong = ship_from(moving.order, moving.other, 3, "moved")
    assert wrong == []
    answer = take_back(moving.order, fulfilment, moving.other)
    assert answer["errors"] == []
    assert answer["fulfillment"]["status"] == "CANCELED"
    assert answer["order"]["status"] == "UNFULFILLED"
    assert set_aside(moving.order) == {moving.other: 3}
    assert moving.here() == (have, aside - 3)
    assert moving.there() == (there, owed + 3)

    again = take_back(moving.order, fulfilment, moving.other)
    assert [error["code"] for error in again["errors"]] == ["CANNOT_CANCEL_FULFILLMENT"]
    assert fill_shelf(moving.order, moving.other, there + 3) == []
    _fulfilment, wrong = ship_from(moving.order, moving.other, 3)
    assert wrong == []
    assert moving.there() == (there, owed)
    assert set_aside(moving.order) == {}


def test_after_a_part_was_shipped_the_rest_moves(moving: Moving) -> None:
    (have, aside), (there, owed) = moving.here(), moving.there()
    ship_from(moving.order, moving.home, 1)
    fulfilment, _wrong = ship_from(moving.order, moving.other, 2, "moved")
    assert take_back(moving.order, fulfilment, moving.other)["order"]["status"] == "PARTIALLY_FULFILLED"
    assert set_aside(moving.order) == {moving.other: 2}
    assert moving.here() == (have - 1, aside - 3)
    assert moving.there() == (there, owed + 2)
    assert line_of(moving.order)["quantityFulfilled"] == 1
    assert ship_from(moving.order, moving.other, 3) == ("", ["FULFILL_ORDER_LINE"])


def test_of_pieces_that_are_taken_back_somebody_must_say_where_they_go(moving: Moving) -> None:
    fulfilment, _wrong = ship_from(moving.order, moving.home, 1)
    document = "mutation($f: ID!) { orderFulfillmentCancel(id: $f) { errors { field code } } }"
    answer = moving.order.bench.as_app(document, f=fulfilment)["orderFulfillmentCancel"]
    assert answer["errors"] == [{"field": "warehouseId", "code": "REQUIRED"}]


def test_moving_is_told_as_shipped_and_as_taken_back(moving: Moving) -> None:
    fulfilment, _wrong = ship_from(moving.order, moving.other, 1)
    take_back(moving.order, fulfilment, moving.other)
    moving.order.told("fulfillment_created", "order_updated", "fulfillment_canceled", "order_updated")


@pytest.mark.parametrize("mutation", ["productVariantStocksCreate", "productVariantStocksUpdate"])
def test_filling_shelves_needs_the_right(saleor: SaleorBench, mutation: str) -> None:
    document = f"mutation($v: ID!) {{ {mutation}(variantId: $v, stocks: []) {{ errors {{ code }} }} }}"
    assert saleor.refused(document, v=saleor.variant()["id"]) == "PermissionDenied"


def test_taking_back_needs_the_right(moving: Moving) -> None:
    fulfilment, _wrong = ship_from(moving.order, moving.home, 1)
    document = "mutation($f: ID!) { orderFulfillmentCancel(id: $f) { errors { field code } } }"
    assert moving.order.bench.refused(document, f=fulfilment) == "PermissionDenied"


def test_what_is_on_the_shelves_is_for_staff_and_apps(saleor: SaleorBench) -> None:
    document = "query($id: ID!) { order(id: $id) { lines { variant { stocks { quantity } } } } }"
    assert saleor.refused(document, id=saleor.order().id) == "PermissionDenied"


class Dying(Saleor):
    """Our side of Saleor, which dies before the call that takes back."""

    def cancel_fulfilment(self, fulfilment_id: str, warehouse_id: str) -> None:
        raise GatewayError("Killed.", retry=True)


def work_moved(moving: Moving) -> Task:
    """Our side of it: the other workshop makes all three from now on."""
    order = rows.order([("SG-004", "Laag", 3, 29_400)])
    Order.objects.filter(pk=order.pk).update(saleor_id=moving.order.id)
    Line.objects.filter(order=order).update(saleor_id=line_of(moving.order)["id"])
    order.refresh_from_db()
    maker = rows.partner(moving.other)
    [task] = rows.route(order, {"SG-004": rows.agreement("SG-004", maker)})
    return task


@pytest.mark.django_db
def test_work_that_moves_takes_along_what_was_set_aside_and_leaves_from_its_new_warehouse(moving: Moving) -> None:
    (have, aside), (there, owed) = moving.here(), moving.there()
    task = work_moved(moving)
    with closing(Saleor(SaleorClient(moving.order.bench.api_url, moving.order.bench.app.token))) as saleor:
        for _ in range(2):
            move_shelves(str(task.decision_id), saleor)
        assert set_aside(moving.order) == {moving.other: 3}
        assert moving.here() == (have, aside - 3)
        assert moving.there() == (there + 3, owed + 3)  # what it makes stands there until it leaves

        report_shipment(rows.parcel(task).public_id, saleor, now=rows.NOW)
        move_shelves(str(task.decision_id), saleor)

    assert moving.there() == (there, owed)
    assert set_aside(moving.order) == {}
    found = moving.order.read("status fulfillments { status trackingNumber warehouse { externalReference } }")
    assert found["status"] == "FULFILLED"
    assert [one["warehouse"]["externalReference"] for one in found["fulfillments"] if one["status"] == "FULFILLED"] == [
        moving.other
    ]


@pytest.mark.django_db
def test_who_dies_between_shipping_and_taking_back_is_finished_by_the_next(moving: Moving) -> None:
    (have, aside), (there, owed) = moving.here(), moving.there()
    task = work_moved(moving)
    client = SaleorClient(moving.order.bench.api_url, moving.order.bench.app.token)
    with pytest.raises(GatewayError):
        move_shelves(str(task.decision_id), Dying(client))
    assert moving.order.read("status")["status"] == "FULFILLED"

    with closing(Saleor(client)) as saleor:
        move_shelves(str(task.decision_id), saleor)

    assert moving.order.read("status")["status"] == "UNFULFILLED"
    assert set_aside(moving.order) == {moving.other: 3}
    assert moving.here() == (have, aside - 3)
    assert moving.there() == (there + 3, owed + 3)


@pytest.mark.django_db
def test_a_parcel_that_left_before_saleor_heard_of_the_move_is_shipped_from_the_new_warehouse(moving: Moving) -> None:
    (have, aside), (there, owed) = moving.here(), moving.there()
    task = work_moved(moving)
    with closing(Saleor(SaleorClient(moving.order.bench.api_url, moving.order.bench.app.token))) as saleor:
        report_shipment(rows.parcel(task).public_id, saleor, now=rows.NOW)
        move_shelves(str(task.decision_id), saleor)
    assert set_aside(moving.order) == {}
    assert moving.here() == (have, aside - 3)
    assert moving.there() == (max(there - 3, owed), owed)
