"""What happens without a person asking: in which queue it waits, what follows at once, and what is done only once."""

from datetime import timedelta
from unittest import mock

import psycopg
import pytest
from celery import current_app
from celery.schedules import crontab
from django.conf import settings
from django.db import connection
from django.test import TestCase

from fulfilment.advisory import Space
from fulfilment.entrypoints import jobs
from fulfilment.flows import dispatch
from fulfilment.flows.dispatch import look_at
from fulfilment.inbox.marks import act
from fulfilment.inbox.models import Mark
from fulfilment.production.models import Task
from tests.support.bought import LAMP, Bought, agree, ordered
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(seconds=5)


@pytest.fixture
def found(provider: StripeInMemory) -> Bought:
    """A checkout that was paid at Stripe, and nothing told us yet."""
    agree("SG-001")
    bought = ordered(LAMP, paid=False)
    provider.charge(bought.payment, fee=39)
    bought.payment.refresh_from_db()
    return bought


def test_who_paid_has_the_task_from_one_message(found: Bought, queued: list[tuple[str, str]]) -> None:
    look_at(Mark.Kind.INTENT, f"pi_{found.payment.reference}", NOW)
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process_job(Mark.Kind.INTENT, f"pi_{found.payment.reference}")
    assert Task.objects.count() == 1
    order = Mark.objects.get(kind=Mark.Kind.ORDER)
    assert order.counter == order.handled == 1
    assert ("order", order.object_id) not in queued


def test_the_order_that_cannot_be_taken_in_at_once_waits_as_any_other_and_the_payment_is_done(found: Bought) -> None:
    look_at(Mark.Kind.INTENT, f"pi_{found.payment.reference}", NOW)
    broken = mock.patch.dict(jobs.ACTIONS, {Mark.Kind.ORDER: mock.Mock(side_effect=AssertionError("impossible"))})
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor), broken, pytest.raises(AssertionError):
        jobs.process_job(Mark.Kind.INTENT, f"pi_{found.payment.reference}")
    states = {one.kind: (one.failures, one.counter == one.handled) for one in Mark.objects.all()}
    assert states["intent"] == (0, True)
    assert states["order"] == (1, False)


def test_money_orders_and_what_can_wait_have_queues_of_their_own() -> None:
    with mock.patch.object(dispatch, "_queue") as queue, TestCase.captureOnCommitCallbacks(execute=True):
        for kind in Mark.Kind:
            look_at(kind, "one", NOW)
    where = {call.args[0]: call.args[2] for call in queue.call_args_list}
    assert where["intent"] == where["checkout"] == where["refund_request"] == "money"
    assert where["order"] == "orders"
    assert where["parcel"] == where["confirmation"] == "later"
    assert set(where.values()) <= {queue.name for queue in settings.CELERY_TASK_QUEUES}


def test_five_events_about_one_order_are_one_message_until_somebody_looked() -> None:
    with mock.patch.object(dispatch, "_queue") as queue, TestCase.captureOnCommitCallbacks(execute=True):
        for _time in range(5):
            look_at(Mark.Kind.ORDER, "one", NOW)
    assert queue.call_count == 1
    act(Mark.Kind.ORDER, "one", NOW, lambda: None)
    with mock.patch.object(dispatch, "_queue") as queue, TestCase.captureOnCommitCallbacks(execute=True):
        look_at(Mark.Kind.ORDER, "one", NOW)
    assert queue.call_count == 1


# --- rounds ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_round_that_comes_too_late_to_be_of_use_is_dropped(name: str) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    assert entry["task"] in current_app.tasks
    if not isinstance(entry["schedule"], crontab):
        assert entry["options"]["expires"] == entry["schedule"]
    assert 0 < entry["options"]["expires"] < 24 * 3600


def test_mail_waits_in_a_queue_of_its_own() -> None:
    def queue_of(task: str) -> str:
        return str(current_app.amqp.router.route({}, task)["queue"].name)

    assert queue_of("fulfilment.send_mail") == "mail"
    assert queue_of("fulfilment.sweep") == queue_of("fulfilment.requeue") == "rounds"


def test_a_round_does_nothing_while_another_is_under_way_and_is_done_again_after_it() -> None:
    done = []

    @jobs.only_once
    def look() -> None:
        done.append(1)

    params = connection.get_connection_params()
    dsn = {name: params[name] for name in ("dbname", "user", "password", "host", "port") if params.get(name)}
    with psycopg.connect(**dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", ["look", int(Space.ROUND)])
        look()
        assert not done
        other.execute("SELECT pg_advisory_unlock_all()")
    look()
    assert done == [1]
