"""Whether the program and what it stands on answer."""

from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from redis.exceptions import ConnectionError as RedisDown

pytestmark = pytest.mark.django_db


def test_all_is_well_when_database_and_broker_answer() -> None:
    with mock.patch("fulfilment.entrypoints.health.cache.get", return_value=None):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_without_the_database_it_is_not_well() -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_without_the_broker_it_is_not_well() -> None:
    with mock.patch("fulfilment.entrypoints.health.cache.get", side_effect=RedisDown("gone")):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
