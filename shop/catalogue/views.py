"""The product list, a product, and the people behind them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from shop import baskets, paying, settings
from shop.catalogue.forms import BuyForm
from shop.fulfilment.client import promises
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct, Person
from shop.saleor.client import saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.visit import Visit


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The collection, and everybody who makes it."""
    collection = catalogue.products(saleor_for(request))
    found_makers, designers = _people(collection)
    return render(
        request,
        "catalogue/home.html",
        {"collection": collection, "makers": found_makers, "designers": designers},
    )


@require_safe
def makers(request: HttpRequest) -> HttpResponse:
    """Everybody whose name stands in a maker's mark."""
    found_makers, designers = _people(catalogue.products(saleor_for(request)))
    return render(request, "catalogue/makers.html", {"makers": found_makers, "designers": designers})


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product; a POST puts it in the basket."""
    saleor = saleor_for(request)
    detail = catalogue.product(saleor, slug)
    if detail is None:
        raise Http404(_("Dit product is er niet (meer)."))
    promise = promises([detail.product.code]).get(detail.product.code)
    refused_by_fulfilment = promise is not None and not promise.sellable
    offered = () if refused_by_fulfilment else detail.offered
    form = BuyForm(offered, request.POST if request.method == "POST" else None)
    if request.method == "POST" and offered and form.is_valid():
        visit = Visit(request)
        paying.make_room(request, visit)
        try:
            baskets.put(request, visit, form.cleaned_data["variant"], form.cleaned_data["quantity"])
        except SaleorRefusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("basket:basket")
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "catalogue/product.html",
        {
            "detail": detail,
            "product": detail.product,
            "offered": offered,
            "form": form,
            "forms": [form],
            "promise": promise,
            "is_sold_out": detail.product.has_producer and detail.price_from and not refused_by_fulfilment,
            "is_gift_packaging": detail.product.code == settings.GIFT_PACKAGING_CODE,
            "made_to_order": any(variant.made_to_order for variant in detail.variants),
            "related": _others(catalogue.products(saleor), detail.product.slug),
        },
        status=status,
    )


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a maker or a designer, with what they make or drew."""
    saleor = saleor_for(request)
    page = catalogue.person_page(saleor, slug)
    if page is None:
        raise Http404(_("Deze pagina is er niet (meer)."))
    theirs = [
        listed
        for listed in catalogue.products(saleor)
        if slug in {someone.slug for someone in (listed.product.producer, *listed.product.designers) if someone}
    ]
    return render(request, "catalogue/person.html", {"page": page, "products": theirs})


def _people(listed: tuple[ListedProduct, ...]) -> tuple[list[Person], list[Person]]:
    makers = {item.product.producer.slug: item.product.producer for item in listed if item.product.producer}
    designers = {designer.slug: designer for item in listed for designer in item.product.designers}
    return list(makers.values()), list(designers.values())


def _others(listed: tuple[ListedProduct, ...], slug: str) -> list[ListedProduct]:
    """Up to three other products, those that follow in the collection first."""
    objects = [item for item in listed if item.product.code != settings.GIFT_PACKAGING_CODE]
    at = next((index for index, item in enumerate(objects) if item.product.slug == slug), -1)
    return [item for item in objects[at + 1 :] + objects[: max(at, 0)] if item.product.slug != slug][:3]
