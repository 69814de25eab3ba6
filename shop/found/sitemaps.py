"""Which pages can be found: each in every language, beside itself in the other ones."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from shop import settings
from shop.saleor import catalogue
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import Saleor

Place = tuple[str, tuple[str, ...]]
"""A page by the name of its address, and what that takes."""

ALWAYS = (
    *("catalogue:home", "catalogue:pieces", "catalogue:makers", "catalogue:stories"),
    *("info:delivery", "info:questions", "info:making", "info:accessibility"),
    *("terms:conditions", "terms:privacy", "terms:contact", "newsletter:ask", "business:about", "business:terms"),
)
ON_A_PAGE = 1000
"""Addresses in one file. A search engine takes 50,000, and a worker keeps what it takes."""


class InEveryLanguage(Sitemap):  # type: ignore[type-arg]  # it takes none when it runs
    """Django's sitemap of our addresses. ``x-default`` is the page in Dutch, as on the page itself."""

    i18n = True
    alternates = True
    limit = ON_A_PAGE

    def __init__(self, saleor: Saleor) -> None:
        self._saleor = saleor

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SHOP_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SHOP_URL).netloc

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        urls = super().get_urls(page, site, protocol)
        for url in urls:
            dutch = next(one for one in url["alternates"] if one["lang_code"] == settings.LANGUAGE_CODE)
            url["alternates"].append({**dutch, "lang_code": "x-default"})
        return urls


class Products(InEveryLanguage):
    """The pieces, each with the moment of its last change in Saleor."""

    def items(self) -> tuple[ListedProduct, ...]:
        return catalogue.products(self._saleor)

    def location(self, item: ListedProduct) -> str:
        return reverse("catalogue:product", args=[item.product.slug])

    def lastmod(self, item: ListedProduct) -> datetime:
        return item.changed_at


class Pages(InEveryLanguage):
    """All else: what is always there, and what pieces lead to. Of none of these Saleor tells when it changed."""

    def items(self) -> list[Place]:
        listed = catalogue.products(self._saleor)
        led_to = dict.fromkeys(place for piece in listed for place in _led_to(piece))
        return [*((name, ()) for name in ALWAYS), *sorted(led_to)]

    def location(self, item: Place) -> str:
        name, args = item
        return reverse(name, args=args)


def _led_to(piece: ListedProduct) -> Iterator[Place]:
    found = piece.product
    people = (*((found.producer,) if found.producer else ()), *found.designers)
    for name, named in (
        ("catalogue:collection", piece.collections),
        ("catalogue:person", people),
        ("catalogue:material", found.materials),
        ("catalogue:story", found.stories),
    ):
        for one in named:
            yield name, (one.slug,)


SECTIONS: dict[str, type[InEveryLanguage]] = {"products": Products, "pages": Pages}
