"""How long something lasts, on pages."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def since(at: datetime) -> str:
    """`al 3 uur`, in the largest unit alone; what began in this minute did so just now."""
    if timezone.now() - at < timedelta(minutes=1):
        return _("net")
    return _("al %(long)s") % {"long": timesince(at, depth=1)}
