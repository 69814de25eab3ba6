"""Where somebody is logged in: mailed when it is new, seen, and ended."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.accounts.devices import COOKIE, device_name
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.pages import told
from tests.support.second_step import log_in

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
NEW = "Je logde in met een nieuw toestel"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (FIREFOX, "Firefox op Windows"),
        (IPHONE, "Safari op iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge op Linux"),
        ("curl/8", "Een programma"),
        ("", "Een programma"),
    ],
)
def test_a_device_is_called_in_words(said: str, name: str) -> None:
    assert device_name(said) == name


def test_a_login_with_a_new_device_is_mailed_once() -> None:
    coach = rows.user("coach@compaan.example")
    browser = log_in(coach, user_agent=FIREFOX)
    mail = Mail.objects.get(subject=NEW)
    assert mail.to == coach.email
    assert "Firefox op Windows" in mail.text
    assert reverse("sessions") in mail.text

    browser.post(reverse("account_logout"))
    log_in(coach, browser, user_agent=FIREFOX)
    assert Mail.objects.filter(subject=NEW).count() == 1

    log_in(coach, user_agent=IPHONE)
    assert Mail.objects.filter(subject=NEW).count() == 2


def test_a_device_that_one_person_used_is_new_for_another_and_known_for_both_afterwards() -> None:
    coach, worker = rows.user("coach@compaan.example"), rows.user("worker@compaan.example")
    tablet = Client()
    for who in (coach, worker, coach, worker):
        log_in(who, tablet)
        tablet.post(reverse("account_logout"))

    assert sorted(Mail.objects.filter(subject=NEW).values_list("to", flat=True)) == [coach.email, worker.email]


def test_a_made_up_cookie_makes_no_device_known() -> None:
    coach = rows.user("coach@compaan.example")
    browser = Client()
    browser.cookies[COOKIE] = f"{coach.public_id}:made:up"

    log_in(coach, browser)

    assert Mail.objects.filter(subject=NEW).count() == 1


def test_one_sees_where_one_is_logged_in_and_ends_it_elsewhere() -> None:
    coach = rows.user("coach@compaan.example")
    here, there = log_in(coach, user_agent=FIREFOX), log_in(coach, user_agent=IPHONE)

    page = told(here.get(reverse("sessions"), headers={"user-agent": FIREFOX}))
    assert "Firefox op Windows" in page
    assert "Safari op iPhone" in page
    answer = here.get(reverse("sessions"))
    other = answer.context["others"][0]
    here.post(reverse("end_session", args=[other.id]))

    assert there.get(reverse("sessions"))["Location"].startswith(reverse("account_login"))
    assert here.get(reverse("sessions")).status_code == 200


def test_all_other_devices_are_logged_out_at_once() -> None:
    coach = rows.user("coach@compaan.example")
    here, others = log_in(coach), [log_in(coach) for _ in range(3)]

    here.post(reverse("end_other_sessions"))

    assert [browser.get(reverse("sessions")).status_code for browser in others] == [302, 302, 302]
    assert here.get(reverse("sessions")).status_code == 200


def test_nobody_ends_the_session_of_somebody_else() -> None:
    coach, stranger = rows.user("coach@compaan.example"), rows.user("stranger@example.com")
    mine, theirs = log_in(coach), log_in(stranger)
    own = theirs.get(reverse("sessions")).context["sessions"][0]

    assert mine.post(reverse("end_session", args=[own.id])).status_code == 404
    assert theirs.get(reverse("sessions")).status_code == 200
