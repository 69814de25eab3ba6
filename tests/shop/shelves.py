"""What stands in the played Saleor: pages, and a small collection of products."""

import json
from typing import Any

from tests.shop.translated import attribute, rich, translated, translations


def euros(minor: int) -> dict[str, Any]:
    return {"amount": minor / 100, "currency": "EUR"}


def in_dollars(node: Any) -> Any:
    """The same answer of a channel whose currency is another."""
    return json.loads(json.dumps(node).replace('"EUR"', '"USD"'))


def gross(minor: int) -> dict[str, Any]:
    tax = minor * 21 // 121
    return {"gross": euros(minor), "net": euros(minor - tax), "tax": euros(tax)}


def page(page_slug: str, title: str, kind: str, **texts: str) -> dict[str, Any]:
    content = json.dumps(
        {"blocks": [{"type": "paragraph", "data": {"text": f"{title} werkt met <b>touw</b> &amp; hout."}}]}
    )
    return {
        "slug": page_slug,
        "title": title,
        "content": content,
        "isPublished": True,
        "created": "2026-10-01T09:00:00+00:00",
        "publishedAt": "2026-10-05T09:00:00+00:00",
        "pageType": {"slug": kind},
        "translation": translations(title=title, content=f"{title} over touw."),
        "assignedAttribute": lambda info, slug: {
            **{name: attribute(text) for name, text in texts.items()},
            "city": attribute("Gent"),
            "mark": _file(f"{page_slug}-mark.svg"),
            "place": _file(f"{page_slug}-place.webp") if "view" in texts else None,
        }.get(slug),
    }


def _file(name: str | None) -> dict[str, Any]:
    return {"__typename": "AssignedFileAttribute", "value": {"url": f"http://media/{name}"} if name else None}


LABEUR = page(
    "labeur",
    "Labeur",
    "maker",
    address="Voorbeeldkaai 12, 9000 Gent",
    email="hallo@labeur.example",
    techniques="knopen, splitsen",
    view="Touw aan een rek.",
)
COMPAAN = page("compaan", "Compaan", "maker")
DIENSTENBEDRIJF = page("dienstenbedrijf-gent", "Dienstenbedrijf Gent", "maker")
SEP_VERBOOM = page("sep-verboom", "Sep Verboom", "designer")
CAS_MOOR = page("cas-moor", "Cas Moor", "designer")
ROPE = page("scheepstouw", "Scheepstouw", "material", summary="touw van de kade", evidence="De bon van elke rol.")
BEECH = page("oude-beuk", "Oude beuk", "material", summary="uit trappen", evidence="Een foto van elke trap.")
NINE_HOURS = page("negen-uur-touw", "Negen uur touw", "story", summary="Hoe een tros een lamp wordt.")
PAGES = {
    entry["slug"]: entry for entry in (LABEUR, COMPAAN, DIENSTENBEDRIJF, SEP_VERBOOM, CAS_MOOR, ROPE, BEECH, NINE_HOURS)
}
INFORMATION = {
    "vragen-en-antwoorden": (
        *(("header", "Waarom <b>touw</b>?"), ("paragraph", "Omdat het er is.")),
        *(("header", "En hout?"), ("paragraph", "Ook.")),
    ),
    "zo-wordt-het-gemaakt": (("header", "Eerst"), ("paragraph", "Dan.")),
}
"""What somebody may write in Saleor for customers, by the slugs that the shop asks for."""


def information(slug: str, content: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Such a page: headings, and what stands under them."""
    blocks = [{"type": kind, "data": {"text": text}} for kind, text in content]
    told = page(slug, slug, "information", summary="In één zin.")
    return {**told, "content": json.dumps({"blocks": blocks}), "translation": translations()}


COLLECTIONS = {
    "in-huis": {
        "slug": "in-huis",
        "name": "In huis",
        "description": rich("Licht boven tafel."),
        "translation": translations(name="In huis", description="Licht boven tafel."),
    }
}


def product(
    code: str,
    slug: str,
    name: str,
    minor: int,
    *,
    maker: dict[str, Any],
    designer: dict[str, Any] | None = None,
    material: dict[str, Any] | None = None,
    story: dict[str, Any] | None = None,
    warnings: str = "",
    variants: tuple[str, ...] = ("",),
    published: bool = True,
    available: int = 12,
    colours: tuple[str, ...] = (),
    is_drawn: bool = True,
) -> dict[str, Any]:
    references = {
        "producer": {"__typename": "AssignedSinglePageReferenceAttribute", "value": maker},
        "designers": _several(designer),
        "materials": _several(material),
        "stories": _several(story),
        "reclaimed": attribute("ongeveer 90 %: alle touw"),
        "repair": attribute("Een losse streng knopen we opnieuw."),
        "warnings": attribute(warnings),
        "hours": attribute("9"),
        "material": attribute("gerecupereerd scheepstouw"),
        "subtitle": attribute(f"ondertitel van {name}"),
        "size": attribute("Ø 42 cm"),
        "drawing": _file(f"{slug}-measures.svg" if is_drawn else None),
        "care": attribute("Stof af."),
    }
    node: dict[str, Any] = {
        "id": f"Product:{code}",
        "name": name,
        "slug": slug,
        "externalReference": code,
        "created": "2026-09-01T09:00:00+00:00",
        "updatedAt": f"2026-11-{20 + int(code[-1])}T10:30:00+00:00",
        "availableForPurchaseAt": f"2026-10-{10 + int(code[-1])}T08:00:00+00:00",
        "metafield": lambda info, key: maker["slug"] if published and key == "producer" else None,
        "assignedAttribute": lambda info, slug: references.get(slug),
        "media": [_picture(slug, name, kind) for kind in ("object", "material", "use", *colours)],
        "category": {"slug": "wonen", "name": "Wonen", "translation": translations(name="Wonen")},
        "collections": [COLLECTIONS["in-huis"]] if designer else [],
        "translation": translations(description=f"Het verhaal van {name}."),
        "description": json.dumps({"blocks": [{"type": "paragraph", "data": {"text": f"Het verhaal van {name}."}}]}),
        "pricing": {"priceRange": {"start": gross(minor), "stop": gross(minor)}},
    }
    node["variants"] = [
        {
            "id": f"Variant:{code}-{number}",
            "name": variant,
            "translation": translations(name=variant) if variant else None,
            "sku": f"{code}-{number}",
            "quantityAvailable": available,
            "trackInventory": False,
            "pricing": {"price": gross(minor), "onSale": False, "pricePrior": None},
            "media": [_picture(slug, name, variant)] if variant in colours else [],
            "assignedAttribute": _colour(COLOURS.get(variant)),
            "product": node,
            "minor": minor,
        }
        for number, variant in enumerate(variants)
    ]
    return node


def _several(page: dict[str, Any] | None) -> dict[str, Any]:
    named = [page] if page else []
    return {"__typename": "AssignedMultiPageReferenceAttribute", "value": lambda info, limit: named}


COLOURS = {"mos": "#4B5A37", "krijt": "#E9DEC7"}


def _colour(value: str | None) -> Any:
    """The value of the attribute ``colour``."""
    swatch = {"name": "", "hexColor": value, "file": None}
    assigned = {"__typename": "AssignedSwatchAttribute", "value": swatch} if value else None
    return lambda info, slug: assigned if slug == "colour" else None


def _picture(slug: str, name: str, kind: str) -> dict[str, Any]:
    """Whose size nobody told."""
    return {
        "id": f"ProductMedia:{slug}-{kind}",
        "metafield": lambda info, key: translated(f"{name}: {kind}", key.removeprefix("alt_").upper()),
        "alt": f"{name}: {kind}",
        "type": "IMAGE",
        "url": lambda info, size, format: f"http://media/{slug}-{kind}-{size}.{format}",
    }


def collection() -> list[dict[str, Any]]:
    return [
        product(
            "SG-001",
            "koord",
            "Koord",
            28900,
            maker=LABEUR,
            designer=SEP_VERBOOM,
            material=ROPE,
            story=NINE_HOURS,
            warnings="Alleen binnen.",
        ),
        product(
            "SG-003",
            "zit",
            "Zit",
            26500,
            maker=COMPAAN,
            designer=CAS_MOOR,
            material=BEECH,
            variants=("zithoogte 45 cm", "zithoogte 65 cm"),
        ),
        product("SG-006", "strik", "Strik", 1200, maker=DIENSTENBEDRIJF),
    ]
