"""Where cards are to be had. Each is drawn when it is first asked for, and kept while it is asked for."""

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from shop.found.card import Card, of_house, of_product, of_story
from shop.found.drawing import draw
from shop.found.media import picture_at
from shop.saleor import catalogue
from shop.saleor.catalogue import Kind, Named
from shop.saleor.client import saleor_for

KEPT = 64
"""Cards that a process keeps, of some 60 kB each. Whoever shows them keeps them for longer."""
_YEAR = 365 * 24 * 3600


@require_safe
def house(request: HttpRequest, digest: str) -> HttpResponse:
    """The card of every page that has none of its own."""
    return _given(of_house(), digest)


@require_safe
def product(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The card of a product."""
    found = catalogue.product(saleor_for(request), slug)
    if found is None:
        raise Http404
    return _given(of_product(found.product), digest)


@require_safe
def story(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The card of a story."""
    saleor = saleor_for(request)
    found = catalogue.page(saleor, slug, (Kind.STORY,))
    if found is None:
        raise Http404
    about = [piece for piece in catalogue.products(saleor) if any(one.slug == slug for one in piece.product.stories)]
    return _given(of_story(Named(slug, found.person.name, found.summary), about), digest)


def _given(card: Card, digest: str) -> HttpResponse:
    """The picture; an address of what the card was before leads to what it is."""
    if digest != card.digest:
        return HttpResponseRedirect(card.path)
    answer = HttpResponse(drawn(card), content_type="image/jpeg")
    patch_cache_control(answer, public=True, max_age=_YEAR, immutable=True)
    return answer


@lru_cache(maxsize=KEPT)
def drawn(card: Card) -> bytes:
    """The card as JPEG. Raises SaleorUnavailable where its picture is not told."""
    return draw(card, picture_at(card.picture) if card.picture else None)
