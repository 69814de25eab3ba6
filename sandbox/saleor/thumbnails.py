"""Pictures of products: the original, or a smaller one made when it is first asked for."""

import threading
from pathlib import Path

from PIL import Image
from werkzeug.wrappers import Request, Response

from catalogue.values import Media
from sandbox.common.web import Route
from sandbox.saleor.core import Core
from sandbox.saleor.ids import global_id, key_of

_SIZES = (32, 64, 128, 256, 512, 1024, 2048, 4096)
_FORMATS = {"webp": "image/webp", "avif": "image/avif"}
_KINDS = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
_CACHED = {"Cache-Control": "public, max-age=86400"}
_MISSING = 404


def picture_url(core: Core, media: Media, size: int | None, format: str | None) -> str:
    """Where a picture is; without a size, and for drawings (which scale by themselves), the original."""
    if size is None or media.file.endswith(".svg"):
        return f"{core.base_url}/media/{media.file}"
    nearest = min(_SIZES, key=lambda known: abs(known - size))
    kind = "" if format in (None, "ORIGINAL") else f"{str(format).lower()}/"
    number = core.catalogue.number("ProductMedia", media.file)
    return f"{core.base_url}/thumbnail/{global_id('ProductMedia', number)}/{nearest}/{kind}"


class Pictures:
    """The addresses of the pictures. Smaller ones are kept in `made`."""

    def __init__(self, core: Core, made: Path) -> None:
        self._core = core
        self._made = made
        self._making = threading.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/media/<name>", self._original),
            Route("/thumbnail/<media_id>/<int:size>/", self._smaller),
            Route("/thumbnail/<media_id>/<int:size>/<format>/", self._smaller),
        ]

    def _original(self, request: Request, name: str) -> Response:
        path = self._core.catalogue.pictures / name
        file = self._core.catalogue.file
        known = {media.file for product in file.products.values() for media in product.pictures}
        known |= {carried for product in file.products.values() for carried in product.files.values()}
        known |= {carried for page in file.pages.values() for carried in page.files.values()}
        if name not in known or path.suffix not in _KINDS or not path.is_file():
            return Response("Not found", _MISSING)
        return Response(path.read_bytes(), mimetype=_KINDS[path.suffix], headers=_CACHED)

    def _smaller(self, request: Request, media_id: str, size: int, format: str = "") -> Response:
        media = self._core.catalogue.media_by_number(key_of("ProductMedia", media_id) or "")
        if media is None or size not in _SIZES or (format and format not in _FORMATS):
            return Response("Not found", _MISSING)
        original = self._core.catalogue.pictures / media.file
        if not original.is_file():
            return Response("Not found", _MISSING)
        suffix = f".{format}" if format else original.suffix
        path = self._made / f"{original.stem}-{size}-{int(original.stat().st_mtime)}{suffix}"
        # One at a time: encoding AVIF takes a whole core, and eight pages at once ask for the same picture.
        with self._making:
            if not path.exists():
                _make(original, path, size)
        return Response(path.read_bytes(), mimetype=_KINDS[suffix], headers=_CACHED)


def _make(original: Path, path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(original) as image:
        image.thumbnail((size, size))
        mode = "RGBA" if "A" in image.getbands() else "RGB"
        unfinished = path.with_name(f"{path.name}.part{path.suffix}")
        if path.suffix == ".avif":
            image.convert(mode).save(unfinished, speed=8, quality=60)
        else:
            image.convert(mode).save(unfinished)
    unfinished.rename(path)
