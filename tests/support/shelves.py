"""What stands on the shelves of warehouses, and shipping from them; asked of Saleor as the app asks it."""

from typing import Any

from tests.support.saleor_bench import PlacedOrder, SaleorBench

STOCK = """query($id: ID!) { order(id: $id) { status
  lines { id quantityFulfilled allocations { quantity warehouse { externalReference } }
    variant { id trackInventory stocks { quantity quantityAllocated warehouse { externalReference } } } }
  fulfillments { id status trackingNumber } } }"""
CREATE = """mutation($v: ID!, $s: [StockInput!]!) { productVariantStocksCreate(variantId: $v, stocks: $s) {
  errors { field code index } } }"""
UPDATE = """mutation($v: ID!, $s: [StockInput!]!) { productVariantStocksUpdate(variantId: $v, stocks: $s) {
  errors { field code index } } }"""
FULFIL = """mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) {
  fulfillments { id status } errors { code } } }"""
CANCEL = """mutation($f: ID!, $i: FulfillmentCancelInput!) { orderFulfillmentCancel(id: $f, input: $i) {
  fulfillment { id status } order { status } errors { field code } } }"""


def warehouse(saleor: SaleorBench, slug: str) -> str:
    found = saleor.as_app("query($e: String!) { warehouse(externalReference: $e) { id } }", e=slug)["warehouse"]
    key: str = found["id"]
    return key


def line_of(order: PlacedOrder, at: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = order.bench.as_app(STOCK, id=order.id)["order"]["lines"][at]
    return found


def shelf(order: PlacedOrder, slug: str) -> tuple[int, int] | None:
    """Pieces of the first line's variant in a warehouse, and how many are set aside; None without a shelf there."""
    for stock in line_of(order)["variant"]["stocks"]:
        if stock["warehouse"]["externalReference"] == slug:
            return stock["quantity"], stock["quantityAllocated"]
    return None


def set_aside(order: PlacedOrder) -> dict[str, int]:
    """Pieces set aside for the first line, by warehouse; without those of which nothing is left."""
    rows = line_of(order)["allocations"]
    return {row["warehouse"]["externalReference"]: row["quantity"] for row in rows if row["quantity"]}


def make_shelf(order: PlacedOrder, slug: str, quantity: int = 0) -> list[str]:
    """A shelf for the first line's variant in a warehouse; the codes of the errors."""
    place = warehouse(order.bench, slug)
    variant = line_of(order)["variant"]["id"]
    answer = order.bench.as_app(CREATE, v=variant, s=[{"warehouse": place, "quantity": quantity}])
    return [error["code"] for error in answer["productVariantStocksCreate"]["errors"]]


def fill_shelf(order: PlacedOrder, slug: str, quantity: int) -> list[str]:
    place = warehouse(order.bench, slug)
    variant = line_of(order)["variant"]["id"]
    answer = order.bench.as_app(UPDATE, v=variant, s=[{"warehouse": place, "quantity": quantity}])
    return [error["code"] for error in answer["productVariantStocksUpdate"]["errors"]]


def ship_from(order: PlacedOrder, slug: str, quantity: int, tracking: str = "") -> tuple[str, list[str]]:
    """Ship pieces of the first line from a warehouse, whether or not it has them: the fulfilment, and error codes."""
    stocks = [{"warehouse": warehouse(order.bench, slug), "quantity": quantity}]
    given = {
        "lines": [{"orderLineId": line_of(order)["id"], "stocks": stocks}],
        "allowStockToBeExceeded": True,
        "notifyCustomer": False,
        "trackingNumber": tracking,
    }
    answer = order.bench.as_app(FULFIL, o=order.id, i=given)["orderFulfill"]
    made = [one["id"] for one in answer["fulfillments"] or []]
    return (made[0] if made else ""), [error["code"] for error in answer["errors"]]


def take_back(order: PlacedOrder, fulfilment: str, slug: str) -> dict[str, Any]:
    """Cancel a fulfilment: its pieces go back on the shelf of a warehouse, set aside for the order."""
    place = {"warehouseId": warehouse(order.bench, slug)}
    found: dict[str, Any] = order.bench.as_app(CANCEL, f=fulfilment, i=place)["orderFulfillmentCancel"]
    return found
