"""Saleor, Stripe and the mail server take connections and answer nothing: who waits for them, and for how long."""

import threading
from time import monotonic

import pytest
from pytest_django import Settings

from fulfilment.errors import GatewayError
from fulfilment.gateways import mailbox
from fulfilment.gateways.neighbours import MAIL, SALEOR, STRIPE
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.stripe.connect import connected
from fulfilment.outside import NOT_ASKED
from neighbours import neighbour
from neighbours.budget import within
from tests.support.hanging import hanging
from tests.support.stripe_sandbox import KEY

PLENTY = 4.0
"""Seconds that are more than a budget of one, and less than any neighbour is given without one."""

SHORT = 0.5
"""Seconds after which a call speaks for hanging, in these tests."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour, "HANGS", SHORT)


def failure(ask: object) -> tuple[GatewayError, float]:
    began = monotonic()
    with pytest.raises(GatewayError) as failed:
        ask()  # type: ignore[operator]
    return failed.value, monotonic() - began


def test_one_call_to_stripe_with_its_retries_fits_the_budget(settings: Settings) -> None:
    with hanging() as url:
        settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = url, KEY
        with within(1):
            error, took = failure(lambda: connected().refund("re_1"))
    assert error.retry
    assert took < PLENTY


def test_one_call_to_saleor_fits_the_budget() -> None:
    with hanging() as url, within(1):
        error, took = failure(lambda: SaleorClient(f"{url}/graphql/").execute("app"))
    assert error.retry
    assert took < PLENTY


def test_what_is_left_after_one_call_is_all_that_the_next_has() -> None:
    with hanging() as url, within(1):
        client = SaleorClient(f"{url}/graphql/")
        for _time in range(3):
            error, _took = failure(lambda: client.execute("app"))
    assert error.code == NOT_ASKED


def test_after_two_in_vain_stripe_is_not_asked_and_saleor_is(settings: Settings) -> None:
    with hanging() as url:
        settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = url, KEY
        for _time in range(2):
            with within(1):
                failure(lambda: connected().refund("re_1"))
        error, _took = failure(lambda: connected().refund("re_1"))
    assert error.code == NOT_ASKED
    assert error.retry
    assert STRIPE.hangs
    assert not SALEOR.hangs


def test_a_mail_server_that_swallows_all_is_not_waited_for_again() -> None:
    letter = mailbox.Letter("1@x.example", "wij@x.example", "an@x.example", "Dag", "Dag", "<p>Dag</p>")
    with hanging() as url:
        smtp = url.replace("http:", "smtp:")
        for _time in range(2):
            with within(1):
                failure(lambda: mailbox.send(letter, smtp))
        error, _took = failure(lambda: mailbox.send(letter, smtp))
    assert error.code == NOT_ASKED
    assert MAIL.hangs


def test_six_at_once_wait_no_longer_than_one(settings: Settings) -> None:
    took: list[float] = []

    def pay() -> None:
        with within(1):
            took.append(failure(lambda: connected().refund("re_1"))[1])

    with hanging() as url:
        settings.STRIPE_API_BASE, settings.STRIPE_SECRET_KEY = url, KEY
        people = [threading.Thread(target=pay) for _person in range(6)]
        for person in people:
            person.start()
        for person in people:
            person.join()
    assert len(took) == 6
    assert max(took) < PLENTY
