"""What an attribute of Saleor's carries, as our operations ask for it (``assignedAttribute``)."""

from typing import Any


def text_of(assigned: dict[str, Any] | None) -> str:
    """In the language that was asked for, else as it was written: its translation is no object but the text itself.
    Empty where there is none."""
    found = assigned or {}
    return (found.get("told") or found.get("text") or "").strip()


def file_of(assigned: dict[str, Any] | None) -> str:
    """The address of a file, or empty."""
    address: str = ((assigned or {}).get("file") or {}).get("url", "")
    return address
