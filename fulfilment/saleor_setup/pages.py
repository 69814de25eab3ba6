"""The pages: makers and designers, each with the abstract mark that stands for them, materials, and stories."""

from typing import Any

from catalogue.file import editor_text
from catalogue.values import PAGE_FILES, PAGE_TEXTS, Page
from fulfilment.saleor_setup.files import digests, keep_digests, uploaded
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry
from fulfilment.saleor_setup.translations import own, translate, translate_attributes


def set_up_pages(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("pages")}
    for page in setup.file.pages.values():
        node = seen.get(page.slug)
        if node is not None and node["pageType"]["slug"] != page.kind:
            told = f"Saleor has a page of this name of the type {node['pageType']['slug']}"
            raise SetUpError(f"{entry('page', page.slug)}: {told}; give that one another slug")
        written = _page(setup, page, node)
        translate(setup, "page", page.slug, node, own(page.translations, PAGE_TEXTS))
        translate_attributes(setup, ("page", page.slug), node, written or node, PAGE_TEXTS, page.translations)


def _page(setup: Setup, page: Page, node: Node | None) -> Node | None:
    """What Saleor told of it, where it was written."""
    files = digests(setup, "page", page.slug, page, PAGE_FILES)
    content = editor_text(page.paragraphs)
    wanted: dict[str, Any] = {
        "title": page.title,
        "content": content,
        "isPublished": True,
        **files,
        **{slug: page.texts.get(slug, "") for slug in PAGE_TEXTS},
    }
    now = None
    if node is not None:
        now = {
            **node,
            "content": there_or_same(node["content"], content),
            **{slug: node[slug] or "" for slug in PAGE_FILES},
            **_texts_of(node),
        }

    def as_input(fields: Node) -> Node:
        given = {name: value for name, value in fields.items() if name not in PAGE_TEXTS and name not in PAGE_FILES}
        attributes: list[Node] = [
            {"id": setup.ids["attribute", slug], "plainText": fields[slug]} for slug in PAGE_TEXTS if slug in fields
        ]
        if setup.apply:
            attributes += [uploaded(setup, "page", page.slug, page, slug) for slug in PAGE_FILES if fields.get(slug)]
        return {**given, "attributes": attributes} if attributes else given

    extra = {"slug": page.slug, "pageType": setup.ids["page_type", page.kind]}
    written = setup.ensure("page", page.slug, now, wanted, extra=extra, as_input=as_input)
    keep_digests(setup, "page", page.slug, files, now)
    return written


def _texts_of(node: Node) -> dict[str, str]:
    values = {found["attribute"]["slug"]: found["values"] for found in node["attributes"]}
    return {slug: (values[slug][0]["plainText"] or "") if values.get(slug) else "" for slug in PAGE_TEXTS}
