"""Products, variants, pages and warehouses, as the API shows them."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from catalogue.file import editor_text
from catalogue.pictures import DESCRIPTION, DIMENSIONS, dimensions_of
from catalogue.values import (
    COLOUR,
    PAGE_FILES,
    PAGE_TEXTS,
    PRODUCT_FILES,
    REFERENCES,
    TEXT_ATTRIBUTES,
    Collection,
    Colour,
    Media,
    Page,
    Product,
    Variant,
    Warehouse,
)
from sandbox.saleor.addresses import address_node
from sandbox.saleor.auth import no_such_id, require, require_staff_or_app
from sandbox.saleor.catalogue import QUANTITY_LIMIT, available
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.thumbnails import picture_url

resolvers = Resolvers()


def product_id(core: Core, product: Product) -> str:
    return global_id("Product", core.catalogue.number("Product", product.code))


def product_node(core: Core, product: Product, channel: str | None) -> Node:
    """The product, priced in that channel (unpriced where none is given)."""
    return {
        "__typename": "Product",
        "id": product_id(core, product),
        "name": product.name,
        "slug": product.slug,
        "externalReference": product.code,
        "description": editor_text(product.paragraphs),
        "created": core.catalogue.changed_at,
        "updatedAt": core.catalogue.changed_at,
        "availableForPurchaseAt": core.catalogue.changed_at if channel and product.listed else None,
        "_product": product,
        "_channel": channel,
    }


def variant_node(core: Core, product: Product, variant: Variant, channel: str | None) -> Node:
    return {
        "__typename": "ProductVariant",
        "id": global_id("ProductVariant", core.catalogue.number("ProductVariant", variant.sku)),
        "name": variant.name or variant.sku,  # Saleor knows no variant without a name
        "sku": variant.sku,
        "trackInventory": variant.tracked,
        "_product": product,
        "_variant": variant,
        "_channel": channel,
    }


def warehouse_node(core: Core, warehouse: Warehouse) -> Node:
    number = core.catalogue.number("Warehouse", warehouse.reference)
    return {
        "__typename": "Warehouse",
        "id": global_id("Warehouse", number),
        "name": warehouse.name,
        "slug": warehouse.reference,
        "externalReference": warehouse.reference,
        "email": warehouse.email,
        "clickAndCollectOption": "ALL" if warehouse.collects else "DISABLED",
        "_warehouse": warehouse,
        "address": address_node(warehouse.address, f"warehouse-{number}"),
    }


def channel_node(core: Core) -> Node:
    channel = core.catalogue.file.channel
    return {
        "id": global_id("Channel", core.catalogue.number("Channel", channel.slug)),
        "slug": channel.slug,
        "name": channel.name,
        "isActive": channel.is_active,
        "currencyCode": channel.currency,
        "taxConfiguration": {"pricesEnteredWithTax": channel.prices_with_tax},
    }


def _page_node(core: Core, page: Page) -> Node:
    kind = global_id("PageType", core.catalogue.number("PageType", page.kind))
    return {
        "__typename": "Page",
        "id": global_id("Page", core.catalogue.number("Page", page.slug)),
        "slug": page.slug,
        "title": page.title,
        "content": editor_text(page.paragraphs),
        "isPublished": True,
        "created": core.catalogue.changed_at,
        "publishedAt": core.catalogue.changed_at,
        "pageType": {"id": kind, "name": page.kind.capitalize(), "slug": page.kind},
        "_page": page,
    }


def _shown(info: GraphQLResolveInfo, product: Product | None, channel: str | None) -> Node | None:
    """The product as this requestor may see it: what is not listed in the channel is for those who manage products."""
    core = core_of(info)
    only = core.catalogue.file.channel
    manages = _manages(info)
    if channel is None and not manages:
        # A Saleor that was set up anew has a default channel beside the shop's.
        raise GraphQLError("More than one channel exists. Specify which channel to use.")
    if product is None:
        return None
    in_list = channel in core.catalogue.file.price_lists
    for_sale = _in_price_list(core, product, channel) if in_list else _for_consumers(core, product, channel)
    if not for_sale and (in_list or not manages or channel not in (None, only.slug)):
        return None
    return product_node(core, product, channel)


def _for_consumers(core: Core, product: Product, channel: str | None) -> bool:
    only = core.catalogue.file.channel
    return product.listed and only.is_active and channel == only.slug


def _in_price_list(core: Core, product: Product, channel: str | None) -> bool:
    """Whoever asks is told: Saleor itself hides no price list."""
    found = next(one for one in core.catalogue.file.channels if one.slug == channel)
    return product.listed and found.is_active and any(found.price_of(one) is not None for one in product.variants)


def _manages(info: GraphQLResolveInfo) -> bool:
    requestor = info.context.requestor
    return bool(requestor.may("MANAGE_ORDERS", "MANAGE_DISCOUNTS", "MANAGE_PRODUCTS"))


@resolvers.field("Query.channels")
def channels(_root: object, info: GraphQLResolveInfo) -> list[Node]:
    require_staff_or_app(info)
    return [channel_node(core_of(info))]


@resolvers.field("Product.collections")
def product_collections(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    product: Product = root["_product"]
    found = core_of(info).catalogue.file.collections
    return [_collection_node(one) for one in found if product.code in one.products]


def _collection_node(found: Collection) -> Node:
    return {
        "id": global_id("Collection", found.slug),
        "slug": found.slug,
        "name": found.name,
        "description": editor_text(found.paragraphs),
        "_collection": found,
    }


@resolvers.field("Query.collection")
def collection(
    _root: object, info: GraphQLResolveInfo, id: str | None = None, slug: str | None = None, channel: str | None = None
) -> Node | None:
    """One that is published; here all are, in the shop's channel."""
    file = core_of(info).catalogue.file
    if channel != file.channel.slug:
        return None
    return next((_collection_node(one) for one in file.collections if one.slug == slug), None)


@resolvers.field("Query.product")
def product(
    _root: object,
    info: GraphQLResolveInfo,
    id: str | None = None,
    slug: str | None = None,
    externalReference: str | None = None,
    channel: str | None = None,
) -> Node | None:
    catalogue = core_of(info).catalogue
    if id is not None:
        if key_of("Product", id) is None:
            raise no_such_id(id, "Product")
        found = catalogue.product_by_id(id)
    elif slug is not None:
        found = catalogue.product_by_slug(slug)
    elif externalReference is not None:
        found = catalogue.file.products.get(externalReference)
    else:
        raise GraphQLError("At least one of arguments is required: 'id', 'slug', 'external_reference'.")
    return _shown(info, found, channel)


@resolvers.field("Query.products")
def products(
    _root: object,
    info: GraphQLResolveInfo,
    channel: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    size, start = page_size(first), place(after)
    shown = [n for p in core_of(info).catalogue.file.products.values() if (n := _shown(info, p, channel))]
    # Saleor sorts by slug where no other order is asked.
    shown.sort(key=lambda node: node["slug"])
    if start is not None:
        shown = [node for node in shown if [node["slug"]] > start]
    return connection(shown, size, lambda node: [node["slug"]], lambda node: node)


@resolvers.field("Query.page")
def page(_root: object, info: GraphQLResolveInfo, id: str | None = None, slug: str | None = None) -> Node | None:
    core = core_of(info)
    context(info).look()
    found = core.catalogue.file.pages.get(slug) if slug is not None else core.catalogue.page_by_id(id)
    return _page_node(core, found) if found else None


@resolvers.field("Query.warehouse")
def warehouse(
    _root: object, info: GraphQLResolveInfo, id: str | None = None, externalReference: str | None = None
) -> Node | None:
    require(info, "MANAGE_PRODUCTS", "MANAGE_ORDERS", "MANAGE_SHIPPING")
    core = core_of(info)
    if externalReference is not None:
        found = core.catalogue.file.warehouses.get(externalReference)
    else:
        found = core.catalogue.warehouse_by_id(id)
    return warehouse_node(core, found) if found else None


@resolvers.field("Product.category")
def product_category(root: Node, info: GraphQLResolveInfo) -> Node:
    catalogue = core_of(info).catalogue
    found = catalogue.file.categories[root["_product"].category]
    number = catalogue.number("Category", found.slug)
    return {"id": global_id("Category", number), "slug": found.slug, "name": found.name, "_category": found}


@resolvers.field("Product.isAvailable")
def product_is_available(root: Node, info: GraphQLResolveInfo) -> bool | None:
    if root["_channel"] is None:
        return None
    found: Product = root["_product"]
    core = core_of(info)
    with core.store.read() as reader:
        return found.listed and any(not v.tracked or available(reader, v) > 0 for v in found.variants)


@resolvers.field("Product.variants")
def product_variants(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    found: Product = root["_product"]
    return [variant_node(core_of(info), found, variant, root["_channel"]) for variant in found.variants]


@resolvers.field("ProductVariant.product")
def variant_product(root: Node, info: GraphQLResolveInfo) -> Node:
    return product_node(core_of(info), root["_product"], root["_channel"])


@resolvers.field("ProductVariant.quantityAvailable")
def variant_quantity_available(root: Node, info: GraphQLResolveInfo) -> int:
    variant: Variant = root["_variant"]
    if not variant.tracked:
        return QUANTITY_LIMIT
    with core_of(info).store.read() as reader:
        return min(QUANTITY_LIMIT, available(reader, variant))


@resolvers.field("Product.media")
def product_media(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    return [_media_node(core_of(info), media) for media in root["_product"].pictures]


@resolvers.field("ProductVariant.media")
def variant_media(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    return [_media_node(core_of(info), media) for media in root["_variant"].media]


def _media_node(core: Core, media: Media) -> Node:
    number = core.catalogue.number("ProductMedia", media.file)
    return {"id": global_id("ProductMedia", number), "alt": media.alt, "type": "IMAGE", "_media": media}


@resolvers.field("ProductMedia.metafield")
def media_metafield(root: Node, info: GraphQLResolveInfo, key: str) -> str | None:
    """What the set-up tells of each picture that it uploads: its size, and what it shows in other languages."""
    media: Media = root["_media"]
    if key.startswith(DESCRIPTION):
        return media.translations.get(key.removeprefix(DESCRIPTION))
    path = core_of(info).catalogue.pictures / media.file
    return dimensions_of(path) if key == DIMENSIONS and path.is_file() else None


@resolvers.field("ProductMedia.url")
def media_url(root: Node, info: GraphQLResolveInfo, size: int | None = None, format: str | None = None) -> str:
    return picture_url(core_of(info), root["_media"], size, format)


@resolvers.field("Product.thumbnail")
def product_thumbnail(
    root: Node, info: GraphQLResolveInfo, size: int | None = None, format: str | None = None
) -> Node | None:
    media = root["_product"].media
    if not media:
        return None
    return {"url": picture_url(core_of(info), media[0], size or 256, format), "alt": media[0].alt}


@resolvers.field("Product.assignedAttribute")
def product_attribute(root: Node, info: GraphQLResolveInfo, slug: str) -> Node | None:
    core = core_of(info)
    found: Product = root["_product"]
    pages = core.catalogue.file.pages
    if slug == "producer":
        value = _page_node(core, pages[found.producer])
        return _attribute("AssignedSinglePageReferenceAttribute", slug, "Gemaakt door", value)
    if slug in REFERENCES:
        values = [_page_node(core, pages[page]) for page in found.pages[slug]]
        return _attribute("AssignedMultiPageReferenceAttribute", slug, REFERENCES[slug][0], values)
    return _carried(core, slug, found, TEXT_ATTRIBUTES, PRODUCT_FILES)


@resolvers.field("ProductVariant.assignedAttribute")
def variant_attribute(root: Node, info: GraphQLResolveInfo, slug: str) -> Node | None:
    found: Colour | None = core_of(info).catalogue.file.colours.get(root["_variant"].colour)
    if slug != COLOUR or found is None:
        return None
    value = {"name": found.name, "slug": found.slug, "hexColor": found.value, "file": None, "_colour": found}
    return _attribute("AssignedSwatchAttribute", slug, "Kleur", value)


@resolvers.field("AssignedSwatchAttributeValue.translation")
def colour_translation(root: Node, info: GraphQLResolveInfo, languageCode: str) -> str | None:
    told: Colour = root["_colour"]
    return told.translations.get(languageCode.lower(), {}).get("name")


@resolvers.field("Page.assignedAttribute")
def page_attribute(root: Node, info: GraphQLResolveInfo, slug: str) -> Node | None:
    return _carried(core_of(info), slug, root["_page"], PAGE_TEXTS, PAGE_FILES)


@resolvers.field("AssignedMultiPageReferenceAttribute.value")
def several_pages(root: Node, info: GraphQLResolveInfo, limit: int | None = None) -> list[Node]:
    pages: list[Node] = root["value"]
    return pages[:limit]


def _carried(
    core: Core, slug: str, of: Product | Page, texts: Mapping[str, str], files: Mapping[str, str]
) -> Node | None:
    """The text or the file of an attribute; None for an attribute that such a thing does not have."""
    if slug in texts:
        told = {language: found[slug] for language, found in of.translations.items() if slug in found}
        return {**_attribute("AssignedPlainTextAttribute", slug, texts[slug], of.texts.get(slug)), "_told": told}
    if slug in files:
        value = {"url": f"{core.base_url}/media/{of.files[slug]}"} if slug in of.files else None
        return _attribute("AssignedFileAttribute", slug, files[slug], value)
    return None


def _attribute(type_name: str, slug: str, name: str, value: Any) -> Node:
    known = {"id": global_id("Attribute", slug), "slug": slug, "name": name}
    return {"__typename": type_name, "attribute": known, "value": value}
