"""A member of staff who is logged in, and a shop with something in every room."""

import pytest
from django.test import Client
from pytest_django import Settings

from fulfilment.partners.models import User
from tests.support import rows
from tests.support.furnished import House, furnish
from tests.support.static_files import as_they_lie


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


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
