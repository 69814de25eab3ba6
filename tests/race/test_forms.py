"""Five operators who save one page at the same moment: one is the first, the others are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.backoffice.base import Room
from fulfilment.partners.models import Partner, User
from tests.support import rows
from tests.support.at_once import FIVE, five_times
from tests.support.pages import opened

pytestmark = pytest.mark.django_db(transaction=True)


def saved_by(operator: User, partner: Partner, seen: dict[str, str]) -> bool:
    """The page of a partner is sent in with another city; whether it was saved."""
    client = Client()
    client.force_login(operator)
    below = [f"{name}-{which}_FORMS" for name in ("tax_regimes", "memberships") for which in ("TOTAL", "INITIAL")]
    form = {
        "name": partner.name,
        "kind": partner.kind,
        "city": "Lochristi",
        "lead_days": "10",
        "bench_hours": "38",
        "ships": "on",
    }
    address = reverse("backoffice:partners_partner_change", args=[partner.pk])
    answer = client.post(address, form | dict.fromkeys(below, "0") | seen)
    assert answer.status_code == 302
    return answer["Location"] != address  # a page that was saved leads on to the list


def five_savings() -> list[bool]:
    operator, partner = rows.user("operator@example.com", staff=True), rows.partner("labeur")
    seen = opened(partner)
    return five_times(lambda: saved_by(operator, partner, seen))


def test_of_five_at_once_one_saves() -> None:
    assert sum(five_savings()) == 1


@contextmanager
def nothing_locked() -> Iterator[None]:
    """As it would be without the lock: all five have looked before the first one writes."""
    looked = Barrier(FIVE)
    look = Room.why_not_saved

    def together(room: Room, *args: Any) -> str:
        told = look(room, *args)
        looked.wait(30)
        return told

    with (
        mock.patch.object(QuerySet, "select_for_update", lambda found, **_: found),
        mock.patch.object(Room, "why_not_saved", together),
    ):
        yield


def test_without_the_lock_all_five_would_overwrite_each_other() -> None:
    with nothing_locked():
        assert sum(five_savings()) == FIVE


def added_by(operator: User, maker: Partner) -> str:
    """The form of one new agreement is sent in; where that leads."""
    client = Client()
    client.force_login(operator)
    form = {"product_code": "SG-009", "producer": str(maker.pk), "valid_from": "2026-12-01", "form_key": "one-form-12"}
    form |= {"discount_policy": "shared_by_all", "terms-TOTAL_FORMS": "1", "terms-INITIAL_FORMS": "0"}
    form |= {"terms-0-rank": "1", "terms-0-kind": "percent", "terms-0-partner": str(maker.pk), "terms-0-figure": "100"}
    answer = client.post(reverse("backoffice:agreements_agreement_add"), form)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_one_form_sent_five_times_at_once_makes_one_agreement() -> None:
    operator, maker = rows.user("operator@example.com", staff=True), rows.partner("labeur")
    led = five_times(lambda: added_by(operator, maker))
    made = Agreement.objects.get()
    assert (made.version, made.terms.count()) == (1, 1)
    page = reverse("backoffice:agreements_agreement_change", args=[made.pk])
    assert sorted(led, key=len) == [reverse("backoffice:agreements_agreement_changelist"), *[page] * 4]
