"""How large the originals of pictures are, which Saleor does not tell."""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

DIMENSIONS = "dimensions"
"""Public metadata of a picture in Saleor: `1600x2000`, its width and height in pixels."""


def dimensions_of(path: Path) -> str | None:
    """As they are kept in Saleor; None of what has none, a drawing for example. `OSError` where there is no file."""
    try:
        with Image.open(path) as image:
            return f"{image.width}x{image.height}"
    except UnidentifiedImageError:
        return None
