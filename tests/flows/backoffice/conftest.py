"""A member of staff who is logged in, and a shop with something in every room."""

import pytest
from django.test import Client
from pytest_django import Settings

from fulfilment.partners.models import User
from tests.support import rows
from tests.support.furnished import House, furnish


@pytest.fixture(autouse=True)
def _loose_static_files(settings: Settings) -> None:
    """Styles straight from their folders, without collecting them first."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def operator(db: None) -> User:
    return rows.user("operator@example.com", staff=True)


@pytest.fixture
def staff(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def house(db: None) -> House:
    return furnish()
