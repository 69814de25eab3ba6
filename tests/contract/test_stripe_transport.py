"""Stripe's failures as one kind: what may be asked again, and whether under the same key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from fulfilment.errors import GatewayError
from fulfilment.gateways.stripe.api import is_kept
from fulfilment.gateways.stripe.connect import connected
from tests.support.stripe_sandbox import KEY, served

REFUSED = b'{"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such refund"}}'


@contextmanager
def stripe_answering(status: str, body: bytes, settings: Settings) -> Iterator[None]:
    def answer(environ: Any, start_response: Any) -> list[bytes]:
        start_response(status, [("Content-Type", "application/json"), ("Stripe-Should-Retry", "false")])
        return [body]

    with served(answer) as url:
        settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = url, KEY
        yield


@pytest.mark.parametrize(
    ("status", "body", "retry", "kept"),
    [
        ("200 OK", b"<html>a proxy in between</html>", True, False),
        ("502 Bad Gateway", b"<html>", True, True),
        ("409 Conflict", REFUSED, True, False),
        ("404 Not Found", REFUSED, False, True),
    ],
)
def test_what_stripe_answers_says_whether_to_ask_again_and_under_which_key(
    status: str, body: bytes, retry: bool, kept: bool, settings: Settings
) -> None:
    with stripe_answering(status, body, settings), pytest.raises(GatewayError) as failed:
        connected().refund("re_1")
    assert (failed.value.retry, is_kept(failed.value)) == (retry, kept)


def test_no_answer_is_asked_again_under_the_same_key(settings: Settings) -> None:
    settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = "http://127.0.0.1:9", KEY
    with pytest.raises(GatewayError) as failed:
        connected().refund("re_1")
    assert failed.value.retry
    assert not is_kept(failed.value)


def test_why_stripe_was_not_reached_is_said_in_short_to_people(settings: Settings) -> None:
    settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = "http://127.0.0.1:9", KEY
    with pytest.raises(GatewayError) as failed:
        connected().told_at()
    told = str(failed.value)
    assert told.startswith("Stripe did not tell the time: ")
    assert "refused" in told
    assert "support@stripe.com" not in told
    assert "url" not in told
