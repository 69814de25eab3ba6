"""A product of Saleor's, by its id → what it is called here, and what its prices leave whom: as Saleor says it now,
or as it said it last where it is slow."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from fulfilment.errors import GatewayError
from fulfilment.flows.foresee_shares import Sale, outlook
from fulfilment.gateways.models import SaleorProduct
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import read_priced_product
from neighbours.budget import within

PATIENCE = 3
"""Seconds that somebody who looks at a page waits for what is probably still so."""


@dataclass(frozen=True)
class KnownProduct:
    """A product by its code ("": it has none) and name; `sales` are what a piece brings whom, one for each price,
    with the name of its channel.

    `told_at` is when Saleor said so; `is_priced` whether it has a price anywhere, `sales` only where there is an
    agreement too. `is_remembered`: it says nothing now.
    """

    code: str
    name: str
    is_priced: bool
    sales: tuple[tuple[str, Sale], ...]
    told_at: datetime
    is_remembered: bool


def look_up_product(saleor: Saleor, product_id: str, *, on: date, now: datetime) -> KnownProduct | None:
    """None where Saleor has no such product; `GatewayError` where it does not answer and never told of it before."""
    kept = SaleorProduct.objects.filter(api_url=settings.SALEOR_API_URL, saleor_id=product_id)
    try:
        with within(PATIENCE):
            told = saleor.told_of_product(product_id)
    except GatewayError:
        remembered = kept.first()
        if remembered is None:
            raise
        return _known(remembered, on, is_remembered=True)
    if told is None:
        kept.delete()
        return None
    defaults = {"told": told, "told_at": now}
    SaleorProduct.objects.update_or_create(api_url=settings.SALEOR_API_URL, saleor_id=product_id, defaults=defaults)
    found = kept.get()
    return _known(found, on, is_remembered=False)


def _known(kept: SaleorProduct, on: date, *, is_remembered: bool) -> KnownProduct:
    found = read_priced_product(kept.told)
    sales = outlook(found.channels, found.prices, (), on=on).prices
    # Variants of one price bring everybody the same.
    once = {(sale.price.channel, sale.price.gross_minor, sale.price.net_minor): sale for sale in sales}
    names = {channel.slug: channel.name for channel in found.channels}
    named = tuple((names[sale.price.channel], sale) for sale in once.values())
    return KnownProduct(found.code, found.name, bool(found.prices), named, kept.told_at, is_remembered)
