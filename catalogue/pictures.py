"""What stands in the metadata of a picture in Saleor: how large its original is, which Saleor does not tell, and what
it shows in languages other than Dutch, since it translates no description of a picture."""

from pathlib import Path

from PIL import Image, UnidentifiedImageError

DIMENSIONS = "dimensions"
"""Public metadata of a picture in Saleor: `1600x2000`, its width and height in pixels."""

DESCRIPTION = "alt_"
"""How the keys of its descriptions begin: `alt_fr`."""


def dimensions_of(path: Path) -> str | None:
    """As they are kept in Saleor; None of what has none, a drawing for example. `OSError` where there is no file."""
    try:
        with Image.open(path) as image:
            return f"{image.width}x{image.height}"
    except UnidentifiedImageError:
        return None
