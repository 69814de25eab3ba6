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
from fulfilment.flows import work_return, work_task
from fulfilment.flows.announce_return import announce
from fulfilment.flows.reassign_task import reassign
from fulfilment.orders.tokens import tracking_token
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.production.models import Impediment, Task
from fulfilment.production.rules import SENTENCES, due_on
from fulfilment.returns.models import Return
from tests.support import rows, workshop
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, ordered
from tests.support.money import StripeInMemory, open_payment
from tests.support.refund_steps import ask, came_back, paid
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.storefront_api import golden

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


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


def test_the_description_of_the_api_is_for_whoever_may_use_it() -> None:
    assert "/api/storefront/promises" in get("openapi.json")["paths"]
    get("openapi.json", token="a-guess", status=401)
    assert Client().get("/api/storefront/openapi.json").status_code == 401


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


def test_the_shop_hears_what_can_be_paid_with_as_stripe_has_it_switched_on() -> None:
    provider = StripeInMemory(offered=("bancontact", "card"))
    with provider.connected():
        told = get("payment-methods")
    assert told == golden("payment_methods")
    with StripeInMemory(down=GatewayError("down", retry=True)).connected():
        assert get("payment-methods", status=503)["error"]["code"] == "GATEWAY"


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
    line = {"product_code": "SG-001", "name": "SG-001", "variant_name": "", "quantity": 1, "sku": "SG-001"}
    assert lamp["lines"] == [line]
    assert lamp["parcels"] == [
        {
            "carrier": "bpost",
            "collected": False,
            "tracking_code": "323212345678",
            "tracking_url": "https://track.bpost.cloud/btr/web/#/search?itemCode=323212345678",
            "shipped_at": (NOW + timedelta(days=3)).isoformat(),
            "at_point_since": None,
            "delivered_at": None,
            "lines": [line],
        }
    ]
    assert (stool["state"], stool["parcels"]) == ("waiting", [])
    assert [line["product_code"] for line in told["unrouted_lines"]] == ["SG-404"]


def test_tracking_tells_the_later_day_and_why_as_far_as_the_customer_may_know() -> None:
    [maker] = agree("SG-001")
    found = bought(LAMP)
    task, coach = Task.objects.get(), workshop.member(maker)
    token = tracking_token(found.order.public_id)
    for told, day in (("material", date(2026, 12, 11)), ("", date(2026, 12, 18))):
        workshop.says(task, coach, "later", "material", told, day=day)
        [part] = get(f"tracking/{token}")["parts"]
        assert (part["due_on"], part["notice"]) == (day.isoformat(), told)


def test_the_shop_says_why_in_the_words_of_the_mail() -> None:
    page = (Path(__file__).parents[2] / "shop" / "tracking" / "views.py").read_text()
    for told in {*SENTENCES["later"], *SENTENCES["blocked"]} - {""}:
        assert f'"{told}": gettext_lazy("{Impediment.Told(told).label}")' in page


def test_what_a_workshop_declined_waits_for_another_and_then_names_who_makes_it() -> None:
    [maker] = agree("SG-003")
    found = bought(STOOL)
    task, coach = Task.objects.get(), workshop.member(maker)
    token = tracking_token(found.order.public_id)
    workshop.says(task, coach, "declined", "busy")
    told = get(f"tracking/{token}")
    assert told["parts"] == []
    assert [line["quantity"] for line in told["unrouted_lines"]] == [2]

    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    reassign(task.public_id, new.pk, by=rows.user("op@example.com", staff=True), now=workshop.NOW)
    told = get(f"tracking/{token}")
    assert [(part["producer"]["name"], part["state"]) for part in told["parts"]] == [("New-maker", "waiting")]
    assert told["unrouted_lines"] == []


def test_of_what_moved_each_workshop_is_named_with_the_pieces_that_it_makes() -> None:
    [maker] = agree("SG-003")
    found = bought(STOOL)
    coach = workshop.member(maker)
    task = workshop.brought_to("ready", Task.objects.get(), coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1})
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    reassign(task.public_id, new.pk, by=rows.user("op@example.com", staff=True), now=workshop.NOW)

    parts = get(f"tracking/{tracking_token(found.order.public_id)}")["parts"]
    told = [(part["producer"]["slug"], part["state"], part["lines"][0]["quantity"]) for part in parts]
    assert told == [(maker.slug, "shipped", 1), ("new-maker", "waiting", 1)]


def test_pieces_that_are_no_longer_wanted_are_not_told_as_being_made() -> None:
    agree("SG-003")
    found = bought(STOOL)
    task = Task.objects.get()
    token = tracking_token(found.order.public_id)
    for gone, state, quantity in ((1, "waiting", 1), (1, "cancelled", 2)):
        work_task.cancel_units({task.lines.get().line_id: gone}, order_id=task.order_id, now=NOW)
        [part] = get(f"tracking/{token}")["parts"]
        assert (part["state"], part["lines"][0]["quantity"]) == (state, quantity)


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


def test_tracking_tells_how_far_a_return_is_and_of_money_only_once_it_is_back() -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    rows.parcel(Task.objects.get(producer__slug="maker-sg-003"))
    refund = ask(found, came_back(found, {1: 2}))

    def told() -> dict[str, Any]:
        whole = get(f"tracking/{tracking_token(found.order.public_id)}")
        assert differences(whole, golden("tracking")) == []
        [one] = whole["returns"]
        return one  # type: ignore[no-any-return]

    assert (told()["state"], told()["producer"]["slug"]) == ("announced", "maker-sg-003")
    assert [(line["product_code"], line["quantity"]) for line in told()["lines"]] == [("SG-003", 2)]
    by = rows.user("o@example.com", staff=True)
    back = Return.objects.get()
    work_return.expect(back.public_id, by=None, now=NOW)
    assert told()["state"] == "expected"
    work_return.receive(back.public_id, {back.lines.get().pk: 2}, by=by, now=NOW)
    assert told()["state"] == "arrived"
    paid(found, refund)
    assert told()["state"] == "refunded"


def test_what_came_back_whole_had_arrived_whoever_did_not_press_it() -> None:
    agree("SG-001")
    found = bought(LAMP)
    rows.parcel(Task.objects.get())
    Task.objects.update(state=Task.State.SHIPPED)
    [back] = announce(found.order.public_id, {found.line(0): 1}, reason=Return.Reason.WRONG, now=NOW)

    def state() -> str:
        [part] = get(f"tracking/{tracking_token(found.order.public_id)}")["parts"]
        return str(part["state"])

    assert state() == "shipped"
    by = rows.user("o@example.com", staff=True)
    work_return.receive(back.public_id, {back.lines.get().pk: 1}, by=by, now=NOW)
    assert state() == "delivered"


def test_what_the_customer_keeps_is_no_return() -> None:
    agree("SG-001")
    found = bought(LAMP)
    rows.parcel(Task.objects.get())
    [back] = announce(found.order.public_id, {found.line(0): 1}, reason=Return.Reason.WRONG, now=NOW)
    work_return.withdraw(back.public_id, by=None, now=NOW)
    assert get(f"tracking/{tracking_token(found.order.public_id)}")["returns"] == []


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
