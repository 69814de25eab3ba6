"""Saleor's rich text (EditorJS as a JSON string) as plain blocks that a template can set."""

import json
from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a list; ``lines`` has one entry for the first two. All text is plain, not HTML."""

    kind: str
    lines: tuple[str, ...]


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.parts.append(" ")


def _plain(markup: str) -> str:
    parser = _TextOnly()
    parser.feed(markup)
    parser.close()
    return " ".join("".join(parser.parts).split())


def blocks(rich_text: str | None) -> tuple[Block, ...]:
    """The blocks of an EditorJS document; what is not text (images, embeds) is left out."""
    if not rich_text:
        return ()
    found = []
    for block in json.loads(rich_text).get("blocks", []):
        data = block.get("data", {})
        if block.get("type") == "list":
            items = [item.get("content", "") if isinstance(item, dict) else item for item in data.get("items", [])]
            lines = tuple(line for line in map(_plain, items) if line)
            kind = "list"
        else:
            lines = tuple(line for line in (_plain(data.get("text", "")),) if line)
            kind = "heading" if block.get("type") == "header" else "paragraph"
        if lines:
            found.append(Block(kind, lines))
    return tuple(found)
