"""Having a worker act on something: after commit, and never at the cost of what was committed.

`config/clock.py` names the queues: who paid goes before what changed about an order, and that before the rest.
"""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import TimeoutError as TookTooLong

from fulfilment.gateways.neighbours import VALKEY
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from neighbours.neighbour import NotAsked
from telemetry.spans import span
from telemetry.trace import passed_on

log = logging.getLogger(__name__)

PROCESS = "fulfilment.process"
"""The Celery task that acts on a dirty object; `entrypoints.jobs` defines it."""


def _unless_it_hangs(error: Exception, _pause: float) -> None:
    if isinstance(error, TookTooLong):
        raise error


ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "errback": _unless_it_hangs}
"""A connection may have died while nobody used it; more than that, whoever waits for our answer has no time for."""

QUEUES: dict[str, str] = {
    Mark.Kind.ORDER: settings.QUEUE_ORDERS,
    **dict.fromkeys(
        (
            Mark.Kind.CHECKOUT,
            Mark.Kind.SESSION,
            Mark.Kind.INTENT,
            Mark.Kind.REFUND,
            Mark.Kind.REFUND_REQUEST,
            Mark.Kind.REFUND_ASKED,
        ),
        settings.QUEUE_MONEY,
    ),
}
"""Where the work on what just happened waits, by kind. For any other kind nobody stands waiting."""

APART: dict[str, str] = {Mark.Kind.INVOICE: settings.QUEUE_ROUNDS}
"""Work that one program alone can do, as it has what others have not (the folder of Peppol): also behind all else."""


@transaction.atomic
def look_at(kind: str, object_id: str, now: datetime) -> None:
    """Mark what just changed, and queue it unless a worker was told of it already."""
    if mark(kind, object_id, now):
        soon(kind, object_id)


def soon(kind: str, object_id: str, *, within: timedelta | None = None) -> None:
    """Queue the work on a dirty object once this transaction is committed; a message not read `within` is dropped.

    The mark is the promise and the queue only the haste: where the broker is down, the sweep finds the mark.
    """
    queue = QUEUES.get(kind) or APART.get(kind, settings.QUEUE_LATER)
    transaction.on_commit(lambda: _queue(kind, object_id, queue, within))


def later(kind: str, object_id: str, *, within: timedelta | None = None) -> None:
    """The same behind all that just happened."""
    queue = APART.get(kind, settings.QUEUE_LATER)
    transaction.on_commit(lambda: _queue(kind, object_id, queue, within))


def _queue(kind: str, object_id: str, queue: str, within: timedelta | None = None) -> None:
    expires = within.total_seconds() if within else None
    try:
        with VALKEY.asked(), span(f"queue {kind}", "producer", {"messaging.destination.name": queue}):
            current_app.send_task(
                PROCESS,
                args=[kind, object_id],
                queue=queue,
                expires=expires,
                ignore_result=True,
                headers=dict(passed_on()),
                retry_policy=ONCE_MORE,
            )
    except (OperationalError, NotAsked) as error:
        log.warning("the broker is out of reach, the sweep will find %s %s: %s", kind, object_id, error)
