"""The pictures of a product, in the order of the file."""

import json
from collections.abc import Sequence
from pathlib import Path

from catalogue.values import Media, Product
from fulfilment.saleor_setup.pages import digest_of
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry

PICTURES = "setup.pictures"
"""Private metadata of a product: digest and description of each picture that was uploaded, since Saleor tells neither
the name nor the content of a file. What staff change in the Dashboard stays until the file itself changes."""


def set_up_pictures(setup: Setup, product: Product, node: Node | None) -> None:
    wanted = _wanted(setup, product)
    if (node["pictures"] or "[]" if node else "[]") == wanted:
        return
    if node is not None:
        setup.change("product", product.code, ("pictures",), "keep_digest", _kept(setup, product, "[]"))
    if not setup.apply:
        return
    for medium in (node or {}).get("media") or ():
        setup.write("product", product.code, "delete_picture", {"id": medium["id"]})
    for medium in product.media:
        given = {"product": setup.ids["product", product.code], "alt": medium.alt, "image": None}
        path = setup.pictures / medium.file
        setup.upload("product", product.code, "add_picture", {"input": given}, "input.image", path)
    # Last: a run that was cut short begins again with this product's pictures.
    setup.write("product", product.code, "keep_digest", _kept(setup, product, wanted))


def _kept(setup: Setup, product: Product, value: str) -> Node:
    return {"id": setup.ids["product", product.code], "input": [{"key": PICTURES, "value": value}]}


def _wanted(setup: Setup, product: Product) -> str:
    try:
        return kept_of(setup.pictures, product.media)
    except OSError as error:
        raise SetUpError(f"{entry('product', product.code)}: {error.filename}: {error.strerror}") from error


def kept_of(folder: Path, media: Sequence[Media]) -> str:
    """What is kept of pictures in `folder`: the digest and the description of each, as JSON. `OSError`."""
    return json.dumps([[digest_of(folder / medium.file), medium.alt] for medium in media], ensure_ascii=False)
