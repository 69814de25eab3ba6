"""Attributes, and the types that carry them: what pages are about, and the one kind of product with its variants."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.values import (
    COLOUR,
    PAGE_FILES,
    PAGE_TEXTS,
    PAGE_TYPES,
    PRODUCT_FILES,
    REFERENCES,
    TEXT_ATTRIBUTES,
)
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry

PRODUCT_TYPE = "object"


@dataclass(frozen=True)
class Attribute:
    """An attribute as our documents expect it: `type` says whether products or pages carry it."""

    slug: str
    name: str
    type: str
    input_type: str
    entity_type: str | None = None


PRODUCT_ATTRIBUTES = (
    Attribute("producer", "Maker", "PRODUCT_TYPE", "SINGLE_REFERENCE", "PAGE"),
    *(Attribute(slug, name, "PRODUCT_TYPE", "REFERENCE", "PAGE") for slug, (name, _kind) in REFERENCES.items()),
    *(Attribute(slug, name, "PRODUCT_TYPE", "PLAIN_TEXT") for slug, name in TEXT_ATTRIBUTES.items()),
    *(Attribute(slug, name, "PRODUCT_TYPE", "FILE") for slug, name in PRODUCT_FILES.items()),
)
VARIANT_ATTRIBUTES = (Attribute(COLOUR, "Kleur", "PRODUCT_TYPE", "SWATCH"),)
PAGE_ATTRIBUTES = (
    *(Attribute(slug, name, "PAGE_TYPE", "PLAIN_TEXT") for slug, name in PAGE_TEXTS.items()),
    *(Attribute(slug, name, "PAGE_TYPE", "FILE") for slug, name in PAGE_FILES.items()),
)


def set_up_types(setup: Setup) -> None:
    attributes = (*PRODUCT_ATTRIBUTES, *VARIANT_ATTRIBUTES, *PAGE_ATTRIBUTES)
    slugs = {
        "attributes": [attribute.slug for attribute in attributes],
        "pageTypes": list(PAGE_TYPES),
        "productTypes": [PRODUCT_TYPE],
    }
    found = setup.saleor.execute("setup/types", slugs)
    seen = {kind: {edge["node"]["slug"]: edge["node"] for edge in page["edges"]} for kind, page in found.items()}
    for attribute in attributes:
        _attribute(setup, attribute, seen["attributes"].get(attribute.slug))
    for slug, name in PAGE_TYPES.items():
        _page_type(setup, slug, name, seen["pageTypes"].get(slug))
    _product_type(setup, seen["productTypes"].get(PRODUCT_TYPE))


def _attribute(setup: Setup, attribute: Attribute, node: Node | None) -> None:
    """An attribute cannot become another kind: then a person must rename the one that stands in the way."""
    wanted = {"type": attribute.type, "inputType": attribute.input_type, "entityType": attribute.entity_type}
    if node is not None and any(node[name] != value for name, value in wanted.items()):
        told = f"Saleor has an attribute of this name of another kind ({node['type']}, {node['inputType']})"
        raise SetUpError(f"{entry('attribute', attribute.slug)}: {told}; give that one another slug")
    extra = {"slug": attribute.slug, "name": attribute.name}
    setup.ensure("attribute", attribute.slug, node, wanted, extra=extra)


def _missing(attributes: Sequence[Attribute], there: Sequence[Node]) -> list[str]:
    slugs = {found["slug"] for found in there}
    return [attribute.slug for attribute in attributes if attribute.slug not in slugs]


def _page_type(setup: Setup, slug: str, name: str, node: Node | None) -> None:
    attributes = [setup.ids["attribute", attribute.slug] for attribute in PAGE_ATTRIBUTES]
    setup.ensure("page_type", slug, node, {}, extra={"slug": slug, "name": name, "addAttributes": attributes})
    missing = _missing(PAGE_ATTRIBUTES, node["attributes"] or ()) if node else []
    if node is not None and missing:
        ids = [setup.ids["attribute", found] for found in missing]
        setup.change(
            "page_type",
            slug,
            tuple(missing),
            "assign_page_attributes",
            {"pageTypeId": node["id"], "attributeIds": ids},
        )


def _product_type(setup: Setup, node: Node | None) -> None:
    first = next(iter(setup.file.tax_classes))
    now = {**node, "taxClass": (node["taxClass"] or {}).get("name")} if node else None
    attributes = [setup.ids["attribute", attribute.slug] for attribute in PRODUCT_ATTRIBUTES]
    extra = {
        "slug": PRODUCT_TYPE,
        "name": "Object",
        "kind": "NORMAL",
        "isShippingRequired": True,
        "hasVariants": True,
        "productAttributes": attributes,
        "variantAttributes": [setup.ids["attribute", attribute.slug] for attribute in VARIANT_ATTRIBUTES],
    }
    setup.ensure(
        "product_type",
        PRODUCT_TYPE,
        now,
        {"taxClass": setup.file.tax_classes[first]},
        extra=extra,
        as_input=lambda fields: {"taxClass": setup.ids["tax_class", first]} if fields else {},
    )
    if node is not None:
        _assign(setup, node, "PRODUCT", _missing(PRODUCT_ATTRIBUTES, node["productAttributes"] or ()))
        _assign(setup, node, "VARIANT", _missing(VARIANT_ATTRIBUTES, node["variantAttributes"] or ()))


def _assign(setup: Setup, node: Node, carrier: str, missing: Sequence[str]) -> None:
    """Attributes that the type does not give products, or variants, yet."""
    if missing:
        operations = [{"id": setup.ids["attribute", found], "type": carrier} for found in missing]
        variables = {"productTypeId": node["id"], "operations": operations}
        setup.change("product_type", PRODUCT_TYPE, tuple(missing), "assign_product_attributes", variables)
