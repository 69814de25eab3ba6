"""Saleor asks, Stripe pays: once per request, booked where the money stands, reported as Stripe's refund."""

from dataclasses import replace
from datetime import datetime, timedelta
from unittest import mock

import pytest
from django.db.models import F

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import reconcile
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import hear_requests, retry_refund, settle_refund, start_refund
from fulfilment.gateways.saleor.values import SaleorOrder, SaleorRequest
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.orders.models import Refund
from fulfilment.payments.models import Payment, PaymentRefund
from tests.support.bought import LAMP, NOW, Bought, agree, bought, issues, ordered
from tests.support.money import StripeInMemory

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Bought:
    agree("SG-001")
    return bought(LAMP)


@pytest.fixture
def provider(found: Bought) -> StripeInMemory:
    made = StripeInMemory()
    made.charge(found.payment, fee=39)
    return made


def ask(found: Bought, provider: StripeInMemory, key: str = "request-1", amount: int = 10_000) -> str:
    return start_refund(
        provider, transaction_id=found.payment.saleor_transaction_id, idempotency_key=key, amount_minor=amount, now=NOW
    )


def settle(found: Bought, provider: StripeInMemory, refund_id: str) -> None:
    settle_refund(refund_id, found.saleor.as_saleor(), provider, now=NOW)
    found.payment.refresh_from_db()


def refund_reports(found: Bought) -> list[tuple[str, str, int]]:
    return [
        (event, reference, amount)
        for transaction, event, reference, amount in found.saleor.reports
        if event.startswith("REFUND") and transaction == found.payment.saleor_transaction_id
    ]


def test_a_refund_is_made_at_stripe_and_told_once_it_is_paid(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    row = PaymentRefund.objects.get()
    assert (row.state, row.stripe_refund_id, row.amount_minor) == ("pending", refund_id, 10_000)
    assert Mark.objects.filter(kind="refund", object_id=refund_id).exists()
    settle(found, provider, refund_id)
    assert refund_reports(found) == []

    provider.end_refund(refund_id, "succeeded")
    settle(found, provider, refund_id)
    assert refund_reports(found) == [("REFUND_SUCCESS", refund_id, 10_000)]
    assert found.books()[Account.CUSTOMER] == -10_000
    row.refresh_from_db()
    assert row.state == "succeeded"
    assert found.payment.state == "ordered"
    assert Mark.objects.filter(kind="order", object_id=found.remote.id).exists()


def test_the_same_request_again_is_the_same_refund(found: Bought, provider: StripeInMemory) -> None:
    assert ask(found, provider) == ask(found, provider)
    assert len(provider.refunds) == PaymentRefund.objects.count() == 1


def test_two_requests_of_the_same_amount_are_two_refunds(found: Bought, provider: StripeInMemory) -> None:
    assert ask(found, provider, "request-1") != ask(found, provider, "request-2")
    assert len(provider.refunds) == PaymentRefund.objects.count() == 2


def test_a_request_for_a_payment_that_is_not_ours_is_refused(found: Bought, provider: StripeInMemory) -> None:
    with pytest.raises(Refusal) as refused:
        start_refund(provider, transaction_id="a-stranger", idempotency_key="request-1", amount_minor=1, now=NOW)
    assert refused.value.code == "NOT_FOUND"
    assert not PaymentRefund.objects.exists()


def test_what_was_never_paid_cannot_go_back(found: Bought, provider: StripeInMemory) -> None:
    other = ordered(LAMP, paid=False)
    with pytest.raises(Refusal):
        ask(other, provider)


def test_when_the_answer_gets_lost_the_next_try_finds_the_same_refund(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    PaymentRefund.objects.update(stripe_refund_id=None, state="asked")
    assert ask(found, provider) == refund_id
    assert len(provider.refunds) == 1


def test_stripe_may_tell_of_a_refund_before_it_answers_the_request(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    PaymentRefund.objects.update(stripe_refund_id=None, state="asked")  # its answer is still on the way
    provider.end_refund(refund_id, "succeeded")
    settle(found, provider, refund_id)
    assert ask(found, provider) == refund_id
    assert PaymentRefund.objects.get().idempotency_key == "request-1"
    assert refund_reports(found) == [("REFUND_SUCCESS", refund_id, 10_000)]


def test_a_refund_that_stripe_is_too_busy_for_is_asked_by_us_and_told_under_the_name_that_saleor_heard(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.down = GatewayError("busy", retry=True)
    told_as = ask(found, provider)
    assert PaymentRefund.objects.get().state == "asked"
    assert issues() == []
    with pytest.raises(GatewayError):
        retry_refund("request-1", found.saleor.as_saleor(), provider, now=NOW)
    provider.down = None
    for _ in range(2):
        retry_refund("request-1", found.saleor.as_saleor(), provider, now=NOW)
    (refund_id,) = provider.refunds
    provider.end_refund(refund_id, "succeeded")
    settle(found, provider, refund_id)
    assert refund_reports(found) == [("REFUND_SUCCESS", told_as, 10_000)]
    assert found.books()[Account.CUSTOMER] == -10_000


def asked_in_saleor(found: Bought, key: str, amount: int, *, at: datetime) -> SaleorOrder:
    """Saleor wrote down that it wants a refund, and its message to us got lost."""
    request = SaleorRequest(key, amount, at)
    transactions = tuple(replace(one, unanswered=(request,)) for one in found.remote.transactions)
    return found.saleor.put(replace(found.remote, transactions=transactions))


def test_a_request_that_never_reached_us_is_found_in_saleor_and_started(
    found: Bought, provider: StripeInMemory
) -> None:
    Refund.objects.create(
        order=found.order, kind=Refund.Kind.NOT_WANTED, amount_minor=10_000, includes_shipping=False, asked_at=NOW
    )
    remote = asked_in_saleor(found, "request-lost", 10_000, at=NOW)
    hear_requests(remote, now=NOW + timedelta(minutes=1))
    assert provider.refunds == {}
    reconcile.sweep_records(now=NOW + timedelta(minutes=3))
    assert Mark.objects.filter(kind="order", object_id=found.remote.id, counter__gt=F("handled")).exists()
    for _ in range(2):
        hear_requests(remote, now=NOW + timedelta(minutes=3))
    assert Mark.objects.get(kind="refund_request").counter == 1
    retry_refund("request-lost", found.saleor.as_saleor(), provider, now=NOW + timedelta(minutes=3))
    (refund,) = provider.refunds.values()
    assert (refund.asked_by, refund.amount_minor) == ("request-lost", 10_000)
    assert PaymentRefund.objects.get().idempotency_key == "request-lost"


def test_a_request_for_money_of_somebody_else_is_none_of_ours(found: Bought, provider: StripeInMemory) -> None:
    remote = asked_in_saleor(found, "request-lost", 10_000, at=NOW)
    Payment.objects.update(saleor_transaction_id="another")
    hear_requests(remote, now=NOW + timedelta(hours=1))
    assert not PaymentRefund.objects.exists()


class Killed(BaseException):
    """The process dies."""


def test_who_dies_before_stripe_answers_leaves_a_request_that_a_worker_finishes(
    found: Bought, provider: StripeInMemory
) -> None:
    with mock.patch.object(provider, "create_refund", side_effect=Killed), pytest.raises(Killed):
        ask(found, provider)
    assert PaymentRefund.objects.get().state == "asked"
    with provider.connected(), mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process("refund_request", "request-1", NOW)
    (refund,) = provider.refunds.values()
    row = PaymentRefund.objects.get()
    assert (row.stripe_refund_id, row.state, refund.asked_by) == (refund.id, "pending", "request-1")
    assert [step.event for step in row.steps.all()] == ["accept"]


def test_a_request_that_nobody_finished_is_found_by_the_sweep_and_after_a_few_tries_by_a_person(
    found: Bought, provider: StripeInMemory
) -> None:
    PaymentRefund.objects.create(payment=found.payment, idempotency_key="old", amount_minor=100, asked_at=NOW)
    reconcile.sweep_records(now=NOW + timedelta(minutes=2))
    assert Mark.objects.filter(kind="refund_request", object_id="old").exists()
    provider.down = GatewayError("away", retry=True)
    with provider.connected(), mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        for _ in range(jobs.FAILURES_BEFORE_ISSUE):
            jobs.process("refund_request", "old", NOW + timedelta(hours=1))
        assert issues() == ["gateway:refund_request:old"]
        provider.down = None
        jobs.process("refund_request", "old", NOW + timedelta(hours=2))
    assert issues() == []
    assert len(provider.refunds) == 1


def test_that_stripe_will_never_do_it_is_told_to_saleor_also_when_saleor_was_away(
    found: Bought, provider: StripeInMemory
) -> None:
    PaymentRefund.objects.create(payment=found.payment, idempotency_key="much", amount_minor=99_999, asked_at=NOW)
    found.saleor.down = GatewayError("away", retry=True)
    with pytest.raises(GatewayError):
        retry_refund("much", found.saleor.as_saleor(), provider, now=NOW)
    row = PaymentRefund.objects.get()
    assert (row.state, row.reported_at) == ("failed", None)
    found.saleor.down = None
    reconcile.sweep_records(now=NOW + timedelta(minutes=2))
    assert Mark.objects.filter(kind="refund_request", object_id="much").exists()
    for _ in range(2):
        retry_refund("much", found.saleor.as_saleor(), provider, now=NOW)
    assert refund_reports(found) == [("REFUND_FAILURE", f"asked_{row.pk}", 99_999)]


def test_an_end_that_saleor_did_not_hear_is_told_again_and_booked_once(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    provider.end_refund(refund_id, "succeeded")
    found.saleor.down = GatewayError("away", retry=True)
    with pytest.raises(GatewayError):
        settle(found, provider, refund_id)
    assert found.books()[Account.CUSTOMER] == -10_000
    assert PaymentRefund.objects.get().state == "succeeded"
    found.saleor.down = None
    Mark.objects.all().delete()
    reconcile.sweep_records(now=NOW + timedelta(minutes=2))
    assert Mark.objects.filter(kind="refund", object_id=refund_id).exists()
    settle(found, provider, refund_id)
    assert refund_reports(found) == [("REFUND_SUCCESS", refund_id, 10_000)]
    assert Entry.objects.filter(kind="refund_paid").count() == 1


def test_a_second_refund_at_stripe_for_one_request_is_money_that_left_as_well(
    found: Bought, provider: StripeInMemory
) -> None:
    """Stripe broke after it had made the first, which its list did not show yet: another key made another."""
    first = ask(found, provider)
    provider.refunds["re_twin"] = replace(provider.refunds[first], id="re_twin")
    for refund_id in (first, "re_twin", first, "re_twin"):
        provider.end_refund(refund_id, "succeeded")
        settle(found, provider, refund_id)
    assert found.books()[Account.CUSTOMER] == -20_000
    assert set(refund_reports(found)) == {("REFUND_SUCCESS", first, 10_000), ("REFUND_SUCCESS", "re_twin", 10_000)}


def test_a_success_that_is_told_late_does_not_undo_a_failure(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    for status in ("succeeded", "failed", "succeeded"):
        provider.end_refund(refund_id, status)
        settle(found, provider, refund_id)
    assert PaymentRefund.objects.get().state == "failed"
    assert Account.CUSTOMER not in found.books()
    assert [step.event for step in PaymentRefund.objects.get().steps.all()] == ["accept", "succeed", "fail"]


def test_a_failure_leaves_the_list_once_the_money_is_back_after_all(found: Bought, provider: StripeInMemory) -> None:
    first = ask(found, provider)
    provider.end_refund(first, "failed")
    settle(found, provider, first)
    second = ask(found, provider, "request-2")
    provider.end_refund(second, "succeeded")
    settle(found, provider, second)
    assert issues("refund_failed") == []


def test_a_refund_that_was_put_off_and_is_refused_in_the_end_is_told_too(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.down = GatewayError("busy", retry=True)
    told_as = ask(found, provider, amount=29_851)
    provider.down = None
    retry_refund("request-1", found.saleor.as_saleor(), provider, now=NOW)
    assert refund_reports(found) == [("REFUND_FAILURE", told_as, 29_851)]
    assert PaymentRefund.objects.get().state == "failed"
    assert issues() == [f"refund_failed:{found.payment.reference}"]


def test_a_refund_that_stripe_refuses_stands_on_the_list(found: Bought, provider: StripeInMemory) -> None:
    for _ in range(2):
        with pytest.raises(GatewayError):
            ask(found, provider, amount=29_851)
    assert PaymentRefund.objects.get().state == "failed"
    assert PaymentRefund.objects.get().attempt == 2
    assert issues() == [f"refund_failed:{found.payment.reference}"]


def test_a_refund_that_fails_is_reported_and_stands_on_the_list(found: Bought, provider: StripeInMemory) -> None:
    refund_id = ask(found, provider)
    provider.end_refund(refund_id, "failed")
    settle(found, provider, refund_id)
    assert refund_reports(found) == [("REFUND_FAILURE", refund_id, 10_000)]
    assert issues() == [f"refund_failed:{found.payment.reference}"]
    assert PaymentRefund.objects.get().state == "failed"
    assert not Entry.objects.filter(kind="refund_paid").exists()


def test_money_that_the_customers_bank_sends_back_after_all_is_the_customers_again(
    found: Bought, provider: StripeInMemory
) -> None:
    refund_id = ask(found, provider, amount=29_850)
    provider.end_refund(refund_id, "succeeded")
    settle(found, provider, refund_id)
    assert (found.payment.state, balance(Account.STRIPE)) == ("refunded", 39)

    provider.end_refund(refund_id, "failed")
    for _ in range(2):
        settle(found, provider, refund_id)
    assert balance(Account.STRIPE) == 39 - 29_850
    assert Account.CUSTOMER not in found.books()
    assert found.payment.state == "ordered"
    assert issues() == [f"refund_failed:{found.payment.reference}"]
    assert refund_reports(found)[-1] == ("REFUND_FAILURE", refund_id, 29_850)


def test_a_refund_made_in_stripes_dashboard_is_taken_in_and_reported(found: Bought, provider: StripeInMemory) -> None:
    provider.give_back(found.payment, "re_dashboard", 5_000)
    for _ in range(2):
        settle(found, provider, "re_dashboard")
    assert PaymentRefund.objects.get().idempotency_key == "stripe:re_dashboard"
    assert set(refund_reports(found)) == {("REFUND_SUCCESS", "re_dashboard", 5_000)}
    assert Entry.objects.filter(kind="refund_paid").count() == 1


def test_a_refund_of_somebody_elses_payment_is_left_alone(found: Bought, provider: StripeInMemory) -> None:
    provider.give_back(found.payment, "re_1", 5_000)
    provider.refunds["re_1"] = replace(provider.refunds["re_1"], payment_intent_id="pi_stranger")
    settle(found, provider, "re_1")
    provider.refunds["re_1"] = replace(provider.refunds["re_1"], payment_intent_id="")
    settle(found, provider, "re_1")
    assert not PaymentRefund.objects.exists()


def test_parts_that_add_up_close_the_payment(found: Bought, provider: StripeInMemory) -> None:
    for key, amount in (("request-1", 10_000), ("request-2", 19_850)):
        refund_id = ask(found, provider, key, amount)
        provider.end_refund(refund_id, "succeeded")
        settle(found, provider, refund_id)
    assert found.payment.state == "refunded"


def test_money_without_an_order_goes_back_from_where_it_waits_and_leaves_the_list(found: Bought) -> None:
    orphan = ordered(LAMP, paid=False)
    provider = StripeInMemory()
    provider.charge(orphan.payment, fee=39)
    orphan.saleor.refused = GatewayError("no stock", retry=False, code="INSUFFICIENT_STOCK")
    settle_session(orphan.payment.stripe_session_id, orphan.saleor.as_saleor(), provider, now=NOW)
    assert issues("paid_without_order") == [orphan.payment.reference]
    refund_id = ask(orphan, provider, amount=29_850)
    provider.end_refund(refund_id, "succeeded")
    settle(orphan, provider, refund_id)
    assert balance(Account.UNALLOCATED) == 0
    assert Payment.objects.get(pk=orphan.payment.pk).state == "refunded"
    assert issues() == []


def test_telling_again_after_the_order_came_books_nothing_else(found: Bought) -> None:
    late = ordered(LAMP)
    provider = StripeInMemory()
    provider.give_back(late.payment, "re_late", 1_000)
    settle(late, provider, "re_late")
    late.update()
    settle(late, provider, "re_late")
    assert Entry.objects.filter(key="refund:re_late:paid").count() == 1
    assert balance(Account.UNALLOCATED) == 0


def test_what_went_back_before_the_order_was_placed_and_is_heard_of_after_it_is_the_customers_of_the_order() -> None:
    late = ordered(LAMP)
    late.update()
    provider = StripeInMemory()
    provider.give_back(late.payment, "re_early", 1_000, at=late.remote.placed_at - timedelta(seconds=30))
    settle(late, provider, "re_early")
    assert balance(Account.UNALLOCATED) == 0
    assert balance(Account.CUSTOMER, order_id=late.order.pk) == late.payment.amount_minor - 1_000
