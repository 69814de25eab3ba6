"""Dates, people and units as one says them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fulfilment.partners.models import User


@dataclass(frozen=True)
class Due:
    """When something must leave, in words. `is_late` is also said in the words."""

    words: str
    is_late: bool


def day(moment: date) -> str:
    """`vrijdag 4 december`; with the year where it is not the year of today."""
    pattern = "l j F" if moment.year == timezone.localdate().year else "l j F Y"
    return date_format(moment, pattern)


def due(on: date, today: date) -> Due:
    """`klaar tegen vrijdag 4 december`; near or past days are said as such."""
    left = (on - today).days
    if left < 0:
        late = ngettext("%(days)s dag te laat", "%(days)s dagen te laat", -left) % {"days": -left}
        return Due(_("%(late)s: moest klaar zijn tegen %(day)s") % {"late": late, "day": day(on)}, is_late=True)
    if left == 0:
        return Due(_("klaar tegen vandaag, %(day)s") % {"day": day(on)}, is_late=False)
    if left == 1:
        return Due(_("klaar tegen morgen, %(day)s") % {"day": day(on)}, is_late=False)
    return Due(_("klaar tegen %(day)s") % {"day": day(on)}, is_late=False)


def moment(at: datetime) -> str:
    """`maandag 23 november, 20:15`, on the clock of the workshop."""
    local = timezone.localtime(at)
    return f"{day(local.date())}, {local:%H:%M}"


def person(user: User | None) -> str:
    """How a person is called; "" where nobody did it."""
    return (user.get_full_name() or user.email) if user else ""
