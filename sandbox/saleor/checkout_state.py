"""A checkout as it is kept: its lines, prices, deliveries and payment status.

Document `checkout`: id, created, updatedAt, email, languageCode, shippingAddress, billingAddress, lines (id, sku,
quantity, unit: gross minor units), prices_until, deliveries (id, method, valid), delivery, stale, authorizeStatus,
chargeStatus, completion_failure.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from catalogue.values import Product, ShippingMethod, Variant
from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.core import Core
from sandbox.saleor.ids import key_of
from sandbox.saleor.money import Taxed, share_of, sum_of, taxed

_PRICES_LIVE_MICROSECONDS = 3600 * 1_000_000


@dataclass(frozen=True)
class PricedLine:
    """A line with what it stands for and what it costs."""

    line: Document
    product: Product
    variant: Variant
    rate: Decimal
    unit: Taxed
    total: Taxed


@dataclass(frozen=True)
class Totals:
    """What a checkout costs. `method` is None as long as no delivery is chosen."""

    lines: list[PricedLine]
    subtotal: Taxed
    shipping: Taxed
    shipping_rate: Decimal
    total: Taxed
    method: ShippingMethod | None


def new_checkout(core: Core, language: str | None) -> Document:
    """An empty checkout, not stored yet."""
    now = core.now()
    return {
        "id": str(uuid4()),
        "created": now,
        "updatedAt": now,
        "email": None,
        "languageCode": language or "EN",
        "shippingAddress": None,
        "billingAddress": None,
        "lines": [],
        "prices_until": 0,
        "deliveries": [],
        "delivery": None,
        "stale": False,
        "authorizeStatus": "NONE",
        "chargeStatus": "NONE",
        "completion_failure": None,
    }


def load(reader: Reader, global_id: str | None) -> Document | None:
    """The checkout of that id, or None."""
    key = key_of("Checkout", global_id)
    return reader.get("checkout", key) if key else None


def chosen(checkout: Document) -> Document | None:
    """The delivery that was chosen, or None."""
    return next((d for d in checkout["deliveries"] if d["id"] == checkout["delivery"]), None)


def totals(core: Core, checkout: Document) -> Totals:
    """What the checkout costs now. Prices stay as read for an hour; lines of vanished variants do not count."""
    file = core.catalogue.file
    currency = file.channel.currency
    country = (checkout["shippingAddress"] or {}).get("country") or file.channel.country
    fresh = checkout["prices_until"] > core.now()
    lines = []
    for line in checkout["lines"]:
        found = core.catalogue.variant(line["sku"])
        if found is None:
            continue
        product, variant = found
        rate = file.rate(product.tax_class, country)
        gross = (line["unit"] if fresh else variant.price) * line["quantity"]
        total = taxed(gross, rate, currency)
        unit: Taxed = {
            **total,
            "gross": share_of(gross, line["quantity"]),
            "net": share_of(total["net"], line["quantity"]),
        }
        lines.append(PricedLine(line, product, variant, rate, unit, total))
    subtotal = sum_of([line.total for line in lines], currency)
    delivery = chosen(checkout)
    method = core.catalogue.method(delivery["method"]) if delivery else None
    shipping_rate = file.rate(method.tax_class, country) if method else Decimal(0)
    shipping = taxed(method.price if method else 0, shipping_rate, currency)
    return Totals(lines, subtotal, shipping, shipping_rate, sum_of([subtotal, shipping], currency), method)


def freeze_prices(core: Core, checkout: Document) -> None:
    """Read the prices anew and keep them for an hour."""
    for line in checkout["lines"]:
        found = core.catalogue.variant(line["sku"])
        if found is not None:
            line["unit"] = found[1].price
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


def recalculate_deliveries(core: Core, checkout: Document) -> None:
    """Find the ways of delivering for the shipping address. The chosen one is kept even when it no longer applies."""
    country = (checkout["shippingAddress"] or {}).get("country")
    known: dict[str, Any] = {d["method"]: d for d in checkout["deliveries"]}
    fitting = [m.slug for m in core.catalogue.file.methods if country in m.countries]
    deliveries = [{**known.get(slug, {"id": str(uuid4()), "method": slug}), "valid": True} for slug in fitting]
    current = chosen(checkout)
    if current is not None and current["method"] not in fitting:
        deliveries.append({**current, "valid": False})
    checkout["deliveries"] = deliveries
    checkout["stale"] = False
