"""How a task moves, what may be in a parcel, and where a parcel can be followed. Pure: no clock, no database."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import quote

TRANSITIONS = {
    "waiting": {"accept": "accepted", "cancel": "cancelled"},
    "accepted": {"start": "making", "undo": "waiting", "cancel": "cancelled"},
    "making": {"finish": "ready", "undo": "accepted", "cancel": "cancelled"},
    "ready": {
        "ship_part": "ready",
        "ship_all": "shipped",
        "drop_rest": "shipped",
        "undo": "making",
        "cancel": "cancelled",
    },
    "shipped": {"deliver": "delivered"},
    "delivered": {"undo_delivery": "shipped"},
    "cancelled": {},
}
"""State of a task → event → next state. `drop_rest`: what was not shipped yet is no longer wanted. `undo`: the step
that led here was pressed by mistake."""

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


def is_code(code: str) -> bool:
    """Whether a cleaned code may be one: 3 to 40 letters, figures and hyphens, a figure among them."""
    return bool(_CODE.fullmatch(code))


def parcel_key(task: str, form_key: str) -> str:
    """The key of a parcel: of the form that sent it, and of its task, so that no form stands in another's way."""
    return f"{task}:{form_key}"


def has_happened(event: str, state: str) -> bool:
    """Whether `state` is where `event` leads: somebody pressed the same button just before."""
    return any(moves.get(event) == state for moves in TRANSITIONS.values())


def before(state: str) -> str | None:
    """The state that undoing the step to `state` leads back to; None where that step is not undone."""
    return TRANSITIONS.get(state, {}).get("undo")


def shipping_event(open_units: Mapping[int, int], sent: Mapping[int, int]) -> str:
    """What sending these units means for the task, given the units that are open by task line."""
    left = sum(open_units.values()) - sum(sent.values())
    return "ship_part" if left else "ship_all"


def cancelling_event(open_units: int, shipped_units: int) -> str | None:
    """What dropping units means for a task with this much left; None where there is still work."""
    if open_units:
        return None
    return "drop_rest" if shipped_units else "cancel"


SATURDAY = 5
"""As `date.weekday()` counts: workshops are closed on it and on the day after."""


def due_on(day: date, lead_days: int) -> date:
    """When something ordered on `day` leaves its workshop; a Saturday or Sunday becomes the Monday after it."""
    due = day + timedelta(days=lead_days)
    return due + timedelta(days=7 - due.weekday()) if due.weekday() >= SATURDAY else due
