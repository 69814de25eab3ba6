"""What Saleor offers and for how much: channels, prices and vouchers, as values in minor units."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from fulfilment.gateways.saleor.texts import name_of_variant
from fulfilment.money import to_minor


@dataclass(frozen=True)
class SaleorChannel:
    """A channel; `with_tax` says how its prices are entered, and so of which of the two a discount is taken."""

    slug: str
    currency: str
    with_tax: bool
    is_active: bool
    name: str = ""


@dataclass(frozen=True)
class SaleorPrice:
    """What a variant costs in a channel now; `category` and `collections` are slugs.

    `undiscounted_net_minor` is what it would cost without a promotion, zero where nobody told.
    """

    channel: str
    currency: str
    product_code: str
    product_name: str
    variant_name: str
    category: str
    collections: frozenset[str]
    gross_minor: int
    net_minor: int
    undiscounted_net_minor: int = 0


@dataclass(frozen=True)
class ListedPrice:
    """What a variant costs in a channel now, gross; `is_reduced` where Saleor announces that as a reduction, and
    `prior_minor` is what it tells as the price before it. `listing_id` is where that can be written."""

    product_id: str
    variant_id: str
    listing_id: str
    currency: str
    minor: int
    is_reduced: bool
    prior_minor: int | None


@dataclass(frozen=True)
class StockedProduct:
    """What of a product can be bought in a channel at this moment: the SKUs ("" where there is none) by the id of the
    variant; `slug` is its page in the shop."""

    code: str
    slug: str
    buyable: Mapping[str, str]


@dataclass(frozen=True)
class SaleorListing:
    """What a voucher takes off in a channel (percents or an amount), and what the goods must come to (minor units)."""

    value: Decimal
    minimum_minor: int


@dataclass(frozen=True)
class SaleorOffer:
    """A voucher that can be used, by its name and its first codes. `type` is Saleor's.

    `is_for_cheapest`: it is taken off one piece alone. `products` are codes, `collections` and `categories` slugs; all
    three empty: it is for everything. `listings` are by the slug of the channel.
    """

    name: str
    codes: tuple[str, ...]
    type: str
    is_percentage: bool
    is_for_cheapest: bool
    funded_by: str
    starts_at: datetime
    ends_at: datetime | None
    listings: Mapping[str, SaleorListing]
    products: frozenset[str]
    collections: frozenset[str]
    categories: frozenset[str]

    def is_for(self, price: SaleorPrice) -> bool:
        """Whether it can lower that price."""
        if self.type == "SHIPPING" or price.channel not in self.listings:
            return False
        if not (self.products or self.collections or self.categories):
            return True
        is_named = price.product_code in self.products or price.category in self.categories
        return is_named or bool(price.collections & self.collections)


@dataclass(frozen=True)
class PricedProduct:
    """A product by its code and name, the channels in which something can be sold, and what its variants cost there."""

    code: str
    name: str
    channels: tuple[SaleorChannel, ...]
    prices: tuple[SaleorPrice, ...]


def read_priced_product(told: Mapping[str, Any]) -> PricedProduct:
    """What `Saleor.told_of_product` gave, then or now."""
    channels = tuple(map(read_channel, told["channels"]))
    nodes = told["products"]
    first = next(iter(nodes.values()))
    return PricedProduct(
        code=first["externalReference"] or "",
        name=first["name"],
        channels=channels,
        prices=tuple(
            price
            for channel in channels
            if channel.slug in nodes
            for price in read_prices(nodes[channel.slug], channel.slug, channel.currency)
        ),
    )


def read_channel(node: Mapping[str, Any]) -> SaleorChannel:
    """A channel out of `channels.graphql`."""
    with_tax = node["taxConfiguration"]["pricesEnteredWithTax"]
    return SaleorChannel(node["slug"], node["currencyCode"], with_tax, node["isActive"], node["name"])


def read_prices(node: Mapping[str, Any], channel: str, currency: str) -> Iterator[SaleorPrice]:
    """The variants of a product out of `prices.graphql` that have a price."""
    for variant in node["variants"] or ():
        pricing = variant["pricing"] or {}
        price = pricing.get("price")
        if price is not None:
            # What was kept of a product before it was asked for does not tell it.
            undiscounted = pricing.get("priceUndiscounted") or price
            yield SaleorPrice(
                channel=channel,
                currency=currency,
                product_code=node["externalReference"] or "",
                product_name=node["name"],
                variant_name=name_of_variant(variant["name"], variant["sku"], variant["id"]),
                category=(node["category"] or {}).get("slug", ""),
                collections=frozenset(collection["slug"] for collection in node["collections"] or ()),
                gross_minor=to_minor(price["gross"]["amount"], currency),
                net_minor=to_minor(price["net"]["amount"], currency),
                undiscounted_net_minor=to_minor(undiscounted["net"]["amount"], currency),
            )


def read_listed_prices(node: Mapping[str, Any], channel: str, currency: str) -> Iterator[ListedPrice]:
    """The variants of a product out of `listed_prices.graphql` that have a price in the channel."""

    def minor(price: Mapping[str, Any] | None) -> int | None:
        return to_minor(price["gross"]["amount"], currency) if price else None

    for variant in node["variants"] or ():
        pricing = variant["pricing"] or {}
        price = minor(pricing.get("price"))
        listings = (one["id"] for one in variant["channelListings"] or () if one["channel"]["slug"] == channel)
        listing = next(listings, None)
        if price is not None and listing is not None:
            prior = minor(pricing["pricePrior"])
            yield ListedPrice(node["id"], variant["id"], listing, currency, price, bool(pricing["onSale"]), prior)


def read_stocked(node: Mapping[str, Any]) -> StockedProduct:
    """A product out of `stocked_product.graphql`. As the shop sees it: what has no price there is not sold."""
    variants = node["variants"] or () if node["isAvailable"] else ()
    buyable = {
        variant["id"]: variant["sku"] or ""
        for variant in variants
        if (variant["quantityAvailable"] or 0) > 0 and (variant["pricing"] or {}).get("price")
    }
    return StockedProduct(node["externalReference"] or "", node["slug"], buyable)


def read_offer(node: Mapping[str, Any]) -> SaleorOffer:
    """A voucher out of `vouchers.graphql`."""
    products = {found["externalReference"] for found in _nodes(node["products"])}
    products |= {found["product"]["externalReference"] for found in _nodes(node["variants"])}
    return SaleorOffer(
        name=node["name"] or "",
        codes=tuple(found["code"] for found in _nodes(node["codes"]) if found["isActive"]),
        type=node["type"],
        is_percentage=node["discountValueType"] == "PERCENTAGE",
        is_for_cheapest=node["applyOncePerOrder"],
        funded_by=(node["fundedBy"] or "").strip().lower(),
        starts_at=datetime.fromisoformat(node["startDate"]),
        ends_at=datetime.fromisoformat(node["endDate"]) if node["endDate"] else None,
        listings={listing["channel"]["slug"]: _listing(listing) for listing in node["channelListings"] or ()},
        products=frozenset(code for code in products if code),
        collections=frozenset(found["slug"] for found in _nodes(node["collections"])),
        categories=frozenset(found["slug"] for found in _nodes(node["categories"])),
    )


def _listing(node: Mapping[str, Any]) -> SaleorListing:
    least = node["minSpent"]["amount"] if node["minSpent"] else 0
    return SaleorListing(Decimal(node["discountValue"]), int(Decimal(least).scaleb(2)))


def _nodes(connection: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [edge["node"] for edge in connection["edges"]] if connection else []
