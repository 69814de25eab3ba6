"""What stands in the head of a page that can be found: where it is, what it is about, and how it looks when shared."""

from typing import Any

from django import template

from shop.found.card import of_house
from shop.found.written import linked
from shop.languages import TERRITORIES, Version, current

register = template.Library()


@register.inclusion_tag("found/head.html", takes_context=True)
def found(context: template.Context, title: str, said: str = "", kind: str = "website") -> dict[str, Any]:
    """``{% found product.name told "product" %}``: the title, a sentence about it, and Open Graph's word for the kind.

    Of what the view gives it takes ``card`` (else the house's), ``linked`` (nodes for JSON-LD) and ``turned_to`` (the
    query that makes this another page than the address alone).
    """
    versions: tuple[Version, ...] = context["versions"]
    turned_to: str = context.get("turned_to") or ""
    canonical = next(version.address for version in versions if version.is_current) + turned_to
    return {
        "title": title,
        "said": said,
        "kind": kind,
        "versions": versions,
        "turned_to": turned_to,
        "canonical": canonical,
        "territory": TERRITORIES[current()],
        "others": [place for code, place in TERRITORIES.items() if code != current()],
        "card": context.get("card") or of_house(),
        "script": linked(context.get("linked") or ()),
    }
