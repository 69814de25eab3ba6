"""Texts of Saleor's in the language that is asked for."""

from typing import Any

from shop.saleor.pictures import DESCRIPTION


def told_in(language: str) -> dict[str, str]:
    """What says to Saleor in which language texts are asked for, those of pictures too; as Saleor names it."""
    return {"language": language, "alt": DESCRIPTION.format(language.lower())}


def said(node: dict[str, Any] | None, field: str) -> str:
    """A text of Saleor's in the language that was asked for (``told``), else as it was written: in Dutch."""
    if node is None:
        return ""
    return (node.get("told") or {}).get(field) or node.get(field) or ""
