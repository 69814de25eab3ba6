"""What fulfilment answers the shop's page on which a customer gives an account, in the shape that the shop reads."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from fulfilment.flows.refund_by_bank import choose
from fulfilment.flows.settle_payouts import confirm
from fulfilment.orders.models import Refund
from fulfilment.orders.tokens import account_token, tracking_token
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, agree, bought
from tests.support.by_bank import at_the_bank, failing
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.storefront_api import golden

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


def get(path: str, *, status: int = 200) -> dict[str, Any]:
    bearer = django_settings.STOREFRONT_API_TOKEN
    answer = Client().get(f"/api/storefront/{path}", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    return told


def give(token: str, given: dict[str, object], *, status: int = 200, language: str = "nl") -> dict[str, Any]:
    answer = Client().post(
        f"/api/storefront/refunds/{token}/account",
        data=json.dumps(given),
        content_type="application/json",
        headers={"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}", "Accept-Language": language},
    )
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    if status == 200:
        assert differences({**told, "errors": {"iban": ""}}, golden("account")) == []
    return told


def bank_refund() -> tuple[Refund, str]:
    """A refund that waits for an account, and the token of its link."""
    agree("SG-001", "SG-003")
    refund = failing(bought(LAMP, STOOL))
    choose(refund.name, now=NOW)
    return refund, account_token(refund.name, until=timezone.now() + timedelta(days=1))


TYPED: dict[str, object] = {"holder": " An  Peeters", "iban": "be71 0961 2345 6769"}


def test_an_account_is_looked_at_and_then_kept_and_kept_once() -> None:
    refund, token = bank_refund()
    told = get(f"refunds/{token}")
    assert differences(told, golden("refund")) == []
    assert (told["state"], told["iban"], told["amount_minor"]) == ("open", "", 28_900)
    right = give(token, TYPED)
    assert (right["result"], right["iban"]) == ("right", "BE71 0961 2345 6769")
    assert not refund.accounts.exists()
    for _ in range(2):
        kept = give(token, {**TYPED, "confirmed": True})
        assert (kept["result"], kept["holder"], kept["iban"]) == ("kept", "An Peeters", "BE71 •••• 6769")
    assert refund.accounts.get().iban == "BE71096123456769"
    assert get(f"refunds/{token}")["state"] == "given"


def test_a_wrong_account_is_told_by_its_field_and_never_kept() -> None:
    refund, token = bank_refund()
    told = give(token, {"holder": "🧶🧶", "iban": "BE71 0961 2345 6760", "confirmed": True})
    assert (told["result"], set(told["errors"])) == ("wrong", {"holder", "iban"})
    assert not refund.accounts.exists()


@pytest.mark.parametrize(
    ("language", "told"),
    [("nl", "Vul je rekeningnummer in."), ("en", "Enter your account number."), ("fr", "Indiquez votre numéro")],
)
def test_what_is_wrong_is_said_in_the_language_that_the_shop_asks_in(language: str, told: str) -> None:
    _refund, token = bank_refund()
    assert give(token, {"holder": "An", "iban": ""}, language=language)["errors"]["iban"].startswith(told)


def test_what_is_at_the_bank_or_paid_cannot_be_changed_any_more() -> None:
    _refund, token = bank_refund()
    give(token, {**TYPED, "confirmed": True})
    rows.money_at_bank(100_000)
    batch = at_the_bank()
    assert get(f"refunds/{token}")["state"] == "ordered"
    assert give(token, {"holder": "An", "iban": "NL91ABNA0417164300", "confirmed": True})["result"] == "closed"
    confirm(batch=batch.public_id, now=NOW)
    assert get(f"refunds/{token}")["state"] == "paid"
    assert give(token, {**TYPED, "confirmed": True})["message"].startswith("Dit bedrag is al terugbetaald.")


def test_a_link_that_is_too_old_or_for_something_else_opens_nothing() -> None:
    refund, _token = bank_refund()
    old = account_token(refund.name, until=timezone.now() - timedelta(seconds=1))
    for token in (old, tracking_token(refund.order.public_id), f"{refund.name}.9999999999.x", "a.b"):
        assert get(f"refunds/{token}", status=404)["error"]["code"] == "NOT_FOUND"
        give(token, TYPED, status=404)


def test_the_tracking_page_knows_what_goes_back_by_bank_and_when_it_was_paid() -> None:
    refund, token = bank_refund()
    link = tracking_token(refund.order.public_id)
    told = get(f"tracking/{link}")
    assert (told["returning_minor"], told["refunded_minor"]) == (0, 0)
    assert told["by_bank"] == {"waiting_minor": 28_900, "wants_account": True, "paid_minor": 0}
    give(token, {**TYPED, "confirmed": True})
    rows.money_at_bank(100_000)
    batch = at_the_bank()
    assert get(f"tracking/{link}")["by_bank"] == {"waiting_minor": 28_900, "wants_account": False, "paid_minor": 0}
    confirm(batch=batch.public_id, now=NOW)
    told = get(f"tracking/{link}")
    assert (told["refunded_minor"], told["by_bank"]["paid_minor"], told["by_bank"]["waiting_minor"]) == (
        28_900,
        28_900,
        0,
    )
