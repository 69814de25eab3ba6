"""What the file offers, as Saleor would tell it: prices, vouchers and promotions, to be seen before they are given."""

from collections.abc import Iterator
from decimal import Decimal

from catalogue.values import CatalogueFile, Channel, Product, Promotion, Variant, Voucher, VoucherScope
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
    """What takes something off: the codes, and what costs everybody less."""
    return [*map(_offer, file.vouchers), *map(_reduction, file.promotions)]


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


def _reduction(promotion: Promotion) -> SaleorOffer:
    """A promotion leaves whom what a voucher would that takes as much off and that nobody funds. It is named by its
    name, as nobody types a code for it."""
    return SaleorOffer(
        name=promotion.name,
        codes=(promotion.name,),
        type="SPECIFIC_PRODUCT",
        is_percentage=promotion.percent is not None,
        is_for_cheapest=False,
        funded_by="",
        starts_at=promotion.valid_from,
        ends_at=promotion.valid_until,
        listings={slug: SaleorListing(promotion.value, 0) for slug in promotion.channels},
        products=frozenset(promotion.products),
        collections=frozenset(promotion.collections),
        categories=frozenset(),
    )
