"""The machines that we ask, each with its own bound and breaker: whichever hangs keeps nobody from the others.

They are made when this is read, before a worker forks: what one of its processes learned in vain, all know.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime

from fulfilment.errors import GatewayError
from fulfilment.outside import NOT_ASKED
from neighbours.neighbour import Neighbour, NotAsked

SALEOR = Neighbour("Saleor", patience=20, at_most=4)
"""Saleor waits for others itself while it completes a checkout."""

STRIPE = Neighbour("Stripe", patience=8, at_most=6)
"""A payment that starts takes up to three calls."""

MAIL = Neighbour("mail", patience=15, at_most=2)

SHOP = Neighbour("shop", patience=1, at_most=2)
"""It is told of changes, in webhooks that Saleor waits for; who is not told finds out a minute later."""

VIES = Neighbour("VIES", patience=10, at_most=2)
"""It asks the country whose number it is while we wait; nobody stands waiting for us."""

VALKEY = Neighbour("Valkey", patience=0.5, at_most=12)
"""It answers at once or not at all. How long a connection waits stands in the settings: of the broker twice as long,
since a worker that was cut off connects anew."""


@contextmanager
def asked(neighbour: Neighbour) -> Iterator[float]:
    """Around one call: how many seconds it may take. `GatewayError` where the neighbour is not to be asked now."""
    try:
        with neighbour.asked() as seconds:
            yield seconds
    except NotAsked as error:
        raise not_asked(neighbour, error) from error


def said_at(headers: Mapping[str, str]) -> datetime | None:
    """The time of the machine that answered with these headers of HTTP; None where it told none."""
    try:
        found = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


def not_asked(neighbour: Neighbour, error: NotAsked) -> GatewayError:
    """It may be asked later."""
    return GatewayError(str(error), retry=True, code=NOT_ASKED, at=neighbour.name)
