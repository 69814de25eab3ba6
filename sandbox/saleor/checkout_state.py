"""A checkout as it is kept: its lines, prices, deliveries and payment status.

Document `checkout`: id, created, updatedAt, email, languageCode, shippingAddress, billingAddress, lines (id, sku,
quantity, unit: gross minor units before any discount, promotion: None, or off, name, translated, reason), prices_until,
deliveries (id, method, valid), delivery, collection_point (reference of the warehouse where its customer comes for it),
stale, authorizeStatus, chargeStatus, completion_failure, and of its voucher: voucher_code, discount (minor units),
discount_name, translated_discount_name.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from catalogue.values import Product, ShippingMethod, Variant, Voucher, VoucherScope, Warehouse
from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.core import Core
from sandbox.saleor.ids import key_of
from sandbox.saleor.money import Taxed, share_of, sum_of, taxed
from sandbox.saleor.promotions import reduction
from sandbox.saleor.vouchers import (
    Goods,
    NotApplicable,
    discount_of,
    find,
    is_active,
    is_in_time,
    line_discounts,
    spread,
)

_PRICES_LIVE_MICROSECONDS = 3600 * 1_000_000


@dataclass(frozen=True)
class PricedLine:
    """A line with what it stands for and what it costs. `undiscounted`, `promotion` and `line_discount` are whole, in
    minor units: what it would be without any discount, what a promotion took off that, and then a voucher on lines."""

    line: Document
    product: Product
    variant: Variant
    rate: Decimal
    unit: Taxed
    total: Taxed
    undiscounted: int
    promotion: int
    line_discount: int

    @property
    def base(self) -> int:
        """What it comes to with what is told of the line itself, before a voucher on the whole order."""
        return self.undiscounted - self.promotion - self.line_discount


@dataclass(frozen=True)
class Totals:
    """What a checkout costs. `method` is None as long as no delivery is chosen."""

    lines: list[PricedLine]
    subtotal: Taxed
    shipping: Taxed
    shipping_rate: Decimal
    total: Taxed
    method: ShippingMethod | None
    voucher: Voucher | None


NO_VOUCHER = {"voucher_code": None, "discount": 0, "discount_name": None, "translated_discount_name": None}


def new_checkout(core: Core, language: str | None) -> Document:
    """An empty checkout, not stored yet."""
    now = core.now()
    return {
        "id": str(uuid4()),
        "created": now,
        "updatedAt": now,
        "email": None,
        "user": None,
        "languageCode": language or "EN",
        "shippingAddress": None,
        "billingAddress": None,
        "lines": [],
        "prices_until": 0,
        "deliveries": [],
        "delivery": None,
        "collection_point": None,
        "stale": False,
        "authorizeStatus": "NONE",
        "chargeStatus": "NONE",
        "completion_failure": None,
        **NO_VOUCHER,
    }


def load(reader: Reader, global_id: str | None) -> Document | None:
    """The checkout of that id, or None."""
    key = key_of("Checkout", global_id)
    return reader.get("checkout", key) if key else None


def chosen(checkout: Document) -> Document | None:
    """The delivery that was chosen, or None."""
    return next((d for d in checkout["deliveries"] if d["id"] == checkout["delivery"]), None)


def goods_of(core: Core, checkout: Document) -> list[tuple[Document, Goods]]:
    """The lines with what a piece costs, before any voucher.

    Prices stay as read for an hour; lines of vanished variants do not count.
    """
    fresh = _is_fresh(core, checkout)
    goods = []
    for line in checkout["lines"]:
        known = core.catalogue.variant(line["sku"])
        if known is not None:
            price = line if fresh else {**line, **_price_now(core, checkout, *known)}
            off = (price.get("promotion") or {"off": 0})["off"]
            goods.append((price, Goods(*known, line["quantity"], price["unit"] - off, off)))
    return goods


def _price_now(core: Core, checkout: Document, product: Product, variant: Variant) -> Document:
    """What a line keeps of its price: the plain one, and what a promotion takes off a piece."""
    found = reduction(core, product, variant)
    promotion = found and {
        "off": found.off,
        "name": found.name,
        "translated": found.told(checkout["languageCode"]),
        "reason": found.reason,
    }
    return {"unit": variant.price, "promotion": promotion}


def _is_fresh(core: Core, checkout: Document) -> bool:
    return bool(checkout["prices_until"] > core.now())


def _voucher(core: Core, checkout: Document) -> Voucher | None:
    """The voucher that lowers the prices: one of which the time is over does so for as long as they are fresh."""
    voucher = find(core, checkout.get("voucher_code"))
    return voucher if voucher and (_is_fresh(core, checkout) or is_in_time(core, voucher)) else None


def totals(core: Core, checkout: Document) -> Totals:
    """What the checkout costs now, with its voucher."""
    file = core.catalogue.file
    currency = file.channel.currency
    country = (checkout["shippingAddress"] or {}).get("country") or file.channel.country
    voucher = _voucher(core, checkout)
    goods = goods_of(core, checkout)
    off_lines = line_discounts(file, voucher, [line for _document, line in goods])
    base = [line.total - off for (_document, line), off in zip(goods, off_lines, strict=True)]
    whole = checkout["discount"] if voucher and voucher.scope is VoucherScope.ORDER else 0
    lines = [
        _priced(document, line, file.rate(line.product.tax_class, country), before - off, off_line, currency)
        for (document, line), before, off, off_line in zip(goods, base, spread(whole, base), off_lines, strict=True)
    ]
    subtotal = sum_of([line.total for line in lines], currency)
    delivery = chosen(checkout)
    method = core.catalogue.method(delivery["method"]) if delivery else None
    shipping_rate = file.rate(method.tax_class, country) if method else Decimal(0)
    free = checkout["discount"] if voucher and voucher.scope is VoucherScope.DELIVERY else 0
    shipping = taxed(max(method.price - free, 0) if method else 0, shipping_rate, currency)
    total = sum_of([subtotal, shipping], currency)
    return Totals(lines, subtotal, shipping, shipping_rate, total, method, voucher)


def _priced(
    document: Document, line: Goods, rate: Decimal, gross: int, line_discount: int, currency: str
) -> PricedLine:
    total = taxed(gross, rate, currency)
    unit: Taxed = {
        **total,
        "gross": share_of(gross, line.quantity),
        "net": share_of(total["net"], line.quantity),
    }
    promotion = line.undiscounted - line.total
    variant = line.variant
    return PricedLine(document, line.product, variant, rate, unit, total, line.undiscounted, promotion, line_discount)


def discount_now(core: Core, reader: Reader, checkout: Document, voucher: Voucher) -> int:
    """What a voucher takes off the checkout as it stands, with what one on lines took off before.

    Raises NotApplicable.
    """
    goods = [line for _document, line in goods_of(core, checkout)]
    off = line_discounts(core.catalogue.file, _voucher(core, checkout), goods)
    subtotal = sum(line.total for line in goods) - sum(off)
    delivery = chosen(checkout)
    method = core.catalogue.method(delivery["method"]) if delivery else None
    price = method.price if method else None
    return discount_of(core, reader, voucher, goods, subtotal, price, checkout["email"] or "")


def keep_discount(checkout: Document, voucher: Voucher | None, code: str | None, discount: int) -> None:
    """Write a voucher on the checkout, or none."""
    if voucher is None:
        checkout |= NO_VOUCHER
        return
    told = voucher.translations.get(checkout["languageCode"].lower()[:2], {}).get("name", voucher.name)
    checkout |= {
        "voucher_code": code,
        "discount": discount,
        "discount_name": voucher.name,
        "translated_discount_name": told if told != voucher.name else "",
    }


def recount_discount(core: Core, reader: Reader, checkout: Document) -> None:
    """The basket changed: count its voucher anew, or drop it without a word where it holds no longer."""
    code = checkout.get("voucher_code")
    voucher = find(core, code)
    if voucher is None or code is None or not is_active(core, reader, voucher, code):
        keep_discount(checkout, None, None, 0)
        return
    try:
        discount = discount_now(core, reader, checkout, voucher)
    except NotApplicable:
        keep_discount(checkout, None, None, 0)
        return
    if discount:
        subtotal = sum(line.base for line in totals(core, checkout).lines)
        whole = discount if voucher.scope is VoucherScope.DELIVERY else min(discount, subtotal)
        keep_discount(checkout, voucher, code, whole)


def freeze_prices(core: Core, checkout: Document) -> None:
    """Read the prices anew and keep them for an hour."""
    for line in checkout["lines"]:
        found = core.catalogue.variant(line["sku"])
        if found is not None:
            line |= _price_now(core, checkout, *found)
    checkout["prices_until"] = core.now() + _PRICES_LIVE_MICROSECONDS


def save(tx: Transaction, core: Core, checkout: Document) -> bool:
    """Store a changed checkout with its payment status; says whether it is fully paid only now."""
    checkout["updatedAt"] = core.now()
    return save_payment(tx, core, checkout)


def save_payment(tx: Transaction, core: Core, checkout: Document) -> bool:
    """As `save`, where at most a payment changed: `updatedAt` moves with the status alone."""
    was_paid = checkout["chargeStatus"] in ("FULL", "OVERCHARGED")
    charged = sum(
        t["amounts"]["charged"] + t["amounts"]["charge_pending"]
        for t in tx.find("transaction", {"checkout": checkout["id"]})
    )
    total = totals(core, checkout).total["gross"]
    status = charge_status(total, charged, bool(checkout["lines"]))
    if status != checkout["chargeStatus"]:
        authorized = "FULL" if status == "OVERCHARGED" else status
        checkout |= {"updatedAt": core.now(), "chargeStatus": status, "authorizeStatus": authorized}
    tx.put("checkout", checkout["id"], checkout)
    return not was_paid and status in ("FULL", "OVERCHARGED")


def charge_status(total: int, charged: int, has_lines: bool) -> str:
    """NONE, PARTIAL, FULL or OVERCHARGED; what costs nothing is paid."""
    if total <= 0 and has_lines and charged <= 0:
        return "FULL"
    if charged <= 0:
        return "NONE"
    if charged < total:
        return "PARTIAL"
    return "FULL" if charged == total else "OVERCHARGED"


def collection_points(core: Core, reader: Reader, checkout: Document) -> list[Warehouse]:
    """Where a customer may come for all of it: everywhere, as long as all warehouses together have it."""
    for line in checkout["lines"]:
        stocks = reader.find("stock", {"sku": line["sku"]})
        if sum(stock["quantity"] - stock["allocated"] for stock in stocks) < line["quantity"]:
            return []
    return [warehouse for warehouse in core.catalogue.file.warehouses.values() if warehouse.collects]


def leave_collection_point(checkout: Document) -> None:
    """It is not come for any more; its address was not the customer's."""
    if checkout.get("collection_point"):
        checkout |= {"collection_point": None, "shippingAddress": None}


def recalculate_deliveries(core: Core, checkout: Document) -> None:
    """Find the ways of delivering for the shipping address. The chosen one is kept even when it no longer applies."""
    country = (checkout["shippingAddress"] or {}).get("country")
    known: dict[str, Any] = {d["method"]: d for d in checkout["deliveries"]}
    goods = totals(core, checkout).subtotal["gross"]
    fitting = [m.slug for m in core.catalogue.file.methods if country in m.countries and goods >= m.minimum]
    deliveries = [{**known.get(slug, {"id": str(uuid4()), "method": slug}), "valid": True} for slug in fitting]
    current = chosen(checkout)
    if current is not None and current["method"] not in fitting:
        deliveries.append({**current, "valid": False})
    checkout["deliveries"] = deliveries
    checkout["stale"] = False
