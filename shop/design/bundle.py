"""The style sheets of the shop in one file: a page waits for one answer instead of five. Pages that are kept carry what
they need of it and wait for none; at their foot they link to the letters, which would hold up the first picture.

They stay apart for whoever writes them, and for the portal, which shares two of them.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.utils.safestring import SafeString, mark_safe

from shop import settings

STATIC = Path(__file__).resolve().parent / "static"
OF_EVERY_PAGE = ("design/tokens.css", "design/base.css", "shop/shop.css")
PARTS = ("design/fonts.css", *OF_EVERY_PAGE, "shop/visit.css")
BUNDLE = "design/all.css"
"""Beside the fonts, which the parts name from there."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page carries in its head: ``text``, and the source by which the page's policy allows that and no other."""

    text: SafeString
    encoded: bytes
    source: str


def sheet() -> Sheet:
    """The parts of every page; anew where one of them is newer."""
    return _sheet(_newest(OF_EVERY_PAGE))


@lru_cache(maxsize=1)
def _sheet(_newest: float) -> Sheet:
    text = _together(OF_EVERY_PAGE)
    encoded = text.encode()
    source = f"'sha256-{b64encode(sha256(encoded).digest()).decode()}'"
    return Sheet(mark_safe(text), encoded, source)  # noqa: S308 - our own files


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
    made = settings.BUNDLES / BUNDLE
    if not made.exists() or made.stat().st_mtime < _newest(PARTS):
        made.parent.mkdir(parents=True, exist_ok=True)
        unfinished = made.with_name(f"{made.name}.part")
        unfinished.write_text(_together(PARTS), encoding="utf-8")
        unfinished.replace(made)
    return made


def _newest(parts: Sequence[str]) -> float:
    return max((STATIC / part).stat().st_mtime for part in parts)


def _together(parts: Sequence[str]) -> str:
    """Without what is there for whoever reads it."""
    css = "\n".join((STATIC / part).read_text(encoding="utf-8") for part in parts)
    return re.sub(r"\s*\n\s*", "\n", _COMMENT.sub("", css)).strip()
