"""The catalogue as `demo/catalogue.toml` describes it (docs/architecture/wire.md), read once at the start."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sandbox.saleor.money import to_minor

TEXT_ATTRIBUTES = {
    "subtitle": "Ondertitel",
    "material": "Materiaal",
    "hours": "Uren werk",
    "size": "Afmetingen",
    "care": "Onderhoud",
}
"""Attributes of the product type `object` that are plain text, by slug."""


class CatalogueError(ValueError):
    """The file cannot be used; the text says where it is wrong."""


@dataclass(frozen=True)
class Channel:
    """The sales channel. `country` decides the tax as long as no shipping address is known."""

    slug: str
    name: str
    currency: str
    country: str
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


@dataclass(frozen=True)
class Variant:
    """What can be bought. `price` is gross, in minor units; `stock` is what the file puts in the warehouse."""

    sku: str
    name: str
    price: int
    stock: int
    warehouse: str
    tracked: bool


@dataclass(frozen=True)
class Media:
    """A picture: the name of its file and its description."""

    file: str
    alt: str


@dataclass(frozen=True)
class Product:
    """A product with its variants. `listed` says whether it is for sale in the channel."""

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


@dataclass(frozen=True)
class CatalogueFile:
    """All of it. `rates` are percents by tax class and country; `staff` is email → password."""

    shop: str
    staff: Mapping[str, str]
    fulfil_unpaid: bool
    channel: Channel
    rates: Mapping[tuple[str, str], Decimal]
    methods: tuple[ShippingMethod, ...]
    warehouses: Mapping[str, Warehouse]
    pages: Mapping[str, Page]
    categories: Mapping[str, str]
    products: Mapping[str, Product]

    def rate(self, tax_class: str, country: str) -> Decimal:
        """Percents of tax; a country without a rate of its own pays none, as in Saleor."""
        return self.rates.get((tax_class, country), Decimal(0))


def read_catalogue(path: Path) -> CatalogueFile:
    """Raises CatalogueError with one sentence where the file is absent or wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return _catalogue(document)
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from error
    except KeyError as error:
        raise CatalogueError(f"{path}: {error} is missing") from error
    except (TypeError, ValueError, InvalidOperation) as error:
        raise CatalogueError(f"{path}: {error}") from error


def _catalogue(document: Mapping[str, Any]) -> CatalogueFile:
    shop = document["shop"]
    if len(document["channel"]) != 1:
        raise ValueError("exactly one [[channel]] is expected")
    channel = document["channel"][0]
    if not channel.get("prices_with_tax", True):
        raise ValueError("prices_with_tax = false is not supported: prices are gross")
    found = CatalogueFile(
        shop=shop["name"],
        staff={shop["staff"]["email"]: shop["staff"]["password"]},
        fulfil_unpaid=shop.get("fulfillment_allow_unpaid", True),
        channel=Channel(
            channel["slug"], channel["name"], channel["currency"], channel["country"], channel.get("active", True)
        ),
        rates={
            (tax["slug"], country): Decimal(str(rate))
            for tax in document["tax_class"]
            for country, rate in tax["rates"].items()
        },
        methods=tuple(_method(method, zone) for zone in document["shipping_zone"] for method in zone.get("method", ())),
        warehouses={w["external_reference"]: _warehouse(w) for w in document["warehouse"]},
        pages={p["slug"]: _page(p) for p in document.get("page", ())},
        categories={c["slug"]: c["name"] for c in document.get("category", ())},
        products={p["code"]: _product(p) for p in document["product"]},
    )
    _check(found)
    return found


def _check(found: CatalogueFile) -> None:
    skus: set[str] = set()
    for product in found.products.values():
        if product.producer not in found.warehouses:
            raise ValueError(f"{product.code}: no warehouse {product.producer!r}")
        for slug in (product.producer, *product.designers):
            if slug not in found.pages:
                raise ValueError(f"{product.code}: no page {slug!r}")
        if product.category not in found.categories:
            raise ValueError(f"{product.code}: no category {product.category!r}")
        if not product.variants:
            raise ValueError(f"{product.code}: no variant")
        for variant in product.variants:
            if variant.sku in skus:
                raise ValueError(f"{variant.sku} is there twice")
            skus.add(variant.sku)


def _method(method: Mapping[str, Any], zone: Mapping[str, Any]) -> ShippingMethod:
    return ShippingMethod(
        slug=method["slug"],
        name=method["name"],
        price=to_minor(method["price"]),
        tax_class=method["tax_class"],
        countries=frozenset(zone["countries"]),
        days=(method.get("minimum_days"), method.get("maximum_days")),
    )


def _warehouse(warehouse: Mapping[str, Any]) -> Warehouse:
    address = {
        "companyName": warehouse["name"],
        "streetAddress1": warehouse["street"],
        "postalCode": warehouse["postal_code"],
        "city": warehouse["city"],
        "country": warehouse["country"],
    }
    return Warehouse(warehouse["external_reference"], warehouse["name"], warehouse.get("email", ""), address)


def _page(page: Mapping[str, Any]) -> Page:
    paragraphs = _paragraphs(page.get("content", ""))
    return Page(page["slug"], page["type"], page["title"], paragraphs, page.get("city", ""), page.get("mark", ""))


def _product(product: Mapping[str, Any]) -> Product:
    tracked = not product.get("made_to_order", False)
    return Product(
        code=product["code"],
        slug=product["slug"],
        name=product["name"],
        paragraphs=_paragraphs(product.get("description", "")),
        category=product["category"],
        tax_class=product["tax_class"],
        producer=product["producer"],
        designers=tuple(product.get("designers", ())),
        texts={slug: product[slug] for slug in TEXT_ATTRIBUTES if slug in product},
        media=tuple(Media(m["file"], m.get("alt", "")) for m in product.get("media", ())),
        variants=tuple(
            Variant(
                sku=v["sku"],
                name=v.get("name", ""),
                price=to_minor(v.get("price", product["price"])),
                stock=int(v["stock"]),
                warehouse=product["producer"],
                tracked=tracked,
            )
            for v in product.get("variant", ())
        ),
        listed=product.get("listed", True),
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
