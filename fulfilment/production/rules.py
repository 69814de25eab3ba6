"""How a task moves, and where a parcel can be followed."""

from urllib.parse import quote

TRANSITIONS = {
    "waiting": {"accept": "accepted", "cancel": "cancelled"},
    "accepted": {"start": "making", "cancel": "cancelled"},
    "making": {"finish": "ready", "cancel": "cancelled"},
    "ready": {"ship_part": "ready", "ship_all": "shipped", "cancel": "cancelled"},
    "shipped": {"deliver": "delivered"},
    "delivered": {},
    "cancelled": {},
}
"""State of a task → event → next state."""

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


def tracking_url(carrier: str, code: str) -> str:
    """Where a parcel can be followed; "" where that is nowhere."""
    pattern = CARRIERS.get(carrier, "")
    return pattern.format(code=quote(code, safe="")) if pattern and code else ""
