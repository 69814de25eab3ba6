"""`/metrics`: for whoever is one of ours, and with all that is promised."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from fulfilment import metrics
from fulfilment.entrypoints import health, measured
from fulfilment.errors import GatewayError
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.vitals.measures import COUNTED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here() -> Iterator[None]:
    with (
        mock.patch.object(health.looking, "within", lambda seconds, look: look()),
        mock.patch.object(measured, "lengths", return_value={"money": 3}),
    ):
        yield


def read(**headers: str) -> dict[tuple[str, str], float]:
    """What the page tells, by the name of a metric and the last of its labels."""
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, next(reversed(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_it_tells_what_stands_there() -> None:
    mark(Mark.Kind.ORDER, "T3JkZXI6MQ==", timezone.now())
    raise_issue(OpenIssue.Kind.FAULT, "order:1", "Hier loopt het op vast.", timezone.now())
    found = read()
    assert found["fulfilment_marks", "order"] == 1
    assert found["fulfilment_exceptions", "fault"] == 1
    assert found["fulfilment_queue_length", "money"] == 3
    assert found["fulfilment_condition_holds", "faults"] == 0
    assert found["fulfilment_condition_holds", "queued"] == 1
    assert found["fulfilment_database_up", ""] == 1


def test_calls_are_counted_by_neighbour_and_by_how_they_ended() -> None:
    before = measured.totals()
    with metrics.calling("Stripe", "refund"):
        pass
    for retry in (True, False):
        with pytest.raises(GatewayError), metrics.calling("Stripe", "refund"):
            raise GatewayError("no", retry=retry, at="Stripe")
    after = measured.totals()
    assert after["calls_stripe"] - before["calls_stripe"] == 3
    assert after["failed_stripe"] - before["failed_stripe"] == 1  # a refusal is an answer
    assert set(after) == set(COUNTED)
    assert ("fulfilment_neighbour_seconds_count", "refused") in read()


def test_a_neighbour_of_whom_no_chart_tells_keeps_nobody_from_being_measured() -> None:
    with metrics.calling("VIES", "look_up"):
        pass
    assert set(measured.totals()) == set(COUNTED)
    assert any(name == "fulfilment_neighbour_seconds_count" for name, _label in read())


def test_what_a_message_was_answered_is_counted() -> None:
    before = measured.totals()["webhooks_refused"]
    assert Client().post("/hooks/stripe/", b"{}", content_type="application/json").status_code == 400
    assert measured.totals()["webhooks_refused"] == before + 1


def test_nobody_else_is_told_that_it_is_there(settings: Settings) -> None:
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.METRICS_TOKEN = "the-token"
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    assert stranger.get("/metrics", headers={"Authorization": "Bearer the-token"}).status_code == 200
    assert stranger.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert stranger.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
