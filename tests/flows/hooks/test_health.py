"""Whether the program is alive, and whether it can work, with the reason where it cannot."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from fulfilment.entrypoints import health
from fulfilment.entrypoints.health import Looking, queue_names, what_fails
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.vitals.models import Sign
from fulfilment.vitals.signs import seen_ill, seen_well

pytestmark = pytest.mark.django_db
EMPTY = dict.fromkeys(queue_names(), 0)


@pytest.fixture
def all_well() -> None:
    for name in Sign.Name:
        seen_well(name, timezone.now())


@pytest.fixture
def here() -> Iterator[None]:
    """The look is taken in the thread of the test, which alone sees its rows; Valkey is empty."""
    with (
        mock.patch.object(health.looking, "within", lambda seconds, look: look()),
        mock.patch.object(health, "lengths", return_value=EMPTY),
    ):
        yield


def test_it_is_alive_whatever_else_is_not() -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.usefixtures("all_well", "here")
def test_it_can_work_where_everybody_was_just_seen_well() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "fails": {}})


@pytest.mark.usefixtures("all_well", "here")
def test_a_neighbour_that_failed_last_is_named_with_what_it_said() -> None:
    now = timezone.now()
    Sign.objects.filter(name=Sign.Name.STRIPE).update(well_at=now - timedelta(minutes=3))
    seen_ill(Sign.Name.STRIPE, "Stripe gaf geen goed antwoord.", now)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["fails"]) == (503, {"stripe": "Stripe gaf geen goed antwoord."})


@pytest.mark.usefixtures("all_well")
def test_a_single_failure_of_a_neighbour_passes() -> None:
    now = timezone.now()
    Sign.objects.filter(name=Sign.Name.SALEOR).update(well_at=now - timedelta(seconds=30))
    seen_ill(Sign.Name.SALEOR, "Saleor gaf geen goed antwoord.", now)
    assert what_fails(EMPTY, now) == {}


@pytest.mark.usefixtures("all_well")
def test_a_worker_that_is_silent_is_named_with_since_when() -> None:
    now = timezone.now() + timedelta(minutes=10)
    seen_well(Sign.Name.ROUNDS, now)
    seen_well(Sign.Name.BEAT, now)
    found = what_fails(EMPTY, now)
    assert found["orders"] == "De werker voor bestellingen en geld laat al 10 minuten niets van zich horen."
    assert set(found) == {"orders"}


@pytest.mark.usefixtures("all_well")
def test_without_valkey_it_cannot_work() -> None:
    assert what_fails(None, timezone.now()) == {"valkey": "Valkey antwoordt niet."}


def test_without_its_tables_it_cannot_work() -> None:
    with mock.patch.object(health, "_missing_migrations", return_value=["vitals"]):
        assert what_fails(EMPTY, timezone.now()) == {"migrations": "Deze tabellen zijn nog niet bijgewerkt: vitals."}


def test_all_its_tables_are_there() -> None:
    assert health._missing_migrations() == []


@pytest.mark.usefixtures("here")
def test_without_the_database_it_cannot_work() -> None:
    with mock.patch.object(health, "what_fails", side_effect=OperationalError("gone")):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["fails"]) == (503, {"database": "PostgreSQL antwoordt niet."})


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "203.0.113.9"}, {"Authorization": "Bearer wrong"}])
def test_strangers_read_that_it_cannot_work_and_not_why(headers: dict[str, str]) -> None:
    answer = Client(REMOTE_ADDR="203.0.113.9").get("/readyz", headers=headers)
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


@pytest.mark.usefixtures("all_well")
@pytest.mark.parametrize(
    ("kind", "condition"),
    [("SALEOR_APP", "saleor"), ("SALEOR_HOOKS", "saleor"), ("CLOCK_OFF", "clock"), ("MAIL_AWAY", "mail")],
)
def test_what_stands_on_the_list_about_a_neighbour_is_said_here_too(kind: str, condition: str) -> None:
    now = timezone.now()
    raise_issue(OpenIssue.Kind[kind], "neighbour:x", "Dit is er mis.", now)
    assert what_fails(EMPTY, now) == {condition: "Dit is er mis."}


def test_a_look_that_hangs_keeps_nobody() -> None:
    looking, goes_on = Looking(), threading.Event()
    with pytest.raises(TimeoutError):
        looking.within(0.01, goes_on.wait)
    with pytest.raises(TimeoutError):  # at once: the former one still hangs
        looking.within(60, goes_on.wait)
    goes_on.set()
    assert looking._last is not None
    looking._last.result(5)
    assert looking.within(5, lambda: "seen") == "seen"
