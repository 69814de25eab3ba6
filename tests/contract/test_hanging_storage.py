"""PostgreSQL and Valkey take connections and answer nothing: who waits for them, and what is answered meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from unittest import mock

import pytest
from celery import Celery
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from fulfilment.flows import dispatch
from fulfilment.flows.dispatch import _queue as really_queued
from fulfilment.gateways.counts import Counts
from fulfilment.gateways.neighbours import VALKEY
from fulfilment.inbox.models import Mark
from fulfilment.postgres import bounds
from fulfilment.postgres.base import POSTGRES
from neighbours.budget import within
from tests.support import rows, signed, workshop
from tests.support.hanging import hanging

PLENTY = 5.0
"""Seconds that are less than anybody waits for what hangs, and more than what is done without it takes."""

QUICKLY = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


@pytest.fixture
def stopped() -> Iterator[None]:
    """PostgreSQL was waited for in vain twice, and nobody has a connection."""
    connection.close()
    for _time in range(2):
        with pytest.raises(TimeoutError), mock.patch("neighbours.neighbour.HANGS", 0.0), POSTGRES.asked():
            raise TimeoutError
    yield
    POSTGRES.forget()


@pytest.mark.django_db(transaction=True)
def test_a_statement_is_waited_for_no_longer_than_is_left_of_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "LEAST", 0.1)
    connection.ensure_connection()
    began = monotonic()
    with within(0.1), pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    assert monotonic() - began < PLENTY
    assert connection.connection.closed
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the next who asks has a connection of their own


@pytest.mark.django_db(transaction=True)
def test_who_merely_waits_for_a_slow_statement_without_a_budget_goes_on_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounds, "LEAST", 0.01)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1)")
    assert not POSTGRES.hangs


@pytest.mark.django_db(transaction=True)
def test_a_page_says_at_once_that_our_data_are_out_of_reach_and_others_answer(stopped: None) -> None:
    for address in (reverse("portal:today"), reverse("account_login")):
        browser = Client(raise_request_exception=False)
        browser.cookies["fulfilment_session"] = "somebody"
        answer = browser.get(address)
        assert answer.status_code == 503
        assert "We kunnen nu even niet bij onze gegevens." in answer.content.decode()
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_what_is_told_to_us_meanwhile_is_to_be_told_again(stopped: None) -> None:
    answer = signed.from_stripe({"id": "evt_1", "type": "checkout.session.completed", "data": {"object": {"id": "cs"}}})
    assert answer.status_code == 503


@pytest.mark.django_db(transaction=True)
def test_once_it_answers_again_so_do_the_pages(stopped: None) -> None:
    POSTGRES.forget()
    client = Client()
    client.force_login(workshop.member(rows.partner("compaan")))
    assert client.get(reverse("portal:today")).status_code == 200


def test_a_broker_that_hangs_holds_up_nobody_and_is_not_asked_again() -> None:
    with hanging() as url:
        app = Celery("hanging", broker=url.replace("http:", "redis:"), set_as_current=False)
        app.conf.broker_transport_options = {**QUICKLY, "max_retries": 1}
        began = monotonic()
        with mock.patch.object(dispatch, "current_app", app):
            for _time in range(6):
                really_queued(Mark.Kind.ORDER, "T3JkZXI6MQ==", "orders", timedelta(seconds=30))
        assert monotonic() - began < PLENTY
        app.close()
    assert VALKEY.hangs


def test_wrong_logins_are_counted_by_the_process_itself_while_valkey_hangs() -> None:
    with hanging() as url:
        counts = Counts(url.replace("http:", "redis:"), {"OPTIONS": QUICKLY})
        began = monotonic()
        assert counts.add("lock", True, timeout=10)
        assert not counts.add("lock", True, timeout=10)
        counts.set("wrong", [1.0, 2.0], 60)
        assert counts.get("wrong", []) == [1.0, 2.0]
        counts.delete("wrong")
        assert counts.get("wrong", []) == []
        assert monotonic() - began < PLENTY
    assert VALKEY.hangs
