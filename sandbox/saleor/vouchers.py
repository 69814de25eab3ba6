"""What a voucher takes off a checkout, and whether it may: counted as Saleor counts, cent by cent.

A voucher on lines lowers the price of each line that it is for. One on the whole order is an amount that the checkout
keeps from the moment the code was given; it is spread over the lines by their prices, the last line takes what is left.
Document `voucher_code`, by the code: used, active, customers (e-mail addresses).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from catalogue.values import CatalogueFile, Product, Variant, Voucher, VoucherScope
from sandbox.common.store import Document, Reader, Transaction
from sandbox.saleor.core import Core
from sandbox.saleor.moments import of_moment

_UNIT = Decimal(1)


class NotApplicable(Exception):
    """The voucher is there, but not for this checkout."""


@dataclass(frozen=True)
class Goods:
    """A line before any voucher: what it is, how many, and what a piece costs (minor units), with `off` for a promotion
    taken off it already."""

    product: Product
    variant: Variant
    quantity: int
    unit: int
    off: int = 0

    @property
    def total(self) -> int:
        return self.unit * self.quantity

    @property
    def undiscounted(self) -> int:
        return (self.unit + self.off) * self.quantity


def find(core: Core, code: str | None) -> Voucher | None:
    """The voucher of a code, whether or not it may be used."""
    return core.catalogue.vouchers.get(code or "")


def usage(reader: Reader, code: str) -> Document:
    """How often a code was used, and by whom."""
    return reader.get("voucher_code", code) or {"used": 0, "active": True, "customers": []}


def is_in_time(core: Core, voucher: Voucher) -> bool:
    """Whether it has begun and is not over."""
    now = of_moment(core.now())
    return voucher.valid_from <= now and (voucher.valid_until is None or now <= voucher.valid_until)


def is_active(core: Core, reader: Reader, voucher: Voucher, code: str) -> bool:
    """Whether a code can be used in the web shop now, by anybody at all."""
    used = sum(usage(reader, one)["used"] for one in voucher.codes)
    return (
        usage(reader, code)["active"]
        and core.catalogue.file.channel.slug in voucher.channels
        and is_in_time(core, voucher)
        and (voucher.usage_limit is None or used < voucher.usage_limit)
    )


def discount_of(
    core: Core,
    reader: Reader,
    voucher: Voucher,
    goods: Sequence[Goods],
    subtotal: int,
    delivery: int | None,
    email: str,
) -> int:
    """The amount that a checkout keeps of a voucher. `delivery` is what the chosen one costs; None: none is chosen.

    Raises NotApplicable.
    """
    quantity = sum(line.quantity for line in goods)
    if subtotal < voucher.minimum or quantity < voucher.minimum_quantity:
        raise NotApplicable
    if voucher.once_per_customer and any(email in usage(reader, code)["customers"] for code in voucher.codes):
        raise NotApplicable
    if voucher.scope is VoucherScope.DELIVERY:
        if delivery is None:
            raise NotApplicable
        return _off(voucher, Decimal(delivery))
    if voucher.scope is VoucherScope.ORDER:
        return _off(voucher, Decimal(subtotal))
    pieces = [line.unit for line in _narrowed(core.catalogue.file, voucher, goods) for _piece in range(line.quantity)]
    if not pieces:
        raise NotApplicable
    if voucher.scope is VoucherScope.CHEAPEST:
        return _off(voucher, Decimal(min(pieces)))
    return sum(_off(voucher, Decimal(piece)) for piece in pieces)


def line_discounts(file: CatalogueFile, voucher: Voucher | None, goods: Sequence[Goods]) -> list[int]:
    """What a voucher on lines takes off each; nothing where it is for the whole order or the delivery."""
    if voucher is None or voucher.scope in (VoucherScope.ORDER, VoucherScope.DELIVERY):
        return [0] * len(goods)
    lines = _narrowed(file, voucher, goods)
    if voucher.scope is VoucherScope.CHEAPEST:
        lines = [min(lines, key=lambda line: line.unit)] if lines else []
    return [_off_line(voucher, line) if any(line is one for one in lines) else 0 for line in goods]


def spread(discount: int, totals: Sequence[int]) -> list[int]:
    """An order's discount over its lines, by what each comes to."""
    if len(totals) == 1:
        return [min(discount, totals[0])]
    whole, left, parts = sum(totals), discount, []
    for position, total in enumerate(totals):
        part = left
        if not whole:
            part = total
        elif position < len(totals) - 1:
            part = _rounded(min(Decimal(total) / Decimal(whole) * discount, Decimal(total)))
        parts.append(min(part, total))
        left -= part
    return parts


def may_use(reader: Reader, voucher: Voucher, code: str, email: str) -> bool:
    """Whether an order of this customer can be made with a code that is active."""
    return not voucher.once_per_customer or email not in usage(reader, code)["customers"]


def use(tx: Transaction, voucher: Voucher, code: str, email: str) -> None:
    """An order is made with a code: count it."""
    counted = usage(tx, code)
    if voucher.usage_limit is not None:
        counted = {**counted, "used": counted["used"] + 1}
    if voucher.once_per_customer:
        counted = {**counted, "customers": [*counted["customers"], email]}
    if voucher.single_use:
        counted = {**counted, "active": False}
    tx.put("voucher_code", code, counted)


def _narrowed(file: CatalogueFile, voucher: Voucher, goods: Sequence[Goods]) -> list[Goods]:
    """The lines that a voucher is for."""
    if not voucher.products and not voucher.collections:
        return list(goods)
    wanted = {*voucher.products}
    wanted |= {code for one in file.collections if one.slug in voucher.collections for code in one.products}
    return [line for line in goods if line.product.code in wanted]


def _off_line(voucher: Voucher, line: Goods) -> int:
    total = line.total
    if voucher.scope is VoucherScope.CHEAPEST:
        return min(_off(voucher, Decimal(line.unit)), line.unit)
    if voucher.percent is not None:
        return min(_off(voucher, Decimal(total)), total)
    return min(_off(voucher, Decimal(line.unit)) * line.quantity, total)


def _off(voucher: Voucher, price: Decimal) -> int:
    """What a voucher takes off a price in minor units; never more than the price."""
    if voucher.percent is not None:
        return min(_rounded(price * voucher.percent / 100), int(price))
    assert voucher.amount is not None
    return min(voucher.amount, int(price))


def _rounded(minor: Decimal) -> int:
    return int(minor.quantize(_UNIT, ROUND_HALF_UP))
