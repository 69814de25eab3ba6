"""These pages. What is told there as a fact comes from Saleor or the settings; what a shop keeper wants to say in words
of their own is a page in Saleor."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop import settings
from shop.countries import by_name
from shop.found import linked_data
from shop.found.linked_data import Node
from shop.info.reading import Offer, offers, sections
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import Kind, ListedProduct, Page
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.delivery import delivered_to, deliveries

QUESTIONS, MAKING = "vragen-en-antwoorden", "zo-wordt-het-gemaakt"
"""The slugs of the two pages in Saleor."""
SHOWN = 3
"""Pieces whose material is shown where it is told how they are made."""
CHECKED_ON = date(2026, 11, 28)
"""When somebody last held what the statement on accessibility says against the shop. Whoever does so again writes the
day here."""


@kept_page()
@require_safe
def delivery(request: HttpRequest) -> HttpResponse:
    """What it costs to have something brought, when it comes, and how it goes back."""
    context = {
        "offers": _offers(saleor_for(request)),
        "withdrawal_days": settings.WITHDRAWAL_DAYS,
        "linked": _way(request, _("Levering en retour")),
    }
    return render(request, "info/delivery.html", context)


@kept_page()
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What others asked, as the page in Saleor has it: a heading is a question, what follows is its answer."""
    page = _page(request, QUESTIONS)
    before, asked = sections(page.content if page else ())
    told = [linked_data.questions((one.heading, one.lines) for one in asked)] if asked else []
    linked = [*told, *_way(request, _("Vragen en antwoorden"))]
    return render(request, "info/questions.html", {"before": before, "asked": asked, "linked": linked})


@kept_page()
@require_safe
def making(request: HttpRequest) -> HttpResponse:
    """How it is made, as the page in Saleor tells it, with the materials and the workshops that there are."""
    listed = catalogue.products(saleor_for(request))
    context = {
        "page": _page(request, MAKING),
        "shown": _of_different_makers(listed)[:SHOWN],
        "linked": _way(request, _("Zo wordt het gemaakt")),
    }
    return render(request, "info/making.html", context)


@kept_page()
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Who can use this shop, how that was tested, and what does not work yet."""
    context = {"checked_on": CHECKED_ON, "shop": settings.SHOP_URL, "linked": _way(request, _("Toegankelijkheid"))}
    return render(request, "info/accessibility.html", context)


def _offers(saleor: Saleor) -> list[Offer]:
    return offers([(name, deliveries(saleor, code)) for code, name in by_name(delivered_to(saleor))])


def _page(request: HttpRequest, slug: str) -> Page | None:
    return catalogue.page(saleor_for(request), slug, (Kind.INFORMATION,))


def _way(request: HttpRequest, name: str) -> list[Node]:
    return [linked_data.trail((name, request.path))]


def _of_different_makers(listed: tuple[ListedProduct, ...]) -> list[ListedProduct]:
    """The first piece of each workshop that has a picture of its material."""
    found: dict[str, ListedProduct] = {}
    for piece in listed:
        if piece.product.producer and len(piece.product.pictures) > 1:
            found.setdefault(piece.product.producer.slug, piece)
    return list(found.values())
