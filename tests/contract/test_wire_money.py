"""Money over the whole wire: Saleor or its stand-in, our app as it serves, and Stripe's stand-in through its SDK.

Of Stripe's events none reaches us here: the sweep alone finds what happened. Saleor's webhooks do.
"""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from fulfilment.agreements.models import Agreement, Term
from fulfilment.entrypoints import jobs
from fulfilment.flows import dispatch, reconcile
from fulfilment.flows.plan_refund import Choice, plan
from fulfilment.flows.request_refund import request
from fulfilment.gateways.models import SaleorInstallation
from fulfilment.gateways.saleor.connect import connected
from fulfilment.gateways.stripe.connect import connected as stripe_connected
from fulfilment.inbox.models import Mark
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, trial_balance
from fulfilment.orders.models import Order, Refund
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.bought import issues
from tests.support.commands import only_a_command
from tests.support.payment_app import IDENTIFIERS
from tests.support.saleor_bench import INSTALLED, SaleorBench, saleor_bench, uninstall
from tests.support.static_files import as_they_lie
from tests.support.stripe_sandbox import KEY, Bench, served, stripe_bench, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def provider(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[Bench]:
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as bench:
        settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = bench.url, KEY
        yield bench


class Fulfilment:
    """Our program as it serves, in threads of this process. Refund requests can be kept waiting at its door."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.refunds_pass = threading.Event()
        self.refunds_pass.set()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/saleor/payment/refund":
            assert self.refunds_pass.wait(10)
        try:
            return self.handler(environ, start_response)
        finally:
            connection.close()


@pytest.fixture
def fulfilment(settings: Settings) -> Iterator[Fulfilment]:
    as_they_lie(settings)
    program = Fulfilment()
    with served(program) as url:
        settings.FULFILMENT_URL = url
        yield program


@pytest.fixture
def saleor(
    tmp_path_factory: pytest.TempPathFactory, fulfilment: Fulfilment, settings: Settings
) -> Iterator[SaleorBench]:
    """A Saleor in which our app is installed as the operator does it, under another name: one that is there stays."""
    with saleor_bench(tmp_path_factory.mktemp("saleor"), auto_complete_seconds=600) as bench:
        uninstall(bench, bench.app)
        settings.SALEOR_API_URL = bench.api_url
        settings.SALEOR_APP_ID = f"{IDENTIFIERS}{uuid4().hex[:12]}"
        INSTALLED.add(settings.SALEOR_APP_ID)
        email, password = bench.account
        with only_a_command():
            call_command("connect_saleor", email=email, password=password, stdout=StringIO(), stderr=StringIO())
        bench.app.identifier = settings.SALEOR_APP_ID
        bench.app.token = SaleorInstallation.objects.get().token
        yield bench
        connected().close()
        uninstall(bench, bench.app)


def work_off() -> None:
    """Workers act on all marks, and on those that this makes."""
    now = datetime.now(UTC)
    for _ in range(10):
        waiting = [(row.kind, row.object_id) for row in Mark.objects.all() if row.counter > row.handled]
        for kind, object_id in waiting:
            if kind != Mark.Kind.CONFIRMATION:
                jobs.process(kind, object_id, now)
        if all(kind == Mark.Kind.CONFIRMATION for kind, _object_id in waiting):
            return


def sweep() -> None:
    """The sweep of a few minutes from now, and the workers after it."""
    reconcile.sweep_records(now=datetime.now(UTC) + timedelta(minutes=5))
    work_off()


def buy(saleor: SaleorBench, provider: Bench, settings: Settings) -> tuple[Order, str]:
    """Three of a product, of which a workshop has a fixed amount and a designer the rest; and Saleor's transaction."""
    variant = saleor.variant()
    maker, designer = rows.partner("labeur"), rows.partner("sep", kind="designer")
    agreement = Agreement.objects.create(
        product_code=variant["product"]["externalReference"],
        version=1,
        producer=maker,
        valid_from=date(2025, 1, 1),
    )
    Term.objects.create(agreement=agreement, rank=1, kind="fixed", partner=maker, amount_minor=1_999)
    Term.objects.create(agreement=agreement, rank=2, kind="percent", partner=designer, basis_points=10_000)
    rows.bind(agreement)
    checkout = saleor.checkout([(variant["id"], 3)])
    urls = {name: f"{settings.SHOP_URL}/nl/{name}/" for name in ("success_url", "cancel_url")}
    key = f"key-{uuid4().hex}"
    started = saleor.initialize(checkout, data={**urls, "language": "nl"}, key=key)
    assert started["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    payment = Payment.objects.get()
    assert started["data"] == {"url": payment.stripe_url, "reference": payment.reference}
    assert payment.idempotency_key == key
    assert Decimal(payment.amount_minor) / 100 == saleor.total(checkout)
    assert saleor.initialize(checkout, data={**urls, "language": "nl"}, key=key)["data"] == started["data"]

    assert provider.submit(payment.stripe_session_id).status_code == 303
    sweep()
    return Order.objects.get(checkout_id=checkout), started["transaction"]["id"]


def until_refunded(provider: Bench, count: int) -> None:
    """Saleor has asked, Stripe has paid, and both have told."""
    until(lambda: PaymentRefund.objects.exclude(stripe_refund_id=None).count() == count)
    provider.move_on(3)
    ids = PaymentRefund.objects.values_list("stripe_refund_id", flat=True)
    until(lambda: all(stripe_connected().refund(str(refund_id)).status == "succeeded" for refund_id in ids))
    sweep()


def test_a_purchase_and_its_refunds_down_to_the_last_cent(
    saleor: SaleorBench, provider: Bench, settings: Settings
) -> None:
    with mock.patch.object(dispatch, "_queue"):
        order, transaction = buy(saleor, provider, settings)
        payment = Payment.objects.get()
        assert (payment.state, payment.saleor_order_id) == ("ordered", order.saleor_id)
        assert order.routed_at is not None
        assert Task.objects.get().lines.get().quantity == 3
        assert balance(Account.CUSTOMER) == balance(Account.UNALLOCATED) == 0

        # Twice the same: one unit each, at the same price.
        line = order.lines.get()
        for count in (1, 2):
            choice = Choice(Refund.Kind.NOT_WANTED, {line.pk: 1})
            shown = plan(order, choice)
            held = balance(Account.PARTNER_HELD)
            request(order.public_id, choice, reason="Kras", saleor=connected(), now=rows.NOW)
            until_refunded(provider, count)
            assert Refund.objects.count() == count
            assert held - balance(Account.PARTNER_HELD) == sum(shown.rows.partners.values())
            assert balance(Account.CUSTOMER) == 0
        assert Task.objects.get().lines.get().open_quantity == 1
        assert len(set(PaymentRefund.objects.values_list("stripe_refund_id", flat=True))) == 2

        # Somebody gives the rest back in Stripe's own dashboard.
        rest = payment.amount_minor - sum(PaymentRefund.objects.values_list("amount_minor", flat=True))
        made = provider.client.v1.refunds.create({"payment_intent": payment.payment_intent_id, "amount": rest})
        provider.move_on(3)
        until(lambda: stripe_connected().refund(made.id).status == "succeeded")
        Mark.objects.create(kind=Mark.Kind.REFUND, object_id=made.id, marked_at=rows.NOW)
        work_off()
        sweep()

    payment.refresh_from_db()
    assert payment.state == "refunded"
    assert Task.objects.get().state == Task.State.CANCELLED
    assert payment.fee_minor
    left = {account: amount for account, amount in trial_balance().items() if amount}
    assert left == {Account.STRIPE: payment.fee_minor, Account.PAYMENT_FEES: -payment.fee_minor}
    assert issues() == []
    told = connected().order(order.saleor_id)
    assert told is not None
    assert (told.charged_minor, told.refunded_minor) == (0, told.total_gross_minor)
    assert transaction == payment.saleor_transaction_id


def test_two_refunds_of_the_same_amount_asked_in_one_breath_are_two(
    saleor: SaleorBench, provider: Bench, fulfilment: Fulfilment, settings: Settings
) -> None:
    with mock.patch.object(dispatch, "_queue"):
        order, _transaction = buy(saleor, provider, settings)
        line = order.lines.get()
        fulfilment.refunds_pass.clear()
        for _ in range(2):
            choice = Choice(Refund.Kind.NOT_WANTED, {line.pk: 1})
            request(order.public_id, choice, reason="Kras", saleor=connected(), now=rows.NOW)
        fulfilment.refunds_pass.set()
        until_refunded(provider, 2)
    assert len(set(PaymentRefund.objects.values_list("stripe_refund_id", "idempotency_key"))) == 2
    assert Refund.objects.count() == 2
    assert balance(Account.CUSTOMER) == 0
