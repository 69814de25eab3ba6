"""What every page of the house sets the same way: money, icons, pictures."""

from datetime import date
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from shop.languages import current
from shop.money import Money, format_money
from shop.saleor.catalogue import Picture

register = template.Library()


@register.filter
def money(amount: Money | None, form: str = "") -> str:
    """``{{ price|money }}`` gives € 289,00; ``{{ price|money:"short" }}`` gives € 289."""
    return "" if amount is None else format_money(amount, short=form == "short")


_DAYS = {"": "j F", "weekday": "l j F", "year": "j F Y", "short": "j b"}


@register.filter(expects_localtime=True)
def day(moment: date | None, form: str = "") -> str:
    """``{{ due_on|day }}`` gives 4 december; ``|day:"weekday"`` vrijdag 4 december, ``|day:"year"`` 4 december 2026,
    ``|day:"short"`` 4 dec. In French the first of a month is an ordinal."""
    if moment is None:
        return ""
    written = _DAYS[form]
    if moment.day == 1 and current() == "fr":
        written = written.replace("j", r"j\e\r")
    return date_format(moment, written)


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
