"""Saleor's asynchronous webhooks: taken when our Saleor signed them, else nothing is stored."""

from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from fulfilment.entrypoints import receiving, saleor_inbox
from fulfilment.flows import dispatch
from fulfilment.gateways.models import SaleorKeys
from fulfilment.gateways.saleor import signature
from fulfilment.inbox.models import Mark, StripeEvent
from tests.support.signed import Jwks, SaleorKey, from_saleor, known_keys, post
from tests.support.stripe_sandbox import served

pytestmark = pytest.mark.django_db

HOOK = "/hooks/saleor/"
ORDER = {"__typename": "OrderUpdated", "order": {"id": "T3JkZXI6MQ=="}}


@pytest.fixture
def jwks(settings: Settings) -> Iterator[Jwks]:
    """A Saleor that publishes its keys and nothing else."""
    program = Jwks([SaleorKey()])
    with served(program) as url:
        settings.SALEOR_API_URL = f"{url}/graphql/"
        yield program


def nothing_is_stored() -> bool:
    return not (Mark.objects.exists() or StripeEvent.objects.exists())


def test_a_webhook_of_our_saleor_marks_its_order_and_queues_it(
    queued: list[tuple[str, str]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    known_keys(SaleorKey())
    with django_capture_on_commit_callbacks(execute=True):
        answer = from_saleor(HOOK, ORDER)
    assert answer.status_code == 200
    mark = Mark.objects.get()
    assert (mark.kind, mark.object_id, mark.counter, mark.handled) == ("order", "T3JkZXI6MQ==", 1, 0)
    assert queued == [("order", "T3JkZXI6MQ==")]


def test_a_second_webhook_counts_on_the_same_mark() -> None:
    known_keys(SaleorKey())
    for _ in range(3):
        assert from_saleor(HOOK, ORDER).status_code == 200
    assert Mark.objects.get().counter == 3


def test_a_webhook_that_is_about_no_order_is_taken_and_marks_nothing() -> None:
    known_keys(SaleorKey())
    for body in (
        {},
        {"order": None},
        {"order": {"id": None}},
        {"order": {"id": "\u0000"}},
        {"order": {"id": "x" * 900}},
    ):
        assert from_saleor(HOOK, body).status_code == 200
    assert nothing_is_stored()


@pytest.mark.parametrize(
    "signature_header",
    ["", "garbage", "a.b.c", "e30..e30", "é..é", "eyJhbGciOiJub25lIiwia2lkIjoia2V5LTEifQ.."],
    ids=["none", "garbage", "no JSON", "empty head", "not ASCII", "alg none"],
)
def test_a_webhook_without_a_good_signature_is_refused_and_leaves_nothing(signature_header: str) -> None:
    known_keys(SaleorKey())
    answer = from_saleor(HOOK, ORDER, Saleor_Signature=signature_header)
    assert answer.status_code == 400
    assert nothing_is_stored()


def test_a_signature_of_another_body_is_refused() -> None:
    known_keys(SaleorKey())
    other = SaleorKey().signature(b'{"order": {"id": "T3JkZXI6OQ=="}}')
    assert from_saleor(HOOK, ORDER, Saleor_Signature=other).status_code == 400
    assert nothing_is_stored()


def test_a_signature_with_a_strangers_key_under_a_known_name_is_refused() -> None:
    known_keys(SaleorKey())
    head, _, signed = SaleorKey(2).signature(b"{}").partition("..")
    assert head
    forged = SaleorKey().signature(b"{}").partition("..")[0] + ".." + signed
    assert from_saleor(HOOK, b"{}", Saleor_Signature=forged).status_code == 400
    assert nothing_is_stored()


def test_a_customers_token_which_saleor_signs_with_the_same_key_is_no_signature_of_a_webhook() -> None:
    known_keys(SaleorKey())
    assert from_saleor(HOOK, ORDER, Saleor_Signature=SaleorKey().customers_token()).status_code == 400
    assert nothing_is_stored()


def test_another_saleor_is_refused_before_its_signature_is_looked_at() -> None:
    answer = from_saleor(HOOK, ORDER, Saleor_Api_Url="https://elsewhere.example/graphql/")
    assert answer.status_code == 400
    assert b"FOREIGN_SALEOR" in answer.content
    assert nothing_is_stored()
    assert not SaleorKeys.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff\xfe", b'"text"', b"[" * 20_000])
def test_what_is_signed_but_no_json_object_is_refused(body: bytes) -> None:
    known_keys(SaleorKey())
    assert from_saleor(HOOK, body).status_code == 400
    assert nothing_is_stored()


@pytest.mark.parametrize("path", ["/hooks/saleor/", "/hooks/plugin/", "/hooks/stripe/", "/saleor/register"])
def test_only_post_is_allowed(path: str) -> None:
    for method in (Client().get, Client().put, Client().delete):
        assert method(path).status_code == 405
    assert nothing_is_stored()


@pytest.mark.parametrize("path", ["/hooks/saleor/", "/hooks/plugin/", "/hooks/stripe/", "/saleor/payment/initialize"])
def test_a_body_that_is_too_large_is_refused_without_being_read(path: str) -> None:
    assert post(path, b" " * (receiving.LARGEST_BODY + 1), {}).status_code == 413
    assert nothing_is_stored()


def test_a_length_that_is_no_number_is_refused() -> None:
    assert Client().generic("POST", HOOK, b"{}", CONTENT_LENGTH="many").status_code == 413


def test_without_the_database_saleor_is_asked_to_come_again() -> None:
    known_keys(SaleorKey())
    with mock.patch.object(saleor_inbox, "look_at", side_effect=OperationalError("no connection")):
        assert from_saleor(HOOK, ORDER).status_code == 503
    with mock.patch.object(SaleorKeys.objects, "filter", side_effect=OperationalError("no connection")):
        assert from_saleor(HOOK, ORDER).status_code == 503
    assert nothing_is_stored()


def test_without_the_broker_the_webhook_is_taken_all_the_same(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    known_keys(SaleorKey())
    queue = mock.patch.object(dispatch, "_queue", ORIGINAL_QUEUE)
    down = mock.patch("fulfilment.flows.dispatch.current_app.send_task", side_effect=BrokerError("connection refused"))
    with queue, down as send, django_capture_on_commit_callbacks(execute=True):
        assert from_saleor(HOOK, ORDER).status_code == 200
    assert send.called
    assert Mark.objects.get().object_id == "T3JkZXI6MQ=="


ORIGINAL_QUEUE = dispatch._queue


def test_the_keys_are_fetched_once_and_kept(jwks: Jwks) -> None:
    for _ in range(3):
        assert from_saleor(HOOK, ORDER).status_code == 200
    assert jwks.asked == 1
    assert [key["kid"] for key in SaleorKeys.objects.get().keys] == ["key-1"]


def test_keys_out_of_reach_make_saleor_come_again(jwks: Jwks) -> None:
    jwks.status = "500 Broken"
    assert from_saleor(HOOK, ORDER).status_code == 503
    assert nothing_is_stored()
    assert not SaleorKeys.objects.exists()


def test_a_saleor_that_does_not_answer_makes_the_sender_come_again(settings: Settings) -> None:
    settings.SALEOR_API_URL = "http://127.0.0.1:9/graphql/"
    assert from_saleor(HOOK, ORDER).status_code == 503
    assert nothing_is_stored()


def test_kept_keys_do_while_saleor_is_down(settings: Settings) -> None:
    settings.SALEOR_API_URL = "http://127.0.0.1:9/graphql/"
    known_keys(SaleorKey())
    assert from_saleor(HOOK, ORDER).status_code == 200


def test_a_new_key_is_fetched_when_it_is_first_used_and_the_old_one_no_longer_holds(jwks: Jwks) -> None:
    known_keys(SaleorKey(1), fetched_at=timezone.now() - signature.REFETCH_AFTER - timedelta(seconds=1))
    jwks.keys = [SaleorKey(2)]
    assert from_saleor(HOOK, ORDER, key=SaleorKey(2)).status_code == 200
    assert jwks.asked == 1
    assert from_saleor(HOOK, ORDER, key=SaleorKey(1)).status_code == 400


def test_unknown_keys_do_not_make_us_ask_saleor_all_day(jwks: Jwks) -> None:
    for number in range(2, 6):
        assert from_saleor(HOOK, ORDER, key=SaleorKey(number)).status_code == 400
    assert jwks.asked == 1
    assert nothing_is_stored()


def test_after_the_pause_a_key_that_was_unknown_is_looked_for_again(jwks: Jwks) -> None:
    known_keys(SaleorKey(1))
    jwks.keys = [SaleorKey(2)]
    assert from_saleor(HOOK, ORDER, key=SaleorKey(2)).status_code == 400
    assert jwks.asked == 0
    SaleorKeys.objects.update(fetched_at=timezone.now() - signature.REFETCH_AFTER - timedelta(seconds=1))
    assert from_saleor(HOOK, ORDER, key=SaleorKey(2)).status_code == 200
