"""A notice as it goes over the wire, and what becomes of it when the receiver is well, refuses, or is away."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sociaalgemaakt_order_routing.delivery import (
    WAITS,
    Notice,
    Outcome,
    Rest,
    order_global_id,
    post,
    signed_headers,
    wait_after,
)

GOLDEN = Path(__file__).resolve().parents[2] / "contract" / "golden" / "plugin_notice.v1.json"
NOW = datetime(2026, 11, 23, 20, 0, 1, tzinfo=UTC)
NOTICE = Notice("order_created", order_global_id("0198f3c2-7d41-7c55-9f0e-3d5a1b2c4e6f"), NOW)
SECRET = "k3y-" * 8


@dataclass
class Receiver:
    """Fulfilment's end: keeps what came, answers what the test says."""

    status: int = 200
    location: str = ""
    port: int = 0
    got: list[tuple[str, Message, bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/plugin/"

    @contextmanager
    def listening(self) -> Iterator[None]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, self.headers, body))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with receiver.listening():
        yield receiver


def test_the_golden_example_is_exactly_what_we_send() -> None:
    golden = json.loads(GOLDEN.read_text())
    fields = golden["notice"]
    notice = Notice(fields["event"], fields["order_id"], datetime.fromisoformat(fields["issued_at"]))
    assert notice.body() == golden["body"].encode()
    assert json.loads(golden["body"]) == fields
    assert signed_headers(notice.body(), golden["secret"], golden["timestamp"]) == golden["headers"]


def test_an_order_has_the_id_under_which_the_api_knows_it() -> None:
    assert (
        order_global_id("0198f3c2-7d41-7c55-9f0e-3d5a1b2c4e6f") == json.loads(GOLDEN.read_text())["notice"]["order_id"]
    )


def test_the_moment_is_written_in_utc_wherever_it_was_measured() -> None:
    in_ghent = NOW.astimezone(timezone(timedelta(hours=1)))
    assert Notice("order_created", "x", in_ghent).body() == Notice("order_created", "x", NOW).body()


def test_the_receiver_can_prove_who_sent_the_notice_and_when(receiver: Receiver) -> None:
    assert post(NOTICE, receiver.address, SECRET, now=NOW).outcome is Outcome.TAKEN
    ((path, headers, body),) = receiver.got
    assert path == "/hooks/plugin/"
    assert body == NOTICE.body()
    assert headers["X-Notice-Timestamp"] == str(int(NOW.timestamp()))
    signed = f"{int(NOW.timestamp())}.".encode() + body
    assert headers["X-Notice-Signature"] == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"


def test_a_later_try_is_signed_anew_so_that_it_is_not_too_old(receiver: Receiver) -> None:
    later = NOW + timedelta(minutes=10)
    post(NOTICE, receiver.address, SECRET, now=NOW)
    post(NOTICE, receiver.address, SECRET, now=later)
    first, second = (headers for _, headers, _ in receiver.got)
    assert second["X-Notice-Timestamp"] == str(int(later.timestamp()))
    assert first["X-Notice-Signature"] != second["X-Notice-Signature"]


def test_a_query_in_the_address_is_kept(receiver: Receiver) -> None:
    post(NOTICE, receiver.address + "?from=saleor", SECRET, now=NOW)
    assert receiver.got[0][0] == "/hooks/plugin/?from=saleor"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.TAKEN),
        (204, Outcome.TAKEN),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (500, Outcome.UNREACHABLE),
        (503, Outcome.UNREACHABLE),
    ],
)
def test_a_refusal_is_final_and_a_failing_receiver_is_tried_again(
    receiver: Receiver, status: int, outcome: Outcome
) -> None:
    receiver.status = status
    result = post(NOTICE, receiver.address, SECRET, now=NOW)
    assert (result.outcome, result.reason) == (outcome, f"HTTP {status}")


def test_a_redirect_is_not_followed_and_final(receiver: Receiver) -> None:
    receiver.status, receiver.location = 302, receiver.address
    assert post(NOTICE, receiver.address, SECRET, now=NOW).outcome is Outcome.REFUSED
    assert len(receiver.got) == 1


def test_a_closed_port_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = post(NOTICE, f"http://127.0.0.1:{taken.getsockname()[1]}/", SECRET, now=NOW)
    assert result.outcome is Outcome.UNREACHABLE
    assert "ConnectionRefusedError" in result.reason


def test_a_receiver_that_does_not_answer_costs_only_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        result = post(NOTICE, address, SECRET, now=NOW, timeout=0.1)
    assert result.outcome is Outcome.UNREACHABLE


def test_an_answer_that_is_no_http_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"hello\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        result = post(NOTICE, f"http://127.0.0.1:{server.getsockname()[1]}/", SECRET, now=NOW)
        thread.join()
    assert result.outcome is Outcome.UNREACHABLE


def test_the_reason_never_holds_the_order_or_the_secret() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = post(NOTICE, f"http://127.0.0.1:{taken.getsockname()[1]}/", SECRET, now=NOW)
    assert NOTICE.order_id not in result.reason
    assert SECRET not in result.reason


def test_waits_grow_and_end() -> None:
    waits = [wait_after(tries) for tries in range(1, len(WAITS) + 2)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(WAITS)
    # Longer than an hour, Redis would hand the waiting task to a second worker as well.
    assert sum(WAITS) < 3600


def test_what_failed_is_left_alone_for_a_while_and_then_tried_again() -> None:
    rest = Rest(seconds=30)
    assert rest.is_over(100.0)
    rest.begin(100.0)
    assert not rest.is_over(129.9)
    assert rest.is_over(130.0)
