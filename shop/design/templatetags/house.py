"""What every page of the house sets the same way: money, icons, pictures."""

from datetime import date, datetime, timedelta
from functools import cache
from urllib.parse import quote

from babel.lists import format_list
from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from shop.countries import in_short, name_of
from shop.design import bundle
from shop.languages import current
from shop.money import Money, format_money
from shop.saleor import reached
from shop.saleor.pictures import Picture

register = template.Library()


@register.filter
def money(amount: Money | None, form: str = "") -> str:
    """``{{ price|money }}`` gives € 289,00; ``{{ price|money:"short" }}`` gives € 289."""
    return "" if amount is None else format_money(amount, short=form == "short")


@register.filter
def country(code: str) -> str:
    """``{{ address.country|country }}`` gives België."""
    return name_of(code)


_DAYS = {"": "j F", "weekday": "l j F", "year": "j F Y", "whole": "l j F Y", "short": "j b"}
_ANOTHER_YEAR = timedelta(days=300)


@register.filter(expects_localtime=True)
def day(moment: date | None, form: str = "") -> str:
    """``{{ due_on|day }}`` gives 4 december; ``|day:"weekday"`` vrijdag 4 december, ``|day:"year"`` 4 december 2026,
    ``|day:"whole"`` vrijdag 4 december 2026, ``|day:"short"`` 4 dec. So far ahead that one would take it for another,
    it has its year. In French the first of a month is an ordinal."""
    if moment is None:
        return ""
    on = moment.date() if isinstance(moment, datetime) else moment
    written = _DAYS[form]
    if on - timezone.localdate() > _ANOTHER_YEAR and "Y" not in written:
        written += " Y"
    if on.day == 1 and current() == "fr":
        written = written.replace("j", r"j\e\r")
    return date_format(moment, written)


_TOWNS = {
    "antwerpen": gettext_lazy("Antwerpen"),
    "brugge": gettext_lazy("Brugge"),
    "brussel": gettext_lazy("Brussel"),
    "gent": gettext_lazy("Gent"),
    "kortrijk": gettext_lazy("Kortrijk"),
    "leuven": gettext_lazy("Leuven"),
    "mechelen": gettext_lazy("Mechelen"),
    "oostende": gettext_lazy("Oostende"),
}


@register.filter
def town(city: str) -> str:
    """A town as it is called in a sentence of the page's language: Gand for Gent. In an address it stays as it is."""
    return str(_TOWNS.get(city.casefold(), city.title() if city.isupper() else city))


@register.simple_tag
def delivered_to() -> str:
    """``{% delivered_to as countries %}``: where parcels go, in a few words; empty where nobody knows yet."""
    return in_short(reached.codes())


@register.simple_tag
def collected_in() -> str:
    """``{% collected_in as place %}``: where things can be collected, as the page's language calls it; or empty."""
    return str(format_list([town(one) for one in reached.towns()], "or", locale=current()))


@register.simple_tag
def address(name: str, slug: str) -> str:
    """``{% address "catalogue:product" slug %}`` gives what ``{% url %}`` gives. A list has a hundred of them: what
    stands around a slug is looked up once for each language."""
    start, end = _around(name, current())
    return f"{start}{quote(slug, safe=_SAFE_IN_A_PATH)}{end}"


_SAFE_IN_A_PATH = "!$&'()*+,;=/~:@"
"""What Django leaves as it is too (RFC 3986)."""
_ANY = "-"


@cache
def _around(name: str, language: str) -> tuple[str, str]:
    """What stands before and after a slug."""
    start, _, end = reverse(name, args=[_ANY]).rpartition(_ANY)
    return start, end


@register.simple_tag(takes_context=True)
def style_sheet(context: Context) -> SafeString:
    """Carried by a page that is kept (``shop.pages.asked.PageRequest``), which is seen one answer sooner for it; others
    link to all of it."""
    request = context.get("request")
    if request is None or not hasattr(request, "sheet"):
        return format_html('<link rel="stylesheet" href="{}">', static(bundle.BUNDLE))
    request.sheet = bundle.sheet()
    return format_html("<style>{}</style>", request.sheet.text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside a word that says the same; never alone."""
    return render_to_string(f"design/icons/{name}.svg")


_ROOM = "min(80rem, 92vw)"
"""How wide the content of a page is from 48rem on: the page without its gutters (`--page`, `--gutter`)."""
_ALL = "(min-width: 48rem) 92vw, calc(100vw - 2.5rem)"
_TWO = f"(min-width: 40rem) calc((92vw - 2rem) / 2), {_ALL}"

WIDTHS = {
    "hero": f"(min-width: 64rem) calc(({_ROOM} - 3rem) * 0.667), {_ALL}",
    "card": f"(min-width: 64rem) calc(({_ROOM} - 4rem) / 3), {_TWO}",
    "product": f"(min-width: 64rem) calc(({_ROOM} - 22rem) * 7 / 12 + 12rem), {_ALL}",
    "material": f"(min-width: 64rem) calc(({_ROOM} - 22rem) * 5 / 12 + 6.5rem), {_ALL}",
    "told": f"(min-width: 48rem) calc(({_ROOM} - 4rem) * 5 / 12), {_ALL}",
    "work": f"(min-width: 64rem) calc(({_ROOM} - 4rem) * 7 / 12), {_ALL}",
    "wide": f"(min-width: 64rem) calc(({_ROOM} - 4rem) * 2 / 3 + 2rem), {_TWO}",
    "half": f"(min-width: 48rem) calc(({_ROOM} - 2rem) / 2), {_ALL}",
    "whole": f"(min-width: 48rem) {_ROOM}, {_ALL}",
    "third": f"(min-width: 80rem) calc(({_ROOM} - 4rem) / 3), (min-width: 48rem) 29vw, calc((95vw - 2.5rem) / 3)",
    "line": "(min-width: 48rem) 8.5rem, 6rem",
    "mini": "5rem",
    "thumb": "4.5rem",
    "large": "(min-width: 48rem) min(60rem, 92vw), 180vw",
    "large-lying": f"(min-width: 48rem) {_ROOM}, 180vw",
}
"""How wide a picture stands in each place, as HTML's ``sizes`` says it: what `shop.css` makes of it, to a few pixels.
With more the browser takes a larger file than it shows (`tests/e2e/test_shop_layout.py` holds the two against each
other)."""


_BESIDE_THE_FIRST = range(1, 3)
_FIRST, _SOON, _LATER = mark_safe(' fetchpriority="high"'), "", mark_safe(' loading="lazy"')
_PICTURE = (
    '<picture><source type="image/avif" srcset="{}" sizes="{}"><source type="image/webp" srcset="{}" sizes="{}">'
    '<img src="{}" alt="{}" width="{}" height="{}"{} decoding="async"></picture>'
)
"""Not a template of its own: a long list has dozens on a page, and as one they took a fifth of its time."""


@register.simple_tag
def picture(
    shown: Picture, place: str, *, eager: bool = False, at: int | None = None, alt: str | None = None
) -> SafeString:
    """A picture in the sizes and formats there are. ``place`` is one of ``WIDTHS``; ``alt`` replaces the picture's own
    text, empty where the words beside it say the same. ``eager`` is the first picture that is seen. In a list ``at`` is
    its place, from nought: the first is that one, and those in a row with it come at once too. All others come when
    they are about to be seen."""
    is_first = eager or at == 0
    coming = _FIRST if is_first else _SOON if at in _BESIDE_THE_FIRST else _LATER
    shape = shown.sizes
    told = shown.alt if alt is None else alt
    sizes = WIDTHS[place]
    return format_html(
        _PICTURE, shape.avif, sizes, shape.webp, sizes, shown.fallback, told, shape.width, shape.height, coming
    )
