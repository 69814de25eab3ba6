"""The pictures of a product and of its variants, in the order of the file."""

import json
from pathlib import Path

from catalogue.pictures import DESCRIPTION, DIMENSIONS, dimensions_of
from catalogue.values import Media, Product, Variant
from fulfilment.saleor_setup.files import digest_of
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry

PICTURES = "setup.pictures"
"""Private metadata of a product: digest and description of each picture that was uploaded, since Saleor tells neither
the name nor the content of a file. What staff change in the Dashboard stays until the file itself changes."""


def set_up_pictures(setup: Setup, product: Product, node: Node | None) -> None:
    """Once its variants are there, some of which have pictures of their own."""
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
        _add(setup, product, medium)
    for variant in product.variants:
        for medium in variant.media:
            _give(setup, variant, _add(setup, product, medium))
    # Last: a run that was cut short begins again with this product's pictures.
    setup.write("product", product.code, "keep_digest", _kept(setup, product, wanted))


def _add(setup: Setup, product: Product, medium: Media) -> str:
    """Its id in Saleor. With it stands how large it is (Saleor makes smaller ones, and does not tell of which size) and
    what it shows, in other languages."""
    given = {"product": setup.ids["product", product.code], "alt": medium.alt, "image": None}
    path = setup.pictures / medium.file
    made: str = setup.upload("product", product.code, "add_picture", {"input": given}, "input.image", path)["id"]
    dimensions = dimensions_of(path)
    known = [(DIMENSIONS, dimensions)] if dimensions else []
    known += [(f"{DESCRIPTION}{language}", alt) for language, alt in medium.translations.items()]
    if known:
        told = {"id": made, "input": [{"key": key, "value": value} for key, value in known]}
        setup.write("product", product.code, "tell_of_picture", told)
    return made


def _give(setup: Setup, variant: Variant, medium: str) -> None:
    variables = {"variantId": setup.ids["variant", variant.sku], "mediaId": medium}
    setup.write("variant", variant.sku, "assign_picture", variables)


def _kept(setup: Setup, product: Product, value: str) -> Node:
    return {"id": setup.ids["product", product.code], "input": [{"key": PICTURES, "value": value}]}


def _wanted(setup: Setup, product: Product) -> str:
    try:
        return kept_of(setup.pictures, product)
    except OSError as error:
        raise SetUpError(f"{entry('product', product.code)}: {error.filename}: {error.strerror}") from error


def kept_of(folder: Path, product: Product) -> str:
    """What is kept of pictures in `folder`: the digest and the description of each, and whose of the variants it is,
    as JSON. `OSError`."""
    own = [[digest_of(folder / medium.file), *_described(medium)] for medium in product.media]
    given = [
        [digest_of(folder / medium.file), *_described(medium), variant.sku]
        for variant in product.variants
        for medium in variant.media
    ]
    return json.dumps([*own, *given], ensure_ascii=False)


def _described(medium: Media) -> list[str]:
    return [medium.alt, *(f"{language}: {alt}" for language, alt in sorted(medium.translations.items()))]
