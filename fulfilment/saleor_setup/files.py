"""Files that attributes carry: the marks of makers, the drawings of products.

Saleor gives a file a name of its own and tells nothing of its content. So what was uploaded is known by its digest, in
the private metadata `setup.<slug>` of whatever carries it; what staff hang up in the Dashboard stays until our file
changes.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from catalogue.values import Page, Product
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry


def digest_of(path: Path) -> str:
    """What a file is known by: the SHA-256 of its bytes, in hexadecimal. `OSError`."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digests(setup: Setup, kind: str, key: str, carrier: Page | Product, slugs: Mapping[str, str]) -> dict[str, str]:
    """The digest of each of its files, by slug; empty where it has none. `SetUpError` for one that is not there."""
    found: dict[str, str] = {}
    for slug in slugs:
        name = carrier.files.get(slug, "")
        try:
            found[slug] = digest_of(setup.pictures / name) if name else ""
        except OSError as error:
            raise SetUpError(f"{entry(kind, key)}: {name}: {error.strerror}") from error
    return found


def uploaded(setup: Setup, kind: str, key: str, carrier: Page | Product, slug: str) -> Node:
    """The file in Saleor's storage, as the input of its attribute."""
    path = setup.pictures / carrier.files[slug]
    made = setup.upload(kind, key, "upload_file", {"file": None}, "file", path)
    return {"id": setup.ids["attribute", slug], "file": made["url"], "contentType": made["contentType"]}


def keep_digests(setup: Setup, kind: str, key: str, wanted: Mapping[str, str], now: Node | None) -> None:
    """Last: a run that was cut short uploads again."""
    fresh = {slug: digest for slug, digest in wanted.items() if digest and (now is None or now[slug] != digest)}
    if setup.apply and fresh:
        kept = [{"key": f"setup.{slug}", "value": digest} for slug, digest in fresh.items()]
        setup.write(kind, key, "keep_digest", {"id": setup.ids[kind, key], "input": kept})
