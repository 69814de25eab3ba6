"""Pieces of the collection for pages that are about something else: shown where Saleor tells of them in a moment, and
left out else."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.http import HttpRequest

from neighbours.budget import within
from shop import settings
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import saleor_for
from shop.saleor.errors import SaleorError
from shop.saleor.pictures import Picture

_SECONDS = 0.7
SHOWN = 3


class Bought(Protocol):
    """A line of an order, as far as it says which variant it is about."""

    @property
    def product_code(self) -> str: ...
    @property
    def sku(self) -> str: ...


def some_pieces(request: HttpRequest) -> list[ListedProduct]:
    """The first few that are for sale, no packaging; none where nobody tells in time."""
    pieces = [listed for listed in _listed(request) if listed.for_sale]
    return [listed for listed in pieces if listed.product.code != settings.GIFT_PACKAGING_CODE][:SHOWN]


def known_pieces(request: HttpRequest) -> dict[str, ListedProduct]:
    """Every piece by its code; none where nobody tells in time."""
    return by_code(_listed(request))


def by_code(listed: Iterable[ListedProduct]) -> dict[str, ListedProduct]:
    return {piece.product.code: piece for piece in listed}


def pictures_of(lines: Iterable[Bought], known: Mapping[str, ListedProduct]) -> tuple[Picture, ...]:
    """A picture of each variant that was bought, of those that are known."""
    bought = dict.fromkeys((line.product_code, line.sku) for line in lines)
    found = (known[code].picture_of(sku) for code, sku in bought if code in known)
    return tuple(dict.fromkeys(picture for picture in found if picture))


def _listed(request: HttpRequest) -> tuple[ListedProduct, ...]:
    try:
        with within(_SECONDS):
            return catalogue.products(saleor_for(request))
    except SaleorError:
        return ()
