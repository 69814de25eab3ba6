"""A form is sent by POST, and what answers it is read by GET: so no page in a browser's history has to be sent again.

A page in answer to a POST (what was typed with what is wrong with it, a second look, that it cannot be now) is put away
as it was made, and the browser is led to the address of the form with a token, where it is read once. Coming back there
later, by *Back* or by loading it again, one finds what the address has by now. Each answer has a token of its own: two
windows do not mix up.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from redis.exceptions import RedisError

from shop import settings
from shop.pressed import SeeOther
from shop.remembered import copy_of

NAME = "antwoord"
"""How the token is called in the query."""
SECONDS = 300
"""How long an answer waits for its reading. It has what somebody typed: who does not come for it at once comes not."""
_FORGERY = 403
_PREFIX = "answer:"
_LONGEST = 40
_FROM_A_PAGE = ("Sec-Fetch-Site", "Origin", "Referer")


@dataclass(frozen=True, slots=True)
class _Answer:
    """A page as it was made, for whoever has the cookie ``of_visit``, or has none where that is empty."""

    of_visit: str
    status: int
    headers: dict[str, str]
    content: bytes


class FormAnswers:
    """The innermost middleware: whatever the others put on a page, they put on it when it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            response = self._get_response(request)
            return _led_to(request, response) if _is_to_be_read(request, response) else response
        return _read(request) or self._get_response(request)


def waits(query: str) -> bool:
    """Whether an answer waits for who asks an address with this query."""
    token = _token_in(query)
    with suppress(RedisError):
        return bool(token) and cache.has_key(_PREFIX + token)
    return False


def is_named(query: str) -> bool:
    """Whether a query speaks of an answer at all."""
    return f"{NAME}=" in query


def _is_to_be_read(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a browser shows it as a page. A program that sends a form by itself, as a mail program does (RFC 8058),
    says of no page that it comes from; it follows no redirect. Of what came from elsewhere nothing is kept."""
    is_page = response.get("Content-Type", "").startswith("text/html") and not response.has_header("Location")
    is_sent_from_a_page = any(name in request.headers for name in _FROM_A_PAGE)
    return is_page and is_sent_from_a_page and response.status_code != _FORGERY and not response.streaming


def _led_to(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The way to the page; the page itself where it cannot be kept."""
    token = secrets.token_urlsafe(16)
    try:
        answer = _Answer(_visit_after(request), response.status_code, dict(response.items()), response.content)
        cache.set(_PREFIX + token, answer, SECONDS)
    except RedisError:
        return response
    query = [(name, value) for name, value in parse_qsl(request.META.get("QUERY_STRING", "")) if name != NAME]
    led = SeeOther(f"{request.path}?{urlencode([*query, (NAME, token)])}")
    led["Cache-Control"] = "no-store"
    return led


def _visit_after(request: HttpRequest) -> str:
    """The cookie that the browser comes back with: one that is new, none where the visit ended, or that which it had.
    Raises RedisError."""
    if request.session.modified and not request.session.is_empty():
        request.session.save()  # by which a new one gets its name
    return request.session.session_key or ""


def _read(request: HttpRequest) -> HttpResponse | None:
    token = _token_in(request.META.get("QUERY_STRING", ""))
    answer: _Answer | None = copy_of(_PREFIX + token) if token else None
    visit = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if answer is None or not constant_time_compare(answer.of_visit, visit):
        return None
    if request.method == "GET":
        with suppress(RedisError):
            cache.delete(_PREFIX + token)
    response = HttpResponse(answer.content, status=answer.status, headers=answer.headers)
    response["Cache-Control"] = "private, no-store"
    return response


def _token_in(query: str) -> str:
    if not is_named(query):
        return ""
    token = dict(parse_qsl(query)).get(NAME, "")
    return token if len(token) <= _LONGEST else ""
