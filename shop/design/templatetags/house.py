"""What every page of the house sets the same way: money, icons, pictures."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shop.money import Money, format_money
from shop.saleor.catalogue import Picture

register = template.Library()


@register.filter
def money(amount: Money | None, form: str = "") -> str:
    """``{{ price|money }}`` gives € 289,00; ``{{ price|money:"short" }}`` gives € 289."""
    return "" if amount is None else format_money(amount, short=form == "short")


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside a word that says the same; never alone."""
    return render_to_string(f"design/icons/{name}.svg")


@register.inclusion_tag("design/picture.html")
def picture(shown: Picture, sizes: str, *, eager: bool = False, alt: str | None = None) -> dict[str, Any]:
    """A picture in the sizes and formats there are. ``sizes`` is the width it takes, as in HTML; ``alt`` replaces the
    picture's own text, empty where the words beside it say the same."""
    return {
        "avif": ", ".join(f"{address} {width}w" for address, width in shown.avif),
        "webp": ", ".join(f"{address} {width}w" for address, width in shown.webp),
        "fallback": shown.fallback,
        "alt": shown.alt if alt is None else alt,
        "sizes": sizes,
        "eager": eager,
        "width": shown.shape[0] * 200,
        "height": shown.shape[1] * 200,
    }
