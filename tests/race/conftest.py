"""Races are held with the locks, unless they are asked for without (`WITH_AND_WITHOUT_LOCKS`).

A race that has no twin is decided by no lock of its own, but by a unique key, or by one whose twin stands beside it.
"""

from collections.abc import Iterator

import pytest

from tests.support.unlocked import HANDS


@pytest.fixture(autouse=True)
def locks(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether those who race lock what they read."""
    HANDS.locks = getattr(request, "param", True)
    yield HANDS.locks
    HANDS.locks = True
