"""What stands in the metadata of a picture in Saleor: how large its original is, which Saleor does not tell, and what
it shows in languages other than Dutch, since it translates no description of a picture."""

from functools import lru_cache
from pathlib import Path

from PIL import Image, UnidentifiedImageError

DIMENSIONS = "dimensions"
"""Public metadata of a picture in Saleor: `1600x2000`, its width and height in pixels."""

DESCRIPTION = "alt_"
"""How the keys of its descriptions begin: `alt_fr`."""


def dimensions_of(path: Path) -> str | None:
    """As they are kept in Saleor; None of what has none, a drawing for example. `OSError` where there is no file."""
    return _dimensions(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1000)
def _dimensions(path: Path, _changed_at: int) -> str | None:
    """Opening a picture takes longer than all else of a list in the sandbox."""
    try:
        with Image.open(path) as image:
            return f"{image.width}x{image.height}"
    except UnidentifiedImageError:
        return None
