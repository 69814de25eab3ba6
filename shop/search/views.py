"""The page that searches."""

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.client import saleor_for
from shop.saleor.made_once import MadeOnce
from shop.search.hits import Hit, Kind, index_of
from shop.search.index import LONGEST_QUERY

SHOWN = 24
"""Of each kind."""
INDEXES = MadeOnce("index", index_of, takes_long=True)


@kept_page("q")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What fits ``q``; without it, the field alone."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    listed = catalogue.products(saleor_for(request))
    hits = INDEXES.of(listed).search(query) if query else []
    context = {
        "query": query,
        "longest": LONGEST_QUERY,
        "count": len(hits),
        "pieces": [hit.piece for hit in _of(hits, Kind.PIECE)],
        "people": _of(hits, Kind.PERSON),
        "materials": _of(hits, Kind.MATERIAL),
        "stories": _of(hits, Kind.STORY),
        "instead": listed[:3],
    }
    return render(request, "search/search.html", context)


def _of(hits: list[Hit], kind: Kind) -> list[Hit]:
    return list(islice((hit for hit in hits if hit.kind is kind), SHOWN))
