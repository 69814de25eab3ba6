"""Logging in, going home, and choosing a new password."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.mail.models import Mail
from fulfilment.partners.models import Membership, User
from tests.support import rows, workshop

pytestmark = pytest.mark.django_db
PASSWORD = "een-lang-wachtwoord"


@pytest.fixture(autouse=True)
def _forget_attempts() -> None:
    """The number of attempts to log in is counted in the cache, which outlives a test."""
    cache.clear()


def test_logging_in_leads_a_producer_to_the_work() -> None:
    user = rows.user("coach@compaan.example")
    Membership.objects.create(user=user, partner=rows.partner("compaan"), role=Membership.Role.COACH)
    client = Client()

    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True, HTTP_HOST="localhost"
    )

    assert "Werk van vandaag" in answer.content.decode()
    assert "Inloggen" in client.post(reverse("account_logout"), follow=True).content.decode()


def test_a_wrong_password_says_what_to_do_and_not_which_half_was_wrong() -> None:
    rows.user("coach@compaan.example")
    said = []
    for email in ("coach@compaan.example", "nobody@compaan.example"):
        answer = Client().post(reverse("account_login"), {"login": email, "password": "wrong"})
        said.append("horen niet samen. Probeer het nog eens." in answer.content.decode())

    assert said == [True, True]


def test_home_sends_staff_to_the_back_office_and_others_to_their_sums() -> None:
    designer = rows.partner("cas-moor", kind="designer", name="Cas Moor")
    order = rows.order([("SG-003", "Zit", 1, 26_500)])
    rows.held(order, designer, 4_210)
    rows.held(order, rows.partner("compaan"), 8_800)
    people = {
        "staff": User.objects.create_user("operator@example.com", is_staff=True, staff_role="operator"),
        "designer": workshop.member(designer, role=Membership.Role.DESIGNER),
        "worker": workshop.member(designer, role=Membership.Role.WORKER),
        "nobody": User.objects.create_user("nobody@example.com"),
    }
    seen = {}
    for who, user in people.items():
        client = Client()
        client.force_login(user)
        seen[who] = client.get("/")

    assert seen["staff"]["Location"].startswith("/backoffice/")
    text = seen["designer"].content.decode()
    assert "Cas Moor" in text
    assert "€\u00a042,10" in text
    assert "88,00" not in text
    assert str(order) not in text
    for who in ("worker", "nobody"):
        assert "Hier is nog niets voor jou." in seen[who].content.decode()


def test_a_new_password_is_chosen_with_a_link_that_works_once() -> None:
    rows.user("coach@compaan.example")
    client = Client()

    asked = client.post(reverse("account_reset_password"), {"email": "coach@compaan.example"}, HTTP_HOST="127.0.0.1")
    assert asked["Location"] == reverse("account_reset_password_done")
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("coach@compaan.example", "Kies een nieuw wachtwoord")
    found = re.search(r"http\S+?(/accounts/\S+)", mail.text)
    assert found is not None
    form = client.get(found[1], follow=True)
    assert "Kies een nieuw wachtwoord" in form.content.decode()
    done = client.post(
        form.redirect_chain[-1][0], {"password1": "nog-een-lang-wachtwoord", "password2": "nog-een-lang-wachtwoord"}
    )
    assert done["Location"] == reverse("account_reset_password_from_key_done")
    assert Client().login(email="coach@compaan.example", password="nog-een-lang-wachtwoord")
    assert "Deze link werkt niet meer" in Client().get(found[1], follow=True).content.decode()


def test_the_link_in_the_mail_leads_to_our_own_address_whatever_host_was_named(
    settings: Settings,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.FULFILMENT_URL = "https://werk.example"
    rows.user("coach@compaan.example")

    Client().post(reverse("account_reset_password"), {"email": "coach@compaan.example"}, HTTP_HOST="evil.example")

    assert "https://werk.example/accounts/password/reset/key/" in Mail.objects.get().text
    assert "evil.example" not in Mail.objects.get().text


def test_who_has_no_account_gets_the_same_page_and_no_mail() -> None:
    answer = Client().post(reverse("account_reset_password"), {"email": "nobody@compaan.example"})

    assert answer["Location"] == reverse("account_reset_password_done")
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("account_signup", "Zelf een account maken kan niet"),
        ("account_reset_password", "Wachtwoord vergeten?"),
        ("account_reset_password_done", "Kijk in je mailbox"),
        ("account_inactive", "Je account staat uit"),
        ("account_reset_password_from_key_done", "Je nieuwe wachtwoord is bewaard"),
    ],
)
def test_every_page_around_logging_in_is_ours(name: str, said: str) -> None:
    text = Client().get(reverse(name)).content.decode()
    assert said in text
    assert "design/tokens.css" in text


def test_an_address_that_is_not_there_is_explained() -> None:
    answer = Client().get("/portal/nergens/")
    assert answer.status_code == 404
    assert "Deze pagina is er niet" in answer.content.decode()
