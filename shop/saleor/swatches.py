"""How Saleor says that a colour or a stuff looks."""

import re
from dataclasses import dataclass
from typing import Any

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Swatch:
    """How a colour or a stuff is shown: ``colour`` is #rrggbb or empty, ``file`` the address of a picture or empty."""

    colour: str
    file: str


def swatch_from(value: dict[str, Any] | None) -> Swatch | None:
    """None where there is nothing to show: Saleor holds any text for a colour."""
    told = value or {}
    colour, file = (told.get("hexColor") or "").strip(), (told.get("file") or {}).get("url", "")
    if not _COLOUR.fullmatch(colour):
        colour = ""
    return Swatch(colour, file) if colour or file else None
