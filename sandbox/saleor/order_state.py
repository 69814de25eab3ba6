"""An order as it is kept, and its statuses.

Document `order`: id, number, created, updatedAt, status, checkout, languageCode, userEmail, shippingAddress,
billingAddress, shippingMethodName, shipping (taxed), shipping_rate (percent), lines, total (taxed).
A line: id, sku, product_code, productName, variantName, quantity, fulfilled, rate (percent), unit, total (taxed),
tracked, allocations (id, warehouse, quantity). Fulfilments and granted refunds are documents themselves, with `order`.
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


def payment_changed(tx: Transaction, core: Core, key: str, before: dict[str, int], after: dict[str, int]) -> None:
    """Tell what a transaction's new amounts mean for its order."""
    order = tx.require("order", key)
    touch(tx, core, order)
    payment = payment_of(tx, order)
    if after["charged"] > before["charged"] and after["refund_pending"] == before["refund_pending"]:
        emit(core, tx, "ORDER_PAID", order=key)
        if payment.is_paid:
            emit(core, tx, "ORDER_FULLY_PAID", order=key)
    if after["refunded"] > before["refunded"]:
        emit(core, tx, "ORDER_REFUNDED", order=key)
    emit(core, tx, "ORDER_UPDATED", order=key)
    if after["refunded"] > before["refunded"] and payment.refunded >= order["total"]["gross"]:
        emit(core, tx, "ORDER_FULLY_REFUNDED", order=key)
