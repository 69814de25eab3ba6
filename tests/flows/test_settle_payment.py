"""Stripe took the money, or did not: booked once, reported as what it was, and turned into its order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows.settle_checkout import settle_checkout
from fulfilment.flows.settle_payment import settle_intent, settle_session
from fulfilment.gateways.stripe.values import Origin, Session
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.payments.models import Payment
from tests.support.money import StripeInMemory, open_payment
from tests.support.remote import PLACED_AT, SaleorInMemory

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(seconds=5)
ORDER = "T3JkZXI6MQ=="


@pytest.fixture
def payment() -> Payment:
    return open_payment("checkout-1", 28_900)


@pytest.fixture
def saleor() -> SaleorInMemory:
    return SaleorInMemory(orders_of_checkouts={"checkout-1": ORDER})


@pytest.fixture
def provider() -> StripeInMemory:
    return StripeInMemory()


def settle(payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory, *, intent: bool = False) -> Payment:
    if intent:
        settle_intent(f"pi_{payment.reference}", saleor.as_saleor(), provider, now=NOW)
    else:
        settle_session(payment.stripe_session_id, saleor.as_saleor(), provider, now=NOW)
    payment.refresh_from_db()
    return payment


def issues() -> list[tuple[str, str]]:
    return list(OpenIssue.objects.filter(resolved_at=None).values_list("kind", "subject"))


def test_a_payment_is_booked_reported_as_its_intent_and_becomes_its_order(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    settle(payment, provider, saleor)
    assert (payment.state, payment.saleor_order_id, payment.fee_minor) == ("ordered", ORDER, 39)
    assert payment.paid_at == PLACED_AT
    assert saleor.reports == [("transaction-checkout-1", "CHARGE_SUCCESS", f"pi_{payment.reference}", 28_900)]
    assert balance(Account.STRIPE) == -(28_900 - 39)
    assert balance(Account.UNALLOCATED) == 28_900
    assert balance(Account.PAYMENT_FEES) == -39
    assert list(Mark.objects.values_list("kind", "object_id")) == [("order", ORDER)]


def test_doing_it_again_changes_nothing(payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory) -> None:
    provider.charge(payment, fee=39)
    for intent in (False, True, False):
        settle(payment, provider, saleor, intent=intent)
    assert Entry.objects.count() == 2
    assert len(saleor.reports) == len(saleor.completed) == 1


def test_a_fee_that_becomes_known_later_is_booked_then(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=None)
    settle(payment, provider, saleor)
    assert balance(Account.PAYMENT_FEES) == 0
    provider.charge(payment, fee=39)
    settle(payment, provider, saleor, intent=True)
    assert payment.fee_minor == 39
    assert balance(Account.PAYMENT_FEES) == -39


def test_a_failed_attempt_is_reported_as_its_charge_and_the_page_stays_open(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.decline(payment)
    settle(payment, provider, saleor)
    assert saleor.reports == [("transaction-checkout-1", "CHARGE_FAILURE", f"ch_{payment.reference}", 28_900)]
    assert payment.state == "open"
    assert not Entry.objects.exists()


def test_a_success_after_a_failure_is_a_success(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.decline(payment)
    settle(payment, provider, saleor)
    provider.charge(payment, fee=39)
    settle(payment, provider, saleor)
    assert payment.state == "ordered"
    assert [(event, reference[:3]) for _t, event, reference, _a in saleor.reports] == [
        ("CHARGE_FAILURE", "ch_"),
        ("CHARGE_SUCCESS", "pi_"),
    ]


def test_a_page_that_nobody_paid_expires(payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory) -> None:
    provider.decline(payment, status="expired")
    expired = provider.sessions[payment.stripe_session_id]
    provider.sessions[expired.id] = replace(expired, payment_intent_id="")
    assert settle(payment, provider, saleor).state == "expired"
    assert saleor.reports == []


def test_a_page_that_expires_after_a_failed_attempt_has_failed_and_is_not_open_for_ever(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.decline(payment, status="expired")
    assert settle(payment, provider, saleor).state == "failed"


def test_a_page_that_was_paid_at_the_last_moment_is_paid_whatever_we_thought(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    Payment.objects.update(state=Payment.State.EXPIRED)
    provider.charge(payment, fee=39)
    assert settle(payment, provider, saleor).state == "ordered"


def test_a_session_or_intent_of_somebody_else_is_left_alone(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    stranger = replace(provider.intents[f"pi_{payment.reference}"], reference="pay_of_somebody_else")
    provider.intents["pi_stranger"] = stranger
    provider.sessions["cs_stranger"] = Session("cs_stranger", "", "complete", "paid", "pi_stranger")
    settle_session("cs_stranger", saleor.as_saleor(), provider, now=NOW)
    settle_intent("pi_stranger", saleor.as_saleor(), provider, now=NOW)
    assert not Entry.objects.exists()
    assert saleor.reports == []


def test_when_saleor_is_down_the_money_is_booked_and_the_rest_is_tried_again(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    saleor.down = GatewayError("Saleor did not answer", retry=True)
    with pytest.raises(GatewayError):
        settle(payment, provider, saleor)
    payment.refresh_from_db()
    assert (payment.state, payment.reported_at) == ("paid", None)
    assert balance(Account.UNALLOCATED) == 28_900
    saleor.down = None
    assert settle(payment, provider, saleor).state == "ordered"


def test_money_without_an_order_stands_on_the_operators_list_until_there_is_one(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    saleor.refused = GatewayError("Only 0 left in stock", retry=False, code="INSUFFICIENT_STOCK")
    assert settle(payment, provider, saleor).state == "paid"
    assert issues() == [("paid_without_order", payment.reference)]
    settle(payment, provider, saleor)
    assert issues() == [("paid_without_order", payment.reference)]
    saleor.refused = None
    assert settle(payment, provider, saleor).state == "ordered"
    assert issues() == []
    assert len(saleor.reports) == 1


def test_a_payment_for_a_basket_that_costs_more_by_now_goes_back_at_once(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    saleor.refused = GatewayError("not fully paid", retry=False, code="CHECKOUT_NOT_FULLY_PAID")
    saleor.money_without_order("checkout-1", payment.saleor_transaction_id, 28_900, at=NOW, full=False)
    for _ in range(2):
        settle(payment, provider, saleor)
        assert Mark.objects.get(kind="checkout").object_id == "checkout-1"
        settle_checkout("checkout-1", saleor.as_saleor(), now=NOW)
    payment.refresh_from_db()
    assert (payment.state, payment.because) == ("returning", "basket_changed")
    assert saleor.refund_requests == [(payment.saleor_transaction_id, 28_900)]
    assert not Mail.objects.exists()
    assert issues() == [("paid_without_order", payment.reference)]


def test_money_that_covers_the_whole_checkout_stays_when_saleor_called_it_unpaid_a_moment_too_early(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    saleor.refused = GatewayError("not fully paid", retry=False, code="CHECKOUT_NOT_FULLY_PAID")
    saleor.money_without_order("checkout-1", payment.saleor_transaction_id, 28_900, at=NOW, full=True)
    settle(payment, provider, saleor)
    settle_checkout("checkout-1", saleor.as_saleor(), now=NOW)
    payment.refresh_from_db()
    assert (payment.state, saleor.refund_requests) == ("paid", [])
    assert not Mail.objects.exists()
    saleor.refused = None
    assert settle(payment, provider, saleor).state == "ordered"
    assert payment.because == ""


def test_a_payment_that_our_restored_database_knows_nothing_of_is_remembered_by_stripe(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    origin = Origin(
        payment.reference, payment.saleor_transaction_id, "checkout-1", 28_900, "EUR", PLACED_AT, payment.expires_at
    )
    session = replace(provider.sessions[payment.stripe_session_id], origin=origin)
    provider.sessions[session.id] = session
    payment.delete()
    for _ in range(2):
        settle_session(session.id, saleor.as_saleor(), provider, now=NOW)
    kept = Payment.objects.get()
    assert (kept.reference, kept.state, kept.saleor_order_id, kept.fee_minor) == (
        origin.reference,
        "ordered",
        ORDER,
        39,
    )
    assert balance(Account.UNALLOCATED) == 28_900


def test_a_page_of_ours_that_nobody_paid_is_not_worth_remembering(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    origin = Origin(payment.reference, "transaction-1", "checkout-1", 28_900, "EUR", PLACED_AT, payment.expires_at)
    provider.sessions["cs_1"] = Session("cs_1", "", "expired", "unpaid", "", origin)
    payment.delete()
    settle_session("cs_1", saleor.as_saleor(), provider, now=NOW)
    assert not Payment.objects.exists()


def test_what_was_paid_back_meanwhile_is_not_called_ordered(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    saleor.refused = GatewayError("no", retry=False, code="INVALID")
    settle(payment, provider, saleor)
    Payment.objects.update(state=Payment.State.REFUNDED)
    saleor.refused = None
    assert settle(payment, provider, saleor).state == "refunded"
    assert saleor.completed == []


def test_a_page_that_we_never_heard_the_opening_of_and_that_was_paid_is_taken_in(
    payment: Payment, provider: StripeInMemory, saleor: SaleorInMemory
) -> None:
    provider.charge(payment, fee=39)
    session_id = payment.stripe_session_id
    origin = Origin(payment.reference, "transaction-1", "checkout-1", 28_900, "EUR", PLACED_AT, payment.expires_at)
    provider.sessions[session_id] = replace(provider.sessions[session_id], origin=origin)
    Payment.objects.update(stripe_session_id="", state="expired")
    for _ in range(2):
        settle_session(session_id, saleor.as_saleor(), provider, now=NOW)
    payment.refresh_from_db()
    assert (payment.state, payment.stripe_session_id) == ("ordered", session_id)
    assert [step.event for step in payment.steps.all()] == ["pay", "order"]
