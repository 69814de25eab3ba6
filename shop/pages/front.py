"""What is plain is answered before Django: a page that is good, by GET, to somebody without a visit. To make a request
and a response of Django's for it costs several times as much as to answer it. All else goes on to Django, whose first
middleware answers with the same pages, and with the same headers."""

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from shop import answers, generation, settings
from shop.pages import middleware
from shop.pages.asked import door_of, that_counts
from shop.pages.page import Page
from telemetry import spans
from telemetry.middleware import ANSWERED

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Front:
    """A WSGI application around Django's."""

    def __init__(self, django: Application) -> None:
        self._django = django

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        page = _plainly_asked(environ)
        if page is None:
            return self._django(environ, start_response)
        trace = (ANSWERED, secrets.token_hex(16))
        if "HTTP_IF_NONE_MATCH" in environ:
            start_response("304 Not Modified", [*page.of_not_modified, trace])
            return [b""]
        headers, body = page.taken_by(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", [*headers, trace])
        return [body]


def _plainly_asked(environ: dict[str, Any]) -> Page | None:
    """The page, where there is nothing to look into."""
    if environ["REQUEST_METHOD"] != "GET" or spans.are_told():
        return None
    if settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", "") or answers.is_named(environ["QUERY_STRING"]):
        return None
    names = middleware.counting_at(environ["PATH_INFO"])
    is_secure = middleware.DOORS.get(door_of(environ))
    newest = generation.current()
    if names is None or is_secure is None or not middleware.is_seen(newest):
        return None
    page = middleware.KEEP.get((environ["PATH_INFO"], is_secure, that_counts(environ["QUERY_STRING"], names), 0))
    if page is None or not page.is_good(newest):
        return None
    return page if environ.get("HTTP_IF_NONE_MATCH", page.etag) == page.etag else None
