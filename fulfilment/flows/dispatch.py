"""Having a worker act on something soon: after commit, and never at the cost of what was committed."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

PROCESS = "fulfilment.process"
"""The Celery task that acts on a dirty object; `entrypoints.jobs` defines it."""

ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
"""A connection may have died while nobody used it; more than that, whoever waits for our answer has no time for."""


def soon(kind: str, object_id: str) -> None:
    """Queue the work on a dirty object once this transaction is committed.

    The mark is the promise and the queue only the haste: where the broker is down, the sweep finds the mark.
    """
    transaction.on_commit(lambda: _queue(kind, object_id))


def _queue(kind: str, object_id: str) -> None:
    try:
        current_app.send_task(PROCESS, args=[kind, object_id], ignore_result=True, retry_policy=ONCE_MORE)
    except OperationalError as error:
        log.warning("the broker is out of reach, the sweep will find %s %s: %s", kind, object_id, error)
