"""Saleor's side of an order, in memory: what `Saleor.order` would answer, without Saleor."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.people import OrderOfPerson, SaleorAccount, SaleorPlace
from fulfilment.gateways.saleor.values import (
    PaidCheckout,
    SaleorAddress,
    SaleorLine,
    SaleorOrder,
    SaleorRefund,
    SaleorRequest,
    SaleorTransaction,
    SaleorVoucher,
)
from fulfilment.money import net_of, portion
from tests.support.outside import asked_from_outside_of_transactions

PLACED_AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
ADDRESS = SaleorAddress("An Peeters", "", "Kouter 1", "", "9000", "Gent", "", "BE", "")
ELSEWHERE = SaleorAddress("Bea Claes", "Claes bv", "Werfkaai 2", "", "10121", "Torino", "TO", "IT", "")
"""Whom an invoice may go to: another one than who gets the parcel."""
TAX = 2_100


def line(
    serial: str, code: str, quantity: int, gross: int, *, name: str = "", tax: int = TAX, off: int = 0, voucher: int = 0
) -> SaleorLine:
    """A line that came to `gross`, from which `off` was taken, `voucher` of that by the order's voucher, the rest by a
    promotion."""
    net, undiscounted_net = net_of(gross - off, tax), net_of(gross, tax)
    return SaleorLine(
        id=f"T3JkZXJMaW5lOg{serial}",
        product_code=code,
        product_name=name or code,
        variant_name="",
        sku=code,
        quantity=quantity,
        gross_minor=gross - off,
        net_minor=net,
        undiscounted_gross_minor=gross,
        tax_basis_points=tax,
        undiscounted_net_minor=undiscounted_net,
        voucher_net_minor=portion(undiscounted_net - net, voucher, off) if off else 0,
        promotion_gross_minor=off - voucher,
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
        changed_at=PLACED_AT,
        checkout_id=checkout_id,
        language="nl",
        email="an@example.com",
        channel="consumer",
        currency="EUR",
        total_gross_minor=total,
        shipping_gross_minor=shipping,
        shipping_net_minor=net_of(shipping, tax),
        undiscounted_shipping_net_minor=net_of(shipping, tax),
        shipping_tax_basis_points=tax,
        charged_minor=total,
        refunded_minor=0,
        address=ADDRESS,
        buyer=ADDRESS,
        lines=lines,
        transactions=(SaleorTransaction(f"VHJhbnNhY3Rpb246{serial}", f"pi_{serial}", total, 0, 0),),
        refunds=(),
        fulfilments=(),
    )


def with_discounts(
    order: SaleorOrder, off: Sequence[tuple[int, int]], *, shipping_off: int = 0, funded_by: str = ""
) -> SaleorOrder:
    """The order as it is when, for each line, so much was taken off, the second figure of that by a voucher."""
    lines = tuple(
        replace(
            line(
                "",
                found.product_code,
                found.quantity,
                found.gross_minor,
                tax=found.tax_basis_points,
                off=whole,
                voucher=part,
            ),
            id=found.id,
        )
        for found, (whole, part) in zip(order.lines, off, strict=True)
    )
    shipping = order.shipping_gross_minor - shipping_off
    total = sum(found.gross_minor for found in lines) + shipping
    return replace(
        order,
        lines=lines,
        shipping_gross_minor=shipping,
        shipping_net_minor=net_of(shipping, order.shipping_tax_basis_points),
        total_gross_minor=total,
        charged_minor=total,
        transactions=tuple(replace(found, charged_minor=total) for found in order.transactions),
        voucher=SaleorVoucher("WELKOM", "Welkom", funded_by),
    )


def refunded(
    order: SaleorOrder,
    refund_id: str,
    amount: int,
    lines: dict[str, int] | None = None,
    *,
    shipping: bool = False,
    plain: bool = True,
) -> SaleorOrder:
    """The order after money went back; with `lines` (or shipping) as a granted refund, without as a plain one.

    Not `plain`: a grant of an amount, for no line.
    """
    granted = tuple(one for one in order.refunds if one.id != refund_id)
    if lines or shipping or not plain:
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
    down: GatewayError | None = None
    checkouts: dict[str, PaidCheckout] = field(default_factory=dict)
    completed: list[str] = field(default_factory=list)
    refund_requests: list[tuple[str, int]] = field(default_factory=list)
    granted: list[tuple[str, str, dict[str, int], bool, int]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    asked_at: datetime = PLACED_AT
    """When it notes the requests to refund that it gets."""
    producers: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    people: list[SaleorAccount] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    """Orders and accounts that were made nobody's, by their ids."""

    def accounts(self, emails: Collection[str]) -> list[SaleorAccount]:
        self._up()
        return [one for one in self.people if one.email in emails]

    def addresses_of_accounts(self) -> Iterator[str]:
        self._up()
        return iter([one.email for one in self.people])

    def orders_of(self, emails: Collection[str]) -> list[OrderOfPerson]:
        self._up()
        return [
            OrderOfPerson(one.id, one.number, one.status, one.placed_at, _addresses(one))
            for one in self.orders.values()
            if one.email in emails
        ]

    def forget_order(self, order_id: str, places: Mapping[str, SaleorPlace]) -> None:
        self._up()
        self.forgotten.append(order_id)
        self.orders[order_id] = replace(self.orders[order_id], email="")

    def delete_customer(self, account_id: str) -> None:
        self._up()
        if self.refused is not None:
            raise self.refused
        self.forgotten.append(account_id)
        self.people = [one for one in self.people if one.id != account_id]

    def create_transaction(self, order_id: str, psp_reference: str, *, name: str) -> str:
        """A transaction of our app on an order, without money."""
        self._up()
        made = SaleorTransaction(f"own:{psp_reference}", psp_reference, 0, 0, 0, name=name)
        order = self.orders[order_id]
        self.orders[order_id] = replace(order, transactions=(*order.transactions, made))
        return made.id

    def put(self, order: SaleorOrder) -> SaleorOrder:
        self.orders[order.id] = order
        return order

    def order(self, saleor_id: str) -> SaleorOrder | None:
        self._up()
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
        self._up()
        self.reports.append((transaction_id, event, psp_reference, amount_minor))
        if event == "REFUND_FAILURE":
            self._change(transaction_id, lambda found: _came_back(found, amount_minor))

    def complete_checkout(self, checkout_id: str) -> str:
        self._up()
        if self.refused is not None:
            raise self.refused
        self.completed.append(checkout_id)
        self.checkouts.pop(checkout_id, None)
        return self.orders_of_checkouts[checkout_id]

    def orders_changed(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        self._up()
        yield from ((order.id, order.changed_at) for order in self.orders.values())

    def paid_checkouts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        self._up()
        for found in list(self.checkouts.values()):
            if charged := tuple(part.id for part in found.transactions if part.charged_minor):
                yield found.id, charged

    def paid_checkout(self, checkout_id: str) -> PaidCheckout | None:
        self._up()
        return self.checkouts.get(checkout_id)

    def money_without_order(
        self, checkout_id: str, transaction_id: str, amount: int, *, at: datetime, full: bool = True, name: str = ""
    ) -> None:
        """Money stands on a checkout that has no order."""
        transaction = SaleorTransaction(transaction_id, f"pi_{transaction_id}", amount, 0, 0, name=name)
        before = self.checkouts.get(checkout_id)
        transactions = (*(before.transactions if before else ()), transaction)
        total = amount if full else amount + 1
        self.checkouts[checkout_id] = PaidCheckout(checkout_id, "an@example.com", "nl", at, total, "EUR", transactions)

    def refund_transaction(self, transaction_id: str, amount_minor: int, currency: str) -> None:
        """As in Saleor, the request stands there, and nothing moves until our payment app answered it."""
        self._up()
        self.refund_requests.append((transaction_id, amount_minor))
        request = SaleorRequest(f"request-{len(self.refund_requests)}", amount_minor, self.asked_at)
        self._change(transaction_id, lambda found: replace(found, unanswered=(*found.unanswered, request)))

    def answer(self, transaction_id: str) -> None:
        """Our payment app answered the requests on a transaction: the money is on its way back."""
        self._change(
            transaction_id,
            lambda found: replace(found, unanswered=(), charged_minor=0, refund_pending_minor=found.charged_minor),
        )

    def _change(self, transaction_id: str, change: Callable[[SaleorTransaction], SaleorTransaction]) -> None:
        for checkout in list(self.checkouts.values()):
            changed = tuple(change(found) if found.id == transaction_id else found for found in checkout.transactions)
            self.checkouts[checkout.id] = replace(checkout, transactions=changed)

    def grant_refund(
        self,
        order_id: str,
        transaction_id: str,
        lines: Mapping[str, int],
        *,
        shipping: bool,
        amount_minor: int,
        currency: str,
        reason: str,
    ) -> str:
        self._up()
        self.granted.append((order_id, transaction_id, dict(lines), shipping, amount_minor))
        self.reasons.append(reason)
        return f"granted:{order_id}:{len(self.granted)}"

    def request_granted_refund(self, transaction_id: str, refund_id: str) -> None:
        self._up()
        self.refund_requests.append((transaction_id, 0))

    def publish_producer(self, product_code: str, producer_slug: str) -> str | None:
        self._up()
        if product_code not in self.producers:
            return None
        self.producers[product_code] = producer_slug
        return self.hours.get(product_code, "")

    def _up(self) -> None:
        asked_from_outside_of_transactions()
        if self.down is not None:
            raise self.down

    def as_saleor(self) -> Saleor:
        """Itself, under the name of what it stands in for."""
        return cast(Saleor, self)


def _addresses(order: SaleorOrder) -> dict[str, SaleorAddress]:
    found = {"shippingAddress": order.address, "billingAddress": order.buyer}
    return {name: address for name, address in found.items() if address is not None}


def _came_back(found: SaleorTransaction, amount: int) -> SaleorTransaction:
    """A refund that was under way failed: what was charged stands there again."""
    back = min(amount, found.refund_pending_minor)
    return replace(
        found, charged_minor=found.charged_minor + back, refund_pending_minor=found.refund_pending_minor - back
    )
