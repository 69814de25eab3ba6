"""What the file offers, as Saleor would tell it: prices and vouchers, to be looked at before they are given."""

from collections.abc import Iterator
from decimal import Decimal

from catalogue.values import CatalogueFile, Channel, Product, Variant, Voucher, VoucherScope
from fulfilment.gateways.saleor.offers import SaleorChannel, SaleorListing, SaleorOffer, SaleorPrice
from fulfilment.money import net_of, percentage


def channels_of(file: CatalogueFile) -> list[SaleorChannel]:
    return [SaleorChannel(one.slug, one.currency, one.prices_with_tax, one.is_active) for one in file.channels]


def prices_of(file: CatalogueFile) -> Iterator[SaleorPrice]:
    """What each variant costs in each channel that it has a price in."""
    for channel in file.channels:
        for product in file.products.values():
            for variant in product.variants:
                minor = channel.price_of(variant)
                if minor is not None and product.listed:
                    yield _price(file, channel, product, variant, minor)


def _price(file: CatalogueFile, channel: Channel, product: Product, variant: Variant, minor: int) -> SaleorPrice:
    rate = int(file.rate(product.tax_class, channel.country) * 100)
    with_tax = channel.prices_with_tax
    return SaleorPrice(
        channel=channel.slug,
        currency=channel.currency,
        product_code=product.code,
        product_name=product.name,
        variant_name=variant.name,
        category=product.category,
        collections=frozenset(one.slug for one in file.collections if product.code in one.products),
        gross_minor=minor if with_tax else minor + percentage(minor, rate),
        net_minor=net_of(minor, rate) if with_tax else minor,
    )


def offers_of(file: CatalogueFile) -> list[SaleorOffer]:
    return [_offer(voucher) for voucher in file.vouchers]


def _offer(voucher: Voucher) -> SaleorOffer:
    value = voucher.percent if voucher.percent is not None else Decimal(voucher.amount or 0).scaleb(-2)
    return SaleorOffer(
        name=voucher.name,
        codes=voucher.codes,
        type=voucher.saleor_type,
        is_percentage=voucher.percent is not None,
        is_for_cheapest=voucher.scope is VoucherScope.CHEAPEST,
        funded_by=voucher.funded_by,
        starts_at=voucher.valid_from,
        ends_at=voucher.valid_until,
        listings={slug: SaleorListing(value, voucher.minimum) for slug in voucher.channels},
        products=frozenset(voucher.products),
        collections=frozenset(voucher.collections),
        categories=frozenset(),
    )
