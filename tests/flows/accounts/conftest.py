"""People who log in as they really do, with a counter of tries that begins anew."""

from uuid import uuid4

import pytest
from pytest_django import Settings

from tests.support.static_files import as_they_lie


@pytest.fixture(autouse=True)
def _fresh(settings: Settings) -> None:
    as_they_lie(settings)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}}
