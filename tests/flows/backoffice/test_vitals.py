"""The page that says how everything is."""

from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from fulfilment.entrypoints.backoffice import vitals
from fulfilment.entrypoints.backoffice.charts import Chart, Line
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.payments.balance_models import BalanceCheck
from fulfilment.vitals.models import Alarm, Sample, Sign
from fulfilment.vitals.signs import seen_well
from tests.support import rows
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db
ADDRESS = "/backoffice/toestand/"


@pytest.fixture(autouse=True)
def all_well() -> None:
    for name in Sign.Name:
        seen_well(name, timezone.now())


def page(client: Client, **query: str) -> str:
    with mock.patch.object(vitals, "lengths", return_value={"money": 0}):
        answer = client.get(ADDRESS, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_light_is_green_where_everything_holds(staff: Client) -> None:
    shown = page(staff)
    assert "Alles loopt" in shown
    assert "bo-light-done" in shown


def test_the_light_is_red_with_the_reason_since_when_and_what_to_do(staff: Client) -> None:
    raise_issue(OpenIssue.Kind.FAULT, "order:1", "m", timezone.now())
    Alarm.objects.create(condition="faults", reason="m", began_at=timezone.now() - timedelta(hours=3))
    shown = page(staff)
    assert "Er is iets mis" in shown
    assert "1 fout in het programma staat open." in shown
    assert "al 3 uur" in shown.replace("\u00a0", " ")
    assert "door aan wie het programma onderhoudt" in shown
    assert "Fouten in het programma: m" in staff.get("/backoffice/").content.decode()


def test_of_what_nobody_looked_at_yet_it_is_not_said_that_it_is_well(staff: Client) -> None:
    Sign.objects.filter(name=Sign.Name.STRIPE).delete()
    shown = page(staff)
    unknown = shown.partition("Nog niet nagekeken:")[2].partition("</p>")[0]
    well = shown.partition("In orde:")[2].partition("</p>")[0]
    for title in ("Stripe", "Boeken en Stripe"):
        assert title in unknown
    assert "Stripe" not in well
    BalanceCheck.objects.create(
        checked_at=timezone.now(), ledger_minor=0, stripe_minor=0, under_way_minor=0, differences=0
    )
    assert "Boeken en Stripe" in page(staff).partition("In orde:")[2]


def test_who_is_on_the_list_as_away_is_not_well_a_minute_longer(staff: Client) -> None:
    raise_issue(OpenIssue.Kind.NEIGHBOUR_AWAY, "neighbour:Saleor", "Saleor antwoordt niet.", timezone.now())
    shown = page(staff)
    assert "Er is iets mis" in shown
    assert "Saleor antwoordt niet." in shown
    assert "Saleor" not in shown.partition("In orde:")[2].partition("</p>")[0]


def test_what_is_well_again_is_so_on_the_first_page_too(staff: Client) -> None:
    now = timezone.now()
    Alarm.objects.create(condition="faults", reason="m", began_at=now - timedelta(hours=3), well_since=now)
    assert "Alles loopt" in page(staff)
    assert "Fouten in het programma" not in staff.get("/backoffice/").content.decode()


def test_what_stands_there_is_told_as_of_now_and_not_as_of_the_last_minute(staff: Client) -> None:
    at = timezone.now().replace(second=0, microsecond=0)
    Sample.objects.create(span=60, taken_at=at, values={"exceptions": 0, "queued": 9})
    raise_issue(OpenIssue.Kind.GATEWAY, "order:1", "m", timezone.now())
    shown = page(staff)
    assert 'aria-label="Uitzonderingen: 1"' in shown
    assert 'aria-label="In de wachtrijen: 0"' in shown


@pytest.mark.parametrize(("is_demo", "said"), [(True, "run.py"), (False, "docker compose")])
def test_what_to_do_fits_where_it_runs(staff: Client, settings: Settings, is_demo: bool, said: str) -> None:
    settings.IS_DEMO = is_demo
    Sign.objects.filter(name=Sign.Name.BEAT).delete()
    shown = page(staff)
    assert said in shown
    assert ("docker" in shown) is not is_demo


def test_an_hour_a_day_and_a_month_are_drawn_and_told_as_a_table(staff: Client) -> None:
    now = timezone.now()
    for span in (60, 300, 3600):
        at = now - timedelta(seconds=now.timestamp() % span)
        Sample.objects.create(
            span=span, taken_at=at.replace(microsecond=0),
            values={"paid_to_task": 7, "calls_saleor": 4, "milliseconds_saleor": 1_000, "failed_saleor": 2},
        )  # fmt: skip
    for period in ("uur", "dag", "maand", "onzin"):
        shown = page(staff, periode=period)
        assert 'aria-label="Van betaald tot taak: 7 s"' in shown
        assert '<td class="bo-amount">7 s</td>' in shown
        assert '<td class="bo-amount">0,2 s</td>' in shown  # 250 milliseconds a call
    assert "<script" not in shown.partition("bo-charts")[2]


def test_money_is_shown_to_whoever_sees_money(staff: Client) -> None:
    helper = Client()
    helper.force_login(rows.user("klantendienst@example.com", role="support"))
    assert "Geld onderweg" in page(staff)
    assert "Geld onderweg" not in page(helper)


def chart(*values: int | None, limit: int | None = None) -> Chart:
    given = [None if value is None else Decimal(value) for value in values]
    moments = [NOW + timedelta(minutes=minute) for minute in range(len(values))]
    bound = None if limit is None else Decimal(limit)
    return Chart("k", "T", "", moments, [Line("", given)], str, max, 2, Decimal(1), bound)


def test_a_line_ends_where_nothing_was_measured_and_a_single_moment_is_a_dot() -> None:
    [(_line, stroke, below)] = chart(0, 2, None, 1).drawn
    assert stroke == "M0.0 100.0 100.0 0.0 M300.0 50.0 h0.1"
    assert below.startswith("M0.0 100.0 100.0 0.0 V100 H0.0 Z")


def test_the_scale_ends_at_a_round_figure_and_the_limit_is_drawn_where_it_is_on_it() -> None:
    assert chart(7, limit=60).top == 10
    assert chart(7, limit=60).limit_y == ""
    assert chart(70, limit=60).top == 100
    assert chart(70, limit=60).limit_y == "40.0"


def test_the_table_takes_moments_together_newest_first_and_leaves_out_what_nobody_measured() -> None:
    found = [(row.at, row.cells) for row in chart(1, 5, None, None, 3).rows]
    assert found == [(NOW + timedelta(minutes=4), ("3",)), (NOW, ("5",))]
