"""What no event told us is found and repaired: the sweep alone is enough."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import reconcile
from fulfilment.gateways.stripe.connect import connected
from fulfilment.inbox.marks import LEASE, act, claim, mark
from fulfilment.inbox.models import Cursor, Mark, OpenIssue, StripeEvent
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.production.models import Task
from tests.support.bought import LAMP, Bought, agree, bought, issues, ordered
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT
from tests.support.signed import stripe_event

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(hours=1)
PATIENCE = timedelta(minutes=15)


@pytest.fixture
def provider() -> Iterator[StripeInMemory]:
    with StripeInMemory().connected() as made:
        yield made


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


@pytest.fixture
def orphan(found: Bought, provider: StripeInMemory) -> Bought:
    """A paid checkout of which Saleor makes no order."""
    provider.charge(found.payment, fee=39)
    found.saleor.refused = GatewayError("no stock", retry=False, code="INSUFFICIENT_STOCK")
    reconcile.sweep_records(now=NOW)
    work_off(found)
    found.saleor.money_without_order(found.remote.checkout_id, found.payment.saleor_transaction_id, 29_850, at=NOW)
    Payment.objects.update(paid_at=NOW)
    found.payment.refresh_from_db()
    assert found.payment.state == "paid"
    return found


def at(orphan: Bought, after: timedelta) -> None:
    reconcile.sweep_saleor(orphan.saleor.as_saleor(), now=NOW + after)


def test_a_paid_checkout_is_completed_as_soon_as_that_is_possible(orphan: Bought) -> None:
    at(orphan, timedelta(minutes=2))
    assert orphan.saleor.refund_requests == []
    orphan.saleor.refused = None
    at(orphan, timedelta(minutes=3))
    orphan.payment.refresh_from_db()
    assert (orphan.payment.state, orphan.payment.saleor_order_id) == ("ordered", orphan.remote.id)
    assert issues() == []
    assert Mark.objects.get(kind="order").object_id == orphan.remote.id


def test_money_that_stays_without_an_order_goes_back_once_patience_ends(orphan: Bought) -> None:
    at(orphan, PATIENCE - timedelta(seconds=1))
    assert orphan.saleor.refund_requests == []
    at(orphan, PATIENCE)
    at(orphan, PATIENCE + timedelta(minutes=1))
    assert orphan.saleor.refund_requests == [(orphan.payment.saleor_transaction_id, 29_850)]
    assert issues("paid_without_order") == [orphan.payment.reference]


def test_patience_is_counted_from_the_payment_also_where_the_checkout_keeps_moving(orphan: Bought) -> None:
    late = NOW + PATIENCE - timedelta(minutes=2)
    orphan.saleor.checkouts.clear()
    transaction = orphan.payment.saleor_transaction_id
    orphan.saleor.money_without_order(orphan.remote.checkout_id, transaction, 29_850, at=late)
    at(orphan, PATIENCE)
    assert orphan.saleor.refund_requests == [(transaction, 29_850)]


def test_a_checkout_that_is_paid_only_in_part_is_never_completed_and_is_paid_back(orphan: Bought) -> None:
    orphan.saleor.refused = None
    orphan.saleor.checkouts.clear()
    transaction = orphan.payment.saleor_transaction_id
    orphan.saleor.money_without_order(orphan.remote.checkout_id, transaction, 20_000, at=NOW, full=False)
    at(orphan, PATIENCE)
    assert orphan.saleor.completed == []
    assert orphan.saleor.refund_requests == [(transaction, 20_000)]


def test_whoever_paid_hears_once_that_the_money_goes_back_and_the_operator_what_it_is_about(orphan: Bought) -> None:
    at(orphan, PATIENCE)
    at(orphan, PATIENCE + timedelta(minutes=1))
    mail = Mail.objects.get()
    amount = "€\N{NO-BREAK SPACE}298,50"
    assert (mail.to, mail.subject) == ("an@example.com", f"Je krijgt {amount} terug: er kwam geen bestelling van")
    assert "raakte iets uit je mandje uitverkocht" in mail.text
    told = OpenIssue.objects.get(kind="paid_without_order").message
    assert told.startswith(f"{amount} is betaald, maar er kwam geen bestelling van: iets is net uitverkocht.")
    orphan.payment.refresh_from_db()
    assert orphan.payment.state == "returning"


def test_money_that_was_asked_back_is_asked_again_only_where_saleor_forgot_to(orphan: Bought) -> None:
    at(orphan, PATIENCE)
    at(orphan, PATIENCE + timedelta(minutes=9))
    assert len(orphan.saleor.refund_requests) == 1
    at(orphan, PATIENCE + timedelta(minutes=10))
    assert len(orphan.saleor.refund_requests) == 2
    orphan.payment.refunds.create(idempotency_key="request", amount_minor=29_850, asked_at=NOW)
    at(orphan, PATIENCE + timedelta(minutes=30))
    assert len(orphan.saleor.refund_requests) == 2


def test_what_was_promised_back_does_not_become_an_order_after_all(orphan: Bought) -> None:
    orphan.saleor.down = GatewayError("no answer", retry=True)
    with mock.patch.object(orphan.saleor, "_up"), mock.patch.object(orphan.saleor, "refund_transaction") as refund:
        refund.side_effect = orphan.saleor.down
        at(orphan, PATIENCE)
    orphan.saleor.down = orphan.saleor.refused = None
    at(orphan, PATIENCE + timedelta(minutes=1))
    assert orphan.saleor.completed == []
    assert orphan.saleor.refund_requests == [(orphan.payment.saleor_transaction_id, 29_850)]
    assert Mail.objects.count() == 1


def test_money_that_could_not_go_back_waits_for_a_person_instead_of_being_asked_every_minute(orphan: Bought) -> None:
    OpenIssue.objects.create(
        kind="refund_failed", subject=orphan.payment.reference, message="", first_seen_at=NOW, last_seen_at=NOW
    )
    at(orphan, PATIENCE)
    assert orphan.saleor.refund_requests == []


def test_one_checkout_that_fails_does_not_hold_up_the_others(orphan: Bought) -> None:
    orphan.saleor.money_without_order("another", "transaction-of-another", 500, at=NOW, full=False)
    first = orphan.payment.saleor_transaction_id
    real = orphan.saleor.refund_transaction

    def refund(transaction_id: str, amount_minor: int, currency: str) -> None:
        if transaction_id == first:
            raise GatewayError("no answer", retry=True)
        real(transaction_id, amount_minor, currency)

    with mock.patch.object(orphan.saleor, "refund_transaction", refund):
        at(orphan, PATIENCE)
    assert orphan.saleor.refund_requests == [("transaction-of-another", 500)]
    assert Cursor.objects.get(name="saleor").position == NOW + PATIENCE


# --- what waits for a worker ---------------------------------------------------------------------------------------


def test_requeueing_respects_leases_and_waits(queued: list[tuple[str, str]]) -> None:
    for name in ("free", "leased", "waiting", "done"):
        mark("order", name, NOW)
    claim("order", "leased", NOW)
    act("order", "done", NOW, lambda: None)
    with pytest.raises(GatewayError):
        act("order", "waiting", NOW, fail)

    def requeued(after: timedelta) -> list[str]:
        with mock.patch.object(reconcile, "soon") as soon:
            reconcile.requeue(now=NOW + after)
        return sorted(call.args[1] for call in soon.call_args_list)

    assert requeued(timedelta()) == []
    assert requeued(timedelta(seconds=6)) == ["waiting"]
    assert requeued(reconcile.QUEUE_TIME) == ["free", "waiting"]
    assert requeued(LEASE) == ["free", "leased", "waiting"]
    assert queued == []


def fail() -> None:
    raise GatewayError("no answer", retry=True)


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
