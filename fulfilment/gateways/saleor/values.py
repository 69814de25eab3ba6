"""What Saleor told, as values: amounts in minor units, tax rates in basis points, times aware."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from fulfilment.gateways.saleor.discounts import Prices
from fulfilment.gateways.saleor.texts import name_of_variant, words
from fulfilment.money import BASIS_POINTS, net_of, to_minor
from fulfilment.texts import seen


@dataclass(frozen=True)
class SaleorApp:
    """Our app in Saleor: its rights, where its active webhooks lead by name, since when one was not even tried."""

    permissions: frozenset[str]
    hooks: Mapping[str, str]
    untold_since: datetime | None = None


@dataclass(frozen=True)
class SaleorAddress:
    """`area` is the state or province, where the country writes one: its code, where Saleor knows it by one."""

    name: str
    company: str
    street: str
    street_extra: str
    postal_code: str
    city: str
    area: str
    country: str
    phone: str


@dataclass(frozen=True)
class SaleorPickup:
    """Where a customer comes for an order, and when in words of its language; `hours` may be empty."""

    name: str
    hours: str


@dataclass(frozen=True)
class SaleorVoucher:
    """The voucher of an order. `funded_by` is what its metadata says: `platform`, or nothing."""

    code: str
    name: str
    funded_by: str


@dataclass(frozen=True)
class SaleorLine:
    """A line, as a whole; `voucher_net_minor` is the part of its discount, without VAT, that the voucher gave, and
    `promotion_gross_minor` the part, with VAT, that promotions gave everybody. The translated names are in the language
    of the order, and empty where Saleor has no others."""

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
    undiscounted_net_minor: int = 0
    voucher_net_minor: int = 0
    promotion_gross_minor: int = 0
    translated_product_name: str = ""
    translated_variant_name: str = ""


@dataclass(frozen=True)
class SaleorRequest:
    """A refund that Saleor asked for, and for whose answer it still waits."""

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
    keys: tuple[str, ...] = ()
    """The keys of the requests by which Saleor asked for it."""


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
    buyer: SaleorAddress | None
    """Who its invoice goes to, and where."""
    lines: tuple[SaleorLine, ...]
    transactions: tuple[SaleorTransaction, ...]
    refunds: tuple[SaleorRefund, ...]
    fulfilments: tuple[SaleorFulfilment, ...]
    voucher: SaleorVoucher | None = None
    undiscounted_shipping_net_minor: int = 0
    pickup: SaleorPickup | None = None
    """Where its customer comes for it: then `address` is that place, with the name of who comes."""
    gift_message: str = ""
    """What the customer wants to stand on the card, in lines and of any length; empty where there is none."""
    note: str = ""
    """What the customer has to say, likewise."""

    @property
    def pending_minor(self) -> int:
        return sum(transaction.refund_pending_minor for transaction in self.transactions)


@dataclass(frozen=True)
class PaidCheckout:
    """A checkout with money on it and no order yet."""

    id: str
    email: str
    language: str
    updated_at: datetime
    total_minor: int
    currency: str
    transactions: tuple[SaleorTransaction, ...]


def _rate(value: Decimal | int) -> int:
    """Basis points of a rate, which Saleor writes as 0.21."""
    return int(value * BASIS_POINTS)


def read_address(node: Mapping[str, Any] | None) -> SaleorAddress | None:
    """An address out of the fields that our documents ask of one; None where there is none."""
    if node is None:
        return None
    return SaleorAddress(
        name=seen(f"{node['firstName']} {node['lastName']}"),
        company=seen(node["companyName"]),
        street=seen(node["streetAddress1"]),
        street_extra=seen(node["streetAddress2"]),
        postal_code=seen(node["postalCode"]),
        city=seen(node["city"]),
        area=seen(node["countryArea"]),
        country=node["country"]["code"],
        phone=seen(node["phone"] or ""),
    )


def _line(node: Mapping[str, Any], prices: Prices) -> SaleorLine:
    currency = prices.currency
    variant = node["variant"] or {}
    product = variant.get("product") or {}
    return SaleorLine(
        id=node["id"],
        product_code=product.get("externalReference") or "",
        product_name=node["productName"],
        variant_name=name_of_variant(node["variantName"], node["productSku"], variant.get("id")),
        translated_product_name=node["translatedProductName"],
        translated_variant_name=name_of_variant(node["translatedVariantName"], node["productSku"], variant.get("id")),
        sku=node["productSku"] or "",
        quantity=node["quantity"],
        gross_minor=to_minor(node["totalPrice"]["gross"]["amount"], currency),
        net_minor=to_minor(node["totalPrice"]["net"]["amount"], currency),
        undiscounted_gross_minor=to_minor(node["undiscountedTotalPrice"]["gross"]["amount"], currency),
        tax_basis_points=_rate(node["taxRate"]),
        undiscounted_net_minor=to_minor(node["undiscountedTotalPrice"]["net"]["amount"], currency),
        voucher_net_minor=prices.net_of_voucher(node),
        promotion_gross_minor=prices.gross_of_promotions(node),
    )


def _transaction(node: Mapping[str, Any], currency: str) -> SaleorTransaction:
    return SaleorTransaction(
        id=node["id"],
        psp_reference=node["pspReference"],
        charged_minor=to_minor(node["chargedAmount"]["amount"], currency),
        refunded_minor=to_minor(node.get("refundedAmount", {}).get("amount", 0), currency),
        refund_pending_minor=to_minor(node["refundPendingAmount"]["amount"], currency),
        unanswered=_unanswered(node.get("events", ()), currency),
        name=node.get("name", ""),
    )


def _unanswered(events: Iterable[Mapping[str, Any]], currency: str) -> tuple[SaleorRequest, ...]:
    """Requests without a reference, but for those that Saleor gave up since: it notes that without a reference too."""
    waiting: list[SaleorRequest] = []
    for event in sorted(events, key=lambda event: str(event["createdAt"])):
        amount = to_minor(event["amount"]["amount"], currency)
        if event["pspReference"]:
            continue
        if event["type"] == "REFUND_REQUEST" and event["idempotencyKey"]:
            asked_at = datetime.fromisoformat(event["createdAt"])
            waiting.append(SaleorRequest(event["idempotencyKey"], amount, asked_at))
        elif event["type"] == "REFUND_FAILURE":
            given_up = next((one for one in waiting if one.amount_minor == amount), None)
            waiting = [one for one in waiting if one is not given_up]
    return tuple(waiting)


def _refund(node: Mapping[str, Any], currency: str) -> SaleorRefund:
    return SaleorRefund(
        id=node["id"],
        status=node["status"],
        amount_minor=to_minor(node["amount"]["amount"], currency),
        reason=node["reason"] or "",
        includes_shipping=node["shippingCostsIncluded"],
        lines={line["orderLine"]["id"]: line["quantity"] for line in node["lines"] or []},
        keys=tuple(event["idempotencyKey"] for event in node["transactionEvents"] or [] if event["idempotencyKey"]),
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


def _voucher(node: Mapping[str, Any]) -> SaleorVoucher | None:
    """The voucher as it is now; of one that is gone the order still knows the code, and may know how it was called."""
    code = node["voucherCode"]
    if not code:
        return None
    told = node["voucher"] or {}
    name = told.get("name") or next((found["name"] for found in node["discounts"] if found["name"]), "")
    return SaleorVoucher(code, name, (told.get("fundedBy") or "").strip().lower())


def _address(node: Mapping[str, Any]) -> SaleorAddress | None:
    """Where it goes. A collection point is nobody's address: who comes there is known by the address of the invoice."""
    place = read_address(node["shippingAddress"] or node["billingAddress"])
    customer = read_address(node["billingAddress"])
    if place is None or customer is None or not node["collectionPointName"]:
        return place
    return replace(place, name=customer.name, company=seen(node["collectionPointName"]), phone=customer.phone)


def _pickup(node: Mapping[str, Any]) -> SaleorPickup | None:
    if not node["collectionPointName"]:
        return None
    told = node["deliveryMethod"] or {}
    hours = told.get(node["languageCodeEnum"].lower()[:2]) or told.get("nl") or ""
    return SaleorPickup(seen(node["collectionPointName"]), seen(hours))


def _undiscounted_shipping_net(node: Mapping[str, Any], prices: Prices) -> int:
    """What the delivery would have cost without VAT; Saleor tells it as the price was entered."""
    undiscounted = to_minor(node["undiscountedShippingPrice"]["amount"], prices.currency)
    if undiscounted == prices.entered(node["shippingPrice"]):
        return to_minor(node["shippingPrice"]["net"]["amount"], prices.currency)
    return net_of(undiscounted, _rate(node["shippingTaxRate"])) if prices.with_tax else undiscounted


def read_order(node: Mapping[str, Any]) -> SaleorOrder:
    """An order out of `order.graphql`; `ValueError` or `KeyError` where it is not of that shape."""
    currency = node["channel"]["currencyCode"]
    on_order = {told["type"] for told in node["discounts"]}
    prices = Prices(
        currency,
        with_tax=node["channel"]["taxConfiguration"]["pricesEnteredWithTax"],
        voucher_on_order="VOUCHER" in on_order and (node["voucher"] or {}).get("type") != "SHIPPING",
        others_on_order=bool(on_order - {"VOUCHER"}),
    )
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
        address=_address(node),
        buyer=read_address(node["billingAddress"]),
        pickup=_pickup(node),
        lines=tuple(_line(line, prices) for line in node["lines"]),
        transactions=tuple(_transaction(transaction, currency) for transaction in node["transactions"]),
        refunds=tuple(_refund(refund, currency) for refund in node["grantedRefunds"]),
        fulfilments=tuple(_fulfilment(fulfilment) for fulfilment in node["fulfillments"]),
        voucher=_voucher(node),
        gift_message=words(node["giftMessage"]),
        note=words(node["note"]),
        undiscounted_shipping_net_minor=_undiscounted_shipping_net(node, prices),
    )


def read_paid_checkout(node: Mapping[str, Any]) -> PaidCheckout:
    """A checkout out of `paid_checkout.graphql`."""
    currency = node["totalPrice"]["gross"]["currency"]
    return PaidCheckout(
        id=node["id"],
        email=node["email"] or "",
        language=node["languageCode"].lower()[:2],
        updated_at=datetime.fromisoformat(node["updatedAt"]),
        total_minor=to_minor(node["totalPrice"]["gross"]["amount"], currency),
        currency=currency,
        transactions=tuple(_transaction(transaction, currency) for transaction in node["transactions"] or []),
    )
