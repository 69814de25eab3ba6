"""Saleor's rich text, compared by what it says."""

import json


def same_text(one: str | None, other: str | None) -> bool:
    """Whether two rich texts hold the same blocks; when and by which editor they were written does not count."""
    return _blocks(one) == _blocks(other)


def _blocks(text: str | None) -> list[tuple[object, object]]:
    if not text:
        return []
    found = json.loads(text)
    return [(block.get("type"), block.get("data")) for block in found.get("blocks", ())]
