"""What holds for every test: nothing is queued at a real broker, and nothing is remembered from the test before."""

from collections.abc import Iterator
from unittest import mock

import pytest

from fulfilment.flows import dispatch


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--everything", action="store_true", help="also what takes long: every death of tests/killing")


@pytest.fixture(autouse=True)
def queued() -> Iterator[list[tuple[str, str]]]:
    """What was queued for a worker, as (kind, object)."""
    found: list[tuple[str, str]] = []

    def queue(kind: str, object_id: str) -> None:
        found.append((kind, object_id))

    with mock.patch.object(dispatch, "_queue", queue):
        yield found
