"""The promotions of the file: `[[promotion]]`."""

from catalogue.entries import Entry, known, minor, translations
from catalogue.values import CatalogueFile, Promotion
from catalogue.vouchers import first_moment, last_moment, percent_of


def read_promotion(entry: Entry, channel: str) -> Promotion:
    """One entry; it holds in `channel` where it names none. `ValueError` says what is wrong with it."""
    where = entry.where
    if ("percent" in entry) is ("amount" in entry):
        raise ValueError(f"{where}: exactly one of percent and amount is expected")
    products, collections = tuple(entry.get("products", ())), tuple(entry.get("collections", ()))
    if not (products or collections):
        raise ValueError(f"{where}: neither products nor collections: nothing would cost less")
    begins = first_moment(entry["from"])
    ends = last_moment(entry["until"]) if "until" in entry else None
    if ends is not None and ends < begins:
        raise ValueError(f"{where}: until is before from")
    return Promotion(
        slug=entry["slug"],
        name=entry["name"],
        percent=percent_of(entry) if "percent" in entry else None,
        amount=minor(entry, "amount") if "amount" in entry else None,
        channels=tuple(entry.get("channels", (channel,))),
        valid_from=begins,
        valid_until=ends,
        products=products,
        collections=collections,
        translations=translations(entry, "name"),
    )


def check_promotions(found: CatalogueFile) -> None:
    """`ValueError` for a promotion of what is not in the file, and for a slug or a name that two of them have."""
    seen: set[str] = set()
    collections = {collection.slug for collection in found.collections}
    for promotion in found.promotions:
        where = f"[[promotion]] {promotion.slug}"
        known(where, "channel", promotion.channels, [channel.slug for channel in found.channels])
        known(where, "product", promotion.products, found.products)
        known(where, "collection", promotion.collections, collections)
        for text in {promotion.slug, promotion.name}:
            if text in seen:
                raise ValueError(f"{where}: {text} is there twice")
            seen.add(text)
