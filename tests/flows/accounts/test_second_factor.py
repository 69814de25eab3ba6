"""A second step: who must take one, how it is made, lost and found again, and that nothing opens without it."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from fulfilment.mail.models import Mail
from fulfilment.partners.models import Membership, User
from tests.support import rows
from tests.support.pages import against_the_policy, told
from tests.support.second_step import PASSWORD, code, log_in, log_in_twice, with_app

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_steps(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def member(role: str) -> User:
    who = rows.user(f"{role}@compaan.example")
    Membership.objects.create(user=who, partner=rows.partner("compaan"), role=role)
    return who


@pytest.mark.parametrize("role", ["coach", "designer", "viewer"])
def test_whoever_sees_money_makes_a_second_step_before_anything_else(role: str) -> None:
    browser = log_in(member(role))

    for address in ("/", reverse("portal:today"), reverse("portal:earnings"), "/nergens/"):
        assert browser.get(address)["Location"] == reverse("mfa_index")
    assert "Nog één stap" in told(browser.get(reverse("mfa_index")))


def test_staff_makes_a_second_step_before_anything_else() -> None:
    browser = log_in(rows.user("operator@example.com", staff=True))

    assert browser.get(reverse("backoffice:index"))["Location"] == reverse("mfa_index")
    assert browser.post(reverse("backoffice:payouts_batch_create"))["Location"] == reverse("mfa_index")


def test_who_only_works_at_the_bench_needs_none() -> None:
    assert log_in(member("worker")).get(reverse("portal:today")).status_code == 200


def test_who_may_not_do_without_is_not_locked_out_of_the_ways_out() -> None:
    browser = log_in(rows.user("operator@example.com", staff=True))

    assert browser.get(reverse("health")).status_code == 200
    assert browser.post(reverse("account_logout"))["Location"] == reverse("account_login")


@pytest.mark.django_db(transaction=True)
def test_an_app_is_chosen_with_the_code_that_it_shows_and_gives_reserve_codes_once() -> None:
    browser = log_in(rows.user("operator@example.com", staff=True))

    page = told(browser.get(reverse("mfa_activate_totp")))
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found is not None
    assert "QR-code voor je app" in page
    wrong = browser.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Die code klopt niet" in told(wrong)
    done = browser.post(reverse("mfa_activate_totp"), {"code": code(found[1].replace(" ", ""))})

    assert done["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<li><code>(\d{4} \d{4})</code></li>", told(browser.get(done["Location"])))
    assert len(codes) == 10
    assert codes[0] not in told(browser.get(done["Location"]))  # shown once
    assert browser.get(reverse("backoffice:index")).status_code == 200
    assert Mail.objects.filter(subject="Er veranderde iets aan je account", text__contains="een app").exists()


def test_the_code_is_asked_at_each_login_and_taken_once() -> None:
    operator = rows.user("operator@example.com", staff=True)
    secret = with_app(operator)
    shown = code(secret)

    browser = log_in(operator)
    assert browser.get(reverse("backoffice:index"))["Location"].startswith(reverse("backoffice:login"))
    assert "Die code klopt niet" in told(browser.post(reverse("mfa_authenticate"), {"code": "123456"}))
    browser.post(reverse("mfa_authenticate"), {"code": shown})
    assert browser.get(reverse("backoffice:index")).status_code == 200

    second = log_in(operator)
    assert "Die code klopt niet" in told(second.post(reverse("mfa_authenticate"), {"code": shown}))


def test_a_reserve_code_opens_once() -> None:
    operator = rows.user("operator@example.com", staff=True)
    browser = log_in_twice(operator)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    browser.post(reverse("mfa_generate_recovery_codes"))
    found = re.findall(r"<li><code>(\d{4} \d{4})</code></li>", told(browser.get(reverse("mfa_view_recovery_codes"))))

    lost = log_in(operator)
    lost.post(reverse("mfa_authenticate"), {"code": found[0]})
    assert lost.get(reverse("backoffice:index")).status_code == 200
    again = log_in(operator)
    assert "Die code klopt niet" in told(again.post(reverse("mfa_authenticate"), {"code": found[0]}))


def test_a_session_from_before_the_second_step_logs_in_once_more() -> None:
    operator = rows.user("operator@example.com", staff=True)
    old = log_in(operator)
    with_app(operator)  # in another browser

    answer = old.get(reverse("backoffice:index"))

    assert answer["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in old.session


def test_the_last_second_step_stays_with_who_must_have_one() -> None:
    operator = rows.user("operator@example.com", staff=True)
    browser = log_in_twice(operator)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    page = told(browser.get(reverse("mfa_deactivate_totp")))
    browser.post(reverse("mfa_deactivate_totp"))

    assert "kun je niet zonder tweede stap" in page
    assert Authenticator.objects.filter(user=operator, type=Authenticator.Type.TOTP).exists()


def test_changing_how_one_logs_in_asks_for_the_password_again() -> None:
    browser = log_in_twice(rows.user("operator@example.com", staff=True))

    assert browser.get(reverse("mfa_add_webauthn"))["Location"].startswith(reverse("account_reauthenticate"))
    assert "Ben jij het?" in told(browser.get(reverse("account_reauthenticate")))


def test_the_secret_is_kept_so_that_the_database_alone_opens_nothing(settings: Settings) -> None:
    operator = rows.user("operator@example.com", staff=True)
    secret = with_app(operator)
    kept = Authenticator.objects.get(user=operator).data["secret"]
    assert secret not in kept

    settings.SECRET_KEY = "another key"  # what was kept under the former fits no code any more, and is no error
    browser = log_in(operator)
    assert "Die code klopt niet" in told(browser.post(reverse("mfa_authenticate"), {"code": code(secret)}))


def test_wrong_codes_are_counted() -> None:
    operator = rows.user("operator@example.com", staff=True)
    with_app(operator)
    browser = log_in(operator)

    answers = [told(browser.post(reverse("mfa_authenticate"), {"code": "123456"})) for _ in range(8)]

    assert "Te vaak geprobeerd" in answers[-1]


def test_where_it_is_not_required_one_may_still_choose_it(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    operator = rows.user("operator@example.com", staff=True)

    assert log_in(operator).get(reverse("backoffice:index")).status_code == 200
    with_app(operator)
    assert log_in(operator).get(reverse("backoffice:index")).status_code == 302


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_index", "sessions"])
def test_nobody_makes_one_without_logging_in(name: str) -> None:
    assert Client().get(reverse(name))["Location"].startswith(reverse("account_login"))


def test_the_pages_around_logging_in_pass_their_own_strict_policy() -> None:
    operator = rows.user("operator@example.com", staff=True)
    browser = log_in(operator)
    for name in ("account_login", "account_reset_password"):
        assert not against_the_policy(Client().get(reverse(name))), name
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
        assert not against_the_policy(browser.get(reverse(name))), name
    with_app(operator)
    assert not against_the_policy(log_in(operator).get(reverse("mfa_authenticate")))


def test_the_portal_passes_its_own_strict_policy() -> None:
    coach = member("worker")
    browser = log_in(coach)
    for name in ("portal:today", "portal:parcels", "sessions"):
        assert not against_the_policy(browser.get(reverse(name))), name
