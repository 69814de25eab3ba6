"""What is new in the shop, as Atom: pieces and stories, the newest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from shop import settings
from shop.languages import current
from shop.saleor.catalogue import ListedProduct

MOST = 50
"""Things in the feed. Whoever reads it comes back more often than there are so many new ones."""


class New(NamedTuple):
    """Something with its address in the shop, and since when it is there."""

    since: datetime
    path: str
    name: str
    said: str


def newest(listed: Iterable[ListedProduct]) -> list[New]:
    """The newest pieces that can be bought, and the stories that lead to them."""
    found = {new.path: new for piece in listed for new in _new(piece)}
    return sorted(found.values(), key=lambda new: (new.since, new.path), reverse=True)[:MOST]


def written(listed: Iterable[ListedProduct]) -> str:
    """The feed of these pieces, in the language that is spoken."""
    feed = Atom1Feed(
        title=_("Nieuw bij Sociaal Gemaakt"),
        link=settings.SHOP_URL + reverse("catalogue:home"),
        description=_("Nieuwe stukken en nieuwe verhalen."),
        language=current(),
        author_name=settings.SELLER["name"],
        feed_url=settings.SHOP_URL + reverse("found:feed"),
    )
    for new in newest(listed):
        address = settings.SHOP_URL + new.path
        feed.add_item(new.name, address, new.said, unique_id=address, pubdate=new.since, updateddate=new.since)
    return feed.writeString("utf-8")


def _new(piece: ListedProduct) -> Iterator[New]:
    shown = piece.product
    if piece.for_sale:
        yield New(piece.since, reverse("catalogue:product", args=[shown.slug]), shown.name, shown.subtitle)
    for told in shown.stories:
        if told.since is not None:
            yield New(told.since, reverse("catalogue:story", args=[told.slug]), told.name, told.summary)
