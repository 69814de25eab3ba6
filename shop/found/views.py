"""What search engines and readers of feeds ask for. Made once and kept, as the pages that they lead to."""

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shop import settings
from shop.found.feed import written
from shop.found.robots import lines
from shop.found.sitemaps import SECTIONS
from shop.pages.views import kept_page
from shop.saleor import catalogue
from shop.saleor.client import saleor_for

XML = "application/xml"


@kept_page()
@require_safe
def sitemaps(request: HttpRequest) -> HttpResponse:
    """The files that name every page that can be found."""
    files = []
    for section, kind in SECTIONS.items():
        found = kind(saleor_for(request))
        address = settings.SHOP_URL + reverse(f"sitemap-{section}")
        pages = [address, *(f"{address}?p={number}" for number in range(2, found.paginator.num_pages + 1))]
        files += [{"location": one, "last_mod": found.get_latest_lastmod()} for one in pages]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type=XML)


@kept_page("p")
@require_safe
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    """One of these files."""
    try:
        urls = SECTIONS[section](saleor_for(request)).get_urls(page=request.GET.get("p", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    return render(request, "sitemap.xml", {"urlset": urls}, content_type=XML)


@kept_page()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What they are asked to leave alone."""
    return HttpResponse("\n".join(lines()) + "\n", content_type="text/plain; charset=utf-8")


@kept_page()
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """What is new, in one language."""
    told = written(catalogue.products(saleor_for(request)))
    return HttpResponse(told, content_type="application/atom+xml; charset=utf-8")
