"""Saleor sets nothing aside for what is not wanted any more, and hears of it once, whatever happens to its answers."""

from dataclasses import replace
from unittest import mock

import pytest

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.free_shelves import free_shelves
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.flows.stop_work import stop_all
from fulfilment.flows.withdraw import Place, withdraw
from fulfilment.gateways.saleor.values import SaleorFulfilment
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.orders.models import Order, Refund
from fulfilment.outside import in_words
from fulfilment.production.models import Parcel, Task
from fulfilment.returns.models import Return
from fulfilment.routing.models import Decision
from tests.support import rows, workshop
from tests.support.bought import LAMP, STOOL, bought
from tests.support.fakes import FakeSaleor
from tests.support.workshop import NOW, ready_stools

pytestmark = pytest.mark.django_db


def stools(shipped: int = 0) -> Task:
    """Three stools, of which so many left."""
    task, coach, line = ready_stools()
    if shipped:
        workshop.shipped(task, coach, quantities={line: shipped})
    return Task.objects.get(pk=task.pk)


def unwanted(order: Order, count: int, *, key: str = "form-1") -> None:
    """Its customer withdraws from units of the first line that did not leave."""
    withdraw(
        order.public_id, {Place(0, False): count}, form_key=key, now=NOW, name="An Peeters", email="an@example.com"
    )


def tell(order: Order, saleor: FakeSaleor) -> None:
    free_shelves(order.public_id, saleor.as_saleor(), now=NOW)


def told(saleor: FakeSaleor) -> list[tuple[str, int]]:
    return [(one.status, sum(one.lines.values())) for one in saleor.fulfilments()]


def test_what_is_not_wanted_any_more_is_told_once() -> None:
    order = stools().order
    saleor = FakeSaleor().holding(order)
    unwanted(order, 2)
    for _ in range(3):
        tell(order, saleor)
    assert told(saleor) == [("RETURNED", 2)]
    assert saleor.fulfilments()[0].reason == f"Niet meer gewenst · {order.public_id}"


def test_when_the_answer_got_lost_it_is_known_again() -> None:
    order = stools().order
    saleor = FakeSaleor(lost_answers=1).holding(order)
    unwanted(order, 2)
    with pytest.raises(GatewayError) as failed:
        tell(order, saleor)
    assert in_words(failed.value).startswith(f"Bestelling {order.number}: wat niet meer gewenst is")
    tell(order, saleor)
    assert told(saleor) == [("RETURNED", 2)]


def test_what_is_dropped_later_is_told_besides() -> None:
    order = stools().order
    saleor = FakeSaleor().holding(order)
    for count, key in ((1, "form-1"), (2, "form-2")):
        unwanted(order, count, key=key)
        tell(order, saleor)
    assert told(saleor) == [("RETURNED", 1), ("RETURNED", 2)]


def test_when_all_money_went_back_all_that_had_not_left_is_free() -> None:
    order = stools(shipped=1).order
    saleor = FakeSaleor().holding(order)
    stop_all(order, NOW)
    tell(order, saleor)
    assert told(saleor) == [("RETURNED", 2)]


def test_whoever_stops_work_has_a_worker_tell_saleor(queued: list[tuple[str, str]]) -> None:
    order = stools().order
    unwanted(order, 1)
    assert Mark.objects.filter(kind=Mark.Kind.DROPPED, object_id=order.public_id).exists()
    saleor = FakeSaleor().holding(order)
    with mock.patch.object(jobs, "connected", saleor.as_saleor):
        jobs.process(Mark.Kind.DROPPED, order.public_id, NOW)
    assert told(saleor) == [("RETURNED", 1)]


def test_what_saleor_refuses_stands_on_the_list_until_it_took_it() -> None:
    order = stools().order
    unwanted(order, 1)
    saleor = FakeSaleor()  # which does not know the order
    with mock.patch.object(jobs, "connected", saleor.as_saleor):
        jobs.process(Mark.Kind.DROPPED, order.public_id, NOW)
        [issue] = OpenIssue.objects.filter(kind=OpenIssue.Kind.GATEWAY, resolved_at=None)
        assert issue.message.startswith(f"Bestelling {order.number}: wat niet meer gewenst is")
        saleor.holding(order)
        jobs.process(Mark.Kind.DROPPED, order.public_id, NOW)
    assert told(saleor) == [("RETURNED", 1)]
    issue.refresh_from_db()
    assert issue.resolved_at is not None


def test_it_is_no_return() -> None:
    order = stools(shipped=1).order
    saleor = FakeSaleor().holding(order)
    unwanted(order, 2)
    tell(order, saleor)
    follow_grants(order.pk, saleor.orders[order.saleor_id], now=NOW)
    assert not Return.objects.exists()


def test_a_parcel_leaves_as_ever_before_and_after() -> None:
    task = stools(shipped=1)
    saleor = FakeSaleor().holding(task.order)
    unwanted(task.order, 1)
    tell(task.order, saleor)
    coach = task.producer.memberships.get().user
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1}, code="323212345699", form_key="form-2")
    for parcel in Parcel.objects.all():
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    tell(task.order, saleor)
    assert sorted(told(saleor)) == [("FULFILLED", 1), ("FULFILLED", 1), ("RETURNED", 1)]


def test_no_unit_that_left_is_dropped_where_nobody_heard_that_saleor_knows_of_its_parcel() -> None:
    order = stools(shipped=1).order
    saleor = FakeSaleor(lost_answers=1).holding(order)
    [parcel] = Parcel.objects.all()
    with pytest.raises(GatewayError):
        report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    unwanted(order, 2)
    with pytest.raises(GatewayError) as failed:
        tell(order, saleor)
    assert failed.value.retry
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    for _ in range(2):
        tell(order, saleor)
    assert sum(count for status, count in told(saleor) if status == "RETURNED") == 2


def test_what_staff_took_care_of_in_saleor_stays_and_what_is_still_made_is_not_dropped() -> None:
    order = stools().order
    saleor = FakeSaleor().holding(order)
    [remote] = saleor.orders.values()
    by_staff = SaleorFulfilment("by-staff", "RETURNED", "", "", {remote.lines[0].id: 1}, reason="Gebeld")
    saleor.put(replace(remote, fulfilments=(by_staff,)))
    unwanted(order, 1)
    tell(order, saleor)
    assert told(saleor) == [("RETURNED", 1)]


def test_of_an_order_that_was_cancelled_in_saleor_nothing_is_set_aside() -> None:
    order = stools().order
    saleor = FakeSaleor().holding(order)
    unwanted(order, 2)
    saleor.put(replace(saleor.orders[order.saleor_id], status="CANCELED"))
    tell(order, saleor)
    assert saleor.drop_calls == 0


def test_while_pieces_are_between_two_warehouses_it_waits() -> None:
    order = stools().order
    saleor = FakeSaleor().holding(order)
    [remote] = saleor.orders.values()
    between = SaleorFulfilment("moving", "FULFILLED", "verplaatst-7", "", {remote.lines[0].id: 3})
    saleor.put(replace(remote, fulfilments=(between,)))
    unwanted(order, 2)
    with pytest.raises(GatewayError) as failed:
        tell(order, saleor)
    assert failed.value.retry
    saleor.set_status("moving", "CANCELED")
    tell(order, saleor)
    assert told(saleor) == [("CANCELED", 3), ("RETURNED", 2)]


def test_what_waits_for_a_workshop_is_free_as_well() -> None:
    order = bought(LAMP, STOOL).order
    saleor = FakeSaleor().holding(order)
    unwanted(order, 1)
    assert Mark.objects.filter(kind=Mark.Kind.DROPPED, object_id=order.public_id).exists()
    tell(order, saleor)
    assert told(saleor) == [("RETURNED", 1)]


def test_after_another_workshop_took_over_its_shelves_are_looked_at_again() -> None:
    task = stools()
    Decision.objects.filter(pk=task.decision_id).update(reason=Decision.Reason.REASSIGNED)
    saleor = FakeSaleor().holding(task.order)
    unwanted(task.order, 1)
    tell(task.order, saleor)
    assert Mark.objects.filter(kind=Mark.Kind.REASSIGNMENT, object_id=str(task.decision_id)).exists()


@pytest.mark.parametrize("state", ["under_way", "failed", "paid"])
def test_it_stays_free_whatever_becomes_of_its_money(state: str) -> None:
    """Nobody makes it any more, also where the money did not reach the customer yet."""
    order = stools().order
    saleor = FakeSaleor().holding(order)
    unwanted(order, 2)
    tell(order, saleor)
    refund = rows.refund(order, 5_000, units={order.lines.get().pk: 2})
    Refund.objects.filter(pk=refund.pk).update(kind=Refund.Kind.NOT_WANTED, state=state)
    tell(order, saleor)
    assert told(saleor) == [("RETURNED", 2)]
