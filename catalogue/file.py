"""The shop as a file such as `demo/catalogue.toml` describes it; its format stands in docs/architecture/wire.md."""

import html
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue.entries import Entry, entries, known, minor, translations
from catalogue.promotions import check_promotions, read_promotion
from catalogue.values import (
    LANGUAGES,
    PAGE_FILES,
    PAGE_TEXTS,
    PAGE_TYPES,
    PRODUCT_FILES,
    REFERENCES,
    TEXT_ATTRIBUTES,
    CatalogueFile,
    Category,
    Channel,
    Collection,
    Colour,
    Media,
    MenuItem,
    Page,
    PriceList,
    Product,
    ShippingMethod,
    ShippingZone,
    Variant,
    Warehouse,
)
from catalogue.vouchers import check_vouchers, read_voucher

HEADING = "## "
"""What a paragraph of the file begins with that is a heading."""


class CatalogueError(ValueError):
    """The file cannot be used; the text names the entry that is wrong."""


def read_catalogue(path: Path) -> CatalogueFile:
    """Raises CatalogueError with one sentence where the file is absent or wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        found = _catalogue(document)
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise CatalogueError(f"{path}: {error}") from error
    return found


def _catalogue(document: Mapping[str, Any]) -> CatalogueFile:
    if "shop" not in document:
        raise ValueError("there is no [shop]")
    shop = Entry("[shop]", document["shop"])
    staff = Entry("[shop] staff", shop["staff"])
    tax_classes = entries(document, "tax_class", "slug", needed=True)
    channels = tuple(_channel(entry) for entry in entries(document, "channel", "slug", needed=True))
    products = [_product(entry) for entry in entries(document, "product", "code", needed=True)]
    found = CatalogueFile(
        shop=shop["name"],
        staff={staff["email"]: staff["password"]},
        fulfil_unpaid=shop.get("fulfillment_allow_unpaid", True),
        customer_types={entry["slug"]: entry["name"] for entry in entries(document, "customer_type", "slug")},
        channels=channels,
        tax_classes={entry["slug"]: entry["name"] for entry in tax_classes},
        rates={
            (entry["slug"], country): Decimal(str(rate))
            for entry in tax_classes
            for country, rate in entry["rates"].items()
        },
        zones=tuple(_zone(entry) for entry in entries(document, "shipping_zone", "name")),
        warehouses={
            entry["external_reference"]: _warehouse(entry)
            for entry in entries(document, "warehouse", "external_reference", needed=True)
        },
        pages={entry["slug"]: _page(entry) for entry in entries(document, "page", "slug")},
        categories={
            entry["slug"]: Category(entry["slug"], entry["name"], translations(entry, "name"))
            for entry in entries(document, "category", "slug")
        },
        colours={entry["slug"]: _colour(entry) for entry in entries(document, "colour", "slug")},
        products={product.code: product for product in products},
        collections=tuple(_collection(entry) for entry in entries(document, "collection", "slug")),
        menu=tuple(_menu_item(entry) for entry in entries(document, "menu_item", "name")),
        vouchers=tuple(read_voucher(entry, channels[0].slug) for entry in entries(document, "voucher", "name")),
        promotions=tuple(read_promotion(entry, channels[0].slug) for entry in entries(document, "promotion", "slug")),
    )
    _check(found)
    return found


def _check(found: CatalogueFile) -> None:
    skus: set[str] = set()
    for product in found.products.values():
        where = f"[[product]] {product.code}"
        known(where, "warehouse", [product.producer], found.warehouses)
        _check_pages(where, product, found.pages)
        known(where, "category", [product.category], found.categories)
        known(where, "tax class", [product.tax_class], found.tax_classes)
        if not product.variants:
            raise ValueError(f"{where}: no variant")
        for variant in product.variants:
            known(f"[[variant]] {variant.sku}", "price list", variant.prices, found.price_lists)
            known(f"[[variant]] {variant.sku}", "colour", [variant.colour] if variant.colour else [], found.colours)
            if variant.sku in skus:
                raise ValueError(f"{where}: {variant.sku} is there twice")
            skus.add(variant.sku)
    for method in found.methods:
        where = f"[[shipping_zone.method]] {method.slug}"
        known(where, "tax class", [method.tax_class], found.tax_classes)
        known(where, "price list", method.prices, found.price_lists)
    _check_channels(found)
    for collection in found.collections:
        known(f"[[collection]] {collection.slug}", "product", collection.products, found.products)
    check_vouchers(found)
    check_promotions(found)
    slugs = {"page": set(found.pages), "category": set(found.categories)}
    slugs["collection"] = {collection.slug for collection in found.collections}
    for item in found.menu:
        if item.kind != "url":
            known(f"[[menu_item]] {item.name}", item.kind, [item.target], slugs[item.kind])


def _check_pages(where: str, product: Product, pages: Mapping[str, Page]) -> None:
    named: dict[str, tuple[str, tuple[str, ...]]] = {"producer": ("maker", (product.producer,))}
    named |= {slug: (kind, product.pages[slug]) for slug, (_name, kind) in REFERENCES.items()}
    for slug, (kind, of) in named.items():
        known(where, "page", of, pages)
        for page in of:
            if pages[page].kind != kind:
                raise ValueError(f"{where}: {slug}: {page!r} is a page of the type {pages[page].kind}, not {kind}")


def _check_channels(found: CatalogueFile) -> None:
    if found.channel.price_list:
        raise ValueError(f"[[channel]] {found.channel.slug}: the first channel is the web shop's, and no price list")
    for channel in found.channels:
        where = f"[[channel]] {channel.slug}"
        # Said twice in the file, since a price that is taken for another kind is off by the tax, and looks right.
        if channel.prices_with_tax is (channel.price_list is not None):
            raise ValueError(f"{where}: prices_with_tax = false belongs to a price list, and to nothing else")
    for slug, price_list in found.price_lists.items():
        where = f"[[channel]] {slug}"
        if not price_list.customer_types:
            raise ValueError(f"{where}: customer_types is empty: nobody could order there")
        known(where, "customer type", price_list.customer_types, found.customer_types)
        if not any(slug in method.prices for method in found.methods):
            raise ValueError(f"{where}: no shipping method has a price there: nothing could be ordered")


def _channel(channel: Entry) -> Channel:
    return Channel(
        slug=channel["slug"],
        name=channel["name"],
        currency=channel["currency"],
        country=channel["country"],
        prices_with_tax=channel.get("prices_with_tax", True),
        is_active=channel.get("active", True),
        price_list=_price_list(channel),
    )


def _price_list(channel: Entry) -> PriceList | None:
    if "price_list" not in channel:
        return None
    given = Entry(f"{channel.where}: price_list", channel["price_list"])
    return PriceList(tuple(given["customer_types"]), minor(given, "minimum_net"))


def _zone(zone: Entry) -> ShippingZone:
    methods = [_method(entry, zone) for entry in entries(zone, "method", "slug")]
    return ShippingZone(zone["name"], frozenset(zone["countries"]), tuple(methods))


def _method(method: Entry, zone: Entry) -> ShippingMethod:
    return ShippingMethod(
        slug=method["slug"],
        name=method["name"],
        price=minor(method),
        minimum=minor(method, "minimum") if "minimum" in method else 0,
        prices=_prices(method),
        tax_class=method["tax_class"],
        countries=frozenset(zone["countries"]),
        days=(method.get("minimum_days"), method.get("maximum_days")),
        translations=translations(method, "name"),
    )


def _warehouse(warehouse: Entry) -> Warehouse:
    address = {
        "companyName": warehouse["name"],
        "streetAddress1": warehouse["street"],
        "postalCode": warehouse["postal_code"],
        "city": warehouse["city"],
        "country": warehouse["country"],
    }
    hours = {language: texts["hours"] for language, texts in translations(warehouse, "hours").items()}
    return Warehouse(
        reference=warehouse["external_reference"],
        name=warehouse["name"],
        email=warehouse.get("email", ""),
        address=address,
        collects=warehouse.get("collects", False),
        hours={"nl": warehouse["hours"], **hours} if "hours" in warehouse else {},
    )


def _page(page: Entry) -> Page:
    known(page.where, "type", [page["type"]], PAGE_TYPES)
    return Page(
        slug=page["slug"],
        kind=page["type"],
        title=page["title"],
        paragraphs=_paragraphs(page.get("content", "")),
        texts={slug: page[slug] for slug in PAGE_TEXTS if slug in page},
        files={slug: page[slug] for slug in PAGE_FILES if slug in page},
        translations=translations(page, "title", "content", *PAGE_TEXTS),
    )


def _product(product: Entry) -> Product:
    tracked = not product.get("made_to_order", False)
    return Product(
        code=product["code"],
        slug=product["slug"],
        name=product["name"],
        paragraphs=_paragraphs(product.get("description", "")),
        category=product["category"],
        tax_class=product["tax_class"],
        producer=product["producer"],
        pages={slug: tuple(product.get(slug, ())) for slug in REFERENCES},
        texts={slug: product[slug] for slug in TEXT_ATTRIBUTES if slug in product},
        files={slug: product[slug] for slug in PRODUCT_FILES if slug in product},
        media=_media(product),
        variants=tuple(_variant(entry, product, tracked) for entry in entries(product, "variant", "sku")),
        listed=product.get("listed", True),
        translations=translations(product, "name", "description", *TEXT_ATTRIBUTES),
    )


def _variant(variant: Entry, product: Entry, tracked: bool) -> Variant:
    return Variant(
        sku=variant["sku"],
        name=variant.get("name", ""),
        price=minor(variant if "price" in variant else product),
        prices=_prices(variant if "prices" in variant else product),
        stock=int(variant["stock"]),
        warehouse=product["producer"],
        tracked=tracked,
        translations=translations(variant, "name"),
        media=_media(variant),
        colour=variant.get("colour", ""),
    )


def _media(entry: Entry) -> tuple[Media, ...]:
    """Each with its description, and that in another language as `alt_fr`."""
    return tuple(
        Media(
            one["file"],
            one.get("alt", ""),
            {language: one[f"alt_{language}"] for language in LANGUAGES if f"alt_{language}" in one},
        )
        for one in entry.get("media", ())
    )


def _colour(colour: Entry) -> Colour:
    value = colour["value"]
    if not re.fullmatch("#[0-9A-Fa-f]{6}", value):
        raise ValueError(f"{colour.where}: value: {value!r} is no colour such as #4B5A37")
    return Colour(colour["slug"], colour["name"], value, translations(colour, "name"))


def _collection(collection: Entry) -> Collection:
    return Collection(
        slug=collection["slug"],
        name=collection["name"],
        paragraphs=_paragraphs(collection.get("description", "")),
        products=tuple(collection["products"]),
        translations=translations(collection, "name", "description"),
    )


def _menu_item(item: Entry) -> MenuItem:
    kinds = [kind for kind in ("url", "page", "category", "collection") if kind in item]
    if len(kinds) != 1:
        raise ValueError(f"{item.where}: exactly one of url, page, category and collection is expected")
    return MenuItem(item["name"], kinds[0], item[kinds[0]], translations(item, "name"))


def _prices(entry: Entry) -> dict[str, int]:
    """What the entry costs in the price lists, by their slugs."""
    where, table = f"{entry.where}: prices", entry.get("prices", {})
    if not isinstance(table, Mapping):
        raise ValueError(f"{where}: {table!r} says not in which price list")
    given = Entry(where, table)
    return {slug: minor(given, slug) for slug in given}


def _paragraphs(text: str) -> tuple[str, ...]:
    """Lines are joined; a no-break space stays, which French has before its high signs."""
    return tuple(re.sub(r"[ \t\r\n]+", " ", part.strip()) for part in text.split("\n\n") if part.strip())


def editor_text(paragraphs: Sequence[str]) -> str | None:
    """The paragraphs as Saleor's rich text, which EditorJS writes; None where there are none. What begins with
    ``## `` is a heading."""
    if not paragraphs:
        return None
    blocks = [{"id": f"p{number}", **_block(text)} for number, text in enumerate(paragraphs)]
    return json.dumps({"time": 0, "version": "2.24.3", "blocks": blocks}, ensure_ascii=False)


def _block(paragraph: str) -> dict[str, Any]:
    heading = paragraph.removeprefix(HEADING)
    text = html.escape(heading, quote=False)
    if heading != paragraph:
        return {"type": "header", "data": {"text": text, "level": 2}}
    return {"type": "paragraph", "data": {"text": text}}


def editor_text_of(text: str) -> str | None:
    """A text of the file, blank lines between its paragraphs, as Saleor's rich text."""
    return editor_text(_paragraphs(text))
