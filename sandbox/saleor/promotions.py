"""What a catalogue promotion takes off a piece, counted as Saleor counts, cent by cent.

Document `promotion`: id, name, created, updated, starts, ends (moments; None: until somebody ends it), translations
(name by language), told (`started` or `ended`: what was told last), in_file (what the file said when it was read; None:
made by staff), and rules: each id, name, channels (global ids), type (FIXED or PERCENTAGE), value (a text), predicate
(as it was given).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from catalogue.values import CatalogueFile, Product, Promotion, Variant
from sandbox.common.store import Document, Transaction
from sandbox.saleor.ids import global_id
from sandbox.saleor.moments import moment

if TYPE_CHECKING:
    from sandbox.saleor.core import Core

_UNIT = Decimal(1)


@dataclass(frozen=True)
class Reduction:
    """What a promotion takes off one piece (minor units), and by which of its rules."""

    off: int
    promotion: Document
    rule: Document

    @property
    def name(self) -> str:
        """As the order tells it."""
        return _named(self.promotion["name"], self.rule["name"])

    def told(self, language: str) -> str | None:
        """The name in exactly this language, where there is one."""
        found: str | None = self.promotion["translations"].get(language)
        return found

    @property
    def reason(self) -> str:
        return f"Promotion: {global_id('Promotion', self.promotion['id'])}"


def _named(promotion: str, rule: str | None) -> str:
    return f"{promotion}: {rule}" if rule else promotion


def runs(promotion: Document, now: int) -> bool:
    """Whether it has begun and is not over."""
    return bool(promotion["starts"] <= now and (promotion["ends"] is None or now <= promotion["ends"]))


def reduction(core: "Core", product: Product, variant: Variant) -> Reduction | None:
    """What is taken off a variant in the shop's channel now: of several rules the one that takes most off, alone."""
    now = core.now()
    running = [promotion for promotion in list(core.catalogue.promotions.values()) if runs(promotion, now)]
    if not running:
        return None
    ids = _ids(core, product, variant)
    channel = global_id("Channel", core.catalogue.number("Channel", core.catalogue.file.channel.slug))
    found = [
        Reduction(_off(rule, variant.price), promotion, rule)
        for promotion in running
        for rule in promotion["rules"]
        if channel in rule["channels"] and _holds(rule["predicate"], ids)
    ]
    return max((one for one in found if one.off), key=lambda one: one.off, default=None)


def price_now(core: "Core", product: Product, variant: Variant) -> int:
    """What a piece costs in the shop's channel now, gross, in minor units."""
    found = reduction(core, product, variant)
    return variant.price - (found.off if found else 0)


def _ids(core: "Core", product: Product, variant: Variant) -> Mapping[str, set[str]]:
    """By which ids a variant is meant, for each kind of predicate."""
    catalogue = core.catalogue
    collections = (one.slug for one in catalogue.file.collections if product.code in one.products)
    return {
        "productPredicate": {global_id("Product", catalogue.number("Product", product.code))},
        "variantPredicate": {global_id("ProductVariant", catalogue.number("ProductVariant", variant.sku))},
        "categoryPredicate": {global_id("Category", catalogue.number("Category", product.category))},
        "collectionPredicate": {global_id("Collection", slug) for slug in collections},
    }


def _holds(predicate: Mapping[str, Any], ids: Mapping[str, set[str]], *, any_of: bool = False) -> bool:
    """Whether a variant is meant. Nothing said means nobody; what stands beside each other holds together, but within
    an `OR` one of it is enough."""
    parts = []
    for name, given in predicate.items():
        if name == "AND":
            parts.append(all(_holds(one, ids) for one in given))
        elif name == "OR":
            parts.append(any(_holds(one, ids, any_of=True) for one in given))
        else:
            parts.append(bool(ids[name] & {*(given.get("ids") or ())}))
    return any(parts) if any_of else bool(parts) and all(parts)


def _off(rule: Document, price: int) -> int:
    """What a rule takes off a price in minor units; never more than the price."""
    value = Decimal(rule["value"])
    if rule["type"] == "PERCENTAGE":
        return min(int((price * value / 100).quantize(_UNIT, ROUND_HALF_UP)), price)
    return min(int(value.scaleb(2)), price)


def read_from_file(tx: Transaction, file: CatalogueFile, numbers: Mapping[str, int], now: int) -> dict[str, Document]:
    """All promotions by id, those of the file brought to what it says where it says something else than before.

    What staff changed of one since then stays, as in Saleor; one that the file no longer names is gone.
    """
    wanted = {str(uuid5(NAMESPACE_URL, f"promotion/{one.slug}")): one for one in file.promotions}
    for found in tx.find("promotion"):
        if found["in_file"] is not None and found["id"] not in wanted:
            tx.delete("promotion", found["id"])
    for key, one in wanted.items():
        kept = tx.get("promotion", key)
        if kept is None or kept["in_file"] != repr(one):
            created = kept["created"] if kept else now
            tx.put("promotion", key, _as_document(key, one, numbers, created, now))
    return {found["id"]: found for found in tx.find("promotion")}


def _as_document(key: str, one: Promotion, numbers: Mapping[str, int], created: int, now: int) -> Document:
    predicates = [
        ("productPredicate", [global_id("Product", numbers[f"Product:{code}"]) for code in one.products]),
        ("collectionPredicate", [global_id("Collection", slug) for slug in one.collections]),
    ]
    rule = {
        "id": str(uuid5(NAMESPACE_URL, f"promotion/{one.slug}/rule")),
        "name": None,
        "channels": [global_id("Channel", numbers[f"Channel:{slug}"]) for slug in _known(one, numbers)],
        "type": "FIXED" if one.percent is None else "PERCENTAGE",
        "value": str(one.value),
        "predicate": {"OR": [{name: {"ids": ids}} for name, ids in predicates if ids]},
    }
    return {
        "id": key,
        "name": one.name,
        "created": created,
        "updated": now,
        "starts": moment(one.valid_from.timestamp()),
        "ends": moment(one.valid_until.timestamp()) if one.valid_until else None,
        "translations": {language.upper(): texts["name"] for language, texts in one.translations.items()},
        "told": None,
        "in_file": repr(one),
        "rules": [rule],
    }


def _known(one: Promotion, numbers: Mapping[str, int]) -> list[str]:
    """Its channels, of which the stand-in has one."""
    return [slug for slug in one.channels if f"Channel:{slug}" in numbers]
