"""Saleor's rich text, compared by what it says."""

import html
import json
from collections.abc import Mapping
from typing import Any


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two rich texts hold the same blocks; when and by which editor they were written does not count, nor does
    how a sign is written: Saleor makes `&nbsp;` of a no-break space."""
    return blocks_of(one) == blocks_of(other)


def there_or_same(there: str | None, wanted: str | None) -> str | None:
    """What is there, or the wanted text itself where it says the same: then the two do not differ."""
    return wanted if same_text(there, wanted) else there


def blocks_of(text: str | None) -> list[tuple[object, Mapping[str, object]]]:
    """What a rich text says."""
    if not text:
        return []
    return [(block.get("type"), _plain(block.get("data") or {})) for block in json.loads(text).get("blocks", ())]


def _plain(data: Mapping[str, Any]) -> dict[str, object]:
    return {name: html.unescape(value) if isinstance(value, str) else value for name, value in data.items()}
