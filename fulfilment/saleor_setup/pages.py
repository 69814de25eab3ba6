"""The pages: makers and designers, each with the abstract mark that stands for them, materials, and stories."""

import hashlib
from pathlib import Path
from typing import Any

from catalogue.file import editor_text
from catalogue.values import PAGE_TEXTS, Page
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry
from fulfilment.saleor_setup.translations import own, translate, translate_attributes

MARK = "setup.mark"
"""Private metadata of a page: the digest of the mark that was uploaded, since Saleor gives files names of its own."""


def set_up_pages(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("pages")}
    fresh: list[Page] = []
    for page in setup.file.pages.values():
        node = seen.get(page.slug)
        if node is not None and node["pageType"]["slug"] != page.kind:
            told = f"Saleor has a page of this name of the type {node['pageType']['slug']}"
            raise SetUpError(f"{entry('page', page.slug)}: {told}; give that one another slug")
        _page(setup, page, node)
        translate(setup, "page", page.slug, node, own(page.translations, PAGE_TEXTS))
        if node is None:
            fresh.append(page)
        else:
            _texts(setup, page, node)
    if fresh and setup.apply:  # the values of their attributes have ids only now
        made = {node["slug"]: node for node in setup.nodes("pages")}
        for page in fresh:
            _texts(setup, page, made[page.slug], is_new=True)


def _texts(setup: Setup, page: Page, node: Node, *, is_new: bool = False) -> None:
    translate_attributes(setup, "page", page.slug, node, PAGE_TEXTS, page.translations, is_new=is_new)


def _page(setup: Setup, page: Page, node: Node | None) -> None:
    digest = _digest(setup, page)
    content = editor_text(page.paragraphs)
    wanted: dict[str, Any] = {
        "title": page.title,
        "content": content,
        "isPublished": True,
        "mark": digest,
        **{slug: page.texts.get(slug, "") for slug in PAGE_TEXTS},
    }
    now = None
    if node is not None:
        now = {
            **node,
            "content": there_or_same(node["content"], content),
            "mark": node["mark"] or "",
            **_texts_of(node),
        }

    def as_input(fields: Node) -> Node:
        given = {name: value for name, value in fields.items() if name not in PAGE_TEXTS and name != "mark"}
        attributes: list[Node] = [
            {"id": setup.ids["attribute", slug], "plainText": fields[slug]} for slug in PAGE_TEXTS if slug in fields
        ]
        if fields.get("mark") and setup.apply:
            attributes.append({"id": setup.ids["attribute", "mark"], **_upload(setup, page)})
        return {**given, "attributes": attributes} if attributes else given

    extra = {"slug": page.slug, "pageType": setup.ids["page_type", page.kind]}
    setup.ensure("page", page.slug, now, wanted, extra=extra, as_input=as_input)
    if setup.apply and digest and (now is None or now["mark"] != digest):
        kept_digest = {"id": setup.ids["page", page.slug], "input": [{"key": MARK, "value": digest}]}
        setup.write("page", page.slug, "keep_digest", kept_digest)


def _texts_of(node: Node) -> dict[str, str]:
    values = {found["attribute"]["slug"]: found["values"] for found in node["attributes"]}
    return {slug: (values[slug][0]["plainText"] or "") if values.get(slug) else "" for slug in PAGE_TEXTS}


def _digest(setup: Setup, page: Page) -> str:
    if not page.mark:
        return ""
    try:
        return digest_of(setup.pictures / page.mark)
    except OSError as error:
        raise SetUpError(f"{entry('page', page.slug)}: {page.mark}: {error.strerror}") from error


def digest_of(path: Path) -> str:
    """What a file is known by: the SHA-256 of its bytes, in hexadecimal. `OSError`."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _upload(setup: Setup, page: Page) -> Node:
    made = setup.upload("page", page.slug, "upload_file", {"file": None}, "file", setup.pictures / page.mark)
    return {"file": made["url"], "contentType": made["contentType"]}
