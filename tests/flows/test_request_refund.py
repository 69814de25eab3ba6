"""A refund is written before it is asked, asked once whatever becomes of the answer, and known again by its name."""

from dataclasses import replace

import pytest
from django.db.models import F

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import request_refund
from fulfilment.flows.follow_grants import follow_grants
from fulfilment.flows.plan_refund import limits
from fulfilment.flows.request_refund import state_seen
from fulfilment.flows.watch_failures import sweep_failures
from fulfilment.gateways.saleor.values import SaleorRefund
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues
from tests.support.refund_steps import Refusing, ask, failed, not_wanted

pytestmark = pytest.mark.django_db

THREE = ("SG-003", 3, 10_000)


@pytest.fixture
def makers() -> list[Partner]:
    return agree("SG-001", "SG-003")


def test_a_refund_is_asked_through_saleor_and_booked_only_once_it_is_paid(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    entries = Entry.objects.count()
    refund = ask(found, not_wanted(found, {1: 1, 0: 0}, shipping=True))
    transaction = found.remote.transactions[0].id
    assert found.saleor.granted == [(found.remote.id, transaction, {found.line_id(1): 1}, True, 20_950)]
    assert found.saleor.reasons == [f"Kras · {refund.name}"]
    assert found.saleor.refund_requests == [(transaction, 0)]
    assert refund.state == Refund.State.UNDER_WAY
    assert [step.event for step in refund.steps.all()] == ["grant", "request"]
    assert Entry.objects.count() == entries


def test_it_is_written_with_its_mark_before_saleor_is_asked(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.saleor = Dying(found.saleor.orders)
    with pytest.raises(Died):
        ask(found, not_wanted(found, {0: 1}))
    [refund] = Refund.objects.all()
    assert (refund.state, refund.transaction_id) == (Refund.State.ASKED, found.remote.transactions[0].id)
    mark = Mark.objects.get(kind=Mark.Kind.REFUND_ASKED, object_id=refund.name)
    assert mark.counter > mark.handled


class Died(BaseException):
    """The process is gone."""


class Dying(Refusing):
    """A Saleor whose caller dies with its call."""

    def grant_refund(self, *_args: object, **_named: object) -> str:
        raise Died


class Forgetful(Refusing):
    """A Saleor that does what is asked and is not heard: the first `grants` and `requests` go this way."""

    grants = 0
    requests = 0

    def grant_refund(self, order_id: str, transaction_id: str, lines: object, **named: object) -> str:
        made = super().grant_refund(order_id, transaction_id, lines, **named)  # type: ignore[arg-type]
        self._note(order_id, made, "NONE", str(named["reason"]))
        if self.grants:
            self.grants -= 1
            raise GatewayError("no answer", retry=True)
        return made

    def request_granted_refund(self, transaction_id: str, refund_id: str) -> None:
        self.refund_requests.append((transaction_id, 0))
        [order_id] = self.orders
        self._note(order_id, refund_id, "PENDING", self.orders[order_id].refunds[0].reason)
        if self.requests:
            self.requests -= 1
            raise GatewayError("no answer", retry=True)

    def _note(self, order_id: str, refund_id: str, status: str, reason: str) -> None:
        told = SaleorRefund(refund_id, status, 28_900, reason, False, {})
        self.orders[order_id] = replace(self.orders[order_id], refunds=(told,))


@pytest.mark.parametrize(("grants", "requests"), [(1, 0), (0, 1), (1, 1)])
def test_what_saleor_did_without_our_hearing_is_not_asked_a_second_time(
    makers: list[Partner], grants: int, requests: int
) -> None:
    found = bought(LAMP)
    saleor = Forgetful(found.saleor.orders)
    saleor.grants, saleor.requests = grants, requests
    found.saleor = saleor
    refund = ask(found, not_wanted(found, {0: 1}))
    assert refund.state in (Refund.State.ASKED, Refund.State.GRANTED)
    for _ in range(3):
        refund.refresh_from_db()
        if refund.state != Refund.State.UNDER_WAY:
            try:
                request_refund.ask(refund.name, saleor.as_saleor(), now=NOW)
            except GatewayError:
                continue
    refund.refresh_from_db()
    assert (refund.state, len(saleor.granted), len(saleor.refund_requests)) == (Refund.State.UNDER_WAY, 1, 1)


def test_a_grant_that_was_read_in_saleor_first_is_requested_for_the_payment_that_it_was_asked_for(
    makers: list[Partner],
) -> None:
    found = bought(LAMP)
    saleor = Forgetful(found.saleor.orders)
    saleor.grants = 1
    found.saleor = saleor
    refund = ask(found, not_wanted(found, {0: 1}))
    follow_grants(found.order.pk, saleor.orders[found.remote.id], now=NOW)
    request_refund.ask(refund.name, saleor.as_saleor(), now=NOW)
    assert saleor.refund_requests == [(found.remote.transactions[0].id, 0)]


def test_a_saleor_that_does_not_answer_is_asked_again_by_a_worker(
    makers: list[Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = bought(LAMP)
    whole, found.saleor = found.saleor, Forgetful(found.saleor.orders)
    found.saleor.grants = 1
    refund = ask(found, not_wanted(found, {0: 1}))
    assert refund.state == Refund.State.ASKED
    monkeypatch.setattr(jobs, "connected", whole.as_saleor)
    whole.orders = found.saleor.orders
    jobs.process(Mark.Kind.REFUND_ASKED, refund.name, NOW)
    refund.refresh_from_db()
    assert refund.state == Refund.State.UNDER_WAY


@pytest.mark.parametrize("status", ["NONE", "PENDING"])
def test_what_staff_granted_in_saleor_is_not_asked_a_second_time(makers: list[Partner], status: str) -> None:
    found = bought(LAMP, STOOL)
    waiting = SaleorRefund("granted-1", status, 28_900, "", True, {found.line_id(0): 1})
    found.saleor.put(replace(found.remote, refunds=(waiting,)))
    for choice, code in (
        (not_wanted(found, {0: 1}), "TOO_MANY"),
        (not_wanted(found, shipping=True), "SHIPPING_REFUNDED"),
    ):
        with pytest.raises(Refusal) as refused:
            ask(found, choice)
        assert refused.value.code == code
    ask(found, not_wanted(found, {1: 1}))
    assert [lines for _order, _transaction, lines, _shipping, _amount in found.saleor.granted] == [
        {found.line_id(1): 1}
    ]


def test_a_refund_that_stripe_could_not_pay_is_asked_again_and_not_granted_twice(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    failed(found, {found.line_id(0): 1})
    refund = Refund.objects.get()
    assert refund.state == Refund.State.FAILED
    again = request_refund.again(refund.name, saleor=found.saleor.as_saleor(), now=NOW)
    assert (again.state, found.saleor.granted, len(found.saleor.refund_requests)) == (Refund.State.UNDER_WAY, [], 1)
    with pytest.raises(Refusal, match="niet mislukt"):
        request_refund.again(refund.name, saleor=found.saleor.as_saleor(), now=NOW)


@pytest.mark.parametrize("state", ["asked", "pending", "succeeded"])
def test_what_stripe_has_is_not_asked_a_second_time_because_saleor_did_not_hear_of_it(
    makers: list[Partner], state: str
) -> None:
    """We died between Stripe and Saleor: Saleor notes a failure, and the money is on its way, or there."""
    found = bought(LAMP, STOOL)
    refund = ask(found, not_wanted(found, {0: 1}))
    at = {"asked_at": NOW, "amount_minor": 28_900, "state": state}
    found.payment.refunds.create(idempotency_key="request-1", stripe_refund_id="re_1", **at)
    failed(found, {found.line_id(0): 1}, granted_id=refund.granted_id or "", keys=("request-1",))
    refund.refresh_from_db()
    assert refund.state == ("paid" if state == "succeeded" else "under_way")
    with pytest.raises(Refusal, match="niet mislukt"):
        request_refund.again(refund.name, saleor=found.saleor.as_saleor(), now=NOW)
    assert len(found.saleor.refund_requests) == 1


def test_where_we_died_after_saleor_asked_and_stripe_refused_nobody_asks_again_but_an_operator(
    makers: list[Partner],
) -> None:
    found = bought(LAMP, STOOL)
    saleor = Forgetful(found.saleor.orders)
    saleor.requests, found.saleor = 1, saleor
    refund = ask(found, not_wanted(found, {0: 1}))
    assert refund.state == Refund.State.GRANTED
    found.payment.refunds.create(idempotency_key="request-1", asked_at=NOW, amount_minor=28_900, state="failed")
    granted = SaleorRefund(refund.granted_id or "", "FAILURE", 28_900, refund.name, False, {}, ("request-1",))
    saleor.put(replace(found.remote, refunds=(granted,)))

    request_refund.ask(refund.name, saleor.as_saleor(), now=NOW)
    found.update()

    refund.refresh_from_db()
    assert (refund.state, len(saleor.refund_requests)) == (Refund.State.FAILED, 1)


def test_a_request_that_never_reached_us_stands_on_the_list(makers: list[Partner]) -> None:
    found = bought(LAMP)
    refund = ask(found, not_wanted(found, {0: 1}))
    failed(found, {found.line_id(0): 1}, granted_id=refund.granted_id or "", keys=("request-1",))
    assert issues() == [f"refund_failed:{found.remote.number}"]
    request_refund.again(refund.name, saleor=found.saleor.as_saleor(), now=NOW)
    assert issues() == []


def test_what_failed_is_spoken_for_until_it_is_paid(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    failed(found, {found.line_id(0): 1, found.line_id(1): 1})
    seen = limits(found.order)
    assert (seen.open[found.line(0)], seen.open[found.line(1)]) == (0, 1)


def test_a_preview_from_before_another_refund_was_asked_is_out_of_date(makers: list[Partner]) -> None:
    found = bought(THREE)
    seen = state_seen(found.order)
    ask(found, not_wanted(found, {0: 1}), seen=seen)
    with pytest.raises(Refusal, match="Intussen is er al een terugbetaling gevraagd") as refused:
        ask(found, not_wanted(found, {0: 1}), seen=seen)
    assert refused.value.code == "STALE"
    assert len(found.saleor.granted) == 1


def test_a_preview_from_before_a_piece_moved_on_is_out_of_date_and_says_which(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    seen = state_seen(found.order)
    task = Task.objects.get(lines__line=found.line(0))
    Task.objects.filter(pk=task.pk).update(state=Task.State.MAKING)
    with pytest.raises(Refusal, match=rf"verder gewerkt: SG-001 \({task.producer.name}\): In de maak. Kijk opnieuw"):
        ask(found, not_wanted(found, {0: 1}), seen=seen)
    assert not Refund.objects.exists()
    ask(found, not_wanted(found, {0: 1}), seen=state_seen(found.order))


def test_a_preview_of_before_this_was_looked_at_is_out_of_date(makers: list[Partner]) -> None:
    found = bought(LAMP)
    with pytest.raises(Refusal) as refused:
        ask(found, not_wanted(found, {0: 1}), seen="an old page")
    assert refused.value.code == "STALE"


def test_asking_again_with_success_takes_the_failure_off_the_list(makers: list[Partner]) -> None:
    found = bought(LAMP)
    whole, found.saleor = found.saleor, Refusing(found.saleor.orders)
    with pytest.raises(Refusal) as refused:
        ask(found, not_wanted(found, {0: 1}))
    assert refused.value.message.startswith("Saleor nam de terugbetaling niet aan.")
    assert issues() == [f"refund_failed:{found.remote.number}"]
    [refund] = Refund.objects.all()
    request_refund.again(refund.name, saleor=whole.as_saleor(), now=NOW)
    assert issues() == []


def test_what_saleor_refuses_for_good_is_asked_again_by_nobody_but_an_operator(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.saleor = Refusing(found.saleor.orders)
    with pytest.raises(Refusal):
        ask(found, not_wanted(found, {0: 1}))
    [refund] = Refund.objects.all()
    for _press in range(2):
        assert (refund.state, issues()) == (Refund.State.FAILED, [f"refund_failed:{found.remote.number}"])
        assert not Mark.objects.filter(kind=Mark.Kind.REFUND_ASKED, counter__gt=F("handled")).exists()
        resolve(OpenIssue.Kind.REFUND_FAILED, found.remote.number, NOW)
        with pytest.raises(Refusal):
            request_refund.again(refund.name, saleor=found.saleor.as_saleor(), now=NOW)
        refund.refresh_from_db()


def test_an_order_without_a_charge_cannot_be_refunded(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.tell(replace(found.remote, transactions=()))
    with pytest.raises(Refusal) as refused:
        ask(found, not_wanted(found, {0: 1}))
    assert refused.value.code == "NOTHING_CHARGED"
    assert Refund.objects.get().state == Refund.State.WITHDRAWN
    assert Task.objects.get().lines.get().open_quantity == 1


def test_a_refund_that_did_not_happen_is_not_spoken_for(makers: list[Partner]) -> None:
    found = bought(LAMP)
    told = found.remote
    found.tell(replace(told, transactions=()))
    with pytest.raises(Refusal):
        ask(found, not_wanted(found, {0: 1}))
    found.tell(told)
    assert ask(found, not_wanted(found, {0: 1})).state == Refund.State.UNDER_WAY


def test_a_failure_that_somebody_took_off_the_list_by_hand_is_there_again_as_long_as_it_stands(
    makers: list[Partner],
) -> None:
    found = bought(LAMP, STOOL)
    failed(found, {found.line_id(1): 1})
    resolve(OpenIssue.Kind.REFUND_FAILED, found.order.number, NOW)
    assert issues("refund_failed") == []
    for _again in range(2):
        sweep_failures(now=NOW)
    assert issues("refund_failed") == [found.order.number]
    request_refund.again(Refund.objects.get().name, saleor=found.saleor.as_saleor(), now=NOW)
    sweep_failures(now=NOW)
    assert issues("refund_failed") == []
