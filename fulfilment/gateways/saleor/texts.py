"""Texts of Saleor's as people read them."""

from fulfilment.texts import seen_lines


def name_of_variant(name: str, sku: str | None, variant_id: str | None) -> str:
    """The name of a variant; "" where it has none: Saleor then says its SKU, or else its id."""
    return "" if name in (sku, variant_id) else name


def words(told: str | None) -> str:
    """As people see it: whoever knows the id of a checkout may write there, and not only our shop."""
    return seen_lines((told or "").replace("\r\n", "\n")).strip()
