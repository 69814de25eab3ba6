"""What fulfilment answers the shop's pages on which a customer withdraws, in the shape that the shop reads."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order
from fulfilment.orders.tokens import tracking_token
from fulfilment.withdrawals.models import Withdrawal
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.storefront_api import called, golden
from tests.support.workshop import ready_stools, shipped

pytestmark = pytest.mark.django_db

TYPED = {"form_key": "a-form-key-1", "name": "An Peeters", "email": "an@example.com"}


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


@pytest.fixture
def order() -> Order:
    """Three stools, of which one left."""
    task, coach, line = ready_stools()
    shipped(task, coach, quantities={line: 1})
    return task.order


def stated(order: Order, units: dict[str, int], **given: object) -> dict[str, Any]:
    told = called(
        f"withdrawals/{tracking_token(order.public_id)}", {**TYPED, "units": units, "confirmed": True, **given}
    )
    assert differences({**told, "errors": {}}, golden("withdrawal_answer")) == []
    return told


def test_what_can_be_withdrawn_from_has_the_golden_shape(order: Order) -> None:
    stated(order, {"0-open": 1, "0-sent": 1})
    told = called(f"withdrawals/{tracking_token(order.public_id)}")
    assert differences(told, golden("withdrawal")) == []
    assert (told["state"], told["until"]) == ("open", None)
    assert [(line["units"], line["quantity"], line["is_sent"]) for line in told["lines"]] == [("0-open", 1, False)]
    assert [(line["stopped"], line["returned"]) for line in told["statements"][0]["lines"]] == [(1, 1)]


def test_a_statement_is_looked_at_first_and_made_once(order: Order) -> None:
    assert stated(order, {"0-open": 1}, confirmed=False)["result"] == "right"
    assert not Withdrawal.objects.exists()
    assert [stated(order, {"0-open": 2})["result"] for _ in range(2)] == ["kept", "kept"]
    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize(
    ("units", "given", "field"),
    [
        ({"0-open": 4}, {}, ""),
        ({"0-open": 1}, {"name": " "}, "name"),
        ({"0-open": 1}, {"name": "\x00\u202e"}, "name"),
        ({"0-open": 1}, {"email": "geen adres"}, "email"),
        ({"7-open": 1}, {}, ""),
        ({"nonsense": 1}, {}, ""),
        ({"0-open": -1}, {}, ""),
        ({}, {}, ""),
        ({"0-open": 1}, {"form_key": "x"}, ""),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(
    order: Order, units: dict[str, int], given: dict[str, str], field: str
) -> None:
    told = stated(order, units, **given)
    assert (told["result"], list(told["errors"])) == ("wrong", [field])
    assert not Withdrawal.objects.exists()


def test_a_foreign_link_is_not_found(order: Order) -> None:
    called("withdrawals/a.b", status=404)
    called("withdrawals/a.b", {**TYPED, "units": {"0-open": 1}}, status=404)


def test_a_link_is_mailed_to_whom_the_order_belongs_and_to_nobody_else(order: Order) -> None:
    for number, email in ((order.number, "bo@example.com"), ("999", "an@example.com"), ("\x00", "\x00")):
        assert called("withdrawals/link", {"number": number, "email": email}) == {"result": "sent"}
    assert not Mail.objects.filter(key__contains=":withdrawal_link:").exists()
    for number in (f"#{order.number}", order.number, f" {order.number} "):
        assert called("withdrawals/link", {"number": number, "email": "AN@example.com "}) == {"result": "sent"}
    mails = Mail.objects.filter(key__contains=":withdrawal_link:")
    assert len(mails) in (1, 2)  # two where ten minutes ended in between
    assert mails[0].to == "an@example.com"
    assert f"/nl/herroepen/{tracking_token(order.public_id)}/" in mails[0].text


def test_a_document_is_printed_for_who_has_the_link(order: Order) -> None:
    headers = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    token = tracking_token(order.public_id)
    address = f"/api/storefront/documents/{token}/aankoopbewijs-{order.number}.pdf"
    answer = Client().get(address, headers=headers)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert Client().get(address).status_code == 401
    for other in (address.replace(token, "a.b"), address.replace("aankoopbewijs", "creditnota")):
        assert Client().get(other, headers=headers).status_code == 404


def test_the_tracking_page_knows_whether_anything_is_left_to_withdraw_from(order: Order) -> None:
    link = tracking_token(order.public_id)
    assert called(f"tracking/{link}")["withdrawal"] == "open"
    stated(order, {"0-open": 2, "0-sent": 1})
    assert called(f"tracking/{link}")["withdrawal"] == "nothing_left"
