"""A workshop says itself how many hours a week it has for us."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.partners.models import Membership, Partner
from tests.support import rows, workshop

pytestmark = pytest.mark.django_db

HOURS = reverse("portal:hours")


@pytest.fixture
def compaan() -> Partner:
    return rows.partner("compaan")


@pytest.fixture
def coach(client: Client, compaan: Partner) -> Client:
    client.force_login(workshop.member(compaan))
    return client


def test_a_coach_finds_the_hours_below_the_work_and_changes_them(coach: Client, compaan: Partner) -> None:
    assert "Jullie werken 38 uur per week voor ons" in coach.get(reverse("portal:today")).content.decode()
    assert 'value="38"' in coach.get(HOURS).content.decode()
    told = coach.post(HOURS, {"bench_hours": "20"}, follow=True).content.decode()
    assert "Bewaard." in told
    assert "Jullie werken 20 uur per week voor ons" in told
    compaan.refresh_from_db()
    assert compaan.bench_hours == 20


@pytest.mark.parametrize("typed", ["", "0", "-1", "2001", "veel", "9" * 4400])
def test_what_is_no_number_of_hours_is_told_and_changes_nothing(coach: Client, compaan: Partner, typed: str) -> None:
    answer = coach.post(HOURS, {"bench_hours": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    compaan.refresh_from_db()
    assert compaan.bench_hours == 38


def test_who_only_works_there_is_not_asked(client: Client, compaan: Partner) -> None:
    client.force_login(workshop.member(compaan, role=Membership.Role.WORKER))
    assert "uur per week voor ons" not in client.get(reverse("portal:today")).content.decode()
    assert client.get(HOURS).status_code == client.post(HOURS, {"bench_hours": "20"}).status_code == 403
    compaan.refresh_from_db()
    assert compaan.bench_hours == 38
