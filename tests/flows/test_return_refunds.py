"""Money for what comes back, before or after it came: every unit of such a refund is a unit of one return."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from fulfilment.errors import Refusal
from fulfilment.flows import announce_return, tell_return, work_return
from fulfilment.flows.plan_refund import limits
from fulfilment.flows.release_shares import releasable_at, release_shares
from fulfilment.flows.request_refund import request
from fulfilment.flows.watch_returns import waiting_for_money
from fulfilment.gateways.saleor.values import SaleorRefund
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from fulfilment.returns.models import Repaid, Return
from fulfilment.returns.rules import Verdict
from tests.support import rows
from tests.support.bought import LAMP, NOW, Bought, agree, bought, issues
from tests.support.coming_back import units
from tests.support.refund_steps import ask, came_back, not_wanted, paid

pytestmark = pytest.mark.django_db

THREE = ("SG-007", 3, 10_000)


@pytest.fixture
def found() -> Bought:
    """Three stools that left their workshop, and a lamp that did not."""
    agree("SG-007", "SG-001")
    rows.partner("sociaal-gemaakt", kind="platform")
    made = bought(THREE, LAMP)
    rows.parcel(Task.objects.get(producer__slug="maker-sg-007"))
    return made


def announce(found: Bought, count: int) -> Return:
    [made] = announce_return.announce(
        found.order.public_id, {found.line(0): count}, reason=Return.Reason.WITHDRAWAL, now=NOW
    )
    return made


def all_back(back: Return, *, judge: bool = True) -> None:
    by = rows.user(f"{back.public_id}@example.com", staff=True)
    lines = {line.pk: line.quantity for line in back.lines.all()}
    work_return.receive(back.public_id, lines, by=by, now=NOW)
    if judge:
        verdicts = {pk: Verdict(as_new=count) for pk, count in lines.items()}
        work_return.judge(back.public_id, verdicts, by=by, now=NOW)


def repaid() -> list[tuple[str, int]]:
    return [(one.line.of_return.state, one.quantity) for one in Repaid.objects.order_by("pk")]


def test_money_for_what_comes_back_announces_it(found: Bought) -> None:
    ask(found, came_back(found, {0: 2}))
    assert units(found.order) == {"announced": 2}
    assert repaid() == [("announced", 2)]
    assert Mail.objects.filter(key__endswith=":announced").count() == 1


def test_money_for_what_is_back_already_asks_nobody_to_send_it(found: Bought) -> None:
    saleor = found.saleor.as_saleor()
    request(found.order.public_id, came_back(found, {0: 2}), reason="", saleor=saleor, now=NOW, is_back=True)
    assert units(found.order) == {"received": 2}
    assert not Mail.objects.filter(key__endswith=":announced").exists()


def test_money_for_what_was_announced_is_for_that_and_announces_nothing_else(found: Bought) -> None:
    announce(found, 2)
    ask(found, came_back(found, {0: 1}))
    assert units(found.order) == {"announced": 2}
    ask(found, came_back(found, {0: 2}))
    assert units(found.order) == {"announced": 3}
    assert repaid() == [("announced", 1), ("announced", 1), ("announced", 1)]


def test_money_is_first_for_what_is_here_and_last_for_what_never_came(found: Bought) -> None:
    lost, _coming, here = announce(found, 1), announce(found, 1), announce(found, 1)
    work_return.lose(lost.public_id, by=rows.user("o@example.com", staff=True), now=NOW)
    all_back(here, judge=False)
    for _ in range(3):
        ask(found, came_back(found, {0: 1}))
    assert repaid() == [("received", 1), ("announced", 1), ("lost", 1)]


def test_what_comes_back_is_paid_back_once(found: Bought) -> None:
    announce(found, 2)
    ask(found, came_back(found, {0: 3}))
    assert limits(found.order).shipped[found.line(0)] == 0
    for choice in (came_back(found, {0: 1}), not_wanted(found, {0: 1})):
        with pytest.raises(Refusal):
            ask(found, choice)
    assert sum(Repaid.objects.values_list("quantity", flat=True)) == 3


def test_a_refund_that_saleor_refused_leaves_the_return_to_be_paid_back_another_time(found: Bought) -> None:
    back = announce(found, 1)
    all_back(back)
    assert waiting_for_money(found.order) == {back.pk: 1}
    refund = ask(found, came_back(found, {0: 1}))
    assert waiting_for_money(found.order) == {}
    Refund.objects.filter(pk=refund.pk).update(state="withdrawn")
    assert waiting_for_money(found.order) == {back.pk: 1}
    ask(found, came_back(found, {0: 1}))
    assert (waiting_for_money(found.order), Return.objects.count()) == ({}, 1)


def test_what_the_customer_got_money_for_they_do_not_keep(found: Bought) -> None:
    ask(found, came_back(found, {0: 1}))
    with pytest.raises(Refusal) as refused:
        work_return.withdraw(Return.objects.get().public_id, by=rows.user("o@example.com", staff=True), now=NOW)
    assert refused.value.code == "REFUNDED"


def test_where_not_all_came_the_money_is_for_what_came_first(found: Bought) -> None:
    by = rows.user("o@example.com", staff=True)
    ask(found, came_back(found, {0: 2}))
    back = Return.objects.get()
    work_return.receive(back.public_id, {back.lines.get().pk: 1}, by=by, now=NOW)
    assert repaid() == [("received", 1), ("expected", 1)]
    assert units(found.order) == {"received": 1, "expected": 1}


def test_what_did_not_come_and_has_no_money_waits_for_it_alone(found: Bought) -> None:
    by = rows.user("o@example.com", staff=True)
    back = announce(found, 2)
    ask(found, came_back(found, {0: 1}))
    work_return.receive(back.public_id, {back.lines.get().pk: 1}, by=by, now=NOW)
    assert repaid() == [("received", 1)]


def test_a_judgement_is_not_taken_back_once_money_followed(found: Bought) -> None:
    back = announce(found, 1)
    all_back(back)
    ask(found, came_back(found, {0: 1}))
    back.refresh_from_db()
    assert not work_return.can_undo(back)


def test_staff_who_grant_money_in_saleor_for_what_all_left_announce_it(found: Bought) -> None:
    granted = SaleorRefund("granted-1", "NONE", 3_333, "", False, {found.line_id(0): 1})
    found.tell(replace(found.remote, refunds=(granted,)))
    assert units(found.order) == {"announced": 1}
    found.update()
    assert units(found.order) == {"announced": 1}


# --- nobody is paid meanwhile ----------------------------------------------------------------------------------------

LONG_AFTER = NOW + settings.PRESUMED_DELIVERY + settings.WITHDRAWAL_PERIOD + settings.RELEASE_MARGIN + timedelta(days=5)


def release(found: Bought) -> bool:
    return found.order.public_id in release_shares(as_of=timezone.localdate(LONG_AFTER), now=LONG_AFTER)


def test_nothing_is_released_for_what_is_on_its_way_back_until_it_was_judged(found: Bought) -> None:
    Task.objects.update(state=Task.State.SHIPPED)
    back = announce(found, 1)
    assert not release(found)
    all_back(back, judge=False)
    assert not release(found)
    assert releasable_at(found.order) is None
    by = rows.user("o@example.com", staff=True)
    work_return.judge(back.public_id, {back.lines.get().pk: Verdict(as_new=1)}, by=by, now=NOW)
    assert release(found)


@pytest.mark.parametrize("ends", [work_return.lose, work_return.withdraw])
def test_what_never_came_or_is_kept_holds_up_nobody(found: Bought, ends: Callable[..., None]) -> None:
    Task.objects.update(state=Task.State.SHIPPED)
    back = announce(found, 1)
    ends(back.public_id, by=rows.user("o@example.com", staff=True), now=NOW)
    assert release(found)


def test_a_return_says_nothing_of_the_work_that_goes_on(found: Bought) -> None:
    paid(found, ask(found, came_back(found, {0: 3})))
    task = Task.objects.get(producer__slug="maker-sg-001")
    assert (task.state, task.lines.get().cancelled_quantity) == ("waiting", 0)
    assert issues() == []


@pytest.mark.parametrize(
    ("reason", "said"),
    [("withdrawal", "betaal je zelf"), ("damaged", "kost je niets"), ("wrong", "kost je niets"), ("unsaid", "")],
)
def test_the_mail_of_how_to_send_it_back_says_who_pays_the_postage(found: Bought, reason: str, said: str) -> None:
    announce_return.announce(found.order.public_id, {found.line(0): 1}, reason=Return.Reason(reason), now=NOW)
    text = Mail.objects.get(key__endswith=":announced").text
    assert ("Het terugsturen" in text, said in text) == (bool(said), True)


@pytest.mark.parametrize("given_back", [False, True])
def test_the_mail_that_it_arrived_says_how_it_stands_with_the_money(found: Bought, given_back: bool) -> None:
    if given_back:
        paid(found, ask(found, came_back(found, {0: 2})))
        back = Return.objects.get()
    else:
        back = announce(found, 2)
    all_back(back)
    tell_return.arrived(Return.objects.get(pk=back.pk), NOW)
    text = Mail.objects.get(key__endswith=":arrived").text
    assert ("Het geld ervoor betaalden we al terug" in text, "Gaat er geld terug" in text) == (
        given_back,
        not given_back,
    )
    assert "Het atelier kijkt het na" not in text


def test_while_the_money_is_asked_back_the_mail_that_it_arrived_promises_the_mail_that_tells_of_it(
    found: Bought,
) -> None:
    refund = ask(found, came_back(found, {0: 2}))
    all_back(Return.objects.get(), judge=False)
    tell_return.arrived(Return.objects.get(), NOW)
    text = Mail.objects.get(key__endswith=":arrived").text
    assert "Het geld ervoor betalen we terug: je krijgt daarover een aparte mail" in text
    assert "al terug" not in text
    paid(found, refund)
    assert Mail.objects.filter(subject__startswith="Je krijgt").count() == 1
