"""What the tests of the house read is forgotten with them."""

from collections.abc import Iterator

import pytest

from tests.support.sources import sources


@pytest.fixture(scope="package", autouse=True)
def _trees_do_not_stay() -> Iterator[None]:
    """As trees, all our modules are more than everything else that the collector walks through in later tests."""
    yield
    sources.cache_clear()
