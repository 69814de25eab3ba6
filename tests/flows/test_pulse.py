"""Each worker says by itself that it lives, and tells of whoever is silent."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from celery.concurrency import prefork, thread
from django.conf import settings
from django.utils import timezone

from fulfilment.entrypoints import jobs, pulse
from fulfilment.mail.models import Mail
from fulfilment.vitals.models import Sample, Sign
from fulfilment.vitals.signs import seen_well
from tests.support import rows

pytestmark = pytest.mark.django_db
SILENT = timedelta(seconds=settings.ALERT_SILENCE_SECONDS + 1)


def told() -> list[str]:
    return sorted(Mail.objects.filter(sent_at__isnull=False).values_list("subject", flat=True))


@pytest.fixture(autouse=True)
def _the_thread_is_this_one_of_a_program_that_runs_for_long() -> Iterator[None]:
    long_ago = timezone.now() - timedelta(hours=1)
    with mock.patch.object(pulse, "connection"), mock.patch.object(jobs, "BEGUN", long_ago):
        yield


@pytest.fixture(autouse=True)
def _an_operator_and_all_are_well() -> None:
    rows.user("operator@example.com", staff=True)
    for name in Sign.Name:
        seen_well(name, timezone.now())


def is_silent(name: Sign.Name) -> None:
    Sign.objects.filter(name=name).update(well_at=timezone.now() - SILENT)


@pytest.mark.parametrize("worker", settings.PULSES)
def test_a_worker_that_says_that_it_lives_is_seen_well(worker: str) -> None:
    is_silent(Sign.Name(worker))
    jobs.pulse_job("beat")
    jobs.pulse_job(worker)
    assert Sign.objects.get(name=worker).well_at > timezone.now() - SILENT  # type: ignore[operator]


def test_while_somebody_watches_no_worker_does_so_in_their_place() -> None:
    for worker in settings.PULSES:
        jobs.pulse_job(worker)
    assert not Sample.objects.exists()


@pytest.mark.parametrize(
    ("silent", "by", "title"),
    [
        (Sign.Name.ROUNDS, "orders", "Werker voor rondes en mail"),
        (Sign.Name.BEAT, "orders", "Klok"),
        (Sign.Name.BEAT, "rounds", "Klok"),
    ],
)
def test_whoever_lives_tells_of_who_is_silent_and_of_nobody_else(silent: Sign.Name, by: str, title: str) -> None:
    is_silent(silent)
    for _pulse in range(2):  # at the first it may be that all was away, and nobody could speak yet
        jobs.pulse_job(by)
    assert told() == [f"Kijk even: {title}"]


def test_the_clock_itself_stands_in_for_nobody() -> None:
    is_silent(Sign.Name.ROUNDS)
    jobs.pulse_job("beat")
    assert not Sample.objects.exists()


def test_that_valkey_is_away_is_told_without_it_and_of_nobody_that_they_are_silent() -> None:
    for name in (Sign.Name.ORDERS, Sign.Name.ROUNDS, Sign.Name.BEAT):
        is_silent(name)
    over = mock.Mock(wait=mock.Mock(side_effect=[False, False, True]))
    with mock.patch.object(pulse, "lengths", return_value=None), mock.patch.object(jobs, "lengths", return_value=None):
        pulse.watch_valkey(over)
    assert told() == ["Kijk even: Valkey (wachtrijen)"]


def test_where_valkey_answers_nothing_is_told_beside_it() -> None:
    over = mock.Mock(wait=mock.Mock(side_effect=[False, True]))
    with mock.patch.object(pulse, "lengths", return_value={"money": 0}):
        pulse.watch_valkey(over)
    assert not Sample.objects.exists()


def test_a_look_that_fails_is_not_the_last() -> None:
    over = mock.Mock(wait=mock.Mock(side_effect=[False, False, True]))
    with (
        mock.patch.object(pulse, "lengths", return_value=None),
        mock.patch.object(pulse, "stand_in", side_effect=[RuntimeError, None]) as looked,
    ):
        pulse.watch_valkey(over)
    assert looked.call_count == 2


def test_a_message_says_it_through_the_queue_that_the_worker_reads_first() -> None:
    with mock.patch.object(jobs.pulse_job, "apply_async") as sent:
        pulse.say("orders", "money")
    sent.assert_called_once_with(("orders",), queue="money", expires=settings.PULSE_SECONDS)


@pytest.mark.parametrize(
    ("reads", "pool", "says", "beside"),
    [
        (("money", "orders", "later"), prefork.TaskPool, "orders", 0),
        (("rounds", "mail"), thread.TaskPool, "rounds", 1),
        (("rounds", "mail"), prefork.TaskPool, "rounds", 0),
    ],
)
def test_a_worker_begins_to_say_it_when_it_starts(reads: tuple[str, ...], pool: Any, says: str, beside: int) -> None:
    timer = mock.Mock()
    app = SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=dict.fromkeys(reads))))
    with mock.patch.object(pulse.threading, "Thread") as begun:  # type: ignore[attr-defined]
        pulse.Pulse.start(mock.Mock(), SimpleNamespace(app=app, timer=timer, pool_cls=pool))
    timer.call_repeatedly.assert_called_once_with(settings.PULSE_SECONDS, pulse.say, (says, reads[0]))
    assert begun.call_count == beside
