"""A page as it was made, and the answers that it is."""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from time import time
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch
from django.utils.cache import get_conditional_response, patch_vary_headers

from shop.design.bundle import Sheet
from shop.freshness import Freshness
from shop.pages.asked import Asked, PageRequest, language_of
from shop.pages.packing import Parts, packed
from telemetry.middleware import ANSWERED

GRACE = 15.0
"""Seconds that one which is merely too old is shown on while it is made anew: nobody waits for it once a minute."""
LOOK_AGAIN = 1.0
"""Seconds after which one that could not be made as new as it should is tried again."""
_OF_ONE_ANSWER = {ANSWERED.lower(), "content-length", "content-encoding"}
_OF_NOT_MODIFIED = {"Cache-Control", "ETag", "Vary"}
Header = tuple[str, str]


@dataclass(slots=True)
class Page:
    """Packed by gzip, as nearly everybody takes it, with the headers that it had when it was made; plain it has
    ``length`` bytes. It is good ``until`` then, in that ``generation``; ``again_at`` it is tried again where it is not.
    ``times`` counts how often it was shown."""

    asked: Asked
    packed: Parts
    length: int
    headers: tuple[Header, ...]
    etag: str
    match: ResolverMatch | None
    until: float
    generation: int
    again_at: float = 0.0
    times: int = 0
    of_plain: tuple[Header, ...] = ()
    of_packed: tuple[Header, ...] = ()
    of_not_modified: tuple[Header, ...] = ()
    """The headers of each answer, but for the trace's."""

    def __post_init__(self) -> None:
        self.of_plain = (*self.headers, ("Content-Length", str(self.length)))
        length = ("Content-Length", str(sum(map(len, self.packed))))
        self.of_packed = (*self.headers, ("Content-Encoding", "gzip"), length)
        self.of_not_modified = tuple(one for one in self.headers if one[0] in _OF_NOT_MODIFIED)

    @property
    def size(self) -> int:
        """Bytes of memory that are its own, about."""
        own = len(self.packed[0]) + len(self.packed[2])
        return own + sum(len(name) + len(value) for name, value in self.headers) + 1000

    def is_good(self, generation: int) -> bool:
        return time() < self.until and self.generation >= generation

    def is_shown_on(self, generation: int) -> bool:
        """Whether nobody waits for a newer one: it is hardly too old, or that was tried in vain just now."""
        now = time()
        return now < self.again_at or (now < self.until + GRACE and self.generation >= generation)

    def is_to_be_tried(self) -> bool:
        return time() >= self.again_at

    def try_later(self) -> None:
        self.again_at = time() + LOOK_AGAIN

    def taken_by(self, accepted: str) -> tuple[tuple[Header, ...], bytes]:
        """Headers and body for who sends that ``Accept-Encoding``."""
        whole = b"".join(self.packed)
        return (self.of_packed, whole) if accepts_gzip(accepted) else (self.of_plain, gzip.decompress(whole))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """To this request: packed where it takes that, 304 where it has it already."""
        headers, body = self.taken_by(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        response = HttpResponse(body, headers=dict(headers))
        if "HTTP_IF_NONE_MATCH" in request.META:
            return cast(HttpResponse, get_conditional_response(request, etag=self.etag, response=response))
        return response


def page_of(asked: Asked, request: PageRequest, response: HttpResponseBase, of: Freshness) -> Page | None:
    """The page that was answered; None where the answer is not one that could be given to anybody else."""
    if not isinstance(response, HttpResponse) or response.status_code != 200 or response.cookies:
        return None
    if response.get("Content-Language") != language_of(request) or response.has_header("Cache-Control"):
        return None
    # It may lie in a browser, which asks each time whether it is still that: the number of pieces may be another.
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    plain = response.content
    etag = f'W/"{blake2b(plain, digest_size=12).hexdigest()}"'  # weak: plain and packed are the same page
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in _OF_ONE_ANSWER)
    headers, parts = (*headers, ("ETag", etag)), packed(_parted(plain, request.sheet))
    return Page(asked, parts, len(plain), headers, etag, request.resolver_match, of.until, of.generation)


def _parted(page: bytes, sheet: Sheet | None) -> Parts:
    """Around the style sheet, which is in memory once for all pages."""
    if sheet is None:
        return page, b"", b""
    before, _carried, after = page.partition(sheet.encoded)
    return before, sheet.encoded, after


@lru_cache(maxsize=256)
def accepts_gzip(header: str) -> bool:
    """What ``Accept-Encoding`` says of gzip, by name or by ``*``."""
    said: dict[str, float] = {}
    for offer in header.lower().split(","):
        name, _semicolon, weight = offer.partition(";")
        try:
            said[name.strip()] = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            return False
    return said.get("gzip", said.get("*", 0.0)) > 0
