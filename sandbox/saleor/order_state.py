"""An order as it is kept, and its statuses.

Document `order`: id, number, created, updatedAt, status, checkout, languageCode, userEmail, shippingAddress,
billingAddress, shippingMethodName and method (its slug), or collectionPointName and collection_point (its reference),
shipping (taxed), shipping_rate (percent), lines, total (taxed), undiscounted_shipping, and voucher (None, or code,
name, translated_name, amount: of one on the whole order).
A line: id, sku, product_code, productName, variantName, both translated into the language of the order (empty where
that is nothing else), quantity, fulfilled, rate (percent), unit, total (taxed), undiscounted and voucher_discount
(whole, minor units), promotion (None, or off: whole; name, translated, reason), unit_discount (of a piece, without a
voucher on the order), tracked, allocations (id, warehouse, quantity). Fulfilments and granted refunds are documents
themselves, with `order`.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.checkout_state import charge_status
from sandbox.saleor.core import Core
from sandbox.saleor.ids import key_of
from sandbox.saleor.webhooks import emit


@dataclass(frozen=True)
class Payment:
    """What an order was paid and refunded, over all its transactions and granted refunds (minor units)."""

    charged: int
    refunded: int
    refund_pending: int
    granted: int
    charge_status: str
    authorize_status: str
    is_paid: bool
    payment_status: str


def load_order(reader: Reader, global_id: str | None) -> Document | None:
    """The order of that id, or None."""
    key = key_of("Order", global_id)
    return reader.get("order", key) if key else None


def payment_of(reader: Reader, order: Document) -> Payment:
    """Granted refunds lower what must be charged, refunds without a grant do not: those leave an order looking unpaid.
    The payment status never speaks of refunds. Both are Saleor's ways."""
    amounts = [t["amounts"] for t in reader.find("transaction", {"order": order["id"]})]
    charged = sum(a["charged"] for a in amounts)
    granted = sum(g["amount"] for g in reader.find("granted_refund", {"order": order["id"]}))
    total = order["total"]["gross"]
    due = max(0, total - granted)
    status = "FULL" if charged == due else charge_status(due, charged, True)
    paid_status = "FULLY_CHARGED" if charged >= due else "PARTIALLY_CHARGED" if charged > 0 else "NOT_CHARGED"
    return Payment(
        charged=charged,
        refunded=sum(a["refunded"] for a in amounts),
        refund_pending=sum(a["refund_pending"] for a in amounts),
        granted=granted,
        charge_status=status,
        authorize_status="FULL" if status == "OVERCHARGED" else status,
        is_paid=charged >= total,
        payment_status=paid_status,
    )


def touch(tx: Transaction, core: Core, order: Document, **changes: Any) -> None:
    """Store changes of an order that move its `updatedAt`. Tracking and most fulfilments do not: see fulfilments."""
    order.update(changes)
    order["updatedAt"] = core.now()
    tx.put("order", order["id"], order)


def follow_fulfillments(tx: Transaction, core: Core, order: Document) -> None:
    """Store an order with the status that follows from what left and what came back.

    As in Saleor, what leaves the order's status alone does not move its `updatedAt`.
    """
    found = tx.find("fulfillment", {"order": order["id"]})
    returned = sum(row["quantity"] for one in found if one["status"] == "RETURNED" for row in one["lines"])
    total = sum(line["quantity"] for line in order["lines"])
    status = _status(total, sum(line["fulfilled"] for line in order["lines"]), returned)
    if status != order["status"]:
        touch(tx, core, order, status=status)
    else:
        tx.put("order", order["id"], order)


def _status(total: int, fulfilled: int, returned: int) -> str:
    if fulfilled <= 0:
        return "UNFULFILLED"
    if returned:
        return "RETURNED" if returned == total else "PARTIALLY_RETURNED"
    return "PARTIALLY_FULFILLED" if fulfilled < total else "FULFILLED"


def next_fulfillment_order(tx: Transaction, order: Document) -> int:
    """The number of the next fulfilment of an order."""
    return max((one["fulfillmentOrder"] for one in tx.find("fulfillment", {"order": order["id"]})), default=0) + 1


def payment_changed(tx: Transaction, core: Core, key: str, before: dict[str, int], after: dict[str, int]) -> None:
    """Tell what a transaction's new amounts mean for its order; nothing is told where they are the old ones."""
    order = tx.require("order", key)
    touch(tx, core, order)
    payment = payment_of(tx, order)
    events: list[str] = []
    if after["charged"] > before["charged"]:
        # Also where a refund failed and its money counts as charged again.
        paid = ["ORDER_FULLY_PAID"] if payment.charge_status in ("FULL", "OVERCHARGED") else []
        events += ["ORDER_PAID", *paid, "ORDER_UPDATED"]
    if after["refunded"] > before["refunded"]:
        all_back = ["ORDER_FULLY_REFUNDED"] if payment.refunded >= order["total"]["gross"] else []
        events += ["ORDER_REFUNDED", "ORDER_UPDATED", *all_back]
    elif after["charged"] < before["charged"]:
        events += ["ORDER_UPDATED"]
    for event in events:
        emit(core, tx, event, order=key)
