"""Spans on their way out, by OpenTelemetry's SDK. Loaded only where an address to send them to was given.

Whoever works waits for nothing here: spans go into a bounded queue, and a thread of its own sends them. A receiver that
hangs or is away costs spans, and nobody time.
"""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.util import Finalize
from time import monotonic

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import PROCESS_PID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue
from structlog.contextvars import get_contextvars

from telemetry.discretion import discreet
from telemetry.spans import About, Kind

log = logging.getLogger(__name__)

KEPT = 2048
"""Spans that wait at most to be sent; what comes when so many wait already is lost."""

BATCH = 512

EVERY = 0.5
"""Seconds between two batches: less than a child of Celery's stays after its last task, without a word."""

PATIENCE = 2.0
"""Seconds that a receiver is waited for, tries included."""

LEAVING = 1.0
"""Seconds after which a process that ends begins to send nothing more."""

logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # of each batch; `Sent` says it once


class Sending:
    """The spans of a program; each of its processes, also one that is forked later, sends its own."""

    def __init__(self, endpoint: str, program: str) -> None:
        self._to = f"{endpoint.rstrip('/')}/v1/traces"
        self._program = program
        self._lock = threading.Lock()
        self._made: tuple[int, trace.Tracer] | None = None

    @contextmanager
    def recorded(self, name: str, kind: Kind, about: About, begins: str | None) -> Iterator[trace.Span]:
        """One span, under way as long as this lasts."""
        context = None if begins is None else _beginning(begins)
        started = self._tracer().start_as_current_span(
            name, context, kind=SpanKind[kind.upper()], attributes=dict(about)
        )
        with started as span:
            yield span

    def current(self) -> str:
        """The id of the span that is under way in this thread, "" where none is."""
        found = trace.get_current_span().get_span_context()
        return trace.format_span_id(found.span_id) if found.is_valid else ""

    def note(self, error: Exception) -> None:
        """Tell with the span that is under way in this thread of an error."""
        trace.get_current_span().record_exception(error)

    def mark_failed(self, span: trace.Span) -> None:
        span.set_status(Status(StatusCode.ERROR))

    def _tracer(self) -> trace.Tracer:
        made = self._made
        if made is None or made[0] != os.getpid():
            with self._lock:
                made = self._made
                if made is None or made[0] != os.getpid():
                    made = self._made = (os.getpid(), self._in_this_process())
        return made[1]

    def _in_this_process(self) -> trace.Tracer:
        sent = Sent(OTLPSpanExporter(self._to, timeout=PATIENCE), self._to)
        provider = TracerProvider(
            # Nobody's flag decides what is recorded, and so no stranger's: all of it is.
            sampler=ALWAYS_ON,
            id_generator=_OurIds(),
            resource=Resource.create({SERVICE_NAME: self._program, PROCESS_PID: os.getpid()}),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(
            BatchSpanProcessor(sent, KEPT, schedule_delay_millis=EVERY * 1000, max_export_batch_size=BATCH)
        )

        def leave() -> None:
            sent.end_within(LEAVING)
            provider.shutdown()

        Finalize(None, leave, exitpriority=0)  # atexit is not for a process that was forked to work
        return provider.get_tracer("sociaal-gemaakt")


class _OurIds(RandomIdGenerator):
    """A trace has the id that the lines of the log have."""

    def generate_trace_id(self) -> int:
        return int(get_contextvars()["trace"], 16)


def _beginning(from_span: str) -> Context:
    """Of nothing that this thread did before; where it goes on from another program, from its span."""
    if not from_span:
        return Context()
    span_id, trace_id = int(from_span, 16), int(get_contextvars()["trace"], 16)
    remote = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())


class Sent(SpanExporter):
    """Sends what leaves nothing open: every word of a span is looked at as a line of the log is."""

    def __init__(self, to: SpanExporter, address: str) -> None:
        self._to = to
        self._address = address
        self._until: float | None = None
        self._arrives = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._until is not None and monotonic() > self._until:
            return SpanExportResult.FAILURE
        result = self._to.export([told(span) for span in spans])
        arrives = result is SpanExportResult.SUCCESS
        if arrives != self._arrives:
            log.warning("spans arrive again at %s" if arrives else "spans are lost: %s takes none", self._address)
            self._arrives = arrives
        return result

    def end_within(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    def shutdown(self) -> None:
        self._to.shutdown()


def told(span: ReadableSpan) -> ReadableSpan:
    """The span as others may read it."""
    return ReadableSpan(
        name=discreet(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_discreet(span.attributes),
        events=[Event(discreet(event.name), _discreet(event.attributes), event.timestamp) for event in span.events],
        kind=span.kind,
        status=Status(span.status.status_code, span.status.description and discreet(span.status.description)),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _discreet(attributes: Attributes) -> dict[str, AttributeValue]:
    return {name: discreet(value) if isinstance(value, str) else value for name, value in (attributes or {}).items()}
