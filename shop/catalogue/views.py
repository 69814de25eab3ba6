"""The first page, and a product."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from shop import baskets, paying, settings
from shop.catalogue.forms import BuyForm, typed_quantity
from shop.catalogue.gallery import stage
from shop.catalogue.reading import people_of, stories_of
from shop.found import linked_data
from shop.found.card import of_product
from shop.fulfilment.client import promises
from shop.opt_in import RestockForm
from shop.origin import same_origin
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.visit import Visit

FIRST, MORE = 2, 6
"""Pieces on the first page, before the story and after it."""


@kept_page()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first pieces of the collection, one of the stories between them, and everybody who makes it."""
    collection = catalogue.products(saleor_for(request))
    found_makers, designers = people_of(collection)
    stands_above = bool(collection and collection[0].product.picture_in_use)
    beside = collection[1:] if stands_above else collection
    told, told_about = next(iter(stories_of(collection)), (None, None))
    context = {
        "collection": collection,
        "first": beside[:FIRST],
        "more": beside[FIRST : FIRST + MORE],
        "told": told,
        "told_about": told_about,
        "makers": found_makers,
        "designers": designers,
        "linked": [linked_data.house(), linked_data.website()],
    }
    return render(request, "catalogue/home.html", context)


@kept_page("variant")
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product, with the variant chosen that the address names (its SKU); a POST puts it in the basket."""
    saleor = saleor_for(request)
    detail = catalogue.product(saleor, slug)
    if detail is None:
        raise Http404(_("Dit product is er niet (meer)."))
    code, quantity = detail.product.code, typed_quantity(request.POST)
    promise = promises({code: quantity}).get(code)
    refused_by_fulfilment = promise is not None and not promise.sellable
    sold, offered = ((), ()) if refused_by_fulfilment else (detail.sold, detail.offered)
    form = BuyForm(offered, request.POST if request.method == "POST" else None, request.GET.get("variant", ""))
    if request.method == "POST" and offered and form.is_valid():
        visit = Visit(request)
        paying.make_room(request, visit)
        try:
            baskets.put(request, visit, form.cleaned_data["variant"], form.cleaned_data["quantity"])
        except SaleorRefusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("basket:basket")
    is_sold_out = bool(detail.product.has_producer and detail.price_from and not refused_by_fulfilment)
    gone = tuple(variant for variant in sold if not variant.available)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "catalogue/product.html",
        {
            "detail": detail,
            "product": detail.product,
            "sold": sold,
            "offered": offered,
            "stage": stage(detail.product, sold, form["variant"].value() or ""),
            "form": form,
            "forms": [form],
            "promise": promise,
            "promised_quantity": quantity,
            "is_sold_out": is_sold_out,
            "gone": gone,
            "restock_form": RestockForm(gone, sku=request.GET.get("variant", "")),
            "is_gift_packaging": detail.product.code == settings.GIFT_PACKAGING_CODE,
            "made_to_order": any(variant.made_to_order for variant in detail.variants),
            "related": _others(catalogue.products(saleor), detail.product.slug),
            "card": of_product(detail.product),
            "linked": [
                linked_data.piece(detail, offered, is_sold_out=is_sold_out),
                linked_data.trail(
                    (_("De collectie"), reverse("catalogue:pieces")), (detail.product.name, request.path)
                ),
            ],
        },
        status=status,
    )


def _others(listed: tuple[ListedProduct, ...], slug: str) -> list[ListedProduct]:
    """Up to three other products, those that follow in the collection first."""
    objects = [item for item in listed if item.product.code != settings.GIFT_PACKAGING_CODE]
    at = next((index for index, item in enumerate(objects) if item.product.slug == slug), -1)
    return [item for item in objects[at + 1 :] + objects[: max(at, 0)] if item.product.slug != slug][:3]
