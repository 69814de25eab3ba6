"""A trace begins somewhere, and goes on from program to program under one id."""

import re

import pytest
from structlog.contextvars import bind_contextvars, get_contextvars

from telemetry import trace
from telemetry.spans import span
from tests.support.otlp import Receiver

TRACE, SPAN = "0123456789abcdef0123456789abcdef", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SPAN}-00"


def test_what_was_given_goes_on() -> None:
    assert trace.begin(GIVEN) == SPAN
    assert trace.current() == get_contextvars()["trace"] == TRACE


@pytest.mark.parametrize(
    "given",
    ["", "short", f"{GIVEN}\n", GIVEN.upper(), f"ff-{TRACE}-{SPAN}-00", f"00-{'0' * 32}-{SPAN}-00", "<script>alert(1)"],
)
def test_what_is_none_is_not_taken(given: str) -> None:
    assert trace.begin(given) == ""
    assert re.fullmatch("[0-9a-f]{32}", trace.current())
    assert trace.current() != TRACE


def test_each_begins_anew_and_about_nothing() -> None:
    trace.begin()
    first = trace.current()
    bind_contextvars(order="ord_nom8mnSTA5kziqh0")
    trace.begin()
    assert trace.current() != first
    assert "order" not in get_contextvars()


def test_it_is_passed_on_though_nobody_is_told_of_spans() -> None:
    assert trace.passed_on() == {}
    trace.begin(GIVEN)
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-00", trace.passed_on()["traceparent"])


def test_it_is_passed_on_with_the_span_that_is_under_way(receiver: Receiver) -> None:
    begins = trace.begin(GIVEN)
    with span("ask", "client", begins=begins):
        passed_on = trace.passed_on()["traceparent"]
    asked = receiver.one("ask")
    assert passed_on == f"00-{TRACE}-{asked.id}-01"


def test_what_one_thing_is_about_is_said_of_nothing_after_it() -> None:
    trace.begin()
    with trace.apart():
        bind_contextvars(order="ord_nom8mnSTA5kziqh0")
    assert get_contextvars() == {"trace": trace.current()}
