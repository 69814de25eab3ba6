"""The pictures of a product: which one stands above its name, and each of them as large as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import Product, Variant
from shop.saleor.client import saleor_for
from shop.saleor.pictures import Picture


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that may stand above the name. ``number`` counts all pictures of the product from one, ``variant`` the
    variants that are shown from nought: None of what stands there when the chosen one has no picture of its own."""

    number: int
    picture: Picture
    variant: int | None
    is_chosen: bool


def stage(product: Product, variants: Sequence[Variant], chosen: str) -> list[Shot]:
    """The product's first picture, and that of each variant; the one of the variant ``chosen`` (its id) is shown first,
    the others as soon as somebody chooses theirs."""
    numbers = {picture.id: number for number, picture in enumerate(product.pictures, start=1)}
    own = [
        Shot(numbers[variant.picture.id], variant.picture, at, variant.id == chosen)
        for at, variant in enumerate(variants)
        if variant.picture
    ]
    first = [Shot(1, product.picture, None, not any(shot.is_chosen for shot in own))] if product.picture else []
    return [*first, *own]


@kept_page()
@require_safe
def picture(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One of a product's pictures, as large as the screen, with the ones beside it and the way back."""
    detail = catalogue.product(saleor_for(request), slug)
    pictures = detail.product.pictures if detail else ()
    if detail is None or not 1 <= number <= len(pictures):
        raise Http404(_("Dit beeld is er niet (meer)."))
    context = {
        "product": detail.product,
        "shown": pictures[number - 1],
        "number": number,
        "former": number - 1,
        "next": number + 1 if number < len(pictures) else 0,
    }
    return render(request, "catalogue/picture.html", context)
