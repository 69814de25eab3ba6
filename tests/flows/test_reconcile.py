"""What no event told us is found and repaired: the sweep alone is enough."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import reconcile
from fulfilment.gateways.stripe.connect import connected
from fulfilment.inbox import rounds
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Cursor, Mark, StripeEvent
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.production.models import Task
from tests.support.bought import LAMP, Bought, agree, bought, issues, ordered
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT
from tests.support.signed import stripe_event

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(hours=1)


@pytest.fixture
def found(provider: StripeInMemory) -> Bought:
    """A checkout whose page at Stripe was opened; nothing that happened since was told to us."""
    agree("SG-001")
    return ordered(LAMP, paid=False)


def work_off(found: Bought) -> None:
    """Workers act on every mark until none is dirty."""
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        for _ in range(10):
            waiting = [(row.kind, row.object_id) for row in Mark.objects.all() if row.counter > row.handled]
            if not waiting:
                return
            for kind, object_id in waiting:
                jobs.process(kind, object_id, NOW)
    raise AssertionError(f"still dirty: {waiting}")


def sweep(found: Bought) -> None:
    reconcile.sweep_records(now=NOW)
    reconcile.sweep_stripe(connected(), now=NOW)
    reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW)


def test_with_every_webhook_lost_the_sweep_alone_takes_a_payment_to_its_order(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.charge(found.payment, fee=39)
    assert not Mark.objects.exists()
    reconcile.sweep_records(now=NOW)
    work_off(found)
    order = Order.objects.get()
    assert order.routed_at is not None
    assert Task.objects.count() == 1
    assert Payment.objects.get().state == "ordered"
    assert balance(Account.PAYMENT_FEES) == -39
    assert issues() == []


def test_stripes_own_list_of_events_tells_what_its_webhooks_did_not(found: Bought, provider: StripeInMemory) -> None:
    provider.charge(found.payment, fee=39)
    subject = {"id": found.payment.stripe_session_id, "object": "checkout.session"}
    provider.events = [
        stripe_event("checkout.session.completed", subject),
        stripe_event("customer.created", {"id": "c"}),
    ]
    assert reconcile.sweep_stripe(connected(), now=NOW) == 1
    assert reconcile.sweep_stripe(connected(), now=NOW) == 0
    assert StripeEvent.objects.count() == 1
    work_off(found)
    assert Task.objects.count() == 1


def test_an_order_that_came_without_any_notice_is_found_in_saleor(found: Bought, provider: StripeInMemory) -> None:
    assert reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW) == 1
    work_off(found)
    assert Order.objects.count() == 1


def test_an_order_that_did_not_move_since_is_left_alone_and_one_that_did_is_not(found: Bought) -> None:
    saleor = found.saleor.as_saleor()
    reconcile.sweep_saleor(saleor, now=NOW)
    work_off(found)
    assert reconcile.sweep_saleor(saleor, now=NOW + timedelta(minutes=1)) == 0
    # Saleor sets its time before it commits: what is seen later may be of an earlier time.
    for moved in (timedelta(seconds=5), timedelta(seconds=-5)):
        [order] = found.saleor.orders.values()
        found.saleor.orders[order.id] = replace(order, changed_at=order.changed_at + moved)
        assert reconcile.sweep_saleor(saleor, now=NOW + timedelta(minutes=2)) == 1
        work_off(found)


def test_saleors_list_is_read_again_with_an_overlap_and_only_moves_on_when_it_was_read_whole(found: Bought) -> None:
    with mock.patch.object(found.saleor, "orders_changed", return_value=iter([])) as changed:
        reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW)
        reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW + timedelta(minutes=1))
    asked = [call.args[0] for call in changed.call_args_list]
    assert asked == [NOW - timedelta(days=1) - reconcile.OVERLAP, NOW - reconcile.OVERLAP]
    found.saleor.down = GatewayError("no answer", retry=True)
    with pytest.raises(GatewayError):
        reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW + timedelta(minutes=2))
    assert Cursor.objects.get(name="saleor").position == NOW + timedelta(minutes=1)


def test_a_fresh_payment_is_left_to_its_webhook(found: Bought) -> None:
    reconcile.sweep_records(now=PLACED_AT + timedelta(seconds=30))
    assert not Mark.objects.exists()


def test_a_page_that_was_left_expires_and_is_looked_at_no_more(found: Bought, provider: StripeInMemory) -> None:
    provider.decline(found.payment, status="expired")
    reconcile.sweep_records(now=NOW)
    work_off(found)
    assert Payment.objects.get().state == "failed"
    Mark.objects.all().delete()
    reconcile.sweep_records(now=NOW)
    assert not Mark.objects.exists()


def test_a_fee_that_nobody_told_is_asked_for(found: Bought, provider: StripeInMemory) -> None:
    provider.charge(found.payment, fee=None)
    sweep(found)
    work_off(found)
    provider.charge(found.payment, fee=39)
    sweep(found)
    work_off(found)
    assert balance(Account.PAYMENT_FEES) == -39


def test_a_refund_that_nobody_told_the_end_of_is_asked_after(provider: StripeInMemory) -> None:
    agree("SG-001")
    found = bought(LAMP)
    provider.charge(found.payment, fee=39)
    refund = provider.create_refund(
        payment_intent_id=found.payment.payment_intent_id, amount_minor=29_850, asked_by="request-1"
    )
    PaymentRefund.objects.create(
        payment=found.payment,
        idempotency_key="request-1",
        amount_minor=29_850,
        stripe_refund_id=refund.id,
        state="pending",
        asked_at=PLACED_AT,
    )
    provider.end_refund(refund.id, "succeeded")
    reconcile.sweep_records(now=NOW)
    work_off(found)
    assert PaymentRefund.objects.get().state == "succeeded"


def test_an_order_that_waits_for_a_workshop_is_looked_at_until_there_is_one(provider: StripeInMemory) -> None:
    found = bought(LAMP)
    agree("SG-001")
    reconcile.sweep_records(now=NOW)
    work_off(found)
    assert found.order.routed_at is not None


# --- money without an order ---------------------------------------------------------------------------------------


def test_money_without_an_order_is_found_in_saleor_and_a_worker_looks_at_its_checkout(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.charge(found.payment, fee=39)
    found.saleor.money_without_order(
        found.remote.checkout_id, found.payment.saleor_transaction_id, 29_850, at=PLACED_AT
    )
    reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW)
    assert Mark.objects.filter(kind="checkout", object_id=found.remote.checkout_id).exists()
    work_off(found)
    assert found.saleor.completed == [found.remote.checkout_id]


def test_one_checkout_that_fails_does_not_hold_up_the_others(found: Bought) -> None:
    for name in ("first", "second"):
        found.saleor.money_without_order(name, f"transaction-{name}", 500, at=PLACED_AT, full=False)
    reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW)
    real = found.saleor.paid_checkout

    def read(checkout_id: str) -> object:
        if checkout_id == "first":
            raise AssertionError("impossible")
        return real(checkout_id)

    with (
        mock.patch.object(found.saleor, "paid_checkout", read),
        mock.patch.object(jobs, "connected", found.saleor.as_saleor),
    ):
        with pytest.raises(AssertionError):
            jobs.process("checkout", "first", NOW)
        jobs.process("checkout", "second", NOW)
    assert found.saleor.refund_requests == [("transaction-second", 500)]
    assert Cursor.objects.get(name="saleor").position == NOW


# --- what changed, and is found at once ------------------------------------------------------------------------------


def test_however_many_orders_changed_the_sweep_asks_and_marks_them_in_as_many_statements(found: Bought) -> None:
    def statements(orders: int) -> int:
        changed = iter([(f"order-{orders}-{at}", NOW) for at in range(orders)])
        listed = mock.patch.object(found.saleor, "orders_changed", return_value=changed)
        with listed, CaptureQueriesContext(connection) as asked:
            assert reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW) == orders
        return len(asked)

    statements(1)
    assert statements(1) == statements(40)


def test_a_checkout_that_was_only_just_paid_is_left_to_whoever_has_its_payment(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.charge(found.payment, fee=39)
    found.saleor.money_without_order(
        found.remote.checkout_id, found.payment.saleor_transaction_id, 29_850, at=PLACED_AT
    )
    Payment.objects.update(state="paid", paid_at=NOW - timedelta(seconds=50))
    reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW)
    assert not Mark.objects.filter(kind="checkout").exists()
    reconcile.sweep_saleor(found.saleor.as_saleor(), now=NOW + timedelta(seconds=15))
    assert Mark.objects.filter(kind="checkout").exists()


def test_the_page_the_intent_and_the_charge_of_one_payment_are_one_mark(found: Bought) -> None:
    page = {"id": "cs_1", "payment_intent": "pi_1", "client_reference_id": found.payment.reference}
    reconcile.take_event(stripe_event("checkout.session.completed", page), now=NOW)
    reconcile.take_event(stripe_event("payment_intent.succeeded", {"id": "pi_1"}), now=NOW)
    assert [(one.kind, one.object_id) for one in Mark.objects.all()] == [("intent", "pi_1")]


def test_a_charge_is_looked_at_only_as_long_as_its_fee_is_not_known(found: Bought) -> None:
    charge = stripe_event("charge.updated", {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"})
    Payment.objects.update(payment_intent_id="pi_1", fee_minor=39)
    assert not reconcile.take_event(charge, now=NOW)
    assert not Mark.objects.exists()
    Payment.objects.update(fee_minor=None)
    assert reconcile.take_event(charge, now=NOW)
    assert Mark.objects.get().object_id == "pi_1"


def test_the_page_of_a_payment_that_we_do_not_know_is_looked_at_itself(found: Bought) -> None:
    page = {"id": "cs_1", "payment_intent": "pi_1", "client_reference_id": "pay_of_before_the_backup"}
    reconcile.take_event(stripe_event("checkout.session.completed", page), now=NOW)
    assert [(one.kind, one.object_id) for one in Mark.objects.all()] == [("session", "cs_1")]


def test_what_waits_already_is_not_marked_again(found: Bought, provider: StripeInMemory) -> None:
    provider.charge(found.payment, fee=39)
    for _ in range(3):
        reconcile.sweep_records(now=NOW)
    assert Mark.objects.get().counter == 1


# --- the jobs ------------------------------------------------------------------------------------------------------


def test_a_neighbour_that_keeps_failing_stands_on_the_list_and_leaves_it_when_it_is_back(found: Bought) -> None:
    mark("order", found.remote.id, NOW)
    with mock.patch.object(jobs, "connected", side_effect=GatewayError("down", retry=True)):
        for seen in ([], [], [f"gateway:order:{found.remote.id}"]):
            jobs.process("order", found.remote.id, NOW)
            assert issues() == seen
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process("order", found.remote.id, NOW)
    assert issues() == []
    assert Order.objects.count() == 1


def test_what_trying_again_cannot_help_stands_on_the_list_at_once(found: Bought) -> None:
    mark("order", found.remote.id, NOW)
    with mock.patch.object(jobs, "connected", side_effect=GatewayError("never", retry=False)):
        jobs.process("order", found.remote.id, NOW)
    assert issues() == [f"gateway:order:{found.remote.id}"]


def test_a_bug_of_ours_is_loud_and_loses_nothing(found: Bought) -> None:
    mark("order", found.remote.id, NOW)
    with (
        mock.patch.object(jobs, "connected", found.saleor.as_saleor),
        mock.patch.object(jobs, "update_order", side_effect=AssertionError("impossible")),
        pytest.raises(AssertionError),
    ):
        jobs.process("order", found.remote.id, NOW)
    assert issues() == [f"fault:order:{found.remote.id}"]
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.process("order", found.remote.id, NOW)
    assert issues() == []
    assert Order.objects.count() == 1


def test_one_neighbour_that_is_down_is_no_reason_not_to_sweep_the_other(
    found: Bought, provider: StripeInMemory
) -> None:
    provider.down = GatewayError("down", retry=True)
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.sweep_job()
    assert Mark.objects.filter(kind="order").exists()
    provider.down = None
    with mock.patch.object(jobs, "connected", side_effect=GatewayError("down", retry=True)):
        jobs.sweep_job()
    assert Cursor.objects.filter(name="stripe").exists()


def test_what_goes_wrong_in_one_sweep_keeps_no_other_from_being_made(
    found: Bought, provider: StripeInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    provider.events = [stripe_event("checkout.session.completed", {"id": found.payment.stripe_session_id})]
    with (
        mock.patch.object(jobs, "connected", found.saleor.as_saleor),
        mock.patch.object(jobs, "sweep_records", side_effect=AssertionError("impossible")),
    ):
        jobs.sweep_job()
    assert issues() == ["fault:sweep:records"]
    assert "impossible" in caplog.text
    assert set(Mark.objects.values_list("kind", flat=True)) == {"order", "session"}
    with mock.patch.object(jobs, "connected", found.saleor.as_saleor):
        jobs.sweep_job()
    assert issues() == []


def test_an_event_that_cannot_be_kept_keeps_no_other_from_being_taken(found: Bought, provider: StripeInMemory) -> None:
    good = stripe_event("checkout.session.completed", {"id": found.payment.stripe_session_id})
    bad = stripe_event("checkout.session.expired", {"id": "cs_" + "1" * 300}, event_id="evt_bad")
    provider.events = [bad, good]
    assert reconcile.sweep_stripe(provider, now=NOW) == 1
    assert Cursor.objects.get(name="stripe").position == NOW
    assert issues() == []
    for _minute in range(rounds.TRIES - 1):
        reconcile.sweep_stripe(provider, now=NOW)
    assert issues() == ["fault:event:evt_bad"]


def test_an_event_that_holds_what_no_database_takes_is_kept_without_it(provider: StripeInMemory) -> None:
    told = {"id": "cs_1", "note": "\0 en \ud800", "metadata": {"na\0am": ["\0"]}}
    provider.events = [stripe_event("checkout.session.expired", told)]
    assert reconcile.sweep_stripe(provider, now=NOW) == 1
    kept = StripeEvent.objects.get().body["data"]["object"]
    assert kept == {"id": "cs_1", "note": "\ufffd en ?", "metadata": {"na\ufffdam": ["\ufffd"]}}
    assert Mark.objects.get().object_id == "cs_1"


def test_a_parcel_that_saleor_will_not_hear_of_is_for_a_person_who_reports_it(found: Bought) -> None:
    mark("parcel", "parcel-1", NOW)
    for retry, seen in ((False, ["report_failed:parcel:parcel-1"]), (True, ["report_failed:parcel:parcel-1"])):
        failed = GatewayError("not paid", retry=retry)
        with (
            mock.patch.object(jobs, "report_shipment", side_effect=failed),
            mock.patch.object(jobs, "connected", found.saleor.as_saleor),
        ):
            jobs.process("parcel", "parcel-1", NOW)
        assert issues() == seen
    with (
        mock.patch.object(jobs, "report_shipment"),
        mock.patch.object(jobs, "connected", found.saleor.as_saleor),
    ):
        jobs.process("parcel", "parcel-1", NOW)
    assert issues() == []
