"""Products, their variants and colours, as a Saleor that was set up from the file tells them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue.file import editor_text, editor_text_of
from catalogue.values import (
    COLOUR,
    PRODUCT_FILES,
    TEXT_ATTRIBUTES,
    CatalogueFile,
    Product,
    ShippingMethod,
    Translations,
    Variant,
)
from fulfilment.saleor_setup import files, pictures
from fulfilment.saleor_setup.setup import ALIASES

DEMO = Path(__file__).parents[2] / "demo"
RICH = ("description", "content")

Nodes = dict[str, Any]


def digest(name: str) -> str | None:
    """What is kept of a file that an attribute carries; None where there is none."""
    return files.digest_of(DEMO / "pictures" / name) if name else None


def told(translations: Translations, fields: tuple[str, ...] = ()) -> Nodes:
    """Translations under the names of the documents; with `fields` only those."""
    return {
        ALIASES[language]: {
            name: editor_text_of(text) if name in RICH else text
            for name, text in texts.items()
            if not fields or name in fields
        }
        for language, texts in translations.items()
    }


def prices(thing: ShippingMethod | Variant, file: CatalogueFile) -> list[Nodes]:
    prices = {channel.slug: channel.price_of(thing) for channel in file.channels}
    return [
        {"channel": {"slug": slug}, "price": {"amount": Decimal(minor) / 100}}
        for slug, minor in prices.items()
        if minor is not None
    ]


def texts(of: str, slugs: Iterable[str], texts: Mapping[str, str], translations: Translations) -> list[Nodes]:
    """Plain texts with their translations, as values of attributes."""

    def told(slug: str) -> Nodes:
        return {ALIASES[name]: {"plainText": one[slug]} for name, one in translations.items() if slug in one}

    values = {slug: {"id": f"text:{of}:{slug}", "plainText": texts.get(slug, ""), **told(slug)} for slug in slugs}
    return [{"attribute": {"slug": slug}, "values": [value]} for slug, value in values.items()]


def colour_nodes(file: CatalogueFile) -> list[Nodes]:
    return [
        {
            "id": f"colour:{slug}",
            "externalReference": slug,
            "name": one.name,
            "value": one.value,
            **told(one.translations),
        }
        for slug, one in file.colours.items()
    ]


def product_node(product: Product, file: CatalogueFile) -> Nodes:
    return {
        "id": f"product:{product.code}",
        "externalReference": product.code,
        "slug": product.slug,
        "name": product.name,
        "description": editor_text(product.paragraphs),
        "category": {"slug": product.category},
        "taxClass": {"name": file.tax_classes[product.tax_class]},
        **{slug: digest(product.files.get(slug, "")) for slug in PRODUCT_FILES},
        "pictures": pictures.kept_of(DEMO / "pictures", product),
        "media": [{"id": f"medium:{one.file}"} for one in product.pictures],
        "attributes": _attributes(product),
        "channelListings": [
            {
                "channel": {"slug": slug},
                "isPublished": product.listed,
                "visibleInListings": product.listed,
                "isAvailableForPurchase": product.listed,
            }
            for slug in file.sold_in(*product.variants)
        ],
        "variants": [_variant(variant, file) for variant in product.variants],
        **told(product.translations, ("name", "description")),
    }


def _attributes(product: Product) -> list[Nodes]:
    references = {"producer": [product.producer], **product.pages}
    found: list[Nodes] = [
        {"attribute": {"slug": slug}, "values": [{"reference": f"page:{page}"} for page in of]}
        for slug, of in references.items()
    ]
    return [*found, *texts(product.code, TEXT_ATTRIBUTES, product.texts, product.translations)]


def _given(values: Mapping[str, str]) -> list[Nodes]:
    """Values of attributes that stand in the file by their slugs."""
    return [{"attribute": {"slug": slug}, "values": [{"externalReference": of}]} for slug, of in values.items()]


def _variant(variant: Variant, file: CatalogueFile) -> Nodes:
    return {
        "id": f"variant:{variant.sku}",
        "sku": variant.sku,
        "name": variant.name or variant.sku,
        "trackInventory": variant.tracked,
        "stocks": [{"warehouse": {"externalReference": variant.warehouse}}],
        "attributes": _given({COLOUR: variant.colour} if variant.colour else {}),
        "channelListings": prices(variant, file),
        **told(variant.translations),
    }
