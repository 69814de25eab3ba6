"""Whatever goes wrong, people see a page of the house that says what to do now; in the demo too."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.config import settings as as_told_by_the_environment
from fulfilment.entrypoints.portal import work
from tests.support import rows, workshop


@contextmanager
def no_database() -> Iterator[None]:
    with mock.patch.object(CursorWrapper, "execute", side_effect=OperationalError("gone")):
        yield


def test_djangos_own_error_pages_are_for_nobody() -> None:
    assert as_told_by_the_environment.DEBUG is False


@pytest.mark.django_db
def test_what_is_not_there_and_what_is_not_yours_say_so(settings: Settings) -> None:
    settings.IS_DEMO, settings.MAIL_URL = False, "database:"
    client = Client()
    client.force_login(workshop.member(rows.partner("compaan")))

    missing, forbidden = client.get("/portal/nergens/"), client.get(reverse("mailbox"))

    assert (missing.status_code, forbidden.status_code) == (404, 403)
    assert "Deze pagina is er niet" in missing.content.decode()
    assert "Dit is niet voor jou" in forbidden.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/portal/taken/%00/", "/portal/pakketten/%00/geleverd/", "/mail/%00/"])
def test_an_address_that_no_database_could_hold_is_not_there(settings: Settings, address: str) -> None:
    settings.MAIL_URL = "database:"
    client = Client()
    client.force_login(workshop.member(rows.partner("compaan")))

    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_form_that_stood_open_too_long_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(workshop.member(rows.partner("compaan")))

    answer = client.post(reverse("portal:accept", args=["tsk_1"]))

    assert answer.status_code == 403
    assert "De pagina stond te lang open." in answer.content.decode()


def test_what_cannot_be_read_at_all_says_what_to_do(client: Client) -> None:
    answer = client.get("/", headers={"Host": "elsewhere.example"})

    assert answer.status_code == 400
    assert "Dat kwam niet goed aan" in answer.content.decode()


@pytest.mark.django_db
def test_what_breaks_says_that_it_is_not_your_fault_and_what_to_do_now(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(workshop.member(rows.partner("compaan")))

    with mock.patch.object(work, "render", side_effect=RuntimeError("a fault of ours")):
        answer = client.get(reverse("portal:today"))

    text = answer.content.decode()
    assert answer.status_code == 500
    assert "Het ligt niet aan jou." in text
    assert "Ga terug en kijk na of het toch gelukt is." in text
    assert "a fault of ours" not in text
    assert "a fault of ours" in caplog.text


@pytest.mark.django_db
def test_without_a_database_there_is_still_a_page() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(workshop.member(rows.partner("compaan")))

    with no_database():
        answer = client.get(reverse("portal:today"))

    assert answer.status_code == 503
    assert "We kunnen nu even niet bij onze gegevens." in answer.content.decode()


@pytest.mark.parametrize("page", ["500.html", "503.html", "503_storage.html"])
def test_the_page_for_a_fault_stands_on_nothing_that_may_be_broken(page: str) -> None:
    """No database (this test may not touch it), no request, and files that are served under their own names."""
    text = render_to_string(page)

    assert 'lang="nl"' in text
    assert "mailto:" in text
    files = re.findall(r'href="/static/([^"]+)"', text)
    assert "design/tokens.css" in files
    assert [name for name in files if finders.find(name) is None] == []


@pytest.mark.django_db
def test_browsers_that_ask_for_the_icon_by_name_get_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.getvalue()
    answer.close()
