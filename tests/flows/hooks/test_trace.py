"""One trace goes from a request in the shop to fulfilment and on to the worker."""

import re
from unittest import mock

import pytest
from django.test import Client
from structlog.contextvars import bind_contextvars, get_contextvars

from fulfilment import metrics
from fulfilment.entrypoints import jobs
from fulfilment.flows import dispatch
from fulfilment.flows.dispatch import _queue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from telemetry import trace
from tests.support.otlp import listening
from tests.support.rows import NOW

TRACE = "0123456789abcdef0123456789abcdef"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize("path", ["/api/storefront/promises", "/hooks/saleor/", "/hooks/plugin/", "/saleor/register"])
def test_the_trace_of_a_machine_goes_on(path: str) -> None:
    assert Client().post(path, headers={"traceparent": GIVEN}).headers["X-Trace-Id"] == TRACE


@pytest.mark.parametrize("path", ["/healthz", "/portal/", "/accounts/login/", "/nowhere/"])
@pytest.mark.django_db
def test_a_browser_s_does_not(path: str) -> None:
    made = Client().get(path, headers={"traceparent": GIVEN}).headers["X-Trace-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert made != TRACE


def test_a_message_takes_it_to_the_worker() -> None:
    trace.begin(GIVEN)
    with mock.patch.object(dispatch, "current_app") as app:
        _queue("order", "T3JkZXI6MQ==", "orders")
    assert app.send_task.call_args.kwargs["headers"]["traceparent"].startswith(f"00-{TRACE}-")


@pytest.mark.django_db
def test_the_worker_goes_on_with_it_and_with_a_new_one_where_none_came() -> None:
    mark(Mark.Kind.ORDER, "one", NOW)
    seen = []
    with mock.patch.dict(jobs.ACTIONS, {Mark.Kind.ORDER: lambda *_given: seen.append(get_contextvars()["trace"])}):
        jobs.process_job.apply(args=["order", "one"], headers={"traceparent": GIVEN})
        mark(Mark.Kind.ORDER, "one", NOW)
        jobs.process_job.apply(args=["order", "one"])
    assert seen[0] == TRACE
    assert re.fullmatch("[0-9a-f]{32}", seen[1])
    assert seen[1] != TRACE


@pytest.mark.django_db
def test_what_a_worker_does_is_told_with_whom_it_asked_and_the_order_that_came_of_it() -> None:
    def ask(*_given: object) -> str:
        with metrics.calling("Stripe", "show a session"):
            return "one"

    mark(Mark.Kind.SESSION, "cs_test_a1B2c3D4e5F6g7H8", NOW)
    mark(Mark.Kind.ORDER, "one", NOW)
    made = {Mark.Kind.SESSION: ask, Mark.Kind.ORDER: lambda *_given: bind_contextvars(order="ord_nom8mnSTA5kziqh0")}
    with listening() as receiver, mock.patch.dict(jobs.ACTIONS, made):
        jobs.process_job.apply(args=["session", "cs_test_a1B2c3D4e5F6g7H8"], headers={"traceparent": GIVEN})
        work = receiver.one("process session")
        order, asked = receiver.one("process order"), receiver.one("Stripe show a session")
    assert (work.trace, work.parent, work.kind) == (TRACE, "00f067aa0ba902b7", "consumer")
    assert order.parent == asked.parent == work.id
    assert order.about["order"] == work.about["order"] == "ord_nom8mnSTA5kziqh0"
    assert "cs_test" not in work.said


@pytest.mark.django_db
def test_a_round_of_the_clock_is_told_in_a_trace_of_its_own() -> None:
    with listening() as receiver:
        jobs.requeue_job.apply()
        jobs.requeue_job.apply()
        first, second = receiver.named("requeue", 2)
    assert first.trace != second.trace
    assert first.parent == second.parent == ""
