"""Our app stands in Saleor, and its staff look at it there."""

import pytest
from pytest_django import Settings

from tests.support.in_dashboard import installed
from tests.support.static_files import as_they_lie


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


@pytest.fixture(autouse=True)
def _installed(db: None) -> None:
    installed()
