"""What the file says, as values: prices in minor units (gross, but for a price list), tax rates in percents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

TEXT_ATTRIBUTES = {
    "subtitle": "Ondertitel",
    "material": "Materiaal",
    "hours": "Uren werk",
    "size": "Afmetingen",
    "care": "Onderhoud",
    "reclaimed": "Hergebruikt aandeel",
    "repair": "Herstelling",
    "warnings": "Veiligheid",
}
"""Attributes of the product type `object` that are plain text, by slug."""

PAGE_TYPES = {
    "maker": "Maker",
    "designer": "Ontwerper",
    "material": "Materiaal",
    "story": "Verhaal",
    "information": "Informatie",
}
"""What a page may be about, by slug."""

PAGE_TEXTS = {
    "city": "Gemeente",
    "summary": "In één zin",
    "address": "Postadres",
    "email": "E-mailadres",
    "techniques": "Technieken",
    "bench": "Aan de werkbank",
    "evidence": "Waar dat blijkt",
    "view": "Wat het beeld van de plek toont",
}
"""Attributes of pages that are plain text, by slug."""

PAGE_FILES = {"mark": "Merkteken", "place": "Beeld van de plek"}
"""Attributes of pages that are a file, by slug."""

PRODUCT_FILES = {"drawing": "Maattekening"}
"""Attributes of a product that are a file, by slug."""

REFERENCES = {
    "designers": ("Ontwerpers", "designer"),
    "materials": ("Materialen", "material"),
    "stories": ("Verhalen", "story"),
}
"""Attributes of a product that name pages, by slug: what it is called, and what such a page is about."""

COLOUR = "colour"
"""The attribute that variants are told apart by, a swatch, by its slug."""

LANGUAGES = ("en", "fr")
"""The languages of the shop besides Dutch, in which the file itself is written."""

Translations = Mapping[str, Mapping[str, str]]
"""Texts by language and by the name of the field."""


@dataclass(frozen=True)
class PriceList:
    """Who may order in a channel: customers of these types (slugs), from `minimum_net` on, in minor units."""

    customer_types: tuple[str, ...]
    minimum_net: int


@dataclass(frozen=True)
class Channel:
    """A sales channel. `country` decides the tax as long as no shipping address is known."""

    slug: str
    name: str
    currency: str
    country: str
    prices_with_tax: bool
    is_active: bool
    price_list: PriceList | None

    def price_of(self, thing: "ShippingMethod | Variant") -> int | None:
        """What something costs here; None where it is not to be had. A price list has prices of its own only."""
        return thing.prices.get(self.slug) if self.price_list else thing.price


@dataclass(frozen=True)
class ShippingMethod:
    """A way of delivering, with its gross price; `prices` are net, by price list. `minimum` is what the goods must come
    to (gross; price lists have none)."""

    slug: str
    name: str
    price: int
    minimum: int
    prices: Mapping[str, int]
    tax_class: str
    countries: frozenset[str]
    days: tuple[int | None, int | None]
    translations: Translations


@dataclass(frozen=True)
class ShippingZone:
    """Countries that are delivered to in the same ways."""

    name: str
    countries: frozenset[str]
    methods: tuple[ShippingMethod, ...]


@dataclass(frozen=True)
class Warehouse:
    """A producer's warehouse; `reference` is the external reference, the partner's slug.

    Where `collects`, customers come for what they bought, wherever it was made; `hours` says when, by language.
    """

    reference: str
    name: str
    email: str
    address: Mapping[str, str]
    collects: bool
    hours: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """A page about a maker, a designer, a material, or a story. `texts` and `files` (names of files) are by the slug of
    their attribute."""

    slug: str
    kind: str
    title: str
    paragraphs: tuple[str, ...]
    texts: Mapping[str, str]
    files: Mapping[str, str]
    translations: Translations


@dataclass(frozen=True)
class Category:
    """A kind of product."""

    slug: str
    name: str
    translations: Translations


@dataclass(frozen=True)
class Media:
    """A picture: the name of its file and its description, in Dutch and, where it is, in other languages."""

    file: str
    alt: str
    translations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Colour:
    """What variants are told apart by: `value` is how it is shown, `#RRGGBB`."""

    slug: str
    name: str
    value: str
    translations: Translations


@dataclass(frozen=True)
class Variant:
    """What can be bought. `price` is gross, `prices` are net, by price list; `stock` is what the file puts in the
    warehouse. `media` are pictures of this variant alone, `colour` is a slug, or empty."""

    sku: str
    name: str
    price: int
    prices: Mapping[str, int]
    stock: int
    warehouse: str
    tracked: bool
    translations: Translations
    media: tuple[Media, ...]
    colour: str


@dataclass(frozen=True)
class Product:
    """A product with its variants. `pages` are slugs of pages and `files` names of files, by the slug of the attribute
    that has them; `listed` says whether it is for sale in the channels."""

    code: str
    slug: str
    name: str
    paragraphs: tuple[str, ...]
    category: str
    tax_class: str
    producer: str
    pages: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
    files: Mapping[str, str]
    media: tuple[Media, ...]
    variants: tuple[Variant, ...]
    listed: bool
    translations: Translations

    @property
    def pictures(self) -> tuple[Media, ...]:
        """Every picture in the order in which Saleor has them: its own, then those of its variants."""
        return (*self.media, *(one for variant in self.variants for one in variant.media))


@dataclass(frozen=True)
class Collection:
    """Products that are shown together, by their codes, in this order."""

    slug: str
    name: str
    paragraphs: tuple[str, ...]
    products: tuple[str, ...]
    translations: Translations


class VoucherScope(StrEnum):
    """What a voucher takes something off: the goods together, each piece of some products, the one cheapest piece of
    these, or the delivery."""

    ORDER = "order"
    PRODUCTS = "products"
    CHEAPEST = "cheapest"
    DELIVERY = "delivery"


@dataclass(frozen=True)
class Voucher:
    """A code, or several, that takes `percent` or `amount` (minor units, as prices are entered in `channels`) off.

    `minimum` is what the goods must come to, `minimum_quantity` how many pieces there must be. `products` (codes) and
    `collections` (slugs) narrow it down to some products; both empty: all. `usage_limit` counts all codes together.
    `valid_from` and `valid_until` are aware. `funded_by` is `platform` or empty.
    """

    name: str
    codes: tuple[str, ...]
    scope: VoucherScope
    percent: Decimal | None
    amount: int | None
    channels: tuple[str, ...]
    minimum: int
    minimum_quantity: int
    usage_limit: int | None
    single_use: bool
    once_per_customer: bool
    valid_from: datetime
    valid_until: datetime | None
    products: tuple[str, ...]
    collections: tuple[str, ...]
    funded_by: str
    translations: Translations

    @property
    def key(self) -> str:
        """What names it: its first code."""
        return self.codes[0]

    @property
    def saleor_type(self) -> str:
        """Saleor's `VoucherTypeEnum`. The cheapest piece is no type there, but a restriction of the other two."""
        if self.scope is VoucherScope.DELIVERY:
            return "SHIPPING"
        is_narrow = self.scope is VoucherScope.PRODUCTS or self.products or self.collections
        return "SPECIFIC_PRODUCT" if is_narrow else "ENTIRE_ORDER"


@dataclass(frozen=True)
class Promotion:
    """What is announced to everybody: for a time, `percent` or `amount` (minor units, as prices are entered in
    `channels`) off each piece of `products` (codes) and of all in `collections` (slugs).

    `valid_from` and `valid_until` are aware; None: until somebody ends it.
    """

    slug: str
    name: str
    percent: Decimal | None
    amount: int | None
    channels: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime | None
    products: tuple[str, ...]
    collections: tuple[str, ...]
    translations: Translations

    @property
    def value(self) -> Decimal:
        """How much it takes off, as Saleor is told: parts of a hundred, or an amount in its own unit."""
        return self.percent if self.percent is not None else Decimal(self.amount or 0).scaleb(-2)


@dataclass(frozen=True)
class MenuItem:
    """A line of the shop's menu. `kind` is url, page, category or collection; `target` the address or the slug."""

    name: str
    kind: str
    target: str
    translations: Translations


@dataclass(frozen=True)
class CatalogueFile:
    """All of it. `rates` are percents by tax class and country; `staff` is e-mail address → password;
    `customer_types` and `tax_classes` are slug → name."""

    shop: str
    staff: Mapping[str, str]
    fulfil_unpaid: bool
    customer_types: Mapping[str, str]
    channels: tuple[Channel, ...]
    tax_classes: Mapping[str, str]
    rates: Mapping[tuple[str, str], Decimal]
    zones: tuple[ShippingZone, ...]
    warehouses: Mapping[str, Warehouse]
    pages: Mapping[str, Page]
    categories: Mapping[str, Category]
    colours: Mapping[str, Colour]
    products: Mapping[str, Product]
    collections: tuple[Collection, ...]
    menu: tuple[MenuItem, ...]
    vouchers: tuple[Voucher, ...]
    promotions: tuple[Promotion, ...]

    @property
    def channel(self) -> Channel:
        """The channel of the web shop: the first."""
        return self.channels[0]

    @property
    def price_lists(self) -> dict[str, PriceList]:
        """The channels that are price lists, by slug."""
        return {channel.slug: channel.price_list for channel in self.channels if channel.price_list}

    def sold_in(self, *things: ShippingMethod | Variant) -> list[str]:
        """The channels in which any of these has a price, by slug."""
        return [one.slug for one in self.channels if any(one.price_of(thing) is not None for thing in things)]

    @property
    def methods(self) -> tuple[ShippingMethod, ...]:
        return tuple(method for zone in self.zones for method in zone.methods)

    def rate(self, tax_class: str, country: str) -> Decimal:
        """Percents of tax; a country without a rate of its own pays none, as in Saleor."""
        return self.rates.get((tax_class, country), Decimal(0))
