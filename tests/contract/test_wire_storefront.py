"""What fulfilment tells the shop has the shape of the golden examples that the shop reads."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from fulfilment.agreements.models import Agreement
from fulfilment.errors import GatewayError
from fulfilment.flows.refund_by_bank import choose
from fulfilment.flows.settle_payouts import confirm
from fulfilment.orders.models import Refund
from fulfilment.orders.tokens import account_token, tracking_token
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.production.models import Task
from fulfilment.production.rules import due_on
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, ordered
from tests.support.by_bank import at_the_bank, failing
from tests.support.money import StripeInMemory, open_payment
from tests.support.shape import differences
from tests.support.static_files import as_they_lie

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


def golden(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GOLDEN / f"storefront_{name}.v1.json").read_text())
    return read


def get(path: str, *, token: str | None = None, status: int = 200) -> dict[str, Any]:
    bearer = django_settings.STOREFRONT_API_TOKEN if token is None else token
    answer = Client().get(f"/api/storefront/{path}", headers={"Authorization": f"Bearer {bearer}"})
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    return told


@pytest.mark.parametrize("path", ["promises?codes=SG-001", "payments/pay_1", "tracking/a.b", "refunds/a.b"])
def test_only_the_shop_is_answered(path: str) -> None:
    told = get(path, token="a-guess", status=401)
    assert told["error"]["code"] == "NOT_THE_SHOP"
    assert Client().get(f"/api/storefront/{path}").status_code == 401
    assert get(path, token="", status=401) == told
    assert get(path, token="é", status=401) == told


# --- promises ----------------------------------------------------------------------------------------------------


def test_promises_have_the_golden_shape() -> None:
    maker = agree("SG-001")[0]
    Partner.objects.filter(pk=maker.pk).update(lead_days=11)
    told = get("promises?codes=SG-001,SG-999")
    assert differences(told, golden("promises")) == []
    sellable, unknown = told["promises"]
    assert sellable == {
        "product_code": "SG-001",
        "sellable": True,
        "producer": {"slug": maker.slug, "name": maker.name, "city": "Gent"},
        "ready_on": due_on(timezone.localdate(), 11).isoformat(),
    }
    assert unknown == {"product_code": "SG-999", "sellable": False, "producer": None, "ready_on": None}


def test_what_does_not_bind_today_is_not_sellable() -> None:
    agree("SG-001")
    Agreement.objects.update(valid_until=date(2025, 6, 1))
    assert [promise["sellable"] for promise in get("promises?codes=SG-001")["promises"]] == [False]


def test_no_codes_are_no_promises() -> None:
    assert get("promises") == get("promises?codes=") == get("promises?codes=,,") == {"promises": []}


# --- payments ----------------------------------------------------------------------------------------------------


def state_of(payment: Payment) -> tuple[str, bool]:
    told = get(f"payments/{payment.reference}")
    assert differences(told, golden("payment")) == []
    assert told["reference"] == payment.reference
    return told["state"], told["order"] is not None


def test_an_unknown_payment_is_not_found() -> None:
    for reference in ("pay_of_nobody", "%00", "é"):
        told = get(f"payments/{reference}", status=404)
        assert told["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("state", ["open", "paid", "failed", "expired", "refunded"])
def test_a_payment_without_an_order_tells_its_state(state: str) -> None:
    payment = open_payment("checkout-1", 28_900)
    Payment.objects.update(state=state)
    assert state_of(payment) == (state, False)


def test_that_money_goes_back_is_told_once_stripe_has_taken_it() -> None:
    payment = open_payment("checkout-1", 28_900)
    Payment.objects.update(state=Payment.State.RETURNING, because=Payment.Because.SOLD_OUT)
    assert state_of(payment) == ("paid", False)
    refund = payment.refunds.create(idempotency_key="request-1", amount_minor=28_900, asked_at=NOW)
    assert state_of(payment) == ("paid", False)
    refund.stripe_refund_id = "re_1"
    refund.save()
    assert state_of(payment) == ("returning", False)


def test_a_payment_that_became_no_order_tells_why_and_how_much_goes_back() -> None:
    payment = open_payment("checkout-1", 28_900)
    Payment.objects.update(state=Payment.State.RETURNING, because=Payment.Because.BASKET_CHANGED)
    told = get(f"payments/{payment.reference}")
    assert (told["because"], told["amount_minor"], told["currency"]) == ("basket_changed", 28_900, "EUR")


def test_a_payment_tells_why_there_is_no_order_as_yet() -> None:
    payment = open_payment("checkout-1", 28_900)
    Payment.objects.update(state=Payment.State.PAID, because=Payment.Because.SOLD_OUT)
    told = get(f"payments/{payment.reference}")
    assert (told["state"], told["because"]) == ("paid", "sold_out")


def stop(reference: str, *, status: int = 200) -> dict[str, Any]:
    bearer = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    answer = Client().post(f"/api/storefront/payments/{reference}/stop", headers=bearer)
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    return told


def test_before_a_basket_changes_the_shop_has_its_page_closed() -> None:
    provider = StripeInMemory()
    payment = open_payment("checkout-1", 28_900)
    provider.decline(payment)
    with provider.connected():
        assert stop(payment.reference) == {"result": "closed"}
        assert stop(payment.reference) == {"result": "over"}
        assert stop("pay_of_nobody", status=404)["error"]["code"] == "NOT_FOUND"
    Payment.objects.update(state="open")
    with StripeInMemory(down=GatewayError("down", retry=True)).connected():
        assert stop(payment.reference, status=503)["error"]["code"] == "GATEWAY"


def test_a_payment_whose_order_is_still_being_taken_in_is_paid() -> None:
    found = ordered(LAMP)
    assert found.payment.state == "ordered"
    assert state_of(found.payment) == ("paid", False)


def test_a_payment_that_became_an_order_tells_its_number_and_where_to_follow_it() -> None:
    agree("SG-001")
    found = bought(LAMP)
    assert state_of(found.payment) == ("ordered", True)
    told = get(f"payments/{found.payment.reference}")["order"]
    assert told == {"number": found.remote.number, "tracking_token": tracking_token(found.order.public_id)}
    assert get(f"tracking/{told['tracking_token']}")["number"] == found.remote.number


def test_a_refunded_order_says_so_and_can_still_be_followed() -> None:
    agree("SG-001")
    found = bought(LAMP)
    found.refund(29_850)
    assert state_of(found.payment) == ("refunded", True)


# --- tracking ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "garbage", "ord_x.y", "a.b.c", "%00", "é"])
def test_a_link_that_we_never_gave_leads_nowhere(token: str) -> None:
    if token:
        assert get(f"tracking/{token}", status=404)["error"]["code"] == "NOT_FOUND"
    else:
        assert Client().get("/api/storefront/tracking/").status_code == 404


def test_the_link_of_one_order_does_not_open_another() -> None:
    agree("SG-001")
    one, two = bought(LAMP), bought(LAMP)
    _id, _, signature = tracking_token(one.order.public_id).rpartition(".")
    get(f"tracking/{two.order.public_id}.{signature}", status=404)
    get(f"tracking/{two.order.public_id}", status=404)
    get(f"tracking/{two.remote.id}", status=404)


def test_tracking_has_the_golden_shape() -> None:
    makers = agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL, ("SG-404", 1, 500))
    shipped = Task.objects.get(producer=makers[0])
    rows.parcel(shipped, code="323212345678", at=NOW + timedelta(days=3))
    told = get(f"tracking/{tracking_token(found.order.public_id)}")
    assert differences(told, golden("tracking")) == []

    assert (told["number"], told["currency"], told["total_minor"], told["refunded_minor"]) == (
        found.remote.number,
        "EUR",
        70_350,
        0,
    )
    assert datetime.fromisoformat(told["placed_at"]) == found.remote.placed_at
    lamp, stool = told["parts"]
    assert lamp["producer"]["slug"] == "maker-sg-001"
    assert lamp["steps"] == [{"state": "waiting", "at": NOW.isoformat()}]
    line = {"product_code": "SG-001", "name": "SG-001", "variant_name": "", "quantity": 1}
    assert lamp["lines"] == [line]
    assert lamp["parcels"] == [
        {
            "carrier": "bpost",
            "tracking_code": "323212345678",
            "tracking_url": "https://track.bpost.cloud/btr/web/#/search?itemCode=323212345678",
            "shipped_at": (NOW + timedelta(days=3)).isoformat(),
            "delivered_at": None,
            "lines": [line],
        }
    ]
    assert (stool["state"], stool["parcels"]) == ("waiting", [])
    assert [line["product_code"] for line in told["unrouted_lines"]] == ["SG-404"]


def test_tracking_tells_what_was_refunded_and_nothing_of_who_earns_what() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    token = tracking_token(found.order.public_id)
    assert get(f"tracking/{token}")["refunded_minor"] == 20_000
    text = json.dumps(get(f"tracking/{token}"))
    for secret in (found.remote.id, found.line_id(0), "an@example.com", "Kouter", "BE71096123456769", "sep"):
        assert secret not in text


def test_tracking_tells_apart_what_went_back_and_what_is_on_its_way() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    token = tracking_token(found.order.public_id)
    found.payment.refunds.create(idempotency_key="of-the-lamp", amount_minor=28_900, asked_at=NOW, state="pending")
    assert (get(f"tracking/{token}")["returning_minor"], get(f"tracking/{token}")["refunded_minor"]) == (28_900, 0)
    found.payment.refunds.update(state="succeeded")
    found.refund(20_000, {found.line_id(1): 1})
    assert (get(f"tracking/{token}")["returning_minor"], get(f"tracking/{token}")["refunded_minor"]) == (0, 20_000)


def test_what_was_paid_back_or_cancelled_waits_for_no_workshop() -> None:
    agree("SG-001")
    found = bought(LAMP, ("SG-404", 2, 1_000))
    token = tracking_token(found.order.public_id)
    assert [line["quantity"] for line in get(f"tracking/{token}")["unrouted_lines"]] == [2]
    found.refund(500, {found.line_id(1): 1})
    assert [line["quantity"] for line in get(f"tracking/{token}")["unrouted_lines"]] == [1]
    assert get(f"tracking/{token}")["cancelled_at"] is None
    found.tell(replace(found.remote, status="CANCELED"))
    told = get(f"tracking/{token}")
    assert told["unrouted_lines"] == []
    assert told["cancelled_at"] is not None


# --- refunds by bank ---------------------------------------------------------------------------------------------


def give(token: str, given: dict[str, object], *, status: int = 200) -> dict[str, Any]:
    answer = Client().post(
        f"/api/storefront/refunds/{token}/account",
        data=json.dumps(given),
        content_type="application/json",
        headers={"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"},
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
    assert give(token, TYPED)["result"] == "right"
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
