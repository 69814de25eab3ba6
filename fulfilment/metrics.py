"""What is counted while we work, for Prometheus. What can be read from the database is not counted but looked at:
`flows/measure.py`.

Several processes count (of the pages, of the workers). Where `PROMETHEUS_MULTIPROC_DIR` names a folder that they share,
each keeps its numbers in files of its own there, and whoever is asked adds up all of them. The library would name the
files by process id; a worker that dies often would leave ever more. So each process takes the lowest number that no
living process has, and counts on where the dead one stopped.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

from fulfilment.errors import GatewayError
from fulfilment.outside import NOT_ASKED
from telemetry.spans import span

SHARED: str = settings.PROMETHEUS_MULTIPROC_DIR

_seat: tuple[int, str, IO[bytes] | None] = (0, "", None)


def seat() -> str:
    """The number under which this process counts: held by a lock of the system, which ends with the process."""
    global _seat
    if _seat[0] != os.getpid():
        _seat = (os.getpid(), *_free_seat(Path(SHARED)))
    return _seat[1]


def _free_seat(folder: Path) -> tuple[str, IO[bytes]]:
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        held = (folder / f"seat_{number}.lock").open("ab")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            held.close()
            number += 1
            continue
        return str(number), held


if SHARED:
    values.ValueClass = values.MultiProcessValue(process_identifier=seat)  # type: ignore[no-untyped-call]

COUNTED = CollectorRegistry()
"""What this process counts."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20)

CALLS = Histogram(
    "fulfilment_neighbour_seconds",
    "How long calls to a neighbour took, retries included, by how they ended: answered, refused, failed, not_asked.",
    ["neighbour", "outcome"],
    buckets=_SECONDS,
    registry=COUNTED,
)
PAID_TO_TASK = Histogram(
    "fulfilment_paid_to_task_seconds",
    "From the moment at which Stripe took the money until a workshop has the task.",
    buckets=(0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300, 1800),
    registry=COUNTED,
)
REPAIRS = Counter(
    "fulfilment_sweep_repairs",
    "What no message had told us and the sweep found: events of Stripe, changed orders in Saleor, lost messages.",
    ["found_at"],
    registry=COUNTED,
)
WEBHOOKS = Counter(
    "fulfilment_webhooks",
    "Messages of machines to us, by address and by what they were answered: taken, refused or come_again.",
    ["hook", "outcome"],
    registry=COUNTED,
)
MAILS = Counter(
    "fulfilment_mails",
    "Mails handed to the mail server, by how it ended: sent or failed.",
    ["outcome"],
    registry=COUNTED,
)

NEIGHBOURS = ("Saleor", "Stripe", "mail")
"""Whom we ask; as `GatewayError.at` names them."""


@contextmanager
def calling(neighbour: str, what: str) -> Iterator[None]:
    """Measure one call to a neighbour. A refusal is an answer; whom a breaker spares is not asked."""
    began, outcome = time.monotonic(), "failed"
    try:
        with span(f"{neighbour} {what}", "client", {"peer.service": neighbour}):
            yield
        outcome = "answered"
    except GatewayError as error:
        outcome = error.code if error.code == NOT_ASKED else "failed" if error.retry else "refused"
        raise
    finally:
        CALLS.labels(neighbour, outcome).observe(time.monotonic() - began)


def counted() -> CollectorRegistry:
    """What all processes counted together; where they share no folder, what this one did."""
    if not SHARED:
        return COUNTED
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=SHARED)  # type: ignore[no-untyped-call]
    return registry
