"""Saleor's global ids: the base64 text of `Type:key`."""

import base64
import binascii


def global_id(type_name: str, key: object) -> str:
    """The id under which the API shows the object `key` of that type."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def split_id(text: str) -> tuple[str, str] | None:
    """The type and the key of a global id; None where the text is none."""
    try:
        type_name, separator, key = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (type_name, key) if separator and key else None


def key_of(type_name: str, text: str | None) -> str | None:
    """The key of a global id of that type; None where it is no id, or one of another type."""
    parts = split_id(text) if text else None
    return parts[1] if parts and parts[0] == type_name else None
