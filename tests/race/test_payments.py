"""Five at once is once, for everything about a payment; and what each lock keeps from happening."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.flows import settle_refund, start_payment
from fulfilment.flows.settle_checkout import settle_checkout
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.start_payment import stop_payment
from fulfilment.gateways.stripe.values import Refund
from fulfilment.inbox.marks import act, mark
from fulfilment.inbox.models import Mark, StripeEvent
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.ledger.models import Entry
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment, PaymentRefund, PaymentRefundStep, PaymentStep
from fulfilment.routing.models import Plan
from tests.support import rows, signed
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.bought import LAMP, NOW, Bought, agree, ordered
from tests.support.money import StripeInMemory, open_payment
from tests.support.remote import SaleorInMemory
from tests.support.static_files import as_they_lie
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS, all_meet_at

pytestmark = pytest.mark.django_db(transaction=True)

ORDER = "T3JkZXI6MQ=="


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


@pytest.fixture
def provider() -> Iterator[StripeInMemory]:
    with StripeInMemory().connected() as made:
        yield made


def initialize(number: int = 0) -> dict[str, Any]:
    """What Saleor is answered when it asks for a page; every number is an attempt of its own."""
    body = signed.checkout_payment(key=f"key-{number}")
    answer = signed.from_saleor("/saleor/payment/initialize", body)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


@contextmanager
def slow(owner: object, name: str) -> Iterator[None]:
    """A call to the outside takes its time, so that the others arrive meanwhile."""
    real = getattr(owner, name)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.05)
        return real(*args, **kwargs)

    with mock.patch.object(owner, name, slowly):
        yield


@contextmanager
def no_lock(*args: object, **kwargs: object) -> Iterator[None]:
    yield


@pytest.fixture
def sellable() -> None:
    rows.agreement("SG-001", rows.partner("labeur"))
    signed.known_keys(signed.SaleorKey())


@pytest.mark.usefixtures("sellable")
def test_the_same_request_to_pay_five_times_is_one_page(provider: StripeInMemory) -> None:
    answers = five_times(initialize)
    assert {answer["result"] for answer in answers} == {"CHARGE_ACTION_REQUIRED"}
    assert len({answer["data"]["url"] for answer in answers}) == 1
    assert len(provider.live()) == len(provider.opened) == 1
    assert Payment.objects.count() == Plan.objects.count() == 1


@pytest.mark.usefixtures("sellable")
def test_five_attempts_to_pay_one_checkout_leave_one_page_alive(provider: StripeInMemory) -> None:
    numbers = iter(range(FIVE))
    with slow(provider, "open_session"):
        five_times(lambda: initialize(next(numbers)))
    assert len(provider.sessions) == FIVE
    assert len(provider.live()) == 1
    assert Payment.objects.filter(state="open").count() == 1
    assert Payment.objects.get(state="open").stripe_session_id == provider.live()[0].id


@pytest.mark.usefixtures("sellable")
def test_without_the_checkouts_lock_several_pages_would_be_alive(provider: StripeInMemory) -> None:
    numbers = iter(range(FIVE))
    with (
        mock.patch("fulfilment.flows.start_payment.checkout_lock", no_lock),
        all_meet_at(provider, "open_session", FIVE),
    ):
        five_times(lambda: initialize(next(numbers)))
    assert len(provider.live()) > 1


@pytest.mark.usefixtures("sellable")
def test_without_the_checkouts_lock_the_unique_key_would_still_allow_one_payment_a_request(
    provider: StripeInMemory,
) -> None:
    with (
        mock.patch("fulfilment.flows.start_payment.checkout_lock", no_lock),
        all_meet_at(start_payment, "_plan", FIVE),
        mock.patch("logging.Logger.exception"),
    ):
        answers, failures = five_tries(initialize)
    assert len(answers) < FIVE
    assert all(isinstance(error, IntegrityError) for error in failures)
    assert Payment.objects.count() == 1


def test_the_lock_of_one_checkout_holds_up_no_other() -> None:
    with checkout_lock("checkout-1"):
        assert five_times(lambda: _locked_alone("checkout-2"))


def _locked_alone(checkout: str) -> bool:
    with checkout_lock(checkout):
        return True


# --- settling ------------------------------------------------------------------------------------------------------


def test_five_settlements_at_once_book_the_money_once_and_make_one_order(provider: StripeInMemory) -> None:
    payment = open_payment("checkout-1", 28_900)
    provider.charge(payment, fee=39)
    saleor = SaleorInMemory(orders_of_checkouts={"checkout-1": ORDER})
    five_times(lambda: settle_session(payment.stripe_session_id, saleor.as_saleor(), provider, now=NOW))

    payment.refresh_from_db()
    assert (payment.state, payment.saleor_order_id) == ("ordered", ORDER)
    assert sorted(Entry.objects.values_list("kind", flat=True)) == ["payment_fee", "payment_received"]
    assert balance(Account.UNALLOCATED) == 28_900
    assert list(Mark.objects.values_list("kind", "object_id")) == [("order", ORDER)]
    # Once: whoever reports second is answered before the first report counts, and would find the checkout unpaid.
    assert saleor.reports == [("transaction-checkout-1", "CHARGE_SUCCESS", f"pi_{payment.reference}", 28_900)]
    assert saleor.completed == ["checkout-1"]


def test_without_the_payments_lock_the_ledgers_unique_key_catches_it(provider: StripeInMemory) -> None:
    payment = open_payment("checkout-1", 28_900)
    provider.charge(payment, fee=39)
    saleor = SaleorInMemory(orders_of_checkouts={"checkout-1": ORDER})
    with unlocked():
        five_times(lambda: settle_session(payment.stripe_session_id, saleor.as_saleor(), provider, now=NOW))
    assert balance(Account.UNALLOCATED) == 28_900
    assert Entry.objects.count() == 2


def returned_five_times(gate: Callable[[object, str], AbstractContextManager[None]] = slow) -> SaleorInMemory:
    """Money of a checkout without an order, and five workers who give it back."""
    payment = open_payment("checkout-1", 28_900)
    Payment.objects.update(state="paid")
    saleor = SaleorInMemory()
    saleor.money_without_order("checkout-1", payment.saleor_transaction_id, 28_900, at=NOW, full=False)
    later = NOW + timedelta(minutes=2)
    with gate(saleor, "refund_transaction"):
        five_times(lambda: settle_checkout("checkout-1", saleor.as_saleor(), now=later))
    return saleor


def test_money_that_five_workers_give_back_is_asked_back_once() -> None:
    assert len(returned_five_times().refund_requests) == 1
    assert [step.event for step in PaymentStep.objects.all()] == ["give_back"]


def test_without_the_checkouts_lock_it_would_be_asked_back_several_times() -> None:
    with mock.patch("fulfilment.flows.settle_checkout.checkout_lock", no_lock):
        assert len(returned_five_times(partial(all_meet_at, count=FIVE)).refund_requests) > 1


@pytest.mark.usefixtures("sellable")
@WITH_AND_WITHOUT_LOCKS
def test_five_changes_of_a_basket_at_once_close_the_page_to_pay_it_once(provider: StripeInMemory) -> None:
    initialize()
    payment = Payment.objects.get()
    results = five_times(lambda: stop_payment(payment.reference, provider, now=NOW))
    assert sorted(str(result) for result in results) == ["closed", *["over"] * 4]
    assert provider.live() == []


@contextmanager
def unlocked() -> Iterator[None]:
    """Rows are read, and not locked."""

    def as_it_is(self: QuerySet[Any], *args: object, **kwargs: object) -> QuerySet[Any]:
        return self.all()

    with mock.patch.object(QuerySet, "select_for_update", as_it_is):
        yield


@pytest.mark.parametrize("kind", ["checkout.session.completed", "refund.created"])
def test_the_same_event_of_stripe_five_times_at_once_is_kept_and_marked_once(kind: str) -> None:
    event = signed.stripe_event(kind, {"id": "object_1", "object": "x"}, event_id="evt_1")
    assert {answer.status_code for answer in five_times(lambda: signed.from_stripe(event))} == {200}
    assert StripeEvent.objects.count() == 1
    assert Mark.objects.get().counter == 1


def test_five_workers_on_one_mark_act_once_at_a_time_and_miss_nothing() -> None:
    mark("order", ORDER, NOW)
    busy: list[int] = []
    seen: list[int] = []

    def work() -> None:
        busy.append(1)
        seen.append(len(busy))
        time.sleep(0.05)
        busy.pop()

    five_times(lambda: act("order", ORDER, NOW, work))
    assert seen == [1]
    assert Mark.objects.get().handled == 1


def test_without_the_lease_five_workers_would_act_at_once() -> None:
    mark("order", ORDER, NOW)
    seen: list[int] = []
    with mock.patch("fulfilment.inbox.marks.claim", return_value=(1, NOW)):
        five_times(lambda: act("order", ORDER, NOW, lambda: seen.append(1)))
    assert len(seen) == FIVE


def test_marks_made_at_once_are_all_counted() -> None:
    five_times(lambda: mark("order", ORDER, NOW))
    assert Mark.objects.get().counter == FIVE


# --- refunds -------------------------------------------------------------------------------------------------------


@pytest.fixture
def paid(provider: StripeInMemory) -> Payment:
    payment = open_payment("checkout-1", 28_900)
    provider.charge(payment, fee=39)
    settle_session(payment.stripe_session_id, orders().as_saleor(), provider, now=NOW)
    payment.refresh_from_db()
    return payment


def orders() -> SaleorInMemory:
    return SaleorInMemory(orders_of_checkouts={"checkout-1": ORDER})


def ask(provider: StripeInMemory, key: str = "request-1") -> str:
    return settle_refund.start_refund(
        provider, transaction_id="transaction-checkout-1", idempotency_key=key, amount_minor=10_000, now=NOW
    )


def test_the_same_refund_asked_five_times_at_once_is_one_refund(paid: Payment, provider: StripeInMemory) -> None:
    with slow(provider, "create_refund"):
        assert len(set(five_times(lambda: ask(provider)))) == 1
    assert len(provider.refunds) == PaymentRefund.objects.count() == 1


def test_a_refund_told_while_it_is_asked_is_one_refund(paid: Payment, provider: StripeInMemory) -> None:
    """Stripe's event overtakes its answer: whoever comes first, there is one row and one entry."""
    real = provider.create_refund

    def told_first(**wanted: Any) -> Refund:
        made = real(**wanted)
        provider.end_refund(made.id, "succeeded")
        settle_refund.settle_refund(made.id, orders().as_saleor(), provider, now=NOW)
        return made

    with mock.patch.object(provider, "create_refund", told_first):
        refund_id = ask(provider)
    row = PaymentRefund.objects.get()
    assert (row.stripe_refund_id, row.state) == (refund_id, "succeeded")
    assert Entry.objects.filter(kind="refund_paid").count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_a_refund_settled_five_times_at_once_is_booked_once(paid: Payment, provider: StripeInMemory) -> None:
    refund_id = ask(provider)
    provider.end_refund(refund_id, "succeeded")
    five_times(lambda: settle_refund.settle_refund(refund_id, orders().as_saleor(), provider, now=NOW))
    assert Entry.objects.filter(kind="refund_paid").count() == 1
    assert balance(Account.STRIPE) == -(28_900 - 39 - 10_000)
    assert PaymentRefundStep.objects.filter(event="succeed").count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_a_refund_in_the_dashboard_settled_five_times_at_once_is_taken_in_once(
    paid: Payment, provider: StripeInMemory
) -> None:
    provider.give_back(paid, "re_dashboard", 5_000)
    five_times(lambda: settle_refund.settle_refund("re_dashboard", orders().as_saleor(), provider, now=NOW))
    assert PaymentRefund.objects.count() == 1
    assert [step.event for step in PaymentRefundStep.objects.all()] == ["accept", "succeed"]


@WITH_AND_WITHOUT_LOCKS
def test_a_refund_and_the_acceptance_of_its_order_at_once_never_count_money_twice(provider: StripeInMemory) -> None:
    """Whoever comes first: the money went back from where it stood, and nothing is left on `unallocated`."""
    agree("SG-001")
    for _ in range(5):
        refund_while_accepting(provider)
        assert balance(Account.UNALLOCATED) == 0
    assert sum(trial_balance().values()) == 0


def refund_while_accepting(provider: StripeInMemory) -> None:
    found = ordered(LAMP)
    refund_id = f"re_{found.remote.number}"
    provider.charge(found.payment, fee=39)
    provider.give_back(found.payment, refund_id, 1_000)

    def refund() -> None:
        settle_refund.settle_refund(refund_id, found.saleor.as_saleor(), provider, now=NOW)

    works = iter([found.update, refund, found.update, refund, found.update])
    five_times(lambda: next(works)())
    assert found.books()[Account.CUSTOMER] == -1_000


def accepted_between_looking_and_booking(provider: StripeInMemory, *, patience: float = 0.5) -> Bought:
    """A refund looks for the order of its payment and finds none; the order is accepted before the refund is booked,
    unless something keeps it from that for so many seconds."""
    agree("SG-001")
    found = ordered(LAMP)
    provider.charge(found.payment, fee=39)
    provider.give_back(found.payment, "re_1", 1_000)
    real = settle_refund._order_that_took

    def accept() -> None:
        try:
            found.update()
        finally:
            connection.close()

    accepting = Thread(target=accept)

    def look(payment: Payment) -> int | None:
        seen = real(payment)
        accepting.start()
        accepting.join(patience)
        return seen

    with mock.patch.object(settle_refund, "_order_that_took", look):
        settle_refund.settle_refund("re_1", found.saleor.as_saleor(), provider, now=NOW)
    accepting.join(30)
    return found


def test_an_order_is_not_accepted_in_the_middle_of_a_refund_of_its_payment(provider: StripeInMemory) -> None:
    found = accepted_between_looking_and_booking(provider)
    assert balance(Account.UNALLOCATED) == 0
    assert found.books()[Account.CUSTOMER] == -1_000


def test_without_that_lock_the_money_would_be_taken_from_where_it_no_longer_is(provider: StripeInMemory) -> None:
    with mock.patch("fulfilment.flows.settle_refund.lock_acceptance"):
        found = accepted_between_looking_and_booking(provider, patience=30)
    assert balance(Account.UNALLOCATED) == -1_000
    assert Account.CUSTOMER not in found.books()


def test_the_job_of_one_object_five_times_at_once_does_its_work_once(provider: StripeInMemory) -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    provider.charge(found.payment, fee=39)
    mark("session", found.payment.stripe_session_id, NOW)
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        five_times(lambda: jobs.process("session", found.payment.stripe_session_id, NOW))
    assert len(found.saleor.completed) == len(found.saleor.reports) == 1
