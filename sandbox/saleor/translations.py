"""The texts of the file in the other languages: what Saleor has of an object, or nothing."""

from collections.abc import Mapping

from graphql import GraphQLResolveInfo

from catalogue.file import editor_text_of
from catalogue.values import PAGE_TEXTS, TEXT_ATTRIBUTES
from sandbox.saleor.core import Node, Resolvers
from sandbox.saleor.ids import global_id

resolvers = Resolvers()

_RICH = ("description", "content")
_KINDS = {
    "Product": "_product",
    "ProductVariant": "_variant",
    "Category": "_category",
    "Collection": "_collection",
    "Page": "_page",
    "ShippingMethod": "_method",
}
"""Where the node of a type has what the file says of it."""


def _translated(type_name: str, root: Node, language: str) -> Node | None:
    """The translation into exactly this language: Saleor takes no other for it (``EN`` is none of ``EN_GB``)."""
    texts: Mapping[str, str] = root[_KINDS[type_name]].translations.get(language.lower(), {})
    own = {name: text for name, text in texts.items() if name not in (*TEXT_ATTRIBUTES, *PAGE_TEXTS)}
    if not own:
        return None
    shown = {name: editor_text_of(text) if name in _RICH else text for name, text in own.items()}
    return {"id": global_id(f"{type_name}Translation", f"{root['id']}-{language}"), **shown}


@resolvers.field("Product.translation")
def product_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("Product", root, languageCode)


@resolvers.field("ProductVariant.translation")
def variant_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("ProductVariant", root, languageCode)


@resolvers.field("Category.translation")
def category_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("Category", root, languageCode)


@resolvers.field("Collection.translation")
def collection_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("Collection", root, languageCode)


@resolvers.field("Page.translation")
def page_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("Page", root, languageCode)


@resolvers.field("ShippingMethod.translation")
def method_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> Node | None:
    return _translated("ShippingMethod", root, languageCode)


@resolvers.field("AssignedPlainTextAttribute.translation")
def text_translation(root: Node, _info: GraphQLResolveInfo, languageCode: str) -> str | None:
    told: Mapping[str, str] = root.get("_told", {})
    return told.get(languageCode.lower())
