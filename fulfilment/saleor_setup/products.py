"""Products with their texts and references, and where they are for sale."""

from typing import Any

from catalogue.file import editor_text
from catalogue.values import PRODUCT_FILES, REFERENCES, TEXT_ATTRIBUTES, Product
from fulfilment.saleor_setup.files import digests, keep_digests, uploaded
from fulfilment.saleor_setup.pictures import set_up_pictures
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import Node, Setup
from fulfilment.saleor_setup.translations import own, translate, translate_attributes
from fulfilment.saleor_setup.types import PRODUCT_TYPE
from fulfilment.saleor_setup.variants import set_up_variants

FLAGS = ("isPublished", "visibleInListings", "isAvailableForPurchase")
"""What a product is in a channel where it is for sale."""


def set_up_categories(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("categories")}
    for slug, category in setup.file.categories.items():
        node = seen.get(slug)
        setup.ensure("category", slug, node, {"name": category.name}, extra={"slug": slug})
        translate(setup, "category", slug, node, category.translations)


def set_up_products(setup: Setup) -> None:
    pages = {setup.ids["page", slug]: slug for slug in setup.file.pages}
    seen = {node["externalReference"]: node for node in setup.nodes("products")}
    for at, product in enumerate(setup.file.products.values(), start=1):
        node = seen.get(product.code)
        written = _product(setup, product, node, pages)
        _listings(setup, product, node)
        set_up_variants(setup, product, node)
        set_up_pictures(setup, product, node)
        translate(setup, "product", product.code, node, own(product.translations, TEXT_ATTRIBUTES))
        of = ("product", product.code)
        translate_attributes(setup, of, node, written or node, TEXT_ATTRIBUTES, product.translations)
        setup.count(at, len(setup.file.products))


def _product(setup: Setup, product: Product, node: Node | None, pages: dict[str, str]) -> Node | None:
    """What Saleor told of it, where it was written."""
    description = editor_text(product.paragraphs)
    files = digests(setup, "product", product.code, product, PRODUCT_FILES)
    wanted: dict[str, Any] = {
        "name": product.name,
        "slug": product.slug,
        "description": description,
        "category": product.category,
        "taxClass": setup.file.tax_classes[product.tax_class],
        "producer": [product.producer],
        **{slug: sorted(pages) for slug, pages in product.pages.items()},
        **{slug: product.texts.get(slug, "") for slug in TEXT_ATTRIBUTES},
        **files,
    }
    now = _seen(node, description, pages) if node is not None else None
    ids = {"category": setup.ids["category", product.category], "taxClass": setup.ids["tax_class", product.tax_class]}

    def as_input(fields: Node) -> Node:
        given: dict[str, Any] = {name: fields[name] for name in ("name", "slug", "description") if name in fields}
        given |= {name: ids[name] for name in ids if name in fields}
        known = [name for name in fields if ("attribute", name) in setup.ids and name not in PRODUCT_FILES]
        attributes = [_attribute(setup, product, name) for name in known]
        if setup.apply:
            named = [slug for slug in PRODUCT_FILES if fields.get(slug)]
            attributes += [uploaded(setup, "product", product.code, product, slug) for slug in named]
        return {**given, "attributes": attributes} if attributes else given

    extra = {"externalReference": product.code, "productType": setup.ids["product_type", PRODUCT_TYPE]}
    written = setup.ensure("product", product.code, now, wanted, extra=extra, as_input=as_input)
    keep_digests(setup, "product", product.code, files, now)
    return written


def _attribute(setup: Setup, product: Product, slug: str) -> Node:
    given: Node
    if slug == "producer":
        given = {"reference": setup.ids["page", product.producer]}
    elif slug in REFERENCES:
        given = {"references": [setup.ids["page", page] for page in product.pages[slug]]}
    else:
        given = {"plainText": product.texts.get(slug, "")}
    return {"id": setup.ids["attribute", slug], **given}


def _seen(node: Node, description: str | None, pages: dict[str, str]) -> Node:
    """The product as Saleor has it, with the fields that we compare."""
    now: dict[str, Any] = {name: node[name] for name in ("id", "name", "slug")}
    now["description"] = there_or_same(node["description"], description)
    now["category"] = (node["category"] or {}).get("slug")
    now["taxClass"] = (node["taxClass"] or {}).get("name")
    now |= {slug: node[slug] or "" for slug in PRODUCT_FILES}
    now |= {"producer": [], **{slug: [] for slug in REFERENCES}, **dict.fromkeys(TEXT_ATTRIBUTES, "")}
    for found in node["attributes"]:
        slug = found["attribute"]["slug"]
        if slug == "producer" or slug in REFERENCES:
            now[slug] = sorted(pages.get(value["reference"], "?") for value in found["values"])
        elif slug in TEXT_ATTRIBUTES and found["values"]:
            now[slug] = found["values"][0]["plainText"] or ""
    return now


def _listings(setup: Setup, product: Product, node: Node | None) -> None:
    """Published in every channel of the file in which it has a price, unless the file says that it is known but not
    for sale."""
    listings = {found["channel"]["slug"]: found for found in (node or {}).get("channelListings") or ()}
    sold_in = setup.file.sold_in(*product.variants)
    wrong = [
        slug
        for slug in sold_in
        if setup.is_ours(
            "product", product.code, f"channels ({slug})", _flags(listings.get(slug)), [product.listed] * 3
        )
    ]
    gone = [channel_id for slug, channel_id in setup.channel_ids().items() if slug in listings and slug not in sold_in]
    if not wrong and not gone:
        return
    channels = [{"channelId": setup.ids["channel", slug], **dict.fromkeys(FLAGS, product.listed)} for slug in wrong]
    given = {"updateChannels": channels, "removeChannels": gone}
    variables = {"id": setup.ids["product", product.code], "input": given}
    setup.change("product", product.code, ("channels",), "list_product", variables, is_new=node is None)


def _flags(listing: Node | None) -> list[bool] | None:
    return [bool(listing[flag]) for flag in FLAGS] if listing else None
