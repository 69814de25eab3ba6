"""Turns sheets into the originals that Saleor is given; the sizes and formats of a page are made by Saleor."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, sync_playwright

from demo.draw.sheet import Sheet

WIDTH = 1600
PLACE_WIDTH, PLACE_BUDGET = 1200, 60_000
"""Of a place there is one file for every screen: Saleor makes no sizes of what a page carries."""
# Drawn twice as large and then reduced, so that the wandering edges stay smooth.
_OVERSIZE = 2
_BUDGET = 165_000
"""Bytes of an original."""
_QUALITIES = [(70, 0.0), (58, 0.0), (46, 0.0), (44, 0.7), (38, 1.1), (26, 1.4)]


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium: the system's, or else the one that Playwright has installed."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield chromium
        finally:
            chromium.close()


def rasterise(chromium: Browser, sheet: Sheet) -> Image.Image:
    """The sheet as pixels, twice its nominal size."""
    page = chromium.new_page(viewport={"width": sheet.width, "height": sheet.height}, device_scale_factor=_OVERSIZE)
    page.set_content(f'<body style="margin:0">{sheet.svg()}</body>')
    shot = page.screenshot(timeout=180_000)
    page.close()
    return Image.open(io.BytesIO(shot)).convert("RGB")


def save(picture: Image.Image, folder: Path, name: str, *, width: int = WIDTH, budget: int = _BUDGET) -> None:
    """Writes `<name>-<width>.webp`, no heavier than the budget (bytes) allows."""
    small = picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)
    (folder / f"{name}-{width}.webp").write_bytes(_encode(small, budget))


def _encode(picture: Image.Image, budget: int) -> bytes:
    """The best of a falling row of qualities that fits the budget; the last softens the grain a little."""
    data = b""
    for quality, blur in _QUALITIES:
        buffer = io.BytesIO()
        source = picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
        source.save(buffer, "WEBP", quality=quality, method=5)
        data = buffer.getvalue()
        if len(data) <= budget:
            break
    return data
