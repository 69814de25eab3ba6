"""One trace goes from a request in the shop to fulfilment and on to the worker."""

import re
from unittest import mock

import pytest
from django.test import Client
from structlog.contextvars import get_contextvars

from fulfilment.entrypoints import jobs
from fulfilment.flows import dispatch
from fulfilment.flows.dispatch import _queue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from telemetry import trace
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
