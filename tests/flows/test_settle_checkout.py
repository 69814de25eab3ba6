"""Money on a checkout without an order: the order is made, or it goes back to whoever paid, who is told the truth."""

from datetime import timedelta
from unittest import mock

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows import reconcile
from fulfilment.flows.return_payment import MOST_ASKS
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import retry_refund
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.mail.models import Mail
from fulfilment.payments.models import Payment, PaymentRefund
from tests.support.bought import Bought, issues
from tests.support.money import StripeInMemory, open_payment
from tests.support.orphans import NOW, PATIENCE, asked_of_us, at, orphaned, told_by_stripe

pytestmark = pytest.mark.django_db


@pytest.fixture
def orphan(provider: StripeInMemory) -> Bought:
    return orphaned(provider)


def asked_in_vain(orphan: Bought) -> None:
    """Patience ended, and our request to give the money back never reached Saleor."""
    gone = GatewayError("no answer", retry=True)
    with mock.patch.object(orphan.saleor, "refund_transaction", side_effect=gone), pytest.raises(GatewayError):
        at(orphan, PATIENCE)
    orphan.payment.refresh_from_db()


# --- an order after all --------------------------------------------------------------------------------------------


def test_a_paid_checkout_is_completed_as_soon_as_that_is_possible(orphan: Bought) -> None:
    at(orphan, timedelta(minutes=2))
    assert orphan.saleor.refund_requests == []
    orphan.saleor.refused = None
    at(orphan, timedelta(minutes=3))
    assert (orphan.payment.state, orphan.payment.saleor_order_id) == ("ordered", orphan.remote.id)
    assert [step.event for step in orphan.payment.steps.all()] == ["pay", "order"]
    assert issues() == []
    assert Mark.objects.get(kind="order").object_id == orphan.remote.id


def test_its_events_come_first(orphan: Bought) -> None:
    orphan.saleor.refused = None
    at(orphan, timedelta(seconds=30))
    assert orphan.saleor.completed == []


def test_a_checkout_that_became_an_order_is_left_alone(orphan: Bought) -> None:
    orphan.saleor.checkouts.clear()
    at(orphan, PATIENCE)
    assert orphan.saleor.refund_requests == []
    assert orphan.payment.state == "paid"


# --- back to whoever paid ------------------------------------------------------------------------------------------


def test_money_that_stays_without_an_order_is_asked_back_once_when_patience_ends(orphan: Bought) -> None:
    at(orphan, PATIENCE - timedelta(seconds=1))
    assert orphan.saleor.refund_requests == []
    for minutes in range(20):
        at(orphan, PATIENCE + timedelta(minutes=minutes))
    assert orphan.saleor.refund_requests == [(orphan.payment.saleor_transaction_id, 29_850)]
    assert issues("paid_without_order") == [orphan.payment.reference]
    assert orphan.payment.state == "returning"


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
    at(orphan, timedelta(minutes=1))
    assert orphan.saleor.completed == []
    assert orphan.saleor.refund_requests == [(transaction, 20_000)]


def test_whoever_paid_hears_it_once_and_not_before_stripe_has_taken_it(
    orphan: Bought, provider: StripeInMemory
) -> None:
    at(orphan, PATIENCE)
    assert not Mail.objects.exists()
    refund_id = asked_of_us(orphan, provider)
    for _ in range(2):
        told_by_stripe(orphan, provider, refund_id)
    mail = Mail.objects.get()
    amount = "€\N{NO-BREAK SPACE}298,50"
    assert (mail.to, mail.subject) == ("an@example.com", f"Je krijgt {amount} terug: er kwam geen bestelling van")
    assert "raakte iets uit je mandje uitverkocht" in mail.text
    assert orphan.payment.state == "returning"

    provider.end_refund(refund_id, "succeeded")
    told_by_stripe(orphan, provider, refund_id)
    assert Mail.objects.count() == 1
    assert orphan.payment.state == "refunded"
    assert [step.event for step in orphan.payment.steps.all()] == ["pay", "give_back", "empty"]
    assert balance(Account.UNALLOCATED) == 0
    assert issues() == []


def test_the_operator_reads_what_was_asked_and_no_more_than_that(orphan: Bought) -> None:
    at(orphan, PATIENCE)
    told = OpenIssue.objects.get(kind="paid_without_order").message
    assert told.startswith("€\N{NO-BREAK SPACE}298,50 is betaald, maar er kwam geen bestelling van: iets is net")
    assert "De klant krijgt een mail zodra Stripe het aannam." in told


def test_a_request_whose_answer_got_lost_is_not_asked_again(orphan: Bought) -> None:
    real = orphan.saleor.refund_transaction

    def unheard(*asked: object) -> None:
        real(*asked)  # type: ignore[arg-type]
        raise GatewayError("no answer", retry=True)

    with mock.patch.object(orphan.saleor, "refund_transaction", unheard), pytest.raises(GatewayError):
        at(orphan, PATIENCE)
    at(orphan, PATIENCE + timedelta(minutes=1))
    assert len(orphan.saleor.refund_requests) == 1
    assert not Mail.objects.exists()


def test_a_request_that_never_reached_saleor_is_asked_again_and_the_money_becomes_no_order_meanwhile(
    orphan: Bought,
) -> None:
    asked_in_vain(orphan)
    orphan.saleor.refused = None
    at(orphan, PATIENCE + timedelta(minutes=1))
    assert orphan.saleor.completed == []
    assert orphan.saleor.refund_requests == [(orphan.payment.saleor_transaction_id, 29_850)]


def test_a_payment_whose_checkout_became_an_order_after_all_is_ordered_and_nobody_was_told_otherwise(
    orphan: Bought,
) -> None:
    """The request to give it back times out, and Saleor completes the checkout by itself."""
    asked_in_vain(orphan)
    assert orphan.payment.state == "returning"
    orphan.saleor.checkouts.clear()
    orphan.update()

    reconcile.sweep_records(now=NOW + PATIENCE)
    at(orphan, PATIENCE)
    assert (orphan.payment.state, orphan.payment.saleor_order_id) == ("ordered", orphan.remote.id)
    assert [step.event for step in orphan.payment.steps.all()] == ["pay", "give_back", "order"]
    assert issues() == []
    assert not Mail.objects.filter(key__startswith="payment:").exists()


def test_a_request_that_saleor_never_passed_on_is_taken_up_by_us(orphan: Bought, provider: StripeInMemory) -> None:
    at(orphan, PATIENCE)
    at(orphan, PATIENCE + timedelta(minutes=2))
    row = PaymentRefund.objects.get()
    assert (row.idempotency_key, row.amount_minor, row.state) == ("request-1", 29_850, "asked")
    retry_refund("request-1", orphan.saleor.as_saleor(), provider, now=NOW + PATIENCE)
    assert [refund.amount_minor for refund in provider.refunds.values()] == [29_850]
    assert len(orphan.saleor.refund_requests) == 1


def test_money_that_could_not_go_back_waits_for_a_person_instead_of_being_asked_every_minute(
    orphan: Bought, provider: StripeInMemory
) -> None:
    at(orphan, PATIENCE)
    with pytest.raises(GatewayError):
        asked_of_us(orphan, provider, amount=29_851)
    at(orphan, PATIENCE + timedelta(minutes=1))
    assert len(orphan.saleor.refund_requests) == 1
    assert issues("refund_failed") == [orphan.payment.reference]
    # Who solved it has it asked once more.
    OpenIssue.objects.filter(kind="refund_failed").update(resolved_at=NOW)
    at(orphan, PATIENCE + timedelta(minutes=2))
    assert len(orphan.saleor.refund_requests) == 2


def test_it_is_asked_a_few_times_at_most_and_then_a_person_reads_where_it_stands(orphan: Bought) -> None:
    gone = GatewayError("no answer", retry=True)
    with mock.patch.object(orphan.saleor, "refund_transaction", side_effect=gone) as refund:
        for _ in range(MOST_ASKS):
            with pytest.raises(GatewayError):
                at(orphan, PATIENCE)
        at(orphan, PATIENCE)
    assert refund.call_count == MOST_ASKS
    told = OpenIssue.objects.get(kind="paid_without_order").message
    assert f"Betaal het terug bij Stripe ({orphan.payment.payment_intent_id})." in told


def test_what_saleor_will_never_pass_on_is_for_a_person_who_pays_it_back_at_stripe(
    orphan: Bought, provider: StripeInMemory
) -> None:
    never = GatewayError("nobody listens", retry=False, code="MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK")
    with mock.patch.object(orphan.saleor, "refund_transaction", side_effect=never):
        at(orphan, PATIENCE)
    told = OpenIssue.objects.get(kind="paid_without_order").message
    assert f"Betaal het terug bij Stripe ({orphan.payment.payment_intent_id})." in told
    provider.give_back(orphan.payment, "re_dashboard", 29_850)
    told_by_stripe(orphan, provider, "re_dashboard")
    assert orphan.payment.state == "refunded"
    assert issues() == []
    assert Mail.objects.count() == 1


def test_only_what_the_first_try_paid_goes_back_when_the_basket_is_paid_again(
    orphan: Bought, provider: StripeInMemory
) -> None:
    """The money of the first is still on its way when the second one meets the same shelf: it gets its own patience."""
    at(orphan, PATIENCE)
    asked_of_us(orphan, provider)
    later = NOW + timedelta(hours=1)
    again = open_payment(orphan.remote.checkout_id, 29_850, now=later, attempt="again")
    provider.charge(again, fee=39, at=later)
    settle_session(again.stripe_session_id, orphan.saleor.as_saleor(), provider, now=later)
    orphan.saleor.money_without_order(orphan.remote.checkout_id, again.saleor_transaction_id, 29_850, at=later)
    at(orphan, timedelta(hours=1, minutes=2))
    assert len(orphan.saleor.refund_requests) == 1
    orphan.saleor.refused = None
    at(orphan, timedelta(hours=1, minutes=3))
    again.refresh_from_db()
    assert (again.state, orphan.payment.state) == ("ordered", "returning")


# --- money of somebody else ----------------------------------------------------------------------------------------


@pytest.fixture
def foreign(orphan: Bought) -> Bought:
    """Money on a checkout that no payment of ours is."""
    orphan.saleor.checkouts.clear()
    checkout = orphan.remote.checkout_id
    orphan.saleor.money_without_order(checkout, "transaction-of-another", 29_850, at=NOW, name="Andere betaaldienst")
    Payment.objects.all().update(checkout_id="elsewhere")
    OpenIssue.objects.all().delete()
    return orphan


def test_money_of_another_app_is_asked_back_once_and_the_operator_reads_whose_it_is(foreign: Bought) -> None:
    for minutes in range(216):
        at(foreign, PATIENCE + timedelta(minutes=minutes))
    assert foreign.saleor.refund_requests == [("transaction-of-another", 29_850)]
    issue = OpenIssue.objects.get()
    assert (issue.kind, issue.subject) == ("foreign_money", "transaction-of-another")
    assert "niet via onze betaaldienst, maar via Andere betaaldienst (kenmerk pi_transaction-of-another)" in (
        issue.message
    )
    assert not Mail.objects.exists()


def test_that_nobody_listens_for_it_changes_nothing_about_what_the_operator_reads(foreign: Bought) -> None:
    never = GatewayError("nobody listens", retry=False, code="MISSING_TRANSACTION_ACTION_REQUEST_WEBHOOK")
    with mock.patch.object(foreign.saleor, "refund_transaction", side_effect=never) as refund:
        for _ in range(3):
            at(foreign, PATIENCE)
    assert refund.call_count == 1
    assert issues() == ["foreign_money:transaction-of-another"]


def test_it_leaves_the_list_by_itself_once_the_money_left(foreign: Bought) -> None:
    saleor = foreign.saleor.as_saleor()
    at(foreign, PATIENCE)
    reconcile.sweep_saleor(saleor, now=NOW + PATIENCE)
    assert issues() == ["foreign_money:transaction-of-another"]
    foreign.saleor.answer("transaction-of-another")
    reconcile.sweep_saleor(saleor, now=NOW + PATIENCE)
    assert issues() == []


def test_money_of_another_app_that_covers_the_checkout_becomes_its_order(foreign: Bought) -> None:
    foreign.saleor.refused = None
    at(foreign, timedelta(minutes=2))
    assert foreign.saleor.completed == [foreign.remote.checkout_id]
    assert issues() == []
