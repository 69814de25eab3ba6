"""Texts of Saleor's as people read them."""

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
"""Control characters, marks of direction and spaces of no width."""


def name_of_variant(name: str, sku: str | None, variant_id: str | None) -> str:
    """The name of a variant; "" where it has none: Saleor then says its SKU, or else its id."""
    return "" if name in (sku, variant_id) else name


def seen(typed: str) -> str:
    """What somebody typed as people see it: a mark of direction in a name would turn a whole sentence around."""
    return _UNSEEN.sub("", " ".join(typed.split())).strip()
