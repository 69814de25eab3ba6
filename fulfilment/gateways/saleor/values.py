"""What Saleor told, as values: amounts in minor units, tax rates in basis points, times aware."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from fulfilment.money import BASIS_POINTS, to_minor


@dataclass(frozen=True)
class SaleorAddress:
    name: str
    company: str
    street: str
    street_extra: str
    postal_code: str
    city: str
    country: str
    phone: str


@dataclass(frozen=True)
class SaleorLine:
    id: str
    product_code: str
    product_name: str
    variant_name: str
    sku: str
    quantity: int
    gross_minor: int
    net_minor: int
    undiscounted_gross_minor: int
    tax_basis_points: int


@dataclass(frozen=True)
class SaleorRequest:
    """A refund that Saleor asked for, and that nobody has answered."""

    key: str
    amount_minor: int
    asked_at: datetime


@dataclass(frozen=True)
class SaleorTransaction:
    id: str
    psp_reference: str
    charged_minor: int
    refunded_minor: int
    refund_pending_minor: int
    unanswered: tuple[SaleorRequest, ...] = ()
    name: str = ""
    """Of the app that took the payment; read where a checkout has no order yet."""


@dataclass(frozen=True)
class SaleorRefund:
    """A granted refund: units of lines (by Saleor's line id), and whether shipping is in it."""

    id: str
    status: str
    amount_minor: int
    reason: str
    includes_shipping: bool
    lines: Mapping[str, int]


@dataclass(frozen=True)
class SaleorFulfilment:
    """Units of lines (by Saleor's line id) that left, or came back: then perhaps with a reason.

    `line_ids` are its own lines, by the id of the order's line.
    """

    id: str
    status: str
    tracking_number: str
    warehouse: str
    lines: Mapping[str, int]
    line_ids: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True)
class SaleorOrder:
    id: str
    number: str
    status: str
    placed_at: datetime
    changed_at: datetime
    checkout_id: str
    language: str
    email: str
    channel: str
    currency: str
    total_gross_minor: int
    shipping_gross_minor: int
    shipping_net_minor: int
    shipping_tax_basis_points: int
    charged_minor: int
    refunded_minor: int
    address: SaleorAddress | None
    lines: tuple[SaleorLine, ...]
    transactions: tuple[SaleorTransaction, ...]
    refunds: tuple[SaleorRefund, ...]
    fulfilments: tuple[SaleorFulfilment, ...]

    @property
    def pending_minor(self) -> int:
        return sum(transaction.refund_pending_minor for transaction in self.transactions)


@dataclass(frozen=True)
class PaidCheckout:
    """A checkout with money on it and no order yet."""

    id: str
    email: str
    updated_at: datetime
    total_minor: int
    currency: str
    transactions: tuple[SaleorTransaction, ...]


def _rate(value: Decimal | int) -> int:
    """Basis points of a rate, which Saleor writes as 0.21."""
    return int(value * BASIS_POINTS)


def _address(node: Mapping[str, Any] | None) -> SaleorAddress | None:
    if node is None:
        return None
    return SaleorAddress(
        name=f"{node['firstName']} {node['lastName']}".strip(),
        company=node["companyName"],
        street=node["streetAddress1"],
        street_extra=node["streetAddress2"],
        postal_code=node["postalCode"],
        city=node["city"],
        country=node["country"]["code"],
        phone=node["phone"] or "",
    )


def _line(node: Mapping[str, Any], currency: str) -> SaleorLine:
    product = (node["variant"] or {}).get("product") or {}
    name, sku = node["variantName"], node["productSku"] or ""
    return SaleorLine(
        id=node["id"],
        product_code=product.get("externalReference") or "",
        product_name=node["productName"],
        variant_name="" if name == sku else name,  # Saleor knows no variant without a name: it bears its SKU
        sku=sku,
        quantity=node["quantity"],
        gross_minor=to_minor(node["totalPrice"]["gross"]["amount"], currency),
        net_minor=to_minor(node["totalPrice"]["net"]["amount"], currency),
        undiscounted_gross_minor=to_minor(node["undiscountedTotalPrice"]["gross"]["amount"], currency),
        tax_basis_points=_rate(node["taxRate"]),
    )


def _transaction(node: Mapping[str, Any], currency: str) -> SaleorTransaction:
    return SaleorTransaction(
        id=node["id"],
        psp_reference=node["pspReference"],
        charged_minor=to_minor(node["chargedAmount"]["amount"], currency),
        refunded_minor=to_minor(node.get("refundedAmount", {}).get("amount", 0), currency),
        refund_pending_minor=to_minor(node["refundPendingAmount"]["amount"], currency),
        unanswered=tuple(
            SaleorRequest(
                event["idempotencyKey"],
                to_minor(event["amount"]["amount"], currency),
                datetime.fromisoformat(event["createdAt"]),
            )
            for event in node.get("events", ())
            if event["type"] == "REFUND_REQUEST" and not event["pspReference"] and event["idempotencyKey"]
        ),
        name=node.get("name", ""),
    )


def _refund(node: Mapping[str, Any], currency: str) -> SaleorRefund:
    return SaleorRefund(
        id=node["id"],
        status=node["status"],
        amount_minor=to_minor(node["amount"]["amount"], currency),
        reason=node["reason"] or "",
        includes_shipping=node["shippingCostsIncluded"],
        lines={line["orderLine"]["id"]: line["quantity"] for line in node["lines"] or []},
    )


def _fulfilment(node: Mapping[str, Any]) -> SaleorFulfilment:
    rows = [line for line in node["lines"] or [] if line["orderLine"]]
    units: dict[str, int] = {}
    for line in rows:  # what came back out of two warehouses stands on two of its lines
        units[line["orderLine"]["id"]] = units.get(line["orderLine"]["id"], 0) + line["quantity"]
    return SaleorFulfilment(
        id=node["id"],
        status=node["status"],
        tracking_number=node["trackingNumber"],
        warehouse=(node["warehouse"] or {}).get("externalReference") or "",
        lines=units,
        line_ids={line["orderLine"]["id"]: line["id"] for line in rows},
        reason=node["reason"] or "",
    )


def read_order(node: Mapping[str, Any]) -> SaleorOrder:
    """An order out of `order.graphql`; `ValueError` or `KeyError` where it is not of that shape."""
    currency = node["channel"]["currencyCode"]
    return SaleorOrder(
        id=node["id"],
        number=node["number"],
        status=node["status"],
        placed_at=datetime.fromisoformat(node["created"]),
        changed_at=datetime.fromisoformat(node["updatedAt"]),
        checkout_id=node["checkoutId"] or "",
        language=node["languageCodeEnum"].lower()[:2],
        email=node["userEmail"] or "",
        channel=node["channel"]["slug"],
        currency=currency,
        total_gross_minor=to_minor(node["total"]["gross"]["amount"], currency),
        shipping_gross_minor=to_minor(node["shippingPrice"]["gross"]["amount"], currency),
        shipping_net_minor=to_minor(node["shippingPrice"]["net"]["amount"], currency),
        shipping_tax_basis_points=_rate(node["shippingTaxRate"]),
        charged_minor=to_minor(node["totalCharged"]["amount"], currency),
        refunded_minor=to_minor(node["totalRefunded"]["amount"], currency),
        address=_address(node["shippingAddress"] or node["billingAddress"]),
        lines=tuple(_line(line, currency) for line in node["lines"]),
        transactions=tuple(_transaction(transaction, currency) for transaction in node["transactions"]),
        refunds=tuple(_refund(refund, currency) for refund in node["grantedRefunds"]),
        fulfilments=tuple(_fulfilment(fulfilment) for fulfilment in node["fulfillments"]),
    )


def read_paid_checkout(node: Mapping[str, Any]) -> PaidCheckout:
    """A checkout out of `paid_checkout.graphql`."""
    currency = node["totalPrice"]["gross"]["currency"]
    return PaidCheckout(
        id=node["id"],
        email=node["email"] or "",
        updated_at=datetime.fromisoformat(node["updatedAt"]),
        total_minor=to_minor(node["totalPrice"]["gross"]["amount"], currency),
        currency=currency,
        transactions=tuple(_transaction(transaction, currency) for transaction in node["transactions"] or []),
    )
