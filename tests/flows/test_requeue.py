"""What the broker lost, and what failed and may be tried again, is queued once more: from the marks alone."""

from datetime import timedelta
from unittest import mock

import pytest
from django.test import TestCase

from fulfilment.errors import GatewayError
from fulfilment.flows import dispatch, reconcile
from fulfilment.inbox.marks import LEASE, act, claim, mark, mark_found
from tests.support.remote import PLACED_AT

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(hours=1)


def fail() -> None:
    raise GatewayError("no answer", retry=True)


def requeued(after: timedelta) -> dict[str, str]:
    """What is queued again so long after NOW, and into which queue."""
    with mock.patch.object(dispatch, "_queue") as queue, TestCase.captureOnCommitCallbacks(execute=True):
        reconcile.requeue(now=NOW + after)
    return {call.args[1]: call.args[2] for call in queue.call_args_list}


def test_requeueing_respects_leases_and_waits() -> None:
    for name in ("free", "leased", "waiting", "done"):
        mark("order", name, NOW)
    claim("order", "leased", NOW)
    act("order", "done", NOW, lambda: None)
    with pytest.raises(GatewayError):
        act("order", "waiting", NOW, fail)

    assert requeued(timedelta()) == {}
    assert requeued(timedelta(seconds=6)) == {"waiting": "orders"}
    assert requeued(reconcile.QUEUE_TIME) == {"free": "orders"}
    assert set(requeued(LEASE)) == {"free", "leased", "waiting"}


def test_what_fails_again_and_again_goes_behind_the_rest() -> None:
    mark("order", "hopeless", NOW)
    for _time in range(reconcile.HOPEFUL):
        with pytest.raises(GatewayError):
            act("order", "hopeless", NOW, fail)
    assert requeued(timedelta(minutes=1)) == {"hopeless": "later"}


def test_what_was_queued_again_is_left_alone_for_as_long_as_before() -> None:
    mark("order", "lost", NOW)
    times = [timedelta(seconds=seconds) for seconds in range(30, 100, 10)]
    assert [len(requeued(after)) for after in times] == [1, 0, 0, 1, 0, 0, 1]


def test_what_the_sweep_found_is_queued_again_later_and_behind_the_rest() -> None:
    mark_found("order", ["swept"], NOW)
    assert requeued(reconcile.QUEUE_TIME) == {}
    assert requeued(reconcile.LATER_TIME) == {"swept": "later"}
