"""What search engines are asked to leave alone: what is of one visitor, and what shows the same pieces once more."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import override

from shop import settings

_ANY = "x"
PRIVATE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("basket:basket", ()),
    ("discount:give", ()),
    ("checkout:checkout", ()),
    ("checkout:thanks", ()),
    ("account:home", ()),
    ("tracking:track", (_ANY,)),
    ("piece:piece", (_ANY,)),
    ("withdrawal:find", ()),
    ("restock:ask", (_ANY,)),
    ("newsletter:confirm", (_ANY,)),
    ("newsletter:leave", (_ANY,)),
    ("refund:account", (_ANY,)),
    ("business:apply", ()),
    ("business:mine", ()),
    ("business:invitation", (_ANY,)),
    ("business:company", (_ANY,)),
)
"""A page of each room that is private; all that stands under it is too."""


def lines() -> Iterator[str]:
    """The file, line by line. What is longer counts for more: later pages of the collection may be looked at."""
    yield "User-agent: *"
    for language, _name in settings.LANGUAGES:
        with override(language):
            for name, args in PRIVATE:
                yield f"Disallow: {reverse(name, args=args).removesuffix(f'{_ANY}/')}"
            yield f"Disallow: {reverse('search:search')}?"
            yield f"Disallow: {reverse('catalogue:pieces')}*?"
            yield f"Allow: {reverse('catalogue:pieces')}*?page="
    yield ""
    yield f"Sitemap: {settings.SHOP_URL}{reverse('sitemaps')}"
