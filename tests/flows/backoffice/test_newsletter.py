"""Who wants mail, as an operator sees it: the readers of the newsletter, as a file too, and what people wait for."""

import csv
import logging
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.flows import subscribe, wish_restock
from fulfilment.mail.models import Mail
from fulfilment.partners.models import User
from tests.support import rows
from tests.support.pages import against_the_policy, told
from tests.support.wanting_mail import CLAY, EMAIL, MOSS, leaving, reader, wish

pytestmark = pytest.mark.django_db

PAGE, FILE = reverse("backoffice:newsletter"), reverse("backoffice:newsletter_export")
NOW = rows.NOW


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.SHOP_URL = "https://winkel.example"


def exported(staff: Client) -> list[dict[str, str]]:
    answer = staff.post(FILE)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return list(csv.DictReader(StringIO(told(answer), newline="")))


def test_the_file_has_who_confirmed_and_nobody_else_with_the_link_by_which_they_leave(staff: Client) -> None:
    reader(now=NOW, language="fr")
    token = leaving(Mail.objects.latest("pk"))
    subscribe.ask("bo@example.com", language="nl", text_version="2026-11", now=NOW)
    [one] = exported(staff)
    assert one == {
        "email": EMAIL,
        "language": "fr",
        "asked_at": "2026-11-23T20:00:00+00:00",
        "confirmed_at": "2026-11-23T20:00:00+00:00",
        "consent_text": "2026-11",
        "unsubscribe": f"https://winkel.example/fr/infolettre/se-desinscrire/{token}/",
    }
    subscribe.leave(token, now=NOW)
    assert exported(staff) == []


def test_who_took_the_addresses_along_stands_in_the_log(
    staff: Client, operator: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reader(now=NOW)
    exported(staff)
    assert f"exported by {operator.public_id}" in caplog.text
    assert EMAIL not in caplog.text
    assert staff.get(FILE)["Location"] == PAGE  # by GET nothing was pressed


def test_the_page_shows_readers_and_for_what_how_many_wait_without_their_names(staff: Client) -> None:
    assert "Nog niemand." in told(staff.get(PAGE))
    reader(now=NOW)
    subscribe.ask("bo@example.com", language="nl", text_version="2026-11", now=NOW)
    for name in ("cas", "dot"):
        wish(email=f"{name}@example.com", now=NOW)
    wish(CLAY, email="cas@example.com", now=NOW)
    wish_restock.ask("eve@example.com", MOSS, language="nl", now=NOW)
    answer = staff.get(PAGE)
    text = told(answer)
    for shown in (EMAIL, "Eén adres krijgt de nieuwsbrief.", "Eén werd nog niet bevestigd.", "2 mensen", "1 mens"):
        assert shown in text
    assert text.index("Inslag, mos") < text.index("Inslag, klei")
    assert "cas@example.com" not in text
    assert against_the_policy(answer) == []
