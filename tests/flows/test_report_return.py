"""Saleor and the customer hear of what came back once, whatever happens to answers; and we hear of what staff did."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows import work_return
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.reconcile import sweep_records
from fulfilment.flows.report_return import report_return
from fulfilment.gateways.saleor.values import SaleorFulfilment
from fulfilment.inbox.models import Mark
from fulfilment.mail.models import Mail
from fulfilment.outside import in_words
from fulfilment.production.models import Parcel
from fulfilment.returns.models import Return
from tests.support.coming_back import LATER, Sent, announced, fresh, judged, received, sent, units

pytestmark = pytest.mark.django_db


def tell(found: Sent, back: Return) -> None:
    report_return(back.public_id, found.saleor.as_saleor(), now=LATER)


def told(found: Sent) -> list[tuple[str, list[int]]]:
    return [(one.status, list(one.lines.values())) for one in found.saleor.fulfilments()]


def staff_return(found: Sent, count: int, name: str = "by-staff") -> None:
    """Staff return units in Saleor's Dashboard, and we look at the order."""
    [remote] = found.saleor.orders.values()
    [line] = remote.lines
    left = tuple(
        replace(one, lines={line.id: one.lines[line.id] - count}) if one.status == "FULFILLED" else one
        for one in remote.fulfilments
    )
    back = SaleorFulfilment(name, "RETURNED", "", found.maker.slug, {line.id: count}, reason="Toonbank")
    found.saleor.put(replace(remote, fulfilments=(*left, back)))
    look(found)


def look(found: Sent) -> None:
    [remote] = found.saleor.orders.values()
    follow_grants(found.order.pk, remote, now=LATER)


def test_what_arrived_is_told_to_saleor_and_to_the_customer_once() -> None:
    found = sent()
    back = received(announced(found, 2), found.coach)
    for _ in range(3):
        tell(found, back)
    assert told(found) == [("FULFILLED", [1]), ("RETURNED", [2])]
    assert fresh(back).reported_at == LATER
    assert Mail.objects.filter(key__endswith=":arrived").count() == 1


def test_when_the_answer_got_lost_the_return_is_found_and_not_made_again() -> None:
    found = sent()
    back = received(announced(found, 1), found.coach)
    found.saleor.lost_answers = 1
    with pytest.raises(GatewayError) as failed:
        tell(found, back)
    assert "wat terugkwam" in in_words(failed.value)
    assert fresh(back).reported_at is None
    tell(found, back)
    assert told(found) == [("FULFILLED", [2]), ("RETURNED", [1])]
    assert fresh(back).reported_at == LATER
    assert units(found.order) == {"received": 1}


def test_two_returns_of_the_same_units_are_two() -> None:
    found = sent()
    for _ in range(2):
        tell(found, received(announced(found, 1), found.coach))
    assert told(found) == [("FULFILLED", [1]), ("RETURNED", [1]), ("RETURNED", [1])]
    look(found)
    assert units(found.order) == {"received": 2}


def test_saleor_hears_of_a_return_only_after_it_heard_of_its_parcel() -> None:
    found = sent()
    Parcel.objects.update(reported_at=None)
    with pytest.raises(GatewayError) as failed:
        tell(found, received(announced(found, 1), found.coach))
    assert failed.value.retry
    assert found.saleor.return_calls == 0


def test_an_arrival_that_was_taken_back_is_told_to_nobody() -> None:
    found = sent()
    back = received(announced(found, 1), found.coach)
    work_return.undo(back.public_id, step="received", by=found.coach, now=LATER)
    tell(found, back)
    assert (found.saleor.return_calls, Mail.objects.filter(key__endswith=":arrived").exists()) == (0, False)


def test_an_arrival_is_told_once_it_can_be_no_slip_and_a_judgement_at_once() -> None:
    found = sent()
    back = received(announced(found, 2), found.coach, 1)
    sweep_records(now=LATER + timedelta(minutes=4))
    assert not Mark.objects.filter(kind="return").exists()
    sweep_records(now=LATER + timedelta(minutes=6))
    assert [mark.object_id for mark in Mark.objects.filter(kind="return")] == [back.public_id]
    rest = received(Return.objects.exclude(pk=back.pk).get(), found.coach)
    judged(rest, found.coach)
    assert Mark.objects.filter(kind="return", object_id=rest.public_id).exists()


# --- what staff returned in Saleor -----------------------------------------------------------------------------------


def test_what_staff_return_in_saleor_is_a_return_that_arrived() -> None:
    found = sent()
    staff_return(found, 2)
    for _ in range(2):
        look(found)
    assert units(found.order) == {"received": 2}
    back = Return.objects.get()
    assert (back.task, back.reported_at) == (found.task, LATER)
    tell(found, back)
    assert (found.saleor.return_calls, Mail.objects.filter(key__endswith=":arrived").count()) == (0, 1)
    assert not Mail.objects.filter(key__endswith=":announced").exists()


def test_what_was_announced_here_and_returned_there_is_one_return() -> None:
    found = sent()
    back = announced(found, 2)
    staff_return(found, 1)
    assert units(found.order) == {"received": 1, "expected": 1}
    assert fresh(back).reported_at == LATER


def test_what_arrived_here_and_was_returned_there_meanwhile_is_not_told_again() -> None:
    found = sent()
    back = received(announced(found, 2), found.coach)
    staff_return(found, 1)
    tell(found, back)
    assert told(found) == [("FULFILLED", [1]), ("RETURNED", [1]), ("RETURNED", [1])]
    assert units(found.order) == {"received": 2}
    assert fresh(back).reported_at == LATER


def test_units_that_never_left_us_are_no_return_whatever_staff_say() -> None:
    found = sent(1)
    staff_return(found, 1)
    staff_return(found, 0, "again")
    [remote] = found.saleor.orders.values()
    of_nobody = SaleorFulfilment("unshipped", "RETURNED", "", "", {remote.lines[0].id: 2})
    found.saleor.put(replace(remote, fulfilments=(*remote.fulfilments, of_nobody)))
    look(found)
    assert units(found.order) == {"received": 1}
