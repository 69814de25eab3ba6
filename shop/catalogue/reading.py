"""What there is to read: makers and designers, the materials, and the stories, each with the pieces they lead to."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.found import linked_data
from shop.found.card import of_story
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import PEOPLE, Kind, ListedProduct, Named, Page, Person
from shop.saleor.client import saleor_for


@kept_page()
@require_safe
def makers(request: HttpRequest) -> HttpResponse:
    """Everybody whose name stands in a maker's mark."""
    found_makers, designers = people_of(catalogue.products(saleor_for(request)))
    linked = [linked_data.trail((_("De makers"), request.path))]
    return render(request, "catalogue/makers.html", {"makers": found_makers, "designers": designers, "linked": linked})


@kept_page()
@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """A maker or a designer, with what they make or drew."""

    def theirs(piece: ListedProduct) -> Iterable[Person]:
        return (one for one in (piece.product.producer, *piece.product.designers) if one)

    def told(page: Page, pieces: list[ListedProduct]) -> dict[str, Any]:
        who = linked_data.maker(page) if page.kind is Kind.MAKER else linked_data.designer(page)
        above = (_("De makers"), reverse("catalogue:makers"))
        return {"linked": [who, linked_data.trail(above, (page.person.name, request.path))]}

    return _read(request, slug, PEOPLE, "catalogue/person.html", theirs, told)


@kept_page()
@require_safe
def material(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a material comes from, what shows that, and what is made of it."""

    def told(page: Page, pieces: list[ListedProduct]) -> dict[str, Any]:
        return {"linked": [linked_data.trail((page.person.name, request.path))]}

    return _read(request, slug, (Kind.MATERIAL,), "catalogue/material.html", lambda one: one.product.materials, told)


@kept_page()
@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """Every story that leads to a piece, each beside the first piece that it is about."""
    found = stories_of(catalogue.products(saleor_for(request)))
    linked = [linked_data.trail((_("Verhalen"), request.path))]
    return render(request, "catalogue/stories.html", {"stories": found, "linked": linked})


@kept_page()
@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    """A story, and the pieces that it is about."""

    def told(page: Page, pieces: list[ListedProduct]) -> dict[str, Any]:
        way = linked_data.trail((_("Verhalen"), reverse("catalogue:stories")), (page.person.name, request.path))
        card = of_story(Named(slug, page.person.name, page.summary), pieces)
        return {"card": card, "linked": [linked_data.story(page, pieces), way]}

    return _read(request, slug, (Kind.STORY,), "catalogue/story.html", lambda one: one.product.stories, told)


def _read(
    request: HttpRequest,
    slug: str,
    kinds: tuple[Kind, ...],
    template: str,
    named_by: Callable[[ListedProduct], Iterable[Person | Named]],
    told: Callable[[Page, list[ListedProduct]], dict[str, Any]],
) -> HttpResponse:
    """A page of Saleor's with the pieces that name it, and what it tells machines."""
    saleor = saleor_for(request)
    page: Page | None = catalogue.page(saleor, slug, kinds)
    if page is None:
        raise Http404(_("Deze pagina is er niet (meer)."))
    pieces = [piece for piece in catalogue.products(saleor) if any(one.slug == slug for one in named_by(piece))]
    return render(request, template, {"page": page, "products": pieces, **told(page, pieces)})


def stories_of(listed: Iterable[ListedProduct]) -> list[tuple[Named, ListedProduct]]:
    """Every story that leads to these pieces, with the first of them that it is about."""
    about: dict[str, tuple[Named, ListedProduct]] = {}
    for piece in listed:
        for told in piece.product.stories:
            about.setdefault(told.slug, (told, piece))
    return list(about.values())


def people_of(listed: Iterable[ListedProduct]) -> tuple[list[Person], list[Person]]:
    """Makers and designers of these pieces, in the order in which they come up."""
    found = list(listed)
    makers = {piece.product.producer.slug: piece.product.producer for piece in found if piece.product.producer}
    designers = {designer.slug: designer for piece in found for designer in piece.product.designers}
    return list(makers.values()), list(designers.values())
