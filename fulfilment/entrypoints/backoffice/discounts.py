"""The page of discounts: what each product brings whom at its price, and what each voucher would leave of that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from fulfilment.errors import GatewayError
from fulfilment.flows.foresee_shares import Outlook, Sale, foresee
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.saleor.offers import SaleorListing, SaleorOffer
from fulfilment.money import percent, to_minor, written
from fulfilment.orders.models import Funder
from fulfilment.outside import in_words

CURRENCY = "EUR"


@dataclass(frozen=True)
class VoucherRow:
    """A voucher in plain words, with what it would leave of each product that it is for."""

    offer: SaleorOffer
    takes_off: tuple[str, ...]
    is_funded: bool
    sales: tuple[Sale, ...]

    @property
    def is_short(self) -> bool:
        """Whether somebody would get less than a fixed amount."""
        return any(sale.short for sale in self.sales)

    @property
    def is_for_delivery(self) -> bool:
        return self.offer.type == "SHIPPING"


def discounts_page(on: date, product: str = "") -> dict[str, Any]:
    """All that the page shows, of one product (code) or of all; `unreachable` where Saleor cannot tell."""
    try:
        found = foresee(connected(), on=on)
    except GatewayError as error:
        return {"unreachable": in_words(error), "product": product}
    vouchers = [
        VoucherRow(
            offer,
            tuple(_takes_off(offer, slug, listing) for slug, listing in sorted(offer.listings.items())),
            offer.funded_by == Funder.PLATFORM,
            _once(sales, product),
        )
        for offer, sales in found.vouchers
    ]
    return {
        "product": product,
        "prices": _once(found.prices, product),
        "vouchers": sorted(vouchers, key=lambda row: not row.is_short),
        "short_count": _short_count(found),
    }


def _once(sales: Iterable[Sale], product: str) -> tuple[Sale, ...]:
    """Variants of one price are one row; rows in which somebody gets too little come first."""
    rows = {
        (sale.price.product_code, sale.price.channel, sale.price.gross_minor, sale.price.net_minor): sale
        for sale in sales
        if product in ("", sale.price.product_code)
    }
    return tuple(sorted(rows.values(), key=lambda sale: not sale.short))


def _short_count(found: Outlook) -> int:
    """How many prices and vouchers leave somebody less than a fixed amount."""
    prices = sum(bool(sale.short) for sale in found.prices)
    return prices + sum(any(sale.short for sale in sales) for _offer, sales in found.vouchers)


def _takes_off(offer: SaleorOffer, channel: str, listing: SaleorListing) -> str:
    """`10 % van de hele bestelling (consumer)`."""
    if offer.is_percentage:
        value = f"{percent(int(listing.value * 100))} %"
    else:
        value = written(to_minor(listing.value, CURRENCY), CURRENCY)
    if offer.type == "SHIPPING":
        told = _("%(value)s van de levering")
    elif offer.is_for_cheapest:
        told = _("%(value)s van het goedkoopste stuk")
    elif offer.type == "SPECIFIC_PRODUCT":
        told = _("%(value)s van elk stuk waarvoor ze geldt")
    else:
        told = _("%(value)s van de hele bestelling")
    text = told % {"value": value}
    if listing.minimum_minor:
        text += " " + _("vanaf %(least)s") % {"least": written(listing.minimum_minor, CURRENCY)}
    return f"{text} ({channel})"
