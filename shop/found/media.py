"""Pictures as Saleor's media host gives them, for drawing on."""

import logging
from functools import cache
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import httpx2
from PIL import Image

from neighbours.budget import shared
from neighbours.neighbour import NotAsked
from shop import settings
from shop.neighbours import MEDIA
from shop.saleor.errors import SaleorUnavailable
from telemetry.spans import span

logger = logging.getLogger(__name__)

LARGEST = 8 * 1024 * 1024
"""Bytes. One that is larger is none that Saleor made for a page."""
_LEADS = 3
"""How often the address of a smaller picture may lead on to where it lies."""
_LONGEST = 5.0  # seconds


@cache
def http_client() -> httpx2.Client:
    """One connection pool per process."""
    return httpx2.Client(headers={"Accept": "image/webp, image/*"}, follow_redirects=False)


def picture_at(address: str) -> Image.Image | None:
    """The picture; None where that is none that can be drawn on. Raises SaleorUnavailable where it is not told."""
    told = _fetched(address)
    try:
        picture = Image.open(BytesIO(told))
        picture.load()
    except (OSError, Image.DecompressionBombError) as error:
        logger.warning("no picture at %s: %r", address, error)
        return None
    return picture


def _fetched(address: str) -> bytes:
    """What is there, from one of the hosts that pages may show pictures of."""
    with span("media picture", "client", {"peer.service": "media"}):  # of no page's health does it say anything
        for _lead in range(_LEADS + 1):
            if not _is_allowed(address):
                raise SaleorUnavailable(f"a picture of a host that is not in MEDIA_ORIGINS: {address}", at_once=False)
            found = _asked(address)
            if isinstance(found, bytes):
                return found
            address = urljoin(address, found)
        raise SaleorUnavailable(f"a picture that leads on and on: {address}", at_once=False)


def _asked(address: str) -> bytes | str:
    """The picture, or the address that it leads on to."""
    try:
        with MEDIA.asked(_LONGEST) as seconds:
            connect, answer = shared(seconds)
            within = httpx2.Timeout(answer, connect=connect)
            with http_client().stream("GET", address, timeout=within) as response:
                if response.has_redirect_location:
                    return str(response.headers["Location"])
                if response.status_code != 200:
                    raise SaleorUnavailable(f"picture: HTTP {response.status_code}", at_once=False)
                return _read(response)
    except NotAsked as error:
        raise SaleorUnavailable(f"picture: {error}", at_once=False) from error
    except httpx2.TransportError as error:
        raise SaleorUnavailable(f"picture: {type(error).__name__}", at_once=False) from error


def _read(response: httpx2.Response) -> bytes:
    told = bytearray()
    for some in response.iter_bytes():
        told += some
        if len(told) > LARGEST:
            raise SaleorUnavailable("a picture that is too large", at_once=False)
    return bytes(told)


def _is_allowed(address: str) -> bool:
    parts = urlsplit(address)
    is_loopback = settings.IS_DEMO and parts.hostname in ("127.0.0.1", "localhost")
    return is_loopback or f"{parts.scheme}://{parts.netloc}" in settings.MEDIA_ORIGINS
