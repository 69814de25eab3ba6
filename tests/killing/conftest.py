"""One world for all the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.killing.probe import Probe
from tests.killing.world import Kept, World, opened


@pytest.fixture(autouse=True)
def queued() -> None:
    """The queue is the world's here."""


@pytest.fixture(scope="session")
def furnished() -> list[Kept]:
    """The world as the first test of all furnished it: quicker to put back than to furnish again."""
    return []


@pytest.fixture
def world(transactional_db: None, tmp_path_factory: pytest.TempPathFactory, furnished: list[Kept]) -> Iterator[World]:
    """Furnished, and put back to that by every run."""
    with opened(tmp_path_factory.mktemp("world")) as found:
        if not furnished:
            found.furnish()
            furnished.append(found.kept())
        found.back_to(furnished[0], Probe(), deaf=False)
        yield found
