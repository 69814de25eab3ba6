"""Pages that are the same to everybody, answered from memory: made once, and anew when what they show changed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop import answers, generation
from shop.freshness import collected
from shop.pages.asked import (
    Asked,
    Door,
    Key,
    PageRequest,
    counting,
    door_of,
    environ_of,
    is_for_us,
    that_counts,
)
from shop.pages.keep import MOST_PAGES, Keep
from shop.pages.page import Page, page_of
from shop.visit import number_to_show
from telemetry.middleware import ANSWERED, Trace

QUICK = 0.4
"""Seconds that somebody waits for a page that is made anew; else it is shown as it was."""
OFTEN, AT_ONCE = 3, 12
"""Pages that were shown so often are made anew when something changed, before anybody asks: so many at most."""

KEEP = Keep()
_makers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pages")
_lock = threading.Lock()
_under_way: dict[Key, Future[Page | None]] = {}
_counting: dict[str, frozenset[str]] = {}
"""The names that count at addresses of which a page is kept; no longer than pages are."""
DOORS: dict[Door, bool] = {}
"""How the shop is reached, and whether that is by https; as far as pages were asked so."""
MOST_DOORS = 100
_seen = 0
"""The generation for which what is asked often was made anew."""


def forget() -> None:
    """As if no page had been made; those under way are waited for."""
    global _seen
    for making in list(_under_way.values()):
        making.exception()
    KEEP.clear()
    _counting.clear()
    DOORS.clear()
    _seen = 0


def counting_at(path: str) -> frozenset[str] | None:
    """The names that count in the query there; None where no page is kept."""
    return _counting.get(path)


def is_seen(newest: int) -> bool:
    """Whether what is asked often was made anew for this generation."""
    return newest == _seen


class KeptPages:
    """The first middleware: what it answers from memory passes by all others, and has the headers that they gave it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._traced = Trace(self._shown)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = _asked(request) if request.method in ("GET", "HEAD") and is_for_us(request) else None
        if asked is None:
            return self._get_response(request)
        if len(DOORS) < MOST_DOORS:
            DOORS[door_of(request.META)] = asked.is_secure
        self._make_popular_ones_anew()
        page = KEEP.get(asked.key)
        if page is None:
            return self._first(asked, request)
        current = self._as_new_as_can_be(page)
        if current is None:
            return self._get_response(request)
        request.kept_page = current  # type: ignore[attr-defined]
        return self._traced(request)

    def _shown(self, request: HttpRequest) -> HttpResponse:
        page: Page = request.kept_page  # type: ignore[attr-defined]
        request.resolver_match = page.match  # a trace is named by it
        return page.answer(request)

    def _first(self, asked: Asked, request: HttpRequest) -> HttpResponseBase:
        """Made for whoever asks first; in the trace that it was made in."""
        page, response = self._make(asked)
        if page is None:
            return response
        answer = page.answer(request)
        answer[ANSWERED] = response[ANSWERED]
        return answer

    def _as_new_as_can_be(self, page: Page) -> Page | None:
        """None where there is no such page any more."""
        newest = generation.current()
        if page.is_good(newest):
            return page
        if page.is_shown_on(newest):
            if page.is_to_be_tried():
                self._make_anew(page)
            return page
        try:
            return self._make_anew(page).result(timeout=QUICK)
        except TimeoutError:
            return page

    def _make_popular_ones_anew(self) -> None:
        global _seen
        newest = generation.current()
        if newest == _seen:
            return
        _seen = newest
        for page in KEEP.often_asked(OFTEN, AT_ONCE):
            if not page.is_good(newest):
                self._make_anew(page)

    def _make_anew(self, page: Page) -> Future[Page | None]:
        """In the background, where who comes meanwhile waits for the same one."""
        key = page.asked.key
        with _lock:
            found = _under_way.get(key)
            if found is None:
                found = _under_way[key] = _makers.submit(self._made_anew, page)
            return found

    def _made_anew(self, former: Page) -> Page | None:
        key = former.asked.key
        try:
            page, response = self._make(former.asked)
            if page is None and response.status_code >= 500:
                former.try_later()
                return former
            if page is None:
                KEEP.drop(key)
            return page
        finally:
            with _lock:
                _under_way.pop(key, None)

    def _make(self, asked: Asked) -> tuple[Page | None, HttpResponseBase]:
        """The page, which is kept, and the answer that it was; None where that is none that can be kept."""
        request = PageRequest(asked)
        with collected() as found:
            response = self._get_response(request)
        page = page_of(asked, request, response, found)
        if page is not None:
            if not page.is_good(generation.current()):
                page.try_later()  # it is of what was known; something newer was asked for in vain
            if len(_counting) > MOST_PAGES:
                _counting.clear()
            _counting[asked.path] = asked.counting
            KEEP.put(page)
        return page, response


def _asked(request: HttpRequest) -> Asked | None:
    """None where no page is kept, and where this visitor is to be told something, or has sent a form."""
    query = request.META.get("QUERY_STRING", "")
    names = _counting.get(request.path_info)
    if names is None:
        names = counting(request)
    if names is None or (answers.is_named(query) and answers.waits(query)):
        return None
    number = number_to_show(request)
    if number is None:
        return None
    counts = that_counts(query, names)
    return Asked(request.path_info, request.is_secure(), counts, number, names, environ_of(request))
