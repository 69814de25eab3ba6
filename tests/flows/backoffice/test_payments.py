"""What happened to a payment and to its refunds is told on its page, and on the path of its order."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.life import move
from fulfilment.payments.models import PaymentRefund
from tests.support.bought import LAMP, NOW, Bought, agree, bought
from tests.support.pages import told


@pytest.fixture
def lamp(db: None) -> Bought:
    """A lamp of which Stripe would not pay back a first request, and paid back a second."""
    agree("SG-001")
    found = bought(LAMP)
    for number, events in enumerate((["refuse"], ["accept", "succeed"])):
        row = PaymentRefund.objects.create(
            payment=found.payment, idempotency_key=f"request-{number}", amount_minor=1_000, asked_at=NOW
        )
        for after, event in enumerate(events, start=1):
            move(row, event, now=NOW + timedelta(minutes=after), note="no balance" if event == "refuse" else "")
    return found


def test_the_page_of_a_payment_tells_its_steps_and_those_of_its_refunds(staff: Client, lamp: Bought) -> None:
    page = told(staff.get(reverse("backoffice:payments_payment_change", args=[lamp.payment.pk])))
    for text in ("Betaald", "Bestelling gemaakt", "Mislukt", "no balance", "Onderweg", "Terugbetaald"):
        assert text in page


def test_the_path_of_the_order_tells_each_step_of_its_refunds(lamp: Bought) -> None:
    steps = [step for step in path_of(lamp.order) if step.title == "Geld terug via Stripe"]
    amount = "€\N{NO-BREAK SPACE}10,00"
    assert [(step.detail, step.tone) for step in steps] == [
        (f"{amount} · Gevraagd", ""),
        (f"{amount} · Gevraagd", ""),
        (f"{amount} · Mislukt · no balance", "alert"),
        (f"{amount} · Onderweg", ""),
        (f"{amount} · Terugbetaald", ""),
    ]
