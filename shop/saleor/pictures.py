"""Pictures of products, in the sizes and formats that Saleor makes of them.

Saleor names what it makes by the longest side, makes nothing larger than the original, and tells no original's size.
Whoever set the catalogue up wrote it in the picture's metadata; where it is not, the house's order says which shape a
picture has, and its original is taken for large enough.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from shop.saleor.shared import shared

PICTURE_SIZES = (("Tiny", 256), ("Small", 512), ("Medium", 1024), ("Large", 2048))
UPRIGHT, LYING = (1640, 2050), (2100, 1400)
"""The object and its material stand upright, 4 wide to 5 high; what follows shows it in use and lies, 3 wide to 2 high.
A variant's own picture stands upright."""
UPRIGHT_PICTURES = 2
DESCRIPTION = "alt_{}"
"""The key of the metadata in which a picture says what it shows in another language than Dutch."""
_DIMENSIONS = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Sizes:
    """What there is of a picture, whatever it is called; ``width`` and ``height`` are those of its original. Its
    addresses all begin with ``start``: a long list holds tens of thousands, and nearly all end in the same few ways."""

    id: str
    width: int
    height: int
    start: str
    ends: "Ends"

    @property
    def avif(self) -> str:
        """Its addresses with their widths, smallest first, as `srcset` has them."""
        return ", ".join(f"{self.start}{end}" for end in self.ends.avif)

    @property
    def webp(self) -> str:
        """The same in the other format."""
        return ", ".join(f"{self.start}{end}" for end in self.ends.webp)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Ends:
    """How the addresses of a picture end, each with its width."""

    avif: tuple[str, ...]
    webp: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in several sizes, and what it shows."""

    sizes: Sizes
    alt: str

    @property
    def id(self) -> str:
        return self.sizes.id

    @property
    def fallback(self) -> str:
        """For a browser that knows neither format by name: one of middling size."""
        return self._addresses[:3][-1]

    @property
    def largest(self) -> str:
        return self._addresses[-1]

    @property
    def is_lying(self) -> bool:
        return self.sizes.width > self.sizes.height

    @property
    def _addresses(self) -> list[str]:
        return [source.rpartition(" ")[0] for source in self.sizes.webp.split(", ")]


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

    def sources(image_format: str) -> list[str]:
        made = {widths[name]: media[f"{image_format}{name}"] for name, _size in reversed(PICTURE_SIZES)}
        return [f"{made[wide]} {wide}w" for wide in sorted(made)]

    made = {image_format: sources(image_format) for image_format in ("avif", "webp")}
    start = _common_start([source for each in made.values() for source in each])
    ends = shared(Ends(**{kind: tuple(one.removeprefix(start) for one in each) for kind, each in made.items()}))
    sizes = shared(Sizes(media["id"], width, height, start, ends))
    return Picture(sizes, intern(media["told"] or media["alt"]))


def _common_start(texts: Sequence[str]) -> str:
    """What the first and the last of them in their order have in common, all between them have too."""
    first, last = min(texts), max(texts)
    return first[: next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)]
