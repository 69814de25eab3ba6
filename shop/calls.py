"""What was last heard of Saleor and fulfilment, and how long they took: measured where they are asked."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from shop import settings
from telemetry.spans import span

CALLS = Histogram(
    "shop_neighbour_seconds",
    "How long calls to a neighbour took, by how they ended: answered or failed. A refusal is an answer.",
    ["neighbour", "outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20),
)
PASSES = 300
"""Seconds after which the last bad news of a neighbour is too old to say anything."""

_failing: dict[str, tuple[float, str]] = {}


@contextmanager
def calling(neighbour: str, what: str, failure: type[Exception]) -> Iterator[None]:
    """Measure one call to a neighbour; ``failure`` is what tells that it did not answer."""
    began, outcome = time.monotonic(), "answered"
    try:
        with span(f"{neighbour} {what}", "client", {"peer.service": neighbour}):
            yield
    except failure as error:
        outcome = "failed"
        _failing[neighbour] = (time.monotonic(), str(error))
        raise
    else:
        _failing.pop(neighbour, None)
    finally:
        CALLS.labels(neighbour, outcome).observe(time.monotonic() - began)


def failing() -> dict[str, str]:
    """Neighbours of which this process last heard nothing good, with what went wrong."""
    now = time.monotonic()
    return {name: why for name, (at, why) in _failing.items() if now - at < PASSES}


def counted() -> CollectorRegistry:
    """What all processes counted that share a folder; else what this one did."""
    if not settings.PROMETHEUS_MULTIPROC_DIR:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
