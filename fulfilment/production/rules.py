"""How a task moves, what may be in a parcel, and where a parcel can be followed. Pure: no clock, no database."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from urllib.parse import quote

from fulfilment.production.life import TASK

CARRIERS = {
    "bpost": "https://track.bpost.cloud/btr/web/#/search?itemCode={code}",
    "dpd": "https://tracking.dpd.de/status/nl_BE/parcel/{code}",
    "postnl": "https://postnl.post/tracktrace?B={code}",
    "cycloon": "",
    "afgehaald": "",
}
"""Carriers and the page where their parcels are followed ("" where there is none)."""

CARRIER_NAMES = {
    "bpost": "bpost",
    "dpd": "DPD",
    "postnl": "PostNL",
    "cycloon": "Fietskoerier",
    "afgehaald": "Afgehaald in het atelier",
}

COLLECTED = "afgehaald"
"""The carrier that is the customer: what is collected has arrived at once."""

_CODE = re.compile(r"(?=.*[0-9])[A-Za-z0-9-]{3,40}")
"""What every carrier prints, and no carrier's own pattern: a right code must never be refused. Without a figure it is a
word that somebody typed."""


def tracking_url(carrier: str, code: str) -> str:
    """Where a parcel can be followed; "" where that is nowhere."""
    pattern = CARRIERS.get(carrier, "")
    return pattern.format(code=quote(code, safe="")) if pattern and code else ""


def has_tracking(carrier: str) -> bool:
    """Whether parcels of this carrier can be followed, so that a code must be given."""
    return bool(CARRIERS.get(carrier))


def clean_code(written: str) -> str:
    """A tracking code as carriers print it, in groups, without the spaces."""
    return "".join(written.split())


def label_as_seen(carrier: str, code: str) -> str:
    """What tells two looks at who brings something, and under which code, apart."""
    return f"{carrier}:{code}"


def is_code(code: str) -> bool:
    """Whether a cleaned code may be one: 3 to 40 letters, figures and hyphens, a figure among them."""
    return bool(_CODE.fullmatch(code))


def form_key_of(task: str, form_key: str) -> str:
    """The key of what a form made: of the form, and of its task, so that no form stands in another's way."""
    return f"{task}:{form_key}"


def has_happened(event: str, state: str) -> bool:
    """Whether `state` is where `event` leads: somebody pressed the same button just before."""
    return any(moves.get(event) == state for moves in TASK.values())


def before(state: str) -> str | None:
    """The state that undoing the step to `state` leads back to; None where that step is not undone."""
    return TASK.get(state, {}).get("undo")


def shipping_event(open_units: Mapping[int, int], sent: Mapping[int, int]) -> str:
    """What sending these units means for the task, given the units that are open by task line."""
    left = sum(open_units.values()) - sum(sent.values())
    return "ship_part" if left else "ship_all"


def cancelling_event(open_units: int, shipped_units: int) -> str | None:
    """What dropping units means for a task with this much left; None where there is still work."""
    if open_units:
        return None
    return "drop_rest" if shipped_units else "cancel"


AT_THE_BENCH = ("waiting", "accepted", "making")
"""The states of a task whose pieces are still to be made."""

UNFINISHED = ("waiting", "accepted", "making", "ready", "declined")
"""The states of a task of which something has still to leave."""

SATURDAY = 5
"""As `date.weekday()` counts: workshops are closed on it and on the day after."""


def due_on(day: date, lead_days: int) -> date:
    """When something ordered on `day` leaves its workshop; a Saturday or Sunday becomes the Monday after it."""
    due = day + timedelta(days=lead_days)
    return due + timedelta(days=7 - due.weekday()) if due.weekday() >= SATURDAY else due


WORKING_DAYS = 5
"""Of a week."""

_LONGEST = 10 * 52 * WORKING_DAYS
"""Working days: what would take longer is promised for no day that one believes anyway."""

_HOURS = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")


def minutes_of(hours: str) -> int:
    """What a text says that one piece takes at the bench: `9`, `0,2`, `1.5` hours; 0 where it says no number."""
    found = _HOURS.fullmatch(hours.strip())
    return round(float(found[0].replace(",", ".")) * 60) if found else 0


def working_day(day: date, count: int) -> date:
    """The day that is so many working days after `day`; of a weekend the count begins on the Monday after it."""
    start = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
    weeks, rest = divmod(start.weekday() + count, WORKING_DAYS)
    return start - timedelta(days=start.weekday()) + timedelta(weeks=weeks, days=rest)


def ready_on(day: date, lead_days: int, *, minutes: int, bench_hours: int) -> date:
    """When what is ordered on `day` leaves its workshop: after its lead days, and not before the bench is done with it.

    `minutes` are of all that is to be made by then: what was promised before and this. `bench_hours` are what the
    workshop has for us in a week, spread over its working days.
    """
    days = -(-minutes * WORKING_DAYS // (bench_hours * 60))
    return max(due_on(day, lead_days), working_day(day, min(days, _LONGEST)))


def working_time(since: datetime, until: datetime) -> timedelta:
    """How much of the time between two moments, on the clock of the workshops, was no Saturday and no Sunday."""
    whole = max(until - since, timedelta())
    day = since.date()
    while day <= until.date():
        if day.weekday() >= SATURDAY:
            begins = datetime.combine(day, time.min, tzinfo=since.tzinfo)
            ends = datetime.combine(day + timedelta(days=1), time.min, tzinfo=since.tzinfo)
            whole -= max(min(ends, until) - max(begins, since), timedelta())
        day += timedelta(days=1)
    return whole


MAY_SAY = {
    "declined": ("waiting", "accepted"),
    "later": ("waiting", "accepted", "making", "ready"),
    "blocked": ("accepted", "making", "ready"),
}
"""What a workshop may say is in its way, and of a task in which states: no more than before making starts that it will
not make it."""

REASONS = {
    "declined": ("busy", "skill", "material"),
    "later": ("busy", "material", "machine", "people"),
    "blocked": ("material", "machine", "people", "question"),
}
"""Why, for each of them."""

SENTENCES = {
    "declined": ("another_workshop", ""),
    "later": ("more_time", "material", "machine", ""),
    "blocked": ("material", "machine", "more_time", ""),
}
"""What the customer may be told of each: one of our sentences, or nothing."""


FURTHEST = timedelta(days=365)
"""How far away a later day may be: further is a slip of the pen."""


def may_say(kind: str, state: str) -> bool:
    """Whether a workshop may say this of a task that stands there."""
    return state in MAY_SAY.get(kind, ())


def later_days(due: date, today: date) -> tuple[date, ...]:
    """Days that a workshop is offered instead of the one that is due: a few days, a week and two weeks later."""
    start = max(due, today)
    return tuple(dict.fromkeys(due_on(start, days) for days in (3, 7, 14)))
