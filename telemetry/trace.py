"""The trace that something is done in: it begins with a request or a round, and goes from program to program.

By its id the lines of all logs are found, and what is told by OpenTelemetry (`telemetry.spans`). It travels as W3C's
Trace Context says: `traceparent`, in a request's headers and in those of a message to a worker.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from telemetry import spans

HEADER = "traceparent"

_GIVEN = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


def begin(given: str = "") -> str:
    """Whatever this thread does from here on belongs to the trace that was given, or to a new one where that is none.

    The id of the span that it goes on from, "" where it begins here.
    """
    found = _GIVEN.fullmatch(given)
    clear_contextvars()
    bind_contextvars(trace=found[1] if found else secrets.token_hex(16))
    return found[2] if found else ""


@contextmanager
def apart() -> Iterator[None]:
    """What it is about in here, an order for instance, is said of nothing that comes after it."""
    before = get_contextvars()
    try:
        yield
    finally:
        clear_contextvars()
        bind_contextvars(**before)


def current() -> str:
    """The id of the trace, 32 hexadecimal figures; "" where none began."""
    return str(get_contextvars().get("trace", ""))


def passed_on() -> Mapping[str, str]:
    """The headers that take the trace along; none where none began."""
    trace = current()
    if not trace:
        return {}
    span = spans.current()
    return {HEADER: f"00-{trace}-{span or secrets.token_hex(8)}-{'01' if span else '00'}"}
