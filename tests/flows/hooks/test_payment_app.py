"""Fulfilment as Saleor's payment app, spoken to as Saleor does, with Stripe behind the real SDK."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from pytest_django import Settings

from fulfilment.entrypoints import payment_app
from fulfilment.flows.settle_payment import settle_session
from fulfilment.flows.settle_refund import retry_refund, settle_refund
from fulfilment.gateways.neighbours import STRIPE
from fulfilment.gateways.stripe.connect import connected as stripe_connected
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.routing.models import Plan
from neighbours import neighbour
from tests.support import rows
from tests.support.hanging import hanging
from tests.support.money import StripeInMemory
from tests.support.remote import PLACED_AT, SaleorInMemory
from tests.support.signed import SaleorKey, checkout_payment, from_saleor, known_keys, refund_body
from tests.support.stripe_sandbox import KEY, Bench, stripe_bench, until

pytestmark = pytest.mark.django_db

INITIALIZE, PROCESS, REFUND = "/saleor/payment/initialize", "/saleor/payment/process", "/saleor/payment/refund"
CHECKOUT = "Q2hlY2tvdXQ6MQ=="


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as made:
        yield made


@pytest.fixture
def bench(running: Bench, settings: Settings) -> Bench:
    """The stand-in for Stripe, which our gateway reaches through Stripe's own SDK."""
    settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = running.url, KEY
    running.faults(reset=True)
    return running


@pytest.fixture(autouse=True)
def _ready() -> None:
    """The keys of our Saleor are known, and one product is made."""
    known_keys(SaleorKey())
    rows.agreement("SG-001", rows.partner("labeur"))


def ask(path: str, body: object) -> dict[str, Any]:
    answer = from_saleor(path, body)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = json.loads(answer.content, parse_float=Decimal)
    return found


def refused(body: bytes) -> tuple[str, str]:
    """The code and the message of a refused payment."""
    answer = ask(INITIALIZE, body)
    assert answer["result"] == "CHARGE_FAILURE"
    code: str = answer["data"]["refusal"]["code"]
    return code, answer["message"]


# --- with Stripe's SDK -----------------------------------------------------------------------------------------------


def test_a_payment_from_the_page_to_the_refund_through_stripes_own_sdk(bench: Bench) -> None:
    answer = ask(INITIALIZE, checkout_payment(amount="575.50", prices=(566.0,), delivery=9.5))
    assert (answer["result"], Decimal(answer["amount"])) == ("CHARGE_ACTION_REQUIRED", Decimal("575.50"))
    payment = Payment.objects.get()
    assert answer["data"] == {"url": payment.stripe_url, "reference": payment.reference}
    assert payment.stripe_url.startswith(bench.url)
    assert Plan.objects.get().checkout_id == CHECKOUT

    page = bench.http.get(payment.stripe_url)
    assert all(text in page.text for text in ("1 × Koord", "566,00", "Levering", "9,50", "Totaal", "575,50"))
    assert (
        bench.submit(payment.stripe_session_id)
        .headers["location"]
        .startswith(f"{django_settings.SHOP_URL}/nl/bedankt/?ref={payment.reference}")
    )

    saleor = SaleorInMemory(orders_of_checkouts={CHECKOUT: "T3JkZXI6MQ=="})
    settle_session(payment.stripe_session_id, saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    payment.refresh_from_db()
    assert payment.state == "ordered"
    assert payment.payment_intent_id.startswith("pi_")
    assert saleor.reports == [("transaction-key-1", "CHARGE_SUCCESS", payment.payment_intent_id, 57_550)]
    assert balance(Account.UNALLOCATED) == 57_550

    told = ask(REFUND, refund_body(payment, "100.00", [("request-1", "100.00", "")]))
    refund_id = told["pspReference"]
    bench.move_on(3)
    until(lambda: stripe_connected().refund(refund_id).status == "succeeded")
    settle_refund(refund_id, saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    assert saleor.reports[-1] == ("transaction-key-1", "REFUND_SUCCESS", refund_id, 10_000)
    assert PaymentRefund.objects.get().idempotency_key == "request-1"
    assert stripe_connected().refund(refund_id).asked_by == "request-1"
    assert balance(Account.UNALLOCATED) == 47_550


def test_a_second_attempt_closes_the_first_page_at_stripe(bench: Bench) -> None:
    ask(INITIALIZE, checkout_payment(key="key-1"))
    ask(INITIALIZE, checkout_payment(key="key-2"))
    first, second = Payment.objects.order_by("pk")
    assert stripe_connected().session(first.stripe_session_id).status == "expired"
    assert stripe_connected().session(second.stripe_session_id).status == "open"
    bench.submit(first.stripe_session_id)
    assert stripe_connected().session(first.stripe_session_id).payment_intent_id == ""


def test_who_paid_on_the_first_page_is_told_so_when_asking_for_a_second(bench: Bench) -> None:
    ask(INITIALIZE, checkout_payment(key="key-1"))
    payment = Payment.objects.get()
    bench.submit(payment.stripe_session_id)
    assert refused(checkout_payment(key="key-2")) == (
        "ALREADY_PAID",
        "Deze bestelling is al betaald. We verwerken ze nu.",
    )
    assert Mark.objects.get().object_id == payment.stripe_session_id


def test_a_declined_payment_leaves_the_page_open_and_is_reported_as_its_charge(bench: Bench) -> None:
    ask(INITIALIZE, checkout_payment())
    payment = Payment.objects.get()
    bench.submit(payment.stripe_session_id, action="decline", method="card")
    saleor = SaleorInMemory(orders_of_checkouts={CHECKOUT: "T3JkZXI6MQ=="})
    settle_session(payment.stripe_session_id, saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    [(_transaction, event, reference, amount)] = saleor.reports
    assert (event, reference[:3], amount) == ("CHARGE_FAILURE", "ch_", 28_900)
    bench.submit(payment.stripe_session_id, method="card")
    settle_session(payment.stripe_session_id, saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    assert [event for _t, event, _r, _a in saleor.reports] == ["CHARGE_FAILURE", "CHARGE_SUCCESS"]


def test_a_page_that_expires_after_a_declined_payment_is_not_open_for_ever(bench: Bench) -> None:
    ask(INITIALIZE, checkout_payment())
    payment = Payment.objects.get()
    bench.submit(payment.stripe_session_id, action="decline", method="card")
    stripe_connected().expire_session(payment.stripe_session_id)
    settle_session(payment.stripe_session_id, SaleorInMemory().as_saleor(), stripe_connected(), now=PLACED_AT)
    payment.refresh_from_db()
    assert payment.state in ("failed", "expired")


def test_an_answer_of_stripe_that_got_lost_leads_to_the_same_page(bench: Bench) -> None:
    bench.faults(lose_next_answers=1)
    first = ask(INITIALIZE, checkout_payment())
    assert first["result"] == "CHARGE_ACTION_REQUIRED"
    assert ask(INITIALIZE, checkout_payment()) == first
    assert Payment.objects.count() == 1


def test_a_stripe_that_breaks_is_told_in_dutch_and_the_same_request_may_be_tried_again(bench: Bench) -> None:
    """Stripe keeps even its own failures under a key, so the second try takes another."""
    bench.faults(error_next_calls=1)
    assert refused(checkout_payment()) == (
        "PAYMENT_DOWN",
        "De betaaldienst antwoordt nu niet. Er is niets betaald en je mandje blijft bewaard. "
        "Probeer het over enkele minuten opnieuw.",
    )
    assert ask(INITIALIZE, checkout_payment())["result"] == "CHARGE_ACTION_REQUIRED"
    assert Payment.objects.count() == 1


def test_a_stripe_that_hangs_is_told_within_the_budget_and_then_at_once_and_nothing_is_lost(
    bench: Bench, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_app, "START_SECONDS", 1)
    monkeypatch.setattr(neighbour, "HANGS", 0.5)
    with hanging() as url:
        settings.STRIPE_API_BASE = url
        for _customer in range(3):
            assert refused(checkout_payment())[0] == "PAYMENT_DOWN"
        assert STRIPE.hangs
    settings.STRIPE_API_BASE = bench.url
    STRIPE.forget()  # the pause is over
    assert ask(INITIALIZE, checkout_payment())["result"] == "CHARGE_ACTION_REQUIRED"
    assert Payment.objects.count() == 1


def paid(bench: Bench) -> tuple[Payment, SaleorInMemory]:
    """A payment that was paid and became an order, and the Saleor that made it."""
    ask(INITIALIZE, checkout_payment())
    payment = Payment.objects.get()
    bench.submit(payment.stripe_session_id)
    saleor = SaleorInMemory(orders_of_checkouts={CHECKOUT: "T3JkZXI6MQ=="})
    settle_session(payment.stripe_session_id, saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    payment.refresh_from_db()
    return payment, saleor


def test_a_refund_on_which_stripe_broke_is_not_made_twice_and_not_given_up(bench: Bench) -> None:
    """Stripe keeps even its own failures under a key, so that only looking, and then another key, helps."""
    payment, saleor = paid(bench)
    body = refund_body(payment, "10.00", [("request-of-broken", "10.00", "")])
    bench.faults(error_next_calls=1)
    told_as = ask(REFUND, body)["pspReference"]
    retry_refund("request-of-broken", saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    first = PaymentRefund.objects.get().stripe_refund_id
    PaymentRefund.objects.update(
        stripe_refund_id=None, state="asked", attempt=7
    )  # as if that answer had been lost as well
    retry_refund("request-of-broken", saleor.as_saleor(), stripe_connected(), now=PLACED_AT)
    assert PaymentRefund.objects.get().stripe_refund_id == first
    assert ask(REFUND, body)["pspReference"] == told_as
    assert len(list(bench.client.v1.refunds.list({"payment_intent": payment.payment_intent_id}))) == 1


def test_more_than_was_paid_is_refused_by_stripe_and_told_to_saleor(bench: Bench) -> None:
    payment, _saleor = paid(bench)
    told = ask(REFUND, refund_body(payment, "289.01", [("request-of-too-much", "289.01", "")]))
    assert told["result"] == "REFUND_FAILURE"
    assert Decimal(told["amount"]) == Decimal("289.01")


@pytest.mark.parametrize("amount", ["0.00", "-12.00"])
def test_what_is_no_amount_to_give_back_is_answered_as_a_failure_and_not_kept(bench: Bench, amount: str) -> None:
    """Of a payment that banks took more of than was left, Saleor grants and asks for less than nothing."""
    payment, _saleor = paid(bench)
    answer = ask(REFUND, refund_body(payment, amount, [("request-1", amount, "")]))
    assert (answer["result"], PaymentRefund.objects.count()) == ("REFUND_FAILURE", 0)


def test_a_language_that_stripe_has_no_page_in_does_not_keep_anybody_from_paying(bench: Bench) -> None:
    body = checkout_payment().replace(b'"languageCode": "NL"', b'"languageCode": "UK"')
    assert ask(INITIALIZE, body)["result"] == "CHARGE_ACTION_REQUIRED"


# --- the questions and answers ----------------------------------------------------------------------------------------


def test_what_nobody_makes_is_refused_with_its_codes_in_dutch(provider: StripeInMemory) -> None:
    items = (("SG-001", "Koord", 1), ("SG-404", "Spook", 1), (None, "Naamloos", 1))
    answer = ask(INITIALIZE, checkout_payment(amount="300.00", items=items))
    message = "Dit kan nu niet gemaakt worden: Spook, Naamloos. Haal het uit je mandje om verder te gaan."
    assert answer["result"] == "CHARGE_FAILURE"
    assert Decimal(answer["amount"]) == Decimal("300.00")
    assert answer["message"] == message
    refusal = {"code": "NOT_FOR_SALE", "message": message, "product_codes": ["SG-404", ""]}
    assert answer["data"] == {"refusal": refusal}
    assert "pspReference" not in answer
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("EN_GB", "This cannot be made at the moment: Spook. Take it out of your basket to continue."),
        (
            "FR",
            "Ceci ne peut pas être fabriqué pour le moment\u00a0: Spook. Retirez-le de votre panier pour continuer.",
        ),
        ("DE", "Dit kan nu niet gemaakt worden: Spook. Haal het uit je mandje om verder te gaan."),
    ],
)
def test_a_refusal_is_in_the_language_of_the_basket(provider: StripeInMemory, code: str, message: str) -> None:
    body = checkout_payment(items=(("SG-404", "Spook", 1),))
    spoken = body.replace(b'"languageCode": "NL"', f'"languageCode": "{code}"'.encode())
    assert refused(spoken) == ("NOT_FOR_SALE", message)


def test_a_message_is_never_longer_than_saleor_takes(provider: StripeInMemory) -> None:
    items = tuple((f"SG-{number}", "Een lange naam voor een klein ding", 1) for number in range(40))
    assert len(refused(checkout_payment(items=items))[1]) == 512


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0.07", 7), ("575.50", 57_550), ("289", 28_900), ("90071992547409.93", 9_007_199_254_740_993)],
)
def test_amounts_are_exact_to_the_cent(provider: StripeInMemory, amount: str, minor: int) -> None:
    answer = ask(INITIALIZE, checkout_payment(amount=amount))
    assert Payment.objects.get().amount_minor == minor
    assert Decimal(answer["amount"]) == Decimal(amount)


@pytest.mark.parametrize("amount", ["1.005", "NaN", "Infinity", "null", '"veel"', "[]"])
def test_an_amount_that_is_no_amount_is_refused(provider: StripeInMemory, amount: str) -> None:
    assert refused(checkout_payment(amount=amount))[0] == "GARBAGE"


@pytest.mark.parametrize("amount", ["0", "-5.00", "0.00"])
def test_nothing_to_pay_is_refused(provider: StripeInMemory, amount: str) -> None:
    assert refused(checkout_payment(amount=amount))[0] == "NOTHING_TO_PAY"


def test_another_address_to_return_to_is_refused(provider: StripeInMemory) -> None:
    for data in ({"success_url": "https://elsewhere.example/"}, {"cancel_url": None}, {"cancel_url": "http://[::1"}):
        code, message = refused(checkout_payment(**data))
        assert (code, message) == ("FOREIGN_URL", "De betaling kan niet naar een ander adres terugkeren.")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": None},
        {"action": []},
        {"sourceObject": None, "action": {"amount": 1, "currency": "EUR"}},
        {"sourceObject": {"__typename": "Checkout"}, "action": {"amount": 1, "currency": "EUR"}},
        {"sourceObject": {"__typename": "Checkout"}, "action": {"amount": 1, "currency": "XAU"}, "data": "text"},
    ],
)
def test_a_question_that_is_incomplete_is_refused_as_a_failed_charge(body: dict[str, object]) -> None:
    answer = ask(INITIALIZE, body)
    assert answer["result"] == "CHARGE_FAILURE"
    assert answer["data"]["refusal"]["code"] == "GARBAGE"


def test_an_order_cannot_be_paid_this_way(provider: StripeInMemory) -> None:
    body = checkout_payment().replace(b'"__typename": "Checkout"', b'"__typename": "Order"')
    assert refused(body)[0] == "NOT_A_CHECKOUT"


@pytest.mark.parametrize("path", [INITIALIZE, PROCESS, REFUND])
def test_nobody_but_our_saleor_is_answered(path: str, provider: StripeInMemory) -> None:
    body = checkout_payment()
    assert from_saleor(path, body, Saleor_Signature="").status_code == 400
    assert from_saleor(path, body, Saleor_Signature=SaleorKey().signature(b"{}")).status_code == 400
    assert from_saleor(path, body, Saleor_Api_Url="https://elsewhere.example/").status_code == 400
    assert not Payment.objects.exists()
    assert provider.opened == []


def test_without_the_database_saleor_hears_that_it_failed_for_now() -> None:
    with mock.patch.object(payment_app, "start_payment", side_effect=OperationalError("gone")):
        assert from_saleor(INITIALIZE, checkout_payment()).status_code == 503


def test_asked_how_a_payment_stands_the_same_page_is_told(provider: StripeInMemory) -> None:
    answer = ask(INITIALIZE, checkout_payment())
    about = {"action": {"amount": 289, "currency": "EUR"}, "transaction": {"id": "transaction-key-1"}}
    assert ask(PROCESS, about) == answer
    for unknown in ({"transaction": {"id": "a-stranger"}}, {"transaction": None}, {}):
        assert from_saleor(PROCESS, unknown).status_code == 400
