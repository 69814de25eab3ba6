"""What a kept page is asked by, and nothing else of whoever asks: so nothing else can be in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils import translation

from shop import settings
from shop.design.bundle import Sheet
from shop.pages.views import counting_of

_TOLD = (
    *("SCRIPT_NAME", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST"),
    *("HTTP_X_FORWARDED_PROTO", "wsgi.url_scheme"),
)
"""What of a request's environment the address of a page is made of, beside its path."""

Key = tuple[str, bool, str, int]
Door = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page by its path (which begins with the language), whether that is by https, the part of the query that counts,
    in the order of the names, and the number of pieces that it shows in the basket; ``counting`` are the names that
    count in its query."""

    path: str
    is_secure: bool
    query: str
    number: int
    counting: frozenset[str]
    environ: dict[str, object]

    @property
    def key(self) -> Key:
        return self.path, self.is_secure, self.query, self.number


class PageRequest(WSGIRequest):
    """A GET of nobody in particular, whose basket has ``number`` pieces."""

    sheet: Sheet | None = None
    """The style sheet that the page carries, once it does."""

    def __init__(self, asked: Asked) -> None:
        nothing = BytesIO()
        super().__init__({**asked.environ, "REQUEST_METHOD": "GET", "QUERY_STRING": asked.query, "wsgi.input": nothing})
        self.number = asked.number


def environ_of(request: HttpRequest) -> dict[str, object]:
    told = {name: request.META[name] for name in _TOLD if name in request.META}
    return {**told, "PATH_INFO": request.path_info.encode().decode("latin-1")}  # as WSGI has it


def door_of(environ: Mapping[str, Any]) -> Door:
    """What the host and https are read from."""
    return environ.get("HTTP_HOST"), environ.get("wsgi.url_scheme"), environ.get("HTTP_X_FORWARDED_PROTO")


def counting(request: HttpRequest) -> frozenset[str] | None:
    """The names in the query that count at this address; None where no page is kept, or by another name of ours."""
    if translation.get_language_from_path(request.path_info) is None and request.path_info.count("/") > 1:
        return None  # what is about all languages stands at the root
    try:
        with translation.override(language_of(request)):
            return counting_of(resolve(request.path_info).func)
    except Resolver404:
        return None


def language_of(request: HttpRequest) -> str:
    """The language that the address begins with; the first of ours where it is about all of them."""
    return translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE


def is_for_us(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def that_counts(query: str, names: frozenset[str]) -> str:
    """The same query whatever else is in it, and in whichever order it was written."""
    if not query or not names:
        return ""
    return urlencode(sorted((name, value) for name, value in parse_qsl(query) if name in names))
