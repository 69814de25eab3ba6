"""What happened to a noun with a life, for people: when, what and by whom."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fulfilment.life import Step
from fulfilment.partners.models import NOBODY, User


@dataclass(frozen=True)
class Told:
    """One thing that happened, for people; `by` is empty where the program did it."""

    at: datetime
    what: str
    by: str
    note: str = ""


def told(step: Step, events: dict[str, Promise]) -> Told:
    """A step in the words of its noun."""
    return Told(step.at, str(events.get(step.event, step.event)), name_of(step.by), step.note)


def name_of(user: User | None) -> str:
    """Whoever did something; empty where the program did."""
    if user is not None and user.email.endswith(f"@{NOBODY}"):
        return _("een vroegere collega")
    return (user.get_full_name() or user.email) if user else ""
