"""What was taken off the lines of an order, and by what: a voucher, staff, or a promotion that is everybody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fulfilment.money import portion, to_minor

_FOR_EVERYBODY = ("PROMOTION", "SALE")


@dataclass(frozen=True)
class Prices:
    """How an order's prices are entered, and which discounts on the whole of it are in those of its lines."""

    currency: str
    with_tax: bool
    voucher_on_order: bool
    others_on_order: bool

    def entered(self, price: Mapping[str, Any]) -> int:
        return to_minor(price["gross" if self.with_tax else "net"]["amount"], self.currency)

    def net_of_voucher(self, node: Mapping[str, Any]) -> int:
        """The part of a line's discount, without VAT, that the voucher gave.

        A voucher on lines stands among the line's discounts, as promotions do; one on the whole order stands with the
        order alone, though each line's price has its part in it. Either is what the other discounts leave over: what
        Saleor tells of a voucher on lines is counted from the price of the day, and may differ from what it took off.
        Beside another discount on the whole order (staff gave it), that is all there is to go by.
        """
        told = {True: 0, False: 0}
        for discount in node["discounts"] or ():
            told[discount["type"] == "VOUCHER"] += to_minor(discount["total"]["amount"], self.currency)
        before, after = node["undiscountedTotalPrice"], node["totalPrice"]
        whole = max(self.entered(before) - self.entered(after), 0)
        voucher = max(whole - told[False], 0) if self.voucher_on_order or told[True] else 0
        if self.others_on_order:
            voucher = min(voucher, told[True])
        net = to_minor(before["net"]["amount"], self.currency) - to_minor(after["net"]["amount"], self.currency)
        return portion(net, voucher, whole) if voucher else 0

    def gross_of_promotions(self, node: Mapping[str, Any]) -> int:
        """The part of a line's discount, with VAT, that promotions gave; Saleor tells it as prices are entered."""
        told = sum(
            to_minor(discount["total"]["amount"], self.currency)
            for discount in node["discounts"] or ()
            if discount["type"] in _FOR_EVERYBODY
        )
        before, after = node["undiscountedTotalPrice"], node["totalPrice"]
        whole = self.entered(before) - self.entered(after)
        gross = to_minor(before["gross"]["amount"], self.currency) - to_minor(after["gross"]["amount"], self.currency)
        return portion(gross, min(told, whole), whole) if whole > 0 else 0
