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
    form = {"name": partner.name, "kind": partner.kind, "city": "Lochristi", "lead_days": "10", "ships": "on"}
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
