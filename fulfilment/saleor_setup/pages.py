"""The pages about makers and designers, each with the abstract mark that stands for them."""

import hashlib
from pathlib import Path
from typing import Any

from catalogue.file import editor_text
from catalogue.values import Page
from fulfilment.saleor_setup.rich_text import there_or_same
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry
from fulfilment.saleor_setup.translations import translate

MARK = "setup.mark"
"""Private metadata of a page: the digest of the mark that was uploaded, since Saleor gives files names of its own."""


def set_up_pages(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("pages")}
    for page in setup.file.pages.values():
        node = seen.get(page.slug)
        if node is not None and node["pageType"]["slug"] != page.kind:
            told = f"Saleor has a page of this name of the type {node['pageType']['slug']}"
            raise SetUpError(f"{entry('page', page.slug)}: {told}; give that one another slug")
        _page(setup, page, node)
        translate(setup, "page", page.slug, node, page.translations)


def _page(setup: Setup, page: Page, node: Node | None) -> None:
    digest = _digest(setup, page)
    content = editor_text(page.paragraphs)
    wanted: dict[str, Any] = {
        "title": page.title,
        "content": content,
        "isPublished": True,
        "city": page.city,
        "mark": digest,
    }
    now = None
    if node is not None:
        now = {
            **node,
            "content": there_or_same(node["content"], content),
            "city": (node["city"] or {}).get("value") or "",
            "mark": node["mark"] or "",
        }

    def as_input(fields: Node) -> Node:
        given = {name: value for name, value in fields.items() if name not in ("city", "mark")}
        attributes: list[Node] = []
        if "city" in fields:
            attributes.append({"id": setup.ids["attribute", "city"], "plainText": page.city})
        if fields.get("mark") and setup.apply:
            attributes.append({"id": setup.ids["attribute", "mark"], **_upload(setup, page)})
        return {**given, "attributes": attributes} if attributes else given

    extra = {"slug": page.slug, "pageType": setup.ids["page_type", page.kind]}
    setup.ensure("page", page.slug, now, wanted, extra=extra, as_input=as_input)
    if setup.apply and digest and (now is None or now["mark"] != digest):
        kept_digest = {"id": setup.ids["page", page.slug], "input": [{"key": MARK, "value": digest}]}
        setup.write("page", page.slug, "keep_digest", kept_digest)


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
