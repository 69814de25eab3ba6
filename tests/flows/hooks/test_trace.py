"""One trace goes from a request in the shop to fulfilment and on to the worker."""

import re
from unittest import mock

import pytest
from django.test import Client
from structlog.contextvars import bind_contextvars, get_contextvars

from fulfilment.entrypoints import jobs
from fulfilment.flows import dispatch
from fulfilment.flows.dispatch import _queue
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from tests.support.rows import NOW

TRACE = "0123456789abcdef"


def test_the_trace_of_the_shop_goes_on() -> None:
    assert Client().get("/healthz", headers={"X-Trace-Id": TRACE}).headers["X-Trace-Id"] == TRACE


@pytest.mark.parametrize("given", ["", "short", TRACE + "0", "0123456789abcde\n", "<script>alert(1)", TRACE.upper()])
def test_what_is_none_is_not_taken(given: str) -> None:
    made = Client().get("/healthz", headers={"X-Trace-Id": given}).headers["X-Trace-Id"]
    assert re.fullmatch("[0-9a-f]{16}", made)
    assert made != given


def test_a_message_takes_it_to_the_worker() -> None:
    bind_contextvars(trace=TRACE)
    with mock.patch.object(dispatch, "current_app") as app:
        _queue("order", "T3JkZXI6MQ==", "orders")
    assert app.send_task.call_args.kwargs["headers"] == {"trace": TRACE}


@pytest.mark.django_db
def test_the_worker_goes_on_with_it_and_with_a_new_one_where_none_came() -> None:
    mark(Mark.Kind.ORDER, "one", NOW)
    seen = []
    with mock.patch.dict(jobs.ACTIONS, {Mark.Kind.ORDER: lambda *_given: seen.append(get_contextvars()["trace"])}):
        jobs.process_job.apply(args=["order", "one"], headers={"trace": TRACE})
        mark(Mark.Kind.ORDER, "one", NOW)
        jobs.process_job.apply(args=["order", "one"])
    assert seen[0] == TRACE
    assert re.fullmatch("[0-9a-f]{16}", seen[1])
    assert seen[1] != TRACE
