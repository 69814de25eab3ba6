"""Nothing stays in the middle of its life unseen: for every state that is no end, something looks at the row again."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.flows import reconcile, send_invoice
from fulfilment.inbox.models import Mark
from fulfilment.invoices.models import Sending
from fulfilment.life import Living
from fulfilment.orders.models import Order
from fulfilment.payments.models import Dispute, Payment, PaymentRefund
from fulfilment.payouts.models import Collection
from fulfilment.returns.models import Return
from tests.support import rows
from tests.support.bought import LAMP, agree, bought
from tests.support.invoicing import invoiced, who_sells
from tests.support.money import StripeInMemory, open_payment
from tests.support.remote import PLACED_AT, SaleorInMemory

pytestmark = pytest.mark.django_db

LATER = PLACED_AT + timedelta(hours=2)

ENDS: dict[str, set[str]] = {
    "Payment": {"ordered", "failed", "expired", "refunded"},
    "PaymentRefund": {"succeeded", "failed"},
    "Refund": {"paid", "withdrawn"},
    "Batch": {"confirmed", "cancelled", "withdrawn"},
    "Payout": {"confirmed", "failed", "returned", "withdrawn"},
    "Collection": {"arrived", "refused", "failed"},
    "Task": {"delivered", "cancelled", "moved"},
    "Impediment": {"taken_back", "over"},
    "Return": {"judged", "lost", "withdrawn"},
    "Dispute": {"won", "borne", "closed"},
    "AccountChange": {"in_force", "stopped"},
    "Company": {"refused", "ended"},
    "Sending": {"delivered"},
}
"""The states of each noun in which nothing is owed to anybody: what happens next, somebody else begins."""

PEOPLE: dict[str, set[str]] = {
    "Refund": {"failed", "by_bank"},
    "Batch": {"planned", "approved", "fetched"},
    "Payout": {"planned", "sent"},
    "Task": {"waiting", "accepted", "making", "ready", "shipped", "declined"},
    "Impediment": {"open", "settled"},
    "Return": {"announced", "expected"},
    "AccountChange": {"asked"},
    "Company": {"applied", "approved", "suspended"},
    "Sending": {"refused"},
}
"""States that end by what a person does, on a page that shows them."""

CLOCK: dict[str, set[str]] = {"AccountChange": {"confirmed"}}
"""States that the clock ends, with a job of its own (`test_change_account`)."""


def a_payment(state: str) -> Payment:
    payment = open_payment("checkout-1", 1_000)
    Payment.objects.update(state=state)
    return payment


def a_refund(state: str) -> PaymentRefund:
    payment = a_payment("ordered")
    name = None if state == "asked" else "re_1"
    return payment.refunds.create(
        idempotency_key="request-1", amount_minor=100, stripe_refund_id=name, state=state, asked_at=PLACED_AT
    )


def given_back(state: str) -> Living:
    refund = rows.refund(rows.order([("SG-001", "Koord", 1, 28_900)]), 28_900)
    type(refund).objects.filter(pk=refund.pk).update(state=state, asked_at=PLACED_AT)
    return refund


def a_collection(state: str) -> Living:
    return Collection.objects.create(
        amount_minor=1_000, currency="EUR", asked_at=PLACED_AT, state=state, stripe_payout_id="po_1"
    )


def a_return(state: str) -> Living:
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", rows.partner("labeur"))})
    return Return.objects.create(
        order=order, task=task, reason="wrong", state=state, announced_at=PLACED_AT, moved_at=PLACED_AT
    )


def a_dispute(state: str) -> Living:
    return Dispute.objects.create(
        payment=a_payment("ordered"),
        stripe_dispute_id="du_1",
        amount_minor=100,
        currency="EUR",
        reason="fraudulent",
        state=state,
        opened_at=PLACED_AT,
    )


def a_sending(state: str) -> Living:
    agree("SG-001")
    order = bought(LAMP).order
    Order.objects.update(paid_at=None)
    order.refresh_from_db()
    return Sending.objects.create(invoice=invoiced(order), route=Sending.Route.PEPPOL, state=state, asked_at=PLACED_AT)


MAKERS: dict[str, Callable[[str], Living]] = {
    "Payment": a_payment,
    "PaymentRefund": a_refund,
    "Refund": given_back,
    "Collection": a_collection,
    "Return": a_return,
    "Dispute": a_dispute,
    "Sending": a_sending,
}


def nouns() -> Iterator[type[Living]]:
    yield from Living.__subclasses__()


def middles() -> list[tuple[str, str]]:
    return [
        (noun.__name__, state)
        for noun in nouns()
        for state in noun.LIFE
        if not any(state in states.get(noun.__name__, set()) for states in (ENDS, PEOPLE, CLOCK))
    ]


@pytest.mark.parametrize(("noun", "state"), middles())
def test_a_row_in_the_middle_of_its_life_is_looked_at_again(noun: str, state: str, settings: Settings) -> None:
    who_sells(settings)
    MAKERS[noun](state)
    Mark.objects.all().delete()
    saleor = SaleorInMemory()
    saleor.money_without_order("checkout-1", "transaction-checkout-1", 1_000, at=PLACED_AT)
    with StripeInMemory().connected(), mock.patch.object(jobs, "connected", saleor.as_saleor):
        reconcile.sweep_records(now=LATER)
        reconcile.sweep_saleor(saleor.as_saleor(), now=LATER)
        send_invoice.sweep_invoices(now=LATER)
    assert Mark.objects.exists()


def test_a_page_that_was_never_opened_is_over_once_its_time_is() -> None:
    payment = open_payment("checkout-1", 1_000)
    Payment.objects.update(stripe_session_id="", expires_at=LATER)
    reconcile.sweep_records(now=LATER)
    payment.refresh_from_db()
    assert payment.state == "open"
    reconcile.sweep_records(now=LATER + timedelta(minutes=2))
    payment.refresh_from_db()
    assert (payment.state, Mark.objects.count()) == ("expired", 0)


@pytest.mark.parametrize("state", ["succeeded", "failed"])
def test_an_end_that_saleor_was_not_told_is_told_again(state: str) -> None:
    refund = a_refund(state)
    reconcile.sweep_records(now=LATER)
    assert Mark.objects.filter(kind="refund", object_id="re_1").exists()
    Mark.objects.all().delete()
    PaymentRefund.objects.filter(pk=refund.pk).update(reported_at=PLACED_AT)
    reconcile.sweep_records(now=LATER)
    assert not Mark.objects.exists()
