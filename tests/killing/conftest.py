"""One world for all the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.killing.world import World, opened


@pytest.fixture(autouse=True)
def queued() -> None:
    """The queue is the world's here."""


@pytest.fixture(autouse=True)
def _only_when_asked(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("everything") and not request.config.getoption("--everything"):
        pytest.skip("takes long: --everything")


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """Furnished, and put back to that by every run."""
    with opened(tmp_path) as found:
        yield found
