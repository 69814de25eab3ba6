"""A card: what others show of a page when somebody shares it. The thing's own picture on our ground, with its name."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from hashlib import blake2b

from django.urls import reverse
from django.utils.translation import gettext as _

from shop import settings
from shop.saleor.catalogue import ListedProduct, Named, Product
from shop.saleor.pictures import Picture

WIDTH, HEIGHT = 1200, 630
"""Pixels: what Open Graph and its readers show whole."""
DRAWN = 1
"""Raised where cards are drawn otherwise, so that they get other addresses."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on it: a name, what it is, and who made it; ``picture`` is an address, or empty. ``view`` and
    ``slug`` say where it is to be had."""

    view: str
    slug: str
    name: str
    said: str
    by: str
    picture: str
    width: int = field(default=WIDTH, init=False)
    height: int = field(default=HEIGHT, init=False)

    @property
    def digest(self) -> str:
        """Another one for another card: whoever keeps one by its address keeps the right one."""
        return blake2b(repr((DRAWN, astuple(self))).encode(), digest_size=9).hexdigest()

    @property
    def path(self) -> str:
        return reverse(self.view, args=[self.slug, self.digest] if self.slug else [self.digest])

    @property
    def address(self) -> str:
        return settings.SHOP_URL + self.path

    @property
    def told(self) -> str:
        """What it is and who made it, in one line."""
        return ", ".join(text for text in (self.said, self.by) if text)

    @property
    def alt(self) -> str:
        """All that stands on it."""
        return " – ".join(text for text in (self.name, self.told) if text)


def of_house() -> Card:
    """Of every page that has none of its own."""
    said = _("Getekend door ontwerpers, gemaakt in ateliers van de sociale economie in Gent.")
    return Card("found:house_card", "", _("Samen gemaakt in Gent"), said, "", "")


def of_product(product: Product) -> Card:
    maker = product.producer
    by = _("gemaakt door %(maker)s") % {"maker": maker.name} if maker else ""
    picture = _address(next(iter(product.pictures), None))
    return Card("found:product_card", product.slug, product.name, product.subtitle, by, picture)


def of_story(story: Named, about: Iterable[ListedProduct]) -> Card:
    """With the first of the pieces that it is about, in use."""
    picture = next((piece.product.picture_in_use for piece in about if piece.product.picture_in_use), None)
    return Card("found:story_card", story.slug, story.name, story.summary, "", _address(picture))


def _address(picture: Picture | None) -> str:
    return picture.fallback if picture else ""
