"""Texts of Saleor's as people read them."""


def name_of_variant(name: str, sku: str | None, variant_id: str | None) -> str:
    """The name of a variant; "" where it has none: Saleor then says its SKU, or else its id."""
    return "" if name in (sku, variant_id) else name
