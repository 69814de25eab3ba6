"""Pieces of the collection for pages that are about something else: shown where Saleor tells of them in a moment, and
left out else."""

from django.http import HttpRequest

from neighbours.budget import within
from shop import settings
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct, Product
from shop.saleor.client import saleor_for
from shop.saleor.errors import SaleorError

_SECONDS = 0.7
SHOWN = 3


def some_pieces(request: HttpRequest) -> list[ListedProduct]:
    """The first few that are for sale, no packaging; none where nobody tells in time."""
    pieces = [listed for listed in _listed(request) if listed.for_sale]
    return [listed for listed in pieces if listed.product.code != settings.GIFT_PACKAGING_CODE][:SHOWN]


def known_products(request: HttpRequest) -> dict[str, Product]:
    """Every product by its code; none where nobody tells in time."""
    return {listed.product.code: listed.product for listed in _listed(request)}


def _listed(request: HttpRequest) -> tuple[ListedProduct, ...]:
    try:
        with within(_SECONDS):
            return catalogue.products(saleor_for(request))
    except SaleorError:
        return ()
