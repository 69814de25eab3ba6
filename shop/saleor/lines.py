"""The lines of a basket: what is in it, and what that costs."""

from dataclasses import dataclass
from typing import Any

from shop.money import Money
from shop.saleor.catalogue import Product, Variant, money_from, product_from, variant_from
from shop.saleor.pictures import Picture


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the basket, at what it costs without a code: what that takes off stands with the checkout.

    What is reduced for everybody for a time simply costs less. ``problem_available`` is set when Saleor has
    fewer than asked for.
    """

    id: str
    quantity: int
    unit_price: Money
    total: Money
    variant: Variant
    product: Product
    problem_available: int | None
    is_unavailable: bool

    @property
    def picture(self) -> Picture | None:
        """That of the variant, else of the product."""
        return self.variant.picture or self.product.picture

    @property
    def prior(self) -> Money | None:
        """What the law wants told beside a reduction; None where none is announced, or this basket has another price
        as yet: it keeps its prices for a while."""
        return self.variant.prior if self.variant.price == self.unit_price else None

    @property
    def can_be_ordered(self) -> bool:
        return self.product.has_producer and not self.is_unavailable and self.problem_available is None


def line_from(node: dict[str, Any], available: int | None, is_unavailable: bool, *, is_discounted: bool) -> Line:
    """Saleor's ``CheckoutLine``; ``is_discounted`` where the basket has a code."""
    product = product_from(node["variant"]["product"], [node["variant"]])
    variant = variant_from(node["variant"], product.pictures)
    paid = money_from(node["totalPrice"]["gross"])
    total = _without_code(node, variant, paid) if is_discounted else paid
    return Line(
        id=node["id"],
        quantity=node["quantity"],
        unit_price=Money(total.minor // node["quantity"], total.currency),
        total=total,
        variant=variant,
        product=product,
        problem_available=available,
        is_unavailable=is_unavailable,
    )


def _without_code(node: dict[str, Any], variant: Variant, paid: Money) -> Money:
    """What a line costs, of which Saleor tells what is paid and what it would be without code and promotion alike.

    Between the two is what the thing costs everybody now, where it is reduced.
    """
    full = money_from(node["undiscountedTotalPrice"])
    if not (node["variant"]["pricing"] or {}).get("onSale") or variant.price is None:
        return full
    return Money(min(max(variant.price.minor * node["quantity"], paid.minor), full.minor), full.currency)
