"""The page of the accounts tells whether the books agree with Stripe, and looks when it is asked."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.entrypoints.backoffice.at_stripe import stripe_page
from fulfilment.errors import GatewayError
from fulfilment.gateways.stripe.values import Movement
from fulfilment.inbox.models import OpenIssue
from tests.support.bought import LAMP, NOW, Bought, agree, bought
from tests.support.money import StripeInMemory
from tests.support.pages import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Bought:
    agree("SG-001")
    return bought(LAMP)


@pytest.fixture
def stripe(found: Bought) -> StripeInMemory:
    made, payment = StripeInMemory(), found.payment
    made.charge(payment, fee=39)
    made.moved = [Movement("txn_1", "charge", "ch_1", payment.amount_minor, 39, "EUR", NOW, payment.payment_intent_id)]
    made.available = payment.amount_minor - 39
    return made


def looked(staff: Client, stripe: StripeInMemory) -> str:
    with stripe.connected():
        return told(staff.post(reverse("backoffice:check_balance"), follow=True))


def test_before_the_first_look_the_page_says_that_there_was_none(staff: Client, found: Bought) -> None:
    assert "Nog niet gecontroleerd." in told(staff.get(reverse("backoffice:balances")))


def test_the_button_looks_and_says_that_all_is_right(staff: Client, stripe: StripeInMemory) -> None:
    page = looked(staff, stripe)

    assert "Gecontroleerd: de boeken kloppen met Stripe" in page
    assert "€\u00a0298,11" in page


def test_what_differs_is_listed_with_a_way_to_its_exception_and_from_there_to_stripe(
    staff: Client, stripe: StripeInMemory, found: Bought, settings: Settings
) -> None:
    stripe.moved.append(Movement("txn_2", "refund", "re_9", -500, 0, "EUR", NOW))
    stripe.available -= 500

    page = looked(staff, stripe)

    issue = OpenIssue.objects.get(kind="stripe_differs")
    assert "Er klopt 1 ding niet." in page
    assert "Terugbetaling re_9: bij Stripe bewoog −€\u00a05,00" in page
    address = reverse("backoffice:inbox_openissue_change", args=[issue.pk])
    assert address in page
    settings.STRIPE_API_BASE = ""
    assert "https://dashboard.stripe.com/search?query=re_9" in told(staff.get(address))


def test_a_difference_in_a_payment_leads_to_the_payment_and_its_order(
    staff: Client, stripe: StripeInMemory, found: Bought
) -> None:
    stripe.moved.clear()
    stripe.available = 0
    looked(staff, stripe)

    issue = OpenIssue.objects.get(kind="stripe_differs")
    page = told(staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])))
    assert reverse("backoffice:payments_payment_change", args=[found.payment.pk]) in page
    assert reverse("backoffice:orders_order_change", args=[found.order.pk]) in page


def test_a_stripe_that_is_away_is_told(staff: Client, stripe: StripeInMemory) -> None:
    stripe.down = GatewayError("away", retry=True)
    assert "Een ander systeem gaf geen goed antwoord" in looked(staff, stripe)


def test_where_stripe_is_played_people_are_led_to_its_control_page(settings: Settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:8083"
    assert stripe_page("pi_1") == "http://127.0.0.1:8083/control/"
