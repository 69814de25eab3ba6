"""In the navigation of Saleor's Dashboard: whether all is well, what waits for somebody, and what is late."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from fulfilment.entrypoints.backoffice import vitals
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.production.models import Task
from fulfilment.vitals.models import Sign
from fulfilment.vitals.signs import seen_well
from tests.support import rows
from tests.support.furnished import furnish
from tests.support.in_dashboard import looked_at
from tests.support.pages import told


@pytest.fixture(autouse=True)
def _all_well() -> None:
    for name in Sign.Name:
        seen_well(name, timezone.now())


def page() -> str:
    with mock.patch.object(vitals, "lengths", return_value={"money": 0}):
        answer = looked_at("waiting", "MANAGE_ORDERS")
    assert answer.status_code == 200
    return told(answer)


def test_where_nothing_waits_it_says_so() -> None:
    shown = page()
    assert "Alles loopt" in shown
    assert "Geen." in shown
    assert "Niets." in shown


def test_the_light_says_what_is_wrong_and_what_to_do() -> None:
    raise_issue(OpenIssue.Kind.FAULT, "order:1", "m", timezone.now())
    shown = page()
    assert "Er is iets mis" in shown
    assert "door aan wie het programma onderhoudt" in shown


def test_open_exceptions_are_counted_by_kind() -> None:
    for number in ("41", "42"):
        raise_issue(OpenIssue.Kind.UNROUTED, number, "m", timezone.now() - timedelta(hours=3))
    raise_issue(OpenIssue.Kind.DISPUTE, "dp_1", "m", timezone.now())
    raise_issue(OpenIssue.Kind.MONEY_OWED, "42", "m", timezone.now())
    resolve(OpenIssue.Kind.MONEY_OWED, "42", timezone.now())
    shown = " ".join(re.sub(r"<[^>]*>", " ", page()).split())
    assert "Niemand maakt dit al 3 uur 2" in shown
    assert "Betaling betwist net 1" in shown
    assert str(OpenIssue.Kind.MONEY_OWED.label) not in shown


def test_each_kind_leads_to_its_own_list_in_the_back_office() -> None:
    raise_issue(OpenIssue.Kind.UNROUTED, "42", "m", timezone.now())
    shown = looked_at("waiting").content.decode()
    assert "/backoffice/inbox/openissue/?kind__exact=unrouted" in shown


def test_work_that_is_late_is_named_and_no_other() -> None:
    house = furnish()
    assert "Labeur, bestelling" not in page()
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=2))
    assert f"Labeur, bestelling {house.order}" in page()
    Task.objects.update(state=Task.State.SHIPPED)
    assert "Labeur, bestelling" not in page()


def test_of_much_that_is_late_ten_are_shown_with_the_way_to_all() -> None:
    maker = rows.partner("labeur")
    lamp = rows.agreement("SG-001", maker)
    for _ in range(12):
        rows.route(rows.order([("SG-001", "Koord", 1, 28_900)]), {"SG-001": lamp})
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=2))
    shown = page()
    assert shown.count("Labeur, bestelling") == 10
    assert "Alle 12 taken die te laat zijn" in shown
