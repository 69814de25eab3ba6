"""What takes time, told by OpenTelemetry where `send_to` was given an address; else nothing that sends is even loaded.

These few spans are all there are: what comes in (`telemetry.middleware`), what a worker does, and what is asked of
another machine. They are named by what is asked and never by an address that somebody sent; what they say goes through
`telemetry.discretion` before it leaves.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from structlog.contextvars import get_contextvars

if TYPE_CHECKING:
    from opentelemetry.trace import Span as Recorded

    from telemetry.otlp import Sending

Kind = Literal["server", "client", "producer", "consumer", "internal"]
About = Mapping[str, str | int]

_sending: "Sending | None" = None


def send_to(endpoint: str, program: str) -> None:
    """Tell whoever listens at this address (OTLP over HTTP, without the path) what `program` does; "": nobody."""
    global _sending
    if not endpoint:
        _sending = None
        return
    from telemetry.otlp import Sending  # what it stands on is loaded only where it is used

    _sending = Sending(endpoint, program)


def are_told() -> bool:
    """Whether anybody is told of spans at all."""
    return _sending is not None


class Span:
    """Something that takes time. Where nobody is told of it, what is said of it goes nowhere."""

    def __init__(self, recorded: "Recorded | None" = None) -> None:
        self._recorded = recorded

    def named(self, name: str) -> None:
        """By another name than it began with: what was asked was not known then."""
        if self._recorded:
            self._recorded.update_name(name)

    def about(self, name: str, value: str | int) -> None:
        if self._recorded:
            self._recorded.set_attribute(name, value)

    def failed(self) -> None:
        """It came to nothing, although no exception leaves it."""
        if self._recorded and _sending:
            _sending.mark_failed(self._recorded)


@contextmanager
def span(name: str, kind: Kind, about: About | None = None, *, begins: str | None = None) -> Iterator[Span]:
    """Around what takes time. An exception that leaves it is told with it, and so is the `order` that it turned out to
    be about. `begins`: it is the first of this program in its trace, and goes on from that span, "" from none.
    """
    if _sending is None or "trace" not in get_contextvars():
        yield Span()
        return
    with _sending.recorded(name, kind, about or {}, begins) as recorded:
        try:
            yield Span(recorded)
        finally:
            order = get_contextvars().get("order")
            if order:
                recorded.set_attribute("order", str(order))


def failed_by(error: Exception) -> None:
    """What is under way here came to nothing by this error, which somebody else makes an answer of."""
    if _sending:
        _sending.note(error)


def current() -> str:
    """The id of the span that is under way here, 16 hexadecimal figures; "" where none is told of."""
    return _sending.current() if _sending else ""
