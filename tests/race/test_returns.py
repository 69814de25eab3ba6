"""Several hands on one return: two who receive it, two who judge it, one who refunds what another announces."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.db import transaction

from fulfilment import life
from fulfilment.errors import Refusal
from fulfilment.flows import announce_return, request_refund, work_return
from fulfilment.flows.plan_refund import Choice
from fulfilment.flows.report_return import report_return
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Refund
from fulfilment.returns.models import Repaid, Return, ReturnLine
from fulfilment.returns.rules import Verdict
from tests.support import rows
from tests.support.at_once import FIVE, five_tries
from tests.support.coming_back import LATER, Sent, announced, received, sent, units
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS, all_meet_at

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def unlocked() -> Iterator[None]:
    """As it would be if nobody held the order: everybody reads, and then everybody writes."""

    def read(*, pk: int) -> Order:
        return Order.objects.get(pk=pk)

    with mock.patch.object(work_return, "lock_order", read), mock.patch.object(announce_return, "lock_order", read):
        yield


def announce_all(found: Sent) -> Callable[[], object]:
    order = found.order.public_id
    return lambda: announce_return.announce(order, {found.line: 2}, reason=Return.Reason.WRONG, now=LATER)


def test_five_who_announce_the_same_units_announce_them_once() -> None:
    found = sent()
    _made, refused = five_tries(announce_all(found))
    assert len(refused) == FIVE - 1
    assert all(isinstance(error, Refusal) for error in refused)
    assert units(found.order) == {"announced": 2}
    assert Mail.objects.filter(key__endswith=":announced").count() == 1


def test_without_the_lock_they_would_announce_more_than_ever_left() -> None:
    found = sent()
    with unlocked(), all_meet_at(announce_return, "_write", FIVE):
        five_tries(announce_all(found))
    assert units(found.order)["announced"] > 3


def send_the_same_form(found: Sent) -> Callable[[], object]:
    """One of three, and so two more could come back: only what was seen tells that it is the same form."""
    order, seen = found.order.public_id, announce_return.state_seen(found.order)
    return lambda: announce_return.announce(order, {found.line: 1}, reason=Return.Reason.WRONG, now=LATER, seen=seen)


def test_five_who_send_the_same_form_announce_once() -> None:
    found = sent()
    _made, refused = five_tries(send_the_same_form(found))
    assert {isinstance(error, Refusal) and error.code for error in refused} == {"STALE"}
    assert units(found.order) == {"announced": 1}
    assert Mail.objects.filter(key__endswith=":announced").count() == 1


def test_without_the_lock_the_same_form_would_be_announced_again() -> None:
    found = sent()
    with unlocked(), all_meet_at(announce_return, "_write", FIVE):
        five_tries(send_the_same_form(found))
    assert units(found.order)["announced"] > 1


def receive_one(back: Return, found: Sent) -> Callable[[], object]:
    line = back.lines.get().pk
    return lambda: work_return.receive(back.public_id, {line: 1}, by=found.coach, now=LATER)


def test_five_who_receive_one_of_two_split_it_once() -> None:
    found = sent()
    back = announced(found, 2)
    _done, failures = five_tries(receive_one(back, found))
    assert failures == []
    assert units(found.order) == {"received": 1, "expected": 1}
    assert back.steps.count() == 1


def test_without_the_lock_what_is_missing_would_be_expected_more_than_once() -> None:
    found = sent()
    back = announced(found, 2)
    with unlocked(), mock.patch.object(life, "advance", _forgetful), all_meet_at(life, "advance", FIVE):
        five_tries(receive_one(back, found))
    assert units(found.order)["expected"] > 1


def _forgetful(row: Return, event: str, **given: object) -> None:
    """A step that looks at no state in the database: as if the row had no lock either."""
    with transaction.atomic():
        Return.objects.filter(pk=row.pk).update(state="received")


@WITH_AND_WITHOUT_LOCKS
def test_five_who_judge_differently_are_one_judgement() -> None:
    found = sent()
    back = received(announced(found, 2), found.coach)
    line = back.lines.get().pk
    verdicts = iter([Verdict(2), Verdict(1, 1), Verdict(1, 0, 1), Verdict(0, 2), Verdict(0, 0, 2)])

    def judge() -> None:
        work_return.judge(back.public_id, {line: next(verdicts)}, by=found.coach, now=LATER)

    _done, failures = five_tries(judge)
    assert failures == []
    judged = ReturnLine.objects.get(pk=line)
    assert judged.as_new + judged.to_mend + judged.spoilt == 2
    assert back.steps.filter(event="judge").count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_five_reports_of_one_return_are_one_return_in_saleor_and_one_mail() -> None:
    found = sent()
    found.saleor.is_raced_for = True
    back = received(announced(found, 1), found.coach)
    _done, failures = five_tries(lambda: report_return(back.public_id, found.saleor.as_saleor(), now=LATER))
    assert failures == []
    assert found.saleor.return_calls == 1
    assert Mail.objects.filter(key__endswith=":arrived").count() == 1


ANNOUNCING = 3
"""Of the five in `refund_or_announce`."""


def refund_or_announce(found: Sent) -> Callable[[], object]:
    """Three who announce the one unit that left, and two who give money for it."""
    order, pk = found.order.public_id, found.order.pk
    choice = Choice(Refund.Kind.CAME_BACK, {found.line: 1})

    def announce() -> object:
        return announce_return.announce(order, {found.line: 1}, reason=Return.Reason.WRONG, now=LATER)

    def refund() -> object:
        return request_refund._write(pk, choice, reason="", by=None, seen=None, is_back=False, now=LATER)

    acts = iter([announce, refund, announce, refund, announce])
    return lambda: next(acts)()


def test_a_refund_and_a_return_of_one_unit_at_once_are_of_the_same_unit() -> None:
    found = sent(1)
    rows.received(found.order)
    _done, failures = five_tries(refund_or_announce(found))
    assert all(isinstance(error, Refusal) for error in failures)
    assert units(found.order) == {"announced": 1}
    assert list(Repaid.objects.values_list("quantity", flat=True)) == [1]
    assert Refund.objects.count() == 1


def test_without_the_lock_one_unit_would_come_back_twice() -> None:
    found = sent(1)
    rows.received(found.order)
    with (
        unlocked(),
        mock.patch.object(request_refund, "lock_order", lambda *, pk: Order.objects.get(pk=pk)),
        all_meet_at(announce_return, "_write", ANNOUNCING),
    ):
        five_tries(refund_or_announce(found))
    assert units(found.order)["announced"] > 1
