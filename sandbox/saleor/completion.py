"""From a paid checkout to an order: once, whoever asks and however often."""

import logging
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from catalogue.values import Product, Variant, VoucherScope
from sandbox.common.store import Document, Transaction
from sandbox.common.worker import Workers
from sandbox.saleor.catalogue import available
from sandbox.saleor.checkout_changes import no_such_checkout
from sandbox.saleor.checkout_state import PricedLine, Totals, chosen, totals
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.metadata import hand_over
from sandbox.saleor.money import share_of
from sandbox.saleor.orders import order_node
from sandbox.saleor.vouchers import find, is_active, may_use, use
from sandbox.saleor.webhooks import emit

log = logging.getLogger(__name__)
resolvers = Resolvers()

_ELIGIBLE_MICROSECONDS = 30 * 24 * 3600 * 1_000_000


@resolvers.field("Mutation.checkoutComplete")
def checkout_complete(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node:
    core = core_of(info)
    key = key_of("Checkout", id)
    with core.store.write() as tx:
        order, wrong = complete(core, tx, key) if key else (None, [])
    if order is None and not wrong:
        wrong = [no_such_checkout(id)]
    return {"order": order_node(core, order) if order else None, "confirmationNeeded": False, "errors": wrong}


def complete(core: Core, tx: Transaction, key: str) -> tuple[Document | None, list[Node]]:
    """The order of a checkout, made now if it can be; neither an order nor errors where there is no such checkout.

    Runs within one transaction, and there is one writer: of several at once the first makes the order, the others find
    it.
    """
    known = tx.first("order", {"checkout": key})
    if known is not None:
        return known, []
    checkout = tx.get("checkout", key)
    if checkout is None:
        return None, []
    costs = totals(core, checkout)
    wrong = _faults(core, tx, checkout, costs)
    if wrong:
        return None, wrong
    order = _place(core, tx, checkout, costs)
    for event in ("ORDER_CREATED", "ORDER_PAID", "ORDER_FULLY_PAID", "ORDER_UPDATED", "ORDER_CONFIRMED"):
        emit(core, tx, event, order=order["id"])
    return order, []


def _faults(core: Core, tx: Transaction, checkout: Document, costs: Totals) -> list[Node]:
    """What keeps the checkout from becoming an order, in the order in which Saleor finds it."""
    delivery = chosen(checkout)
    if not core.catalogue.file.channel.is_active:
        return [problem("CHANNEL_INACTIVE", "Cannot complete checkout with inactive channel.", "channel")]
    if not checkout["email"]:
        return [problem("EMAIL_NOT_SET", "Checkout email must be set.", "email")]
    if not costs.lines:
        return [problem("NO_LINES", "Cannot complete checkout without lines.", "lines")]
    gone = [line for line in costs.lines if not line.product.listed]
    if gone:
        text = "Some of the checkout lines variants are unavailable."
        variants = [_variant_id(core, line) for line in gone]
        return [problem("UNAVAILABLE_VARIANT_IN_CHANNEL", text, "lines", variants=variants)]
    point = checkout.get("collection_point")
    if delivery is None and not point:
        return [problem("SHIPPING_METHOD_NOT_SET", "Shipping method is not set", "shippingMethod")]
    if checkout["shippingAddress"] is None:
        return [problem("SHIPPING_ADDRESS_NOT_SET", "Shipping address is not set", "shippingAddress")]
    if not point and (delivery is None or not delivery["valid"] or costs.method is None):
        text = "Delivery method is not valid for your shipping address"
        return [problem("INVALID_SHIPPING_METHOD", text, "shippingMethod")]
    if checkout["billingAddress"] is None:
        return [problem("BILLING_ADDRESS_NOT_SET", "Billing address is not set", "billingAddress")]
    if checkout["authorizeStatus"] != "FULL":
        text = "The authorized amount doesn't cover the checkout's total amount."
        return [problem("CHECKOUT_NOT_FULLY_PAID", text, "id")]
    return _voucher_faults(core, tx, checkout) or _stock_faults(core, tx, costs)


def _voucher_faults(core: Core, tx: Transaction, checkout: Document) -> list[Node]:
    """The code was good when it was given, and is so no longer: its time is over, or others used it up."""
    code = checkout.get("voucher_code")
    voucher = find(core, code)
    if code is None or (
        voucher and is_active(core, tx, voucher, code) and may_use(tx, voucher, code, checkout["email"])
    ):
        return []
    return [problem("VOUCHER_NOT_APPLICABLE", "Voucher not applicable", "voucherCode")]


def _stock_faults(core: Core, tx: Transaction, costs: Totals) -> list[Node]:
    short = [
        line for line in costs.lines if line.variant.tracked and available(tx, line.variant) < line.line["quantity"]
    ]
    if not short:
        return []
    text = f"Insufficient product stock: {', '.join(line.variant.sku for line in short)}"
    return [problem("INSUFFICIENT_STOCK", text, None, variants=[_variant_id(core, line) for line in short])]


def _variant_id(core: Core, line: PricedLine) -> str:
    return global_id("ProductVariant", core.catalogue.number("ProductVariant", line.variant.sku))


def _place(core: Core, tx: Transaction, checkout: Document, costs: Totals) -> Document:
    now = core.now()
    point = core.catalogue.file.warehouses.get(checkout.get("collection_point") or "")
    order: Document = {
        "id": str(uuid4()),
        "number": tx.next_number("order"),
        "created": now,
        "updatedAt": now,
        "status": "UNFULFILLED",
        "checkout": checkout["id"],
        "userEmail": checkout["email"],
        "user": checkout.get("user") or _account_of(tx, checkout["email"]),
        **{name: checkout[name] for name in ("languageCode", "shippingAddress", "billingAddress")},
        "shippingMethodName": costs.method.name if costs.method else None,
        "method": costs.method.slug if costs.method else None,
        "collection_point": point.reference if point else None,
        "collectionPointName": point.name if point else None,
        "shipping": dict(costs.shipping),
        "shipping_rate": str(costs.shipping_rate),
        "lines": [_order_line(core, tx, line, checkout["languageCode"]) for line in costs.lines],
        "total": dict(costs.total),
        "undiscounted_shipping": costs.method.price if costs.method else 0,
        "voucher": _voucher(tx, checkout, costs),
    }
    tx.insert("order", order["id"], order)
    for transaction in tx.find("transaction", {"checkout": checkout["id"]}):
        tx.put("transaction", transaction["id"], {**transaction, "checkout": None, "order": order["id"]})
    hand_over(tx, global_id("Checkout", checkout["id"]), global_id("Order", order["id"]))
    tx.delete("checkout", checkout["id"])
    return order


def _account_of(tx: Transaction, email: str) -> str | None:
    """An order of a guest is the account's of its address, confirmed or not, as in Saleor."""
    found = tx.first("customer", {"email": email}) or tx.first("customer", {"email": email.lower()})
    return found["id"] if found else None


def _voucher(tx: Transaction, checkout: Document, costs: Totals) -> Document | None:
    """The voucher that the order keeps, with its amount where it is one of the whole order; its use is counted."""
    voucher, code = costs.voucher, checkout.get("voucher_code")
    if voucher is None or code is None:
        return None
    use(tx, voucher, code, checkout["email"])
    on_lines = voucher.scope in (VoucherScope.PRODUCTS, VoucherScope.CHEAPEST)
    return {
        "code": code,
        "name": checkout["discount_name"],
        "translated_name": checkout["translated_discount_name"],
        "amount": 0 if on_lines else checkout["discount"],
    }


def _promotion(priced: PricedLine) -> Document | None:
    """The promotion that the line keeps, with all that it took off."""
    kept: Document | None = priced.line.get("promotion")
    return {**kept, "off": priced.promotion} if kept and priced.promotion else None


def _order_line(core: Core, tx: Transaction, priced: PricedLine, language: str) -> Document:
    quantity: int = priced.line["quantity"]
    name, variant_name = priced.product.name, priced.variant.name or priced.variant.sku
    return {
        "id": str(uuid4()),
        "sku": priced.variant.sku,
        "product_code": priced.product.code,
        "productName": name,
        "variantName": variant_name,
        "translatedProductName": _translated(priced.product, name, language),
        "translatedVariantName": _translated(priced.variant, variant_name, language),
        "quantity": quantity,
        "fulfilled": 0,
        "rate": str(priced.rate),
        "unit": dict(priced.unit),
        "total": dict(priced.total),
        "undiscounted": priced.undiscounted,
        "promotion": _promotion(priced),
        "voucher_discount": priced.line_discount,
        "unit_discount": share_of(priced.undiscounted, quantity) - share_of(priced.base, quantity),
        "tracked": priced.variant.tracked,
        "allocations": _allocate(core, tx, priced) if priced.variant.tracked else [],
    }


def _translated(of: Product | Variant, name: str, language: str) -> str:
    """Its name in this language; empty where that is no other, as in Saleor."""
    told = of.translations.get(language.lower(), {}).get("name", "")
    return "" if told == name else told


def _allocate(core: Core, tx: Transaction, priced: PricedLine) -> list[dict[str, Any]]:
    """Set pieces aside, in the warehouse that has most of them first."""
    left = priced.line["quantity"]
    stocks = tx.find("stock", {"sku": priced.variant.sku})
    stocks.sort(key=lambda stock: stock["quantity"] - stock["allocated"], reverse=True)
    allocations = []
    for stock in stocks:
        taken = min(left, stock["quantity"] - stock["allocated"])
        if taken > 0:
            tx.put("stock", f"{stock['sku']}@{stock['warehouse']}", {**stock, "allocated": stock["allocated"] + taken})
            number = tx.next_number("Allocation")
            allocations.append({"id": number, "warehouse": stock["warehouse"], "quantity": taken})
            left -= taken
    assert not left, "the stock was proven in this very transaction"
    if not available(tx, priced.variant):
        emit(core, tx, "PRODUCT_VARIANT_OUT_OF_STOCK")
    return allocations


class AutomaticCompletion:
    """Completes what is fully paid, as Saleor's scheduler does: one round every `period` seconds (60 in Saleor), so a
    checkout waits up to one period. What cannot be completed is tried again in each round."""

    def __init__(self, core: Core, period: float) -> None:
        self._core = core
        self._period = period
        self._next = core.clock() + period
        self.workers = Workers("automatic-completion", self.round_when_due, lambda: self._next, core.clock)

    def round_when_due(self) -> bool:
        """Run one round if it is time; says whether it was."""
        now = self._core.clock()
        if now < self._next:
            return False
        self._next = now + self._period
        self.round()
        return True

    def round(self) -> None:
        """Try every fully paid checkout once."""
        oldest = self._core.now() - _ELIGIBLE_MICROSECONDS
        for checkout in self._core.store.find("checkout", {"authorizeStatus": "FULL"}, at_least={"updatedAt": oldest}):
            with self._core.store.write() as tx:
                _, wrong = complete(self._core, tx, checkout["id"])
                reason = ", ".join(error["code"] for error in wrong)
                current = tx.get("checkout", checkout["id"])
                if current is not None and current["completion_failure"] != reason:
                    tx.put("checkout", checkout["id"], {**current, "completion_failure": reason})
                    log.warning("checkout %s is paid but cannot be completed: %s", checkout["id"], reason)
