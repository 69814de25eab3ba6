"""Somebody who is told of spans, for as long as a test lasts."""

from collections.abc import Iterator

import pytest
from structlog.contextvars import clear_contextvars

from tests.support.otlp import Receiver, listening


@pytest.fixture(autouse=True)
def _about_nothing() -> Iterator[None]:
    clear_contextvars()
    yield
    clear_contextvars()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as started:
        yield started
