"""Saleor's side of an order, in memory: what `Saleor.order` would answer, without Saleor."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import (
    SaleorAddress,
    SaleorLine,
    SaleorOrder,
    SaleorRefund,
    SaleorTransaction,
)

PLACED_AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
ADDRESS = SaleorAddress("An Peeters", "", "Kouter 1", "", "9000", "Gent", "BE", "")
TAX = 2_100


def net_of(gross: int, tax: int = TAX) -> int:
    """The net amount of a gross one, rounded to the cent as Saleor does."""
    return (gross * 10_000 * 2 + (10_000 + tax)) // (2 * (10_000 + tax))


def line(serial: str, code: str, quantity: int, gross: int, *, name: str = "", tax: int = TAX) -> SaleorLine:
    return SaleorLine(
        id=f"T3JkZXJMaW5lOg{serial}",
        product_code=code,
        product_name=name or code,
        variant_name="",
        sku=code,
        quantity=quantity,
        gross_minor=gross,
        net_minor=net_of(gross, tax),
        undiscounted_gross_minor=gross,
        tax_basis_points=tax,
    )


def paid_order(
    serial: str, items: list[tuple[str, int, int]], *, shipping: int = 950, checkout_id: str = "", tax: int = TAX
) -> SaleorOrder:
    """A paid order of (product code, quantity, gross of the line in cents)."""
    lines = tuple(
        line(f"{serial}-{at}", code, quantity, gross, tax=tax) for at, (code, quantity, gross) in enumerate(items)
    )
    total = sum(found.gross_minor for found in lines) + shipping
    return SaleorOrder(
        id=f"T3JkZXI6{serial}",
        number=serial,
        status="UNFULFILLED",
        placed_at=PLACED_AT,
        checkout_id=checkout_id,
        language="nl",
        email="an@example.com",
        channel="consumer",
        currency="EUR",
        total_gross_minor=total,
        shipping_gross_minor=shipping,
        shipping_net_minor=net_of(shipping, tax),
        shipping_tax_basis_points=tax,
        charged_minor=total,
        refunded_minor=0,
        address=ADDRESS,
        lines=lines,
        transactions=(SaleorTransaction(f"VHJhbnNhY3Rpb246{serial}", f"pi_{serial}", total, 0, 0),),
        refunds=(),
        fulfilments=(),
    )


def refunded(
    order: SaleorOrder, refund_id: str, amount: int, lines: dict[str, int] | None = None, *, shipping: bool = False
) -> SaleorOrder:
    """The order after money went back; with `lines` (or shipping) as a granted refund, without as a plain one."""
    granted = order.refunds
    if lines or shipping:
        granted += (SaleorRefund(refund_id, "SUCCESS", amount, "", shipping, lines or {}),)
    transactions = tuple(
        replace(found, charged_minor=found.charged_minor - amount, refunded_minor=found.refunded_minor + amount)
        for found in order.transactions
    )
    return replace(
        order,
        charged_minor=order.charged_minor - amount,
        refunded_minor=order.refunded_minor + amount,
        refunds=granted,
        transactions=transactions,
    )


@dataclass
class SaleorInMemory:
    """Answers like `fulfilment.gateways.saleor.api.Saleor` for the orders it was given."""

    orders: dict[str, SaleorOrder] = field(default_factory=dict)
    orders_of_checkouts: dict[str, str] = field(default_factory=dict)
    reports: list[tuple[str, str, str, int]] = field(default_factory=list)
    refused: GatewayError | None = None

    def put(self, order: SaleorOrder) -> SaleorOrder:
        self.orders[order.id] = order
        return order

    def order(self, saleor_id: str) -> SaleorOrder | None:
        return self.orders.get(saleor_id)

    def report(
        self,
        transaction_id: str,
        event: str,
        psp_reference: str,
        amount_minor: int,
        currency: str,
        *,
        at: datetime,
        actions: tuple[str, ...] = (),
        message: str = "",
    ) -> None:
        self.reports.append((transaction_id, event, psp_reference, amount_minor))

    def complete_checkout(self, checkout_id: str) -> str:
        if self.refused is not None:
            raise self.refused
        return self.orders_of_checkouts[checkout_id]

    def as_saleor(self) -> Saleor:
        """Itself, under the name of what it stands in for."""
        return cast(Saleor, self)
