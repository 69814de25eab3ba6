"""The style sheets of the shop in one file: a first page waits for one answer instead of three.

They stay apart for whoever writes them, and for the portal, which shares two of them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from shop import settings

STATIC = Path(__file__).resolve().parent / "static"
PARTS = ("design/tokens.css", "design/base.css", "shop/shop.css")
BUNDLE = "design/all.css"
"""Beside the fonts, which the parts name from there."""


class BundleFinder(BaseFinder):
    """Finds the one file, made anew where a part is newer; collected for production as any other."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BUNDLES)

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        found = [str(_made())] if path == BUNDLE else []
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        _made()
        yield BUNDLE, self.storage


def _made() -> Path:
    made, parts = settings.BUNDLES / BUNDLE, [STATIC / part for part in PARTS]
    if not made.exists() or made.stat().st_mtime < max(part.stat().st_mtime for part in parts):
        made.parent.mkdir(parents=True, exist_ok=True)
        unfinished = made.with_name(f"{made.name}.part")
        unfinished.write_text("\n".join(part.read_text(encoding="utf-8") for part in parts), encoding="utf-8")
        unfinished.replace(made)
    return made
