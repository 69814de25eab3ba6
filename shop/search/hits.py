"""What of the shop can be found: pieces, people, materials and stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.saleor.catalogue import ListedProduct
from shop.search.index import Entry, Index

NAME, SAID, AROUND = 4.0, 2.0, 1.0
"""How much it weighs where something is found: in its name, in what is said of it, in what is around it."""


class Kind(StrEnum):
    PIECE = "piece"
    PERSON = "person"
    MATERIAL = "material"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, by the slug of its page; a ``piece`` with all that a card shows of it."""

    kind: Kind
    slug: str
    name: str
    said: str
    piece: ListedProduct | None = None


def index_of(listed: Sequence[ListedProduct], language: str) -> Index[Hit]:
    """What is written about all that is listed, and about who and what is around it."""
    return Index(_entries(listed), language)


def _entries(listed: Sequence[ListedProduct]) -> list[Entry[Hit]]:
    found: dict[tuple[Kind, str], Entry[Hit]] = {}
    for piece in listed:
        product = piece.product
        for entry in (_piece(piece), *_around(piece)):
            found.setdefault((entry.found.kind, entry.found.slug), entry)
        for person in (product.producer, *product.designers):
            if person:
                hit = Hit(Kind.PERSON, person.slug, person.name, person.city)
                found.setdefault((hit.kind, hit.slug), Entry(hit, [(person.name, NAME), (person.city, AROUND)]))
    return list(found.values())


def _piece(piece: ListedProduct) -> Entry[Hit]:
    product = piece.product
    people = " ".join(one.name for one in (product.producer, *product.designers) if one)
    around = " ".join(one.name for one in (*piece.collections, *product.materials, *product.stories))
    said = f"{product.subtitle} {product.material}"
    texts = [(product.name, NAME), (product.code, NAME), (said, SAID), (people, AROUND), (around, AROUND)]
    return Entry(Hit(Kind.PIECE, product.slug, product.name, product.subtitle, piece), texts)


def _around(piece: ListedProduct) -> list[Entry[Hit]]:
    named = [(Kind.MATERIAL, one) for one in piece.product.materials]
    named += [(Kind.STORY, one) for one in piece.product.stories]
    return [
        Entry(Hit(kind, one.slug, one.name, one.summary), [(one.name, NAME), (one.summary, SAID)])
        for kind, one in named
    ]
