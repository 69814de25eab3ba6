"""Somebody who is told of spans, for as long as a test lasts."""

from collections.abc import Iterator

import pytest
from structlog.contextvars import clear_contextvars

from telemetry import spans
from tests.support.otlp import Receiver, receiving


@pytest.fixture(autouse=True)
def _about_nothing() -> Iterator[None]:
    clear_contextvars()
    yield
    clear_contextvars()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        spans.send_to(started.address, "program")
        yield started
        spans.send_to("", "program")
