"""What the file says, as values: prices gross and in minor units, tax rates in percents."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

TEXT_ATTRIBUTES = {
    "subtitle": "Ondertitel",
    "material": "Materiaal",
    "hours": "Uren werk",
    "size": "Afmetingen",
    "care": "Onderhoud",
}
"""Attributes of the product type `object` that are plain text, by slug."""

LANGUAGES = ("en", "fr")
"""The languages of the shop besides Dutch, in which the file itself is written."""

Translations = Mapping[str, Mapping[str, str]]
"""Texts by language and by the name of the field."""


@dataclass(frozen=True)
class Channel:
    """A sales channel. `country` decides the tax as long as no shipping address is known."""

    slug: str
    name: str
    currency: str
    country: str
    prices_with_tax: bool
    is_active: bool


@dataclass(frozen=True)
class ShippingMethod:
    """A way of delivering, with its gross price in minor units."""

    slug: str
    name: str
    price: int
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
    """A producer's warehouse; `reference` is the external reference, the partner's slug."""

    reference: str
    name: str
    email: str
    address: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """A page about a maker or a designer."""

    slug: str
    kind: str
    title: str
    paragraphs: tuple[str, ...]
    city: str
    mark: str
    translations: Translations


@dataclass(frozen=True)
class Category:
    """A kind of product."""

    slug: str
    name: str
    translations: Translations


@dataclass(frozen=True)
class Variant:
    """What can be bought. `price` is gross, in minor units; `stock` is what the file puts in the warehouse."""

    sku: str
    name: str
    price: int
    stock: int
    warehouse: str
    tracked: bool
    translations: Translations


@dataclass(frozen=True)
class Media:
    """A picture: the name of its file and its description."""

    file: str
    alt: str


@dataclass(frozen=True)
class Product:
    """A product with its variants. `listed` says whether it is for sale in the channels."""

    code: str
    slug: str
    name: str
    paragraphs: tuple[str, ...]
    category: str
    tax_class: str
    producer: str
    designers: tuple[str, ...]
    texts: Mapping[str, str]
    media: tuple[Media, ...]
    variants: tuple[Variant, ...]
    listed: bool
    translations: Translations


@dataclass(frozen=True)
class Collection:
    """Products that are shown together, by their codes, in this order."""

    slug: str
    name: str
    paragraphs: tuple[str, ...]
    products: tuple[str, ...]
    translations: Translations


@dataclass(frozen=True)
class MenuItem:
    """A line of the shop's menu. `kind` is url, page, category or collection; `target` the address or the slug."""

    name: str
    kind: str
    target: str
    translations: Translations


@dataclass(frozen=True)
class CatalogueFile:
    """All of it. `rates` are percents by tax class and country; `staff` is e-mail address → password."""

    shop: str
    staff: Mapping[str, str]
    fulfil_unpaid: bool
    channels: tuple[Channel, ...]
    tax_classes: Mapping[str, str]
    rates: Mapping[tuple[str, str], Decimal]
    zones: tuple[ShippingZone, ...]
    warehouses: Mapping[str, Warehouse]
    pages: Mapping[str, Page]
    categories: Mapping[str, Category]
    products: Mapping[str, Product]
    collections: tuple[Collection, ...]
    menu: tuple[MenuItem, ...]

    @property
    def channel(self) -> Channel:
        """The channel of the web shop: the first."""
        return self.channels[0]

    @property
    def methods(self) -> tuple[ShippingMethod, ...]:
        return tuple(method for zone in self.zones for method in zone.methods)

    def rate(self, tax_class: str, country: str) -> Decimal:
        """Percents of tax; a country without a rate of its own pays none, as in Saleor."""
        return self.rates.get((tax_class, country), Decimal(0))
