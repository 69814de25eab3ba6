"""What holds for every test of the hooks."""

import pytest
from pytest_django import Settings

from tests.support.static_files import as_they_lie


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)
