"""What takes time is told to whoever listens, under the id that the log has, and costs nobody any time."""

import subprocess
import sys

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult
from structlog.contextvars import bind_contextvars

from telemetry import otlp, spans, trace
from telemetry.spans import span
from tests.support.hanging import hanging
from tests.support.otlp import Received, Receiver

KEYS = {
    "the link of an order": "/volgen/ord_nom8mnSTA5kziqh0.L1Oh9g3h8b39-Knt07F8O70ubnt4SqV8nQqVDkpxoHY/",
    "the link of a new password": "/accounts/password/reset/key/3-cz1x9k-0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d/",
    "a payment at Stripe": "pi_3PabcDEF12345678",
    "our name of a payment": "pay_b3JkZXJfNDI-aGVsbG8td29",
    "somebody's address": "an.peeters@example.com",
}


def test_spans_of_a_program_hang_together_under_the_id_of_the_log(receiver: Receiver) -> None:
    begins = trace.begin()
    with span("outer", "server", {"http.route": "/nl/mandje/"}, begins=begins) as outer:
        with span("inner", "client"):
            pass
        outer.about("http.response.status_code", 200)
    inner, told = receiver.one("inner"), receiver.one("outer")
    assert inner.trace == told.trace == trace.current()
    assert (inner.parent, told.parent) == (told.id, "")
    assert (inner.kind, told.kind, told.program) == ("client", "server", "program")
    assert told.about == {"http.route": "/nl/mandje/", "http.response.status_code": 200}
    assert not told.failed


@pytest.mark.parametrize("flag", ["00", "01"])
def test_it_goes_on_from_another_program_whose_flag_decides_nothing(receiver: Receiver, flag: str) -> None:
    begins = trace.begin(f"00-0123456789abcdef0123456789abcdef-00f067aa0ba902b7-{flag}")
    with span("goes on", "server", begins=begins):
        pass
    told = receiver.one("goes on")
    assert (told.trace, told.parent) == ("0123456789abcdef0123456789abcdef", "00f067aa0ba902b7")


def test_what_begins_goes_on_from_nothing_that_was_done_before(receiver: Receiver) -> None:
    with span("before", "internal", begins=trace.begin()), span("begins", "internal", begins=trace.begin()):
        pass
    assert receiver.one("begins").parent == ""


def test_it_names_the_order_that_it_turned_out_to_be_about(receiver: Receiver) -> None:
    with span("work", "consumer", begins=trace.begin()):
        bind_contextvars(order="ord_nom8mnSTA5kziqh0")
    assert receiver.one("work").about["order"] == "ord_nom8mnSTA5kziqh0"


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_nothing_that_opens_something_leaves(receiver: Receiver, key: str) -> None:
    with pytest.raises(ValueError, match="no"):
        _broken(key)
    told = next(told for told in _all_of(receiver) if told.name.startswith("asked "))
    secret = max(key.strip("/").split("/"), key=len)
    assert secret not in told.said
    assert told.failed
    assert {word for word in ("LookupError", "ValueError", "raise ValueError") if word not in told.said} == set()


def _broken(key: str) -> None:
    with span(f"asked {key}", "client", {"said": f"of {key}"}, begins=trace.begin()):
        spans.failed_by(LookupError(f"none at {key}"))
        raise ValueError(f"no {key}") from KeyError(key)


def _all_of(receiver: Receiver) -> list[Received]:
    """All that was told until now."""
    with span("that is all", "internal"):
        pass
    receiver.one("that is all")
    return receiver.spans


def test_outside_of_a_trace_nothing_is_told(receiver: Receiver) -> None:
    with span("a command", "internal"):
        pass
    trace.begin()
    assert {told.name for told in _all_of(receiver)} == {"that is all"}


def test_where_nobody_listens_what_is_said_goes_nowhere() -> None:
    trace.begin()
    with span("unheard", "client", {"a": "b"}, begins="") as unheard:
        unheard.named("still")
        unheard.about("c", 1)
        unheard.failed()
        spans.failed_by(ValueError())
        assert spans.current() == ""


def test_a_receiver_that_hangs_keeps_nobody() -> None:
    """More than may wait is told while it hangs: all of this ends, though nobody ever answers."""
    with hanging() as address:
        spans.send_to(address, "program")
        begins = trace.begin()
        for _number in range(otlp.KEPT * 2):
            with span("told in vain", "server", begins=begins):
                pass
        spans.send_to("", "program")


def test_that_spans_are_lost_is_said_once_and_once_that_they_arrive_again(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    begins = trace.begin()
    sent = otlp.Sent(OTLPSpanExporter(f"{receiver.address}/v1/traces", timeout=60), receiver.address)
    receiver.refuses = True
    with span("x", "internal", begins=begins):
        pass
    assert [sent.export([]) for _time in range(2)] == [SpanExportResult.FAILURE] * 2
    receiver.refuses = False
    assert [sent.export([]) for _time in range(2)] == [SpanExportResult.SUCCESS] * 2
    said = [line.getMessage() for line in caplog.records if receiver.address in line.getMessage()]
    assert said[-2:] == [f"spans are lost: {receiver.address} takes none", f"spans arrive again at {receiver.address}"]


FORKING = """
import multiprocessing, sys
from telemetry import spans, trace

def tell(name):
    with spans.span(name, "internal", begins=trace.begin()):
        pass

spans.send_to(sys.argv[1], "program")
tell("before it forks")
child = multiprocessing.get_context("fork").Process(target=tell, args=("in a child",))
child.start()
child.join()
tell("after it forked")
"""


def test_whoever_is_forked_sends_its_own_and_what_ends_sends_what_it_has(receiver: Receiver) -> None:
    subprocess.run([sys.executable, "-c", FORKING, receiver.address], check=True)
    before, after = receiver.one("before it forks"), receiver.one("after it forked")
    assert before.process == after.process != receiver.one("in a child").process


def test_whoever_is_told_in_vain_ends_all_the_same() -> None:
    with hanging() as address:
        subprocess.run([sys.executable, "-c", FORKING, address], check=True)


LOADED = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
import django
django.setup()
import {program}
sends = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf")
print([name for name in sys.modules if name.startswith(sends)])
"""


@pytest.mark.parametrize(
    ("program", "settings"),
    [
        ("shop.wsgi", "shop.settings"),
        ("fulfilment.config.wsgi", "fulfilment.config.settings"),
        ("fulfilment.entrypoints.jobs", "fulfilment.config.settings"),
    ],
)
def test_without_an_address_nothing_that_sends_is_loaded(program: str, settings: str) -> None:
    """The client of Valkey loads OpenTelemetry's metrics by itself wherever they are installed, and uses none."""
    argv = [sys.executable, "-c", LOADED.format(program=program), settings]
    loaded = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert loaded == "[]\n"
