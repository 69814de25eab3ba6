"""The collection, or one of the collections in it: narrowed down, and in the order that somebody likes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from shop.catalogue.listing import Listing
from shop.catalogue.narrowing import NarrowForm
from shop.catalogue.selection import Facet, Option, Order
from shop.found import linked_data
from shop.found.linked_data import Node
from shop.fulfilment.days import ready_days
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import Collection, ListedProduct
from shop.saleor.client import saleor_for
from shop.saleor.made_once import MadeOnce

ON_A_PAGE = 24
FACETS = {
    Facet.MAKER: gettext_lazy("Gemaakt door"),
    Facet.DESIGNER: gettext_lazy("Ontworpen door"),
    Facet.MATERIAL: gettext_lazy("Uit"),
}
LISTINGS: MadeOnce[ListedProduct, Listing] = MadeOnce("listing", lambda listed, _language: Listing(listed))
COUNTS = (*(facet.value for facet in Facet), "least", "most", "in_stock", "order", "page")
"""What of an address this page heeds."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something that was chosen, and the query without it, which is empty where that was all."""

    name: str
    without: str


@kept_page(*COUNTS)
@require_safe
def pieces(request: HttpRequest, slug: str = "") -> HttpResponse:
    """All pieces; with a ``slug`` those of one collection."""
    saleor = saleor_for(request)
    listing = LISTINGS.of(catalogue.products(saleor))
    shown: Collection | None = None
    if slug:
        shown = catalogue.collection(saleor, slug)
        if shown is None:
            raise Http404(_("Deze collectie is er niet (meer)."))
    form = NarrowForm(request.GET)
    selection = form.selection()
    found = listing.select(selection, ready_days() if selection.order is Order.READY else {}, slug)
    facets = listing.options(selection, slug)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    query = _query(request.GET, "page")
    context = {
        "shown": shown,
        "collections": listing.collections,
        "form": form,
        "forms": [form],
        "facets": [(facet.value, FACETS[facet], given) for facet, given in facets.items()],
        "chosen": _chosen(request.GET, facets),
        "is_narrow": selection.is_narrow,
        "page": page,
        "query": query,
        "turned_to": f"?page={page.number}" if page.number > 1 and not query else "",
        "linked": _linked(request.path, shown, page),
    }
    return render(request, "catalogue/pieces.html", context)


def _linked(path: str, shown: Collection | None, page: Iterable[ListedProduct]) -> list[Node]:
    """The pieces that are shown, and the way there."""
    everything = (_("De collectie"), reverse("catalogue:pieces"))
    name = shown.name if shown else everything[0]
    return [linked_data.pieces(name, path, page), linked_data.trail(everything, *([(name, path)] if shown else []))]


def _chosen(asked: QueryDict, facets: dict[Facet, list[Option]]) -> list[Chosen]:
    """What is chosen of the facets, each with the address without it."""
    return [
        Chosen(option.name, f"?{_query(asked, 'page', without=(facet.value, option.slug))}".removesuffix("?"))
        for facet, given in facets.items()
        for option in given
        if option.is_chosen
    ]


def _query(asked: QueryDict, *names: str, without: tuple[str, str] | None = None) -> str:
    """The query again, without some names, and without one value; only of what this page heeds."""
    kept: list[tuple[str, Any]] = [
        (name, value)
        for name, values in asked.lists()
        for value in values
        if name in COUNTS and name not in names and value and (name, value) != without
    ]
    return urlencode(kept)
