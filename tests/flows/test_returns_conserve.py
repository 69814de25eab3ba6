"""Whatever happens to units that left: each is with the customer, in a live return, or back; and is paid back once."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import announce_return, request_refund, work_return
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.plan_refund import Choice, limits
from fulfilment.flows.report_return import report_return
from fulfilment.orders.models import Refund
from fulfilment.orders.queries import spoken_for
from fulfilment.partners.models import User
from fulfilment.production.models import TaskLine
from fulfilment.returns.life import BACK, LIVE, TO_COME
from fulfilment.returns.models import Repaid, Return, ReturnLine
from fulfilment.returns.rules import Verdict
from tests.support import rows
from tests.support.coming_back import LATER, Sent, sent
from tests.support.outside import undone

pytestmark = pytest.mark.django_db

ACTS = ("announce", "refund", "expect", "receive", "judge", "undo", "lose", "withdraw", "report", "staff", "fail")


def one_of(data: st.DataObject) -> Return:
    found = list(Return.objects.order_by("pk"))
    return data.draw(st.sampled_from(found))


def act(data: st.DataObject, found: Sent, operator: User) -> None:
    """Something that somebody does, whether it makes sense or not."""
    what = data.draw(st.sampled_from(ACTS))
    order, count = found.order, data.draw(st.integers(0, 4))
    if what == "announce":
        is_back = data.draw(st.booleans())
        announce_return.announce(
            order.public_id, {found.line: count}, reason=Return.Reason.WRONG, now=LATER, is_back=is_back
        )
    elif what == "refund":
        choice = Choice(Refund.Kind.CAME_BACK, {found.line: count})
        request_refund._write(order.pk, choice, reason="", by=None, seen=None, is_back=False, now=LATER)
    elif what == "fail" and Refund.objects.filter(state="asked").exists():
        refund = Refund.objects.filter(state="asked").first()
        assert refund is not None
        request_refund._give_up(refund, GatewayError("no", retry=False), LATER)
    elif what == "staff":
        returned_by_staff(found, count)
    elif Return.objects.exists():
        act_on(what, one_of(data), count, data, found, operator)


def act_on(what: str, back: Return, count: int, data: st.DataObject, found: Sent, operator: User) -> None:
    name = back.public_id
    if what == "expect":
        work_return.expect(name, by=None, now=LATER)
    elif what == "receive":
        work_return.receive(
            name, {line.pk: min(count, line.quantity) for line in back.lines.all()}, by=operator, now=LATER
        )
    elif what == "judge":
        verdicts = {}
        for line in back.lines.all():
            good = data.draw(st.integers(0, line.quantity))
            verdicts[line.pk] = Verdict(good, 0, line.quantity - good)
        work_return.judge(name, verdicts, by=operator, now=LATER)
    elif what == "undo":
        work_return.undo(name, step=back.state, by=operator, now=LATER + timedelta(minutes=1))
    elif what == "lose":
        work_return.lose(name, by=operator, now=LATER)
    elif what == "withdraw":
        work_return.withdraw(name, by=operator, now=LATER)
    elif what == "report":
        report_return(name, found.saleor.as_saleor(), now=LATER)


def returned_by_staff(found: Sent, count: int) -> None:
    """Staff return what Saleor says is still with the customer."""
    [remote] = found.saleor.orders.values()
    [line] = remote.lines
    standing = [one for one in remote.fulfilments if one.status == "FULFILLED" and one.lines.get(line.id)]
    if not standing or not count:
        return
    here = standing[0]
    taken = min(count, here.lines[line.id])
    found.saleor.return_products(remote.id, {here.line_ids[line.id]: taken}, reason="Toonbank")
    look(found)


def look(found: Sent) -> None:
    [remote] = found.saleor.orders.values()
    follow_grants(found.order.pk, remote, now=LATER)


def in_states(found: Sent, states: tuple[str, ...]) -> int:
    lines = ReturnLine.objects.filter(of_return__order=found.order, of_return__state__in=states)
    return sum(lines.values_list("quantity", flat=True))


def check(found: Sent) -> None:
    shipped = sum(TaskLine.objects.filter(task__order=found.order).values_list("shipped_quantity", flat=True))
    with_customer = announce_return.returnable(found.order).get(found.line, 0)
    coming, back, lost = in_states(found, TO_COME), in_states(found, BACK), in_states(found, ("lost",))
    assert min(with_customer, coming, back, lost) >= 0
    assert with_customer + coming + back + lost == shipped
    assert in_states(found, LIVE) <= coming + back

    paid = spoken_for(found.order, kinds=[Refund.Kind.CAME_BACK]).get(found.line, 0)
    joined = Repaid.objects.exclude(refund__state="withdrawn")
    assert sum(joined.values_list("quantity", flat=True)) == paid <= shipped
    for line in ReturnLine.objects.all():
        own = sum(joined.filter(line=line).values_list("quantity", flat=True))
        assert own <= line.quantity
        assert line.known_to_saleor <= line.quantity
        if line.of_return.state == "withdrawn":
            assert own == 0
        judged = line.as_new + line.to_mend + line.spoilt
        assert judged == (line.quantity if line.of_return.state == "judged" else 0)
    assert limits(found.order).shipped[found.line] == shipped - paid


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_unit_that_left_is_in_one_place_and_paid_back_once(data: st.DataObject) -> None:
    with undone():
        found = sent(data.draw(st.integers(1, 3)))
        rows.received(found.order)
        operator = rows.user("operator@example.com", staff=True)
        for _ in range(data.draw(st.integers(1, 14))):
            with suppress(Refusal):
                act(data, found, operator)
            check(found)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_saleor_ends_up_knowing_of_exactly_what_is_back(data: st.DataObject) -> None:
    with undone():
        found = sent(3)
        rows.received(found.order)
        operator = rows.user("operator@example.com", staff=True)
        for _ in range(data.draw(st.integers(1, 14))):
            with suppress(Refusal):
                act(data, found, operator)
        for back in Return.objects.filter(state__in=BACK):
            report_return(back.public_id, found.saleor.as_saleor(), now=LATER)
        look(found)
        [remote] = found.saleor.orders.values()
        returned = sum(sum(one.lines.values()) for one in remote.fulfilments if one.status == "RETURNED")
        assert returned == in_states(found, BACK)
        assert all(back.reported_at for back in Return.objects.filter(state__in=BACK))
