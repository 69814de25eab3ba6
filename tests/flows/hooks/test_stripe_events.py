"""Stripe's events: kept once by id, their object marked, when Stripe signed them lately; else nothing is stored."""

import time
from unittest import mock

import pytest
from django.db import OperationalError
from pytest_django import Settings

from fulfilment.entrypoints import stripe_inbox
from fulfilment.inbox.models import Mark, StripeEvent
from tests.support.signed import from_stripe, post, stripe_event

pytestmark = pytest.mark.django_db


def marks() -> list[tuple[str, str]]:
    return list(Mark.objects.order_by("pk").values_list("kind", "object_id"))


@pytest.mark.parametrize(
    ("kind", "subject", "marked"),
    [
        ("checkout.session.completed", {"id": "cs_1", "object": "checkout.session"}, ("session", "cs_1")),
        ("checkout.session.expired", {"id": "cs_1", "object": "checkout.session"}, ("session", "cs_1")),
        ("payment_intent.succeeded", {"id": "pi_1", "object": "payment_intent"}, ("intent", "pi_1")),
        ("payment_intent.payment_failed", {"id": "pi_1", "object": "payment_intent"}, ("intent", "pi_1")),
        ("charge.updated", {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}, ("intent", "pi_1")),
        ("refund.created", {"id": "re_1", "object": "refund"}, ("refund", "re_1")),
        ("refund.updated", {"id": "re_1", "object": "refund"}, ("refund", "re_1")),
        ("refund.failed", {"id": "re_1", "object": "refund"}, ("refund", "re_1")),
        ("payout.paid", {"id": "po_1", "object": "payout"}, ("payout", "po_1")),
        ("payout.failed", {"id": "po_1", "object": "payout"}, ("payout", "po_1")),
    ],
)
def test_each_event_marks_what_it_is_about(kind: str, subject: dict[str, object], marked: tuple[str, str]) -> None:
    assert from_stripe(stripe_event(kind, subject, event_id="evt_1")).status_code == 200
    assert marks() == [marked]
    assert StripeEvent.objects.get().event_id == "evt_1"


def test_the_same_event_twice_is_kept_once_and_marks_once() -> None:
    event = stripe_event("refund.created", {"id": "re_1", "object": "refund"}, event_id="evt_1")
    assert [from_stripe(event).status_code for _ in range(2)] == [200, 200]
    assert StripeEvent.objects.count() == 1
    assert Mark.objects.get().counter == 1


def test_events_that_we_do_not_take_are_answered_and_forgotten() -> None:
    for event in (
        stripe_event("customer.created", {"id": "cus_1", "object": "customer"}),
        stripe_event("charge.updated", {"id": "ch_1", "object": "charge", "payment_intent": None}),
        stripe_event("refund.created", {}),
    ):
        assert from_stripe(event).status_code == 200
    assert not StripeEvent.objects.exists()
    assert marks() == []


@pytest.mark.parametrize("header", ["", "garbage", "t=abc,v1=00", "t=1795464001", "v1=00", "t=1795464001,v1=é"])
def test_an_event_without_a_good_signature_is_refused(header: str) -> None:
    assert post("/hooks/stripe/", b'{"id": "evt_1"}', {"Stripe-Signature": header}).status_code == 400
    assert not StripeEvent.objects.exists()


def test_an_event_signed_with_another_secret_is_refused() -> None:
    event = stripe_event("refund.created", {"id": "re_1", "object": "refund"})
    assert from_stripe(event, secret="whsec_of_a_stranger").status_code == 400
    assert not StripeEvent.objects.exists()


def test_an_event_is_taken_for_five_minutes_and_then_too_old() -> None:
    event = stripe_event("refund.created", {"id": "re_1", "object": "refund"})
    assert from_stripe(event, at=time.time() - 310).status_code == 400
    assert not StripeEvent.objects.exists()
    assert from_stripe(event, at=time.time() - 280).status_code == 200


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xfe", b"[]", b'"text"', b"{}", b'{"id": 1, "type": 2}'])
def test_signed_garbage_is_refused(body: bytes) -> None:
    assert from_stripe(body).status_code == 400
    assert not StripeEvent.objects.exists()


def test_without_the_database_stripe_is_asked_to_come_again() -> None:
    event = stripe_event("refund.created", {"id": "re_1", "object": "refund"})
    with mock.patch.object(stripe_inbox, "take_event", side_effect=OperationalError("no connection")):
        assert from_stripe(event).status_code == 503


def test_the_secret_is_the_configured_one(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = "whsec_another"
    event = stripe_event("refund.created", {"id": "re_1", "object": "refund"})
    assert from_stripe(event, secret="whsec_x").status_code == 400
    assert from_stripe(event, secret="whsec_another").status_code == 200


@pytest.mark.parametrize("body", [b"[" * 50_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000])
def test_what_is_nested_without_end_is_no_event(body: bytes) -> None:
    assert from_stripe(body).status_code in (400, 401)
    assert not StripeEvent.objects.exists()
