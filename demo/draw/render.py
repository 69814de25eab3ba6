"""Turns sheets into the files that are served: AVIF and WebP, each in three widths."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, sync_playwright

from demo.draw.sheet import Sheet

WIDTHS = (480, 960, 1600)
# Drawn twice as large and then reduced, so that the wandering edges stay smooth.
_OVERSIZE = 2
# Bytes; a page shows three large pictures, and should still open quickly on a phone.
_BUDGETS = {
    480: {"avif": 24_000, "webp": 32_000},
    960: {"avif": 64_000, "webp": 92_000},
    1600: {"avif": 120_000, "webp": 165_000},
}
_QUALITIES = {
    "avif": [(54, 0.0), (44, 0.0), (36, 0.0), (36, 0.7), (32, 1.0)],
    "webp": [(70, 0.0), (58, 0.0), (46, 0.0), (44, 0.7), (38, 1.1), (26, 1.4)],
}


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


def save(picture: Image.Image, folder: Path, name: str) -> None:
    """Writes `<name>-<width>.avif` and `.webp` for every width, none heavier than its budget allows."""
    for width in WIDTHS:
        height = round(width * picture.height / picture.width)
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        for kind, budget in _BUDGETS[width].items():
            (folder / f"{name}-{width}.{kind}").write_bytes(_encode(small, kind, budget))


def _encode(picture: Image.Image, kind: str, budget: int) -> bytes:
    """The best of a falling row of qualities that fits the budget; the last softens the grain a little."""
    data = b""
    for quality, blur in _QUALITIES[kind]:
        buffer = io.BytesIO()
        source = picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture
        if kind == "avif":
            source.save(buffer, "AVIF", quality=quality, speed=6)
        else:
            source.save(buffer, "WEBP", quality=quality, method=5)
        data = buffer.getvalue()
        if len(data) <= budget:
            break
    return data
