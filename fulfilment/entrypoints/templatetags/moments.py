"""How long something lasts, on pages; and days, in mails to customers."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()


_DAYS = {"": "j F", "weekday": "l j F", "year": "j F Y"}


@register.filter(expects_localtime=True)
def day(moment: date | None, form: str = "") -> str:
    """`4 december`, `vrijdag 4 december` (`weekday`), `4 december 2026` (`year`), in the language of a mail.

    In French the first of a month is an ordinal.
    """
    if not isinstance(moment, date):
        return ""
    written = _DAYS[form]
    if moment.day == 1 and get_language() == "fr":
        written = written.replace("j", r"j\e\r")
    return date_format(moment, written)


@register.filter
def since(at: datetime) -> str:
    """`al 3 uur`, in the largest unit alone; what began in this minute did so just now."""
    if timezone.now() - at < timedelta(minutes=1):
        return _("net")
    return _("al %(long)s") % {"long": timesince(at, depth=1)}
