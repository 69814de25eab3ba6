"""The operator's command that releases and plans; nothing leaves before a person approved."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Task
from tests.support import rows

pytestmark = pytest.mark.django_db


def shipped_order(producer: Partner) -> Order:
    """An order that left the workshop on the day it was placed, with 150 euro held for its producer."""
    order = rows.order([("SG-001", "Koord", 1, 28_900)])
    [task] = rows.route(order, {"SG-001": rows.agreement("SG-001", producer)})
    rows.parcel(task, at=order.placed_at)
    Task.objects.update(state=Task.State.SHIPPED)
    rows.held(order, producer, 15_000)
    return order


def settle(as_of: str) -> list[str]:
    out = StringIO()
    call_command("settle", "--as-of", as_of, "--json", stdout=out)
    return out.getvalue().splitlines()


def test_a_day_after_the_time_to_withdraw_releases_and_plans_and_pays_nothing_yet() -> None:
    order = shipped_order(rows.partner("labeur"))
    rows.money_at_bank(20_000)

    lines = settle("2027-01-15")

    batch = Batch.objects.get()
    assert json.loads(lines[-1]) == {
        "released_orders": 1,
        "batch": batch.public_id,
        "payouts": [{"partner": "labeur", "amount_minor": 15_000, "reason": ""}],
        "bank_minor": 20_000,
    }
    assert "€\u00a0150,00" in "\n".join(lines[:-1])
    assert batch.state == Batch.State.PLANNED
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    order.refresh_from_db()
    assert order.released_at is not None


def test_the_same_day_again_plans_the_same_once_more_and_releases_nothing_twice() -> None:
    shipped_order(rows.partner("labeur"))
    rows.money_at_bank(20_000)
    settle("2027-01-15")

    told = json.loads(settle("2027-01-15")[-1])

    assert told["released_orders"] == 0
    assert told["payouts"] == [{"partner": "labeur", "amount_minor": 15_000, "reason": ""}]
    assert Batch.objects.filter(state=Batch.State.PLANNED).count() == 1


def test_before_the_time_to_withdraw_is_over_nothing_is_released() -> None:
    order = shipped_order(rows.partner("labeur"))
    early = (order.placed_at + timedelta(days=20)).date().isoformat()

    told = json.loads(settle(early)[-1])

    assert (told["released_orders"], told["batch"], told["payouts"]) == (0, None, [])


def test_a_partner_who_cannot_be_paid_is_named_with_the_reason() -> None:
    shipped_order(rows.partner("labeur", iban=""))
    rows.money_at_bank(20_000)

    lines = settle("2027-01-15")

    assert json.loads(lines[-1])["payouts"] == [{"partner": "labeur", "amount_minor": 0, "reason": "no_account"}]
    assert any("Geen rekening waarop we kunnen betalen" in line for line in lines)


def test_who_cannot_be_paid_yet_waits_for_the_money_that_is_under_way_and_collects_nothing_again() -> None:
    shipped_order(rows.partner("labeur"))
    assert any("manage collect_money" in line for line in settle("2027-01-15"))

    rows.money_on_its_way(20_000)
    told = "\n".join(settle("2027-01-15"))

    assert "€\u00a0200,00 is onderweg van Stripe naar de bank. Wacht tot het er is" in told
    assert "collect_money" not in told


def test_the_demo_says_that_it_looks_ahead_and_nothing_else_may(settings: Settings) -> None:
    order = shipped_order(rows.partner("labeur"))
    ahead = (timezone.localdate() + timedelta(days=400)).isoformat()
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="moet nog komen"):
        settle(ahead)
    order.refresh_from_db()
    assert order.released_at is None

    settings.IS_DEMO = True
    assert "Dit is de demo: ze kijkt vooruit" in settle(ahead)[0]
    assert "Dit is de demo" not in "".join(settle(timezone.localdate().isoformat()))


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("settle", "--as-of", "morgen")
