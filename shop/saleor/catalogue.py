"""What Saleor knows about products and the people who make them, read as an anonymous visitor."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from sys import intern
from typing import Any
from urllib.parse import urlencode

from shop import settings
from shop.money import Money, is_sold_in
from shop.saleor import reached
from shop.saleor.attributes import file_of, text_of
from shop.saleor.client import Saleor, spoken
from shop.saleor.lists import KeptList
from shop.saleor.pictures import Picture, pictures_from
from shop.saleor.richtext import Block, blocks
from shop.saleor.shared import shared
from shop.saleor.swatches import Swatch, swatch_from
from shop.saleor.texts import said, told_in


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Person:
    """A maker or a designer, by the slug of their page. ``mark`` is the address of their abstract mark, or empty."""

    slug: str
    name: str
    city: str
    mark: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Named:
    """Something that has an address of its own in the shop: a material, a story, a collection. ``since`` is when a
    story was published; None where that was not asked."""

    slug: str
    name: str
    summary: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is shown in a list, in the basket and in a maker's mark.

    ``published_producer`` is the slug that fulfilment publishes once an agreement is in force; without it, or without
    the code by which fulfilment knows the product, it is not for sale. Its own ``pictures`` come first, then those of
    its variants.
    """

    id: str
    code: str
    name: str
    slug: str
    subtitle: str
    material: str
    hours: str
    producer: Person | None
    designers: tuple[Person, ...]
    materials: tuple[Named, ...]
    stories: tuple[Named, ...]
    pictures: tuple[Picture, ...]
    published_producer: str

    @property
    def has_producer(self) -> bool:
        return bool(self.published_producer and self.code)

    @property
    def picture(self) -> Picture | None:
        return self.pictures[0] if self.pictures else None

    @property
    def picture_in_use(self) -> Picture | None:
        """The first picture that shows the product in a room."""
        return next((picture for picture in self.pictures if picture.is_lying), None)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is really bought. ``available`` is how many can be ordered now, capped by Saleor's limit per checkout;
    ``picture`` shows this one, ``swatch`` its colour, where it has them. ``prior`` is the lowest price of the 30 days
    before this one was reduced: where it is None, nothing is announced as reduced."""

    id: str
    name: str
    sku: str
    available: int
    made_to_order: bool
    price: Money | None
    picture: Picture | None = None
    swatch: Swatch | None = None
    prior: Money | None = None

    @property
    def query(self) -> str:
        """What the address of its product's page ends with so that this one is chosen there; empty of the only one."""
        return f"?{urlencode({'variant': self.sku})}" if self.name and self.sku else ""


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """A product of the list with its prices and the ids of its variants. ``since`` is when it could first be bought,
    ``changed_at`` when somebody last changed it."""

    product: Product
    category_slug: str
    price_from: Money | None
    price_to: Money | None
    collections: tuple[Named, ...]
    variants: tuple[Variant, ...]
    since: datetime
    changed_at: datetime

    def picture_of(self, sku: str) -> Picture | None:
        """The picture of one of its variants; where that has none, or there is no such (any more), the product's."""
        own = next((variant.picture for variant in self.variants if sku and variant.sku == sku), None)
        return own or self.product.picture

    @property
    def prior(self) -> Money | None:
        """That of the cheapest variant, the one whose price is shown."""
        return _prior_of(self.variants, self.price_from)

    @property
    def lies_ready(self) -> bool:
        """Whether one of it is made already."""
        return any(variant.available and not variant.made_to_order for variant in self.variants)

    @property
    def for_sale(self) -> bool:
        return self.product.has_producer and self.price_from is not None and any(v.available for v in self.variants)

    @property
    def has_one_price(self) -> bool:
        return self.price_from == self.price_to


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """All that the product page tells. ``reclaimed``, ``repair`` and ``warnings`` may be empty; ``maker_address`` and
    ``maker_email`` are how whoever made it is reached; ``drawing`` is the address of the drawing of its measures, dark
    lines on nothing, or empty."""

    product: Product
    category_name: str
    description: tuple[Block, ...]
    size: str
    drawing: str
    care: str
    reclaimed: str
    repair: str
    warnings: str
    maker_address: str
    maker_email: str
    price_from: Money | None
    variants: tuple[Variant, ...]

    @property
    def has_price_per_variant(self) -> bool:
        return len({variant.price for variant in self.variants}) > 1

    @property
    def prior(self) -> Money | None:
        """That of the cheapest variant."""
        return _prior_of(self.variants, self.price_from)

    @property
    def has_prior_per_variant(self) -> bool:
        return len({variant.prior for variant in self.variants}) > 1

    @property
    def sold(self) -> tuple[Variant, ...]:
        """The variants that are for sale, sold out or not; none when nobody may make the product."""
        if not self.product.has_producer:
            return ()
        return tuple(variant for variant in self.variants if variant.price is not None)

    @property
    def offered(self) -> tuple[Variant, ...]:
        """Those that can be bought now."""
        return tuple(variant for variant in self.sold if variant.available)


class Kind(StrEnum):
    """What a page is about: the slug of Saleor's page type."""

    MAKER = "maker"
    DESIGNER = "designer"
    MATERIAL = "material"
    STORY = "story"
    INFORMATION = "information"


PAGE_TEXTS = ("summary", "address", "email", "techniques", "bench", "evidence", "view")
PEOPLE = (Kind.MAKER, Kind.DESIGNER)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Saleor's, about a person, a material, a story, or what customers ask. What its kind does not have is
    empty; ``place`` is the address of a picture of where they work, lying 3:2, and ``view`` says what it shows;
    ``since`` is when it was published."""

    kind: Kind
    person: Person
    content: tuple[Block, ...]
    summary: str
    address: str
    email: str
    techniques: str
    bench: str
    evidence: str
    place: str
    view: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Collection:
    """Pieces that are shown together, and why."""

    slug: str
    name: str
    description: tuple[Block, ...]


def products(saleor: Saleor) -> tuple[ListedProduct, ...]:
    """Every product of the channel, in the order of their codes; may be a minute old, and for the first seconds after
    everything was forgotten only the first hundred. Raises SaleorError."""
    return PRODUCTS.items(saleor)


def product(saleor: Saleor, slug: str) -> ProductDetail | None:
    """One product; may be a minute old. None when the channel has none of that slug. Raises SaleorError."""
    asked = {"slug": slug, "channel": settings.SALEOR_CHANNEL, **told_in(saleor.language)}
    node = saleor.read_cached("product", asked)["product"]
    if node is None:
        return None
    maker: dict[str, Any] = (node["maker"] or {}).get("page") or {}
    found, variants = _with_variants(node)
    return ProductDetail(
        product=found,
        category_name=said(node["category"], "name"),
        description=blocks(said(node, "description")),
        size=text_of(node["size"]),
        drawing=file_of(node["drawing"]),
        care=text_of(node["care"]),
        reclaimed=text_of(node["reclaimed"]),
        repair=text_of(node["repair"]),
        warnings=text_of(node["warnings"]),
        maker_address=text_of(maker.get("address")),
        maker_email=text_of(maker.get("email")),
        price_from=_range_price(node, "start"),
        variants=variants,
    )


def page(saleor: Saleor, slug: str, kinds: Container[Kind]) -> Page | None:
    """A published page of one of these kinds; may be a minute old. None where there is none. Raises SaleorError."""
    node = saleor.read_cached("page", {"slug": slug, "language": saleor.language})["page"]
    if node is None or not node["isPublished"] or node["pageType"]["slug"] not in kinds:
        return None
    return Page(
        kind=Kind(node["pageType"]["slug"]),
        person=_person(node),
        content=blocks(said(node, "content")),
        place=file_of(node["place"]),
        since=_since(node),
        **{text: text_of(node[text]) for text in PAGE_TEXTS},
    )


def collection(saleor: Saleor, slug: str) -> Collection | None:
    """A collection of the channel; may be a minute old. None where there is none. Raises SaleorError."""
    asked = {"slug": slug, "channel": settings.SALEOR_CHANNEL, "language": saleor.language}
    node = saleor.read_cached("collection", asked)["collection"]
    return Collection(node["slug"], said(node, "name"), blocks(said(node, "description"))) if node else None


def product_from(node: dict[str, Any], variants: Iterable[dict[str, Any]]) -> Product:
    """A product out of the fields that every operation asks of one; ``variants`` are those that are told beside it."""
    of_variants = {medium["id"] for variant in variants for medium in variant["media"] or ()}
    maker = (node["producer"] or {}).get("page")
    return Product(
        id=intern(node["id"]),
        code=intern(node["externalReference"] or ""),
        name=said(node, "name"),
        slug=intern(node["slug"]),
        subtitle=text_of(node["subtitle"]),
        material=intern(text_of(node["material"])),
        hours=intern(text_of(node["hours"])),
        producer=_person(maker) if maker else None,
        designers=tuple(_person(page) for page in (node["designers"] or {}).get("pages", ())),
        materials=_named(node["materials"]),
        stories=_named(node["stories"]),
        pictures=pictures_from(node["media"] or [], of_variants),
        published_producer=intern(node["listedFor"] or ""),
    )


def variant_from(node: dict[str, Any], pictures: Iterable[Picture]) -> Variant:
    """A variant, whose picture is one of its product's; its price is None where the operation does not ask for it, or
    the channel has none in our currency."""
    pricing = node.get("pricing") or {}
    own = {medium["id"] for medium in node["media"] or ()}
    name, sku = node.get("name", ""), intern(node.get("sku") or "")
    return Variant(
        id=intern(node["id"]),
        # Saleor knows no variant without a name: a nameless one bears its SKU, or else its id.
        name="" if name in (sku, node["id"]) else intern(said(node, "name")),
        sku=sku,
        available=node["quantityAvailable"] or 0,
        made_to_order=not node["trackInventory"],
        price=_price(pricing.get("price")),
        picture=next((picture for picture in pictures if picture.id in own), None),
        swatch=swatch_from((node.get("colour") or {}).get("swatch")),
        prior=_prior(pricing),
    )


def money_from(node: dict[str, Any]) -> Money:
    """Saleor's ``Money`` type."""
    return Money.from_decimal(node["amount"], node["currency"])


def _with_variants(node: dict[str, Any]) -> tuple[Product, tuple[Variant, ...]]:
    told = node["variants"] or ()
    found = product_from(node, told)
    return found, tuple(variant_from(variant, found.pictures) for variant in told)


def _listed(node: dict[str, Any]) -> ListedProduct:
    found, variants = _with_variants(node)
    return ListedProduct(
        product=found,
        category_slug=intern((node["category"] or {}).get("slug", "")),
        price_from=_range_price(node, "start"),
        price_to=_range_price(node, "stop"),
        collections=tuple(shared(Named(one["slug"], said(one, "name"))) for one in node["collections"] or ()),
        variants=variants,
        since=datetime.fromisoformat(node["availableForPurchaseAt"] or node["created"]),
        changed_at=datetime.fromisoformat(node["updatedAt"]),
    )


PRODUCTS = KeptList(
    "products",
    lambda: {"channel": settings.SALEOR_CHANNEL, **told_in(spoken())},
    _listed,
    order=lambda listed: listed.product.code,
    beside=reached.hear,
)


def _range_price(node: dict[str, Any], end: str) -> Money | None:
    price_range = (node["pricing"] or {}).get("priceRange") or {}
    return _price(price_range.get(end))


def _price(node: dict[str, Any] | None) -> Money | None:
    """The gross of Saleor's ``TaxedMoney``; None where there is none, or not in a currency that we sell in."""
    return money_from(node["gross"]) if node and is_sold_in(node["gross"]["currency"]) else None


def _prior(pricing: dict[str, Any]) -> Money | None:
    """The law knows a reduction by the price before it: one whose prior price is not known, or no higher, is none."""
    now, prior = _price(pricing.get("price")), _price(pricing.get("pricePrior"))
    return prior if pricing.get("onSale") and now and prior and prior.minor > now.minor else None


def _prior_of(variants: Iterable[Variant], price: Money | None) -> Money | None:
    return next((variant.prior for variant in variants if price is not None and variant.price == price), None)


def _person(page: dict[str, Any]) -> Person:
    name = said(page, "title")
    return shared(Person(slug=page["slug"], name=name, city=text_of(page["city"]), mark=file_of(page["mark"])))


def _named(assigned: dict[str, Any] | None) -> tuple[Named, ...]:
    return tuple(
        shared(Named(page["slug"], said(page, "title"), text_of(page["summary"]), _since_if_told(page)))
        for page in (assigned or {}).get("pages", ())
    )


def _since_if_told(page: dict[str, Any]) -> datetime | None:
    return _since(page) if "created" in page else None


def _since(page: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(page["publishedAt"] or page["created"])
