"""Who listens for spans: a receiver of OTLP over HTTP on loopback, which keeps all that it is sent."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry import spans

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Received:
    """One span. Ids are hexadecimal figures, `parent` "" where there is none."""

    program: str
    process: int
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    started: int
    """Nanoseconds since 1970."""
    nanoseconds: int
    about: dict[str, Any]
    failed: bool
    said: str
    """All of it as text."""


@dataclass
class Receiver:
    """`refuses` while it is told to: what is sent then is lost."""

    address: str = ""
    spans: list[Received] = field(default_factory=list)
    refuses: bool = False
    _news: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._news:
            for resource in request.resource_spans:
                facts = _attributes(resource.resource)
                for scope in resource.scope_spans:
                    self.spans += [_received(span, facts) for span in scope.spans]
            self._news.notify_all()

    def named(self, name: str, how_many: int = 1) -> list[Received]:
        """The spans of a name, once so many of them have come."""

        def come() -> list[Received]:
            return [span for span in self.spans if span.name == name]

        with self._news:
            there = self._news.wait_for(lambda: len(come()) >= how_many, PATIENCE_SECONDS)
            assert there, f"{len(come())} of {name}; there are {sorted({span.name for span in self.spans})}"
            return come()

    def one(self, name: str) -> Received:
        [found] = self.named(name)
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if not receiver.refuses:
                receiver.take(body)
            self.send_response(400 if receiver.refuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        receiver.address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield receiver
        finally:
            server.shutdown()


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver that is told what this process does."""
    with receiving() as receiver:
        spans.send_to(receiver.address, "program")
        try:
            yield receiver
        finally:
            spans.send_to("", "program")


def _received(span: Any, facts: dict[str, Any]) -> Received:
    return Received(
        program=facts["service.name"],
        process=facts["process.pid"],
        name=span.name,
        kind=span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        started=span.start_time_unix_nano,
        nanoseconds=span.end_time_unix_nano - span.start_time_unix_nano,
        about=_attributes(span),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        said=str(span),
    )


def _attributes(of: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in of.attributes}
