"""Pictures of products, in the sizes and formats that Saleor makes of them.

Saleor names what it makes by the longest side, makes nothing larger than the original, and tells no original's size.
Whoever set the catalogue up wrote it in the picture's metadata; where it is not, the house's order says which shape a
picture has, and its original is taken for large enough.
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

PICTURE_SIZES = (("Tiny", 256), ("Small", 512), ("Medium", 1024), ("Large", 2048))
UPRIGHT, LYING = (1640, 2050), (2100, 1400)
"""The object and its material stand upright, 4 wide to 5 high; what follows shows it in use and lies, 3 wide to 2 high.
A variant's own picture stands upright."""
UPRIGHT_PICTURES = 2
_DIMENSIONS = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in several sizes, of an original of ``width`` and ``height`` pixels. ``avif`` and ``webp`` are
    (address, width in pixels), smallest first."""

    id: str
    alt: str
    width: int
    height: int
    avif: tuple[tuple[str, int], ...]
    webp: tuple[tuple[str, int], ...]

    @property
    def fallback(self) -> str:
        """For a browser that knows neither format by name: one of middling size."""
        return self.webp[min(2, len(self.webp) - 1)][0]

    @property
    def is_lying(self) -> bool:
        return self.width > self.height


def pictures_from(media: list[dict[str, Any]], of_variants: Container[str]) -> tuple[Picture, ...]:
    """The pictures among a product's media; ``of_variants`` are the ids of those that show one variant."""
    found: list[Picture] = []
    own = 0
    for entry in media:
        if entry["type"] != "IMAGE":
            continue
        is_upright = entry["id"] in of_variants or own < UPRIGHT_PICTURES
        own += entry["id"] not in of_variants
        found.append(_picture(entry, UPRIGHT if is_upright else LYING))
    return tuple(found)


def _picture(media: dict[str, Any], usual: tuple[int, int]) -> Picture:
    told = _DIMENSIONS.fullmatch(media["dimensions"] or "")
    width, height = (int(told[1]), int(told[2])) if told else usual
    longest = max(width, height)
    widths = {name: max(1, round(width * min(size, longest) / longest)) for name, size in PICTURE_SIZES}

    def sources(image_format: str) -> tuple[tuple[str, int], ...]:
        made = {widths[name]: media[f"{image_format}{name}"] for name, _size in reversed(PICTURE_SIZES)}
        return tuple((made[wide], wide) for wide in sorted(made))

    return Picture(media["id"], media["alt"], width, height, sources("avif"), sources("webp"))
