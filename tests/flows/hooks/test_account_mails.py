"""What Saleor tells of customers' accounts becomes a mail at once: the link stands nowhere else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from fulfilment.flows.tell_account import deletion_asked, deletion_asked_by
from fulfilment.mail.models import Mail
from tests.support.signed import SaleorKey, from_saleor, known_keys

pytestmark = pytest.mark.django_db

HOOK = "/hooks/saleor/accounts/"
USER = {"email": "an@example.com", "firstName": "An", "languageCode": "NL"}


@pytest.fixture(autouse=True)
def _keys() -> None:
    known_keys(SaleorKey())


def asked(kind: str, page: str = "/nl/account/bevestigen/?email=an%40example.com&token=c2-abc", **more: object) -> int:
    """What our answer to Saleor is."""
    body = {"__typename": kind, "token": "c2-abc", "redirectUrl": settings.SHOP_URL + page, "user": USER, **more}
    return from_saleor(HOOK, body).status_code


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("AccountConfirmationRequested", "Bevestig je account"),
        ("AccountSetPasswordRequested", "Kies een nieuw wachtwoord"),
    ],
)
def test_a_link_is_mailed_once_however_often_it_is_told(kind: str, subject: str) -> None:
    assert [asked(kind), asked(kind)] == [200, 200]
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("an@example.com", subject)
    link = f"{settings.SHOP_URL}/nl/account/bevestigen/?email=an%40example.com&token=c2-abc"
    assert link in mail.text
    assert link.replace("&", "&amp;") in mail.html
    assert "Dag An," in mail.text
    assert "c2-abc" not in mail.key


def test_another_address_is_asked_and_the_present_one_is_warned() -> None:
    page = "/nl/account/nieuw-adres/?token=abc"
    assert asked("AccountChangeEmailRequested", page, newEmail="an@elders.be") == 200
    link, warning = Mail.objects.get(to="an@elders.be"), Mail.objects.get(to="an@example.com")
    assert settings.SHOP_URL + page in link.text
    assert "an@elders.be" in warning.text
    assert page not in warning.text + warning.html


@pytest.mark.parametrize(
    ("language", "subject", "greeting", "path"),
    [
        ("EN_GB", "Choose a new password", "Hello An,", "/en/account/delete/"),
        ("FR", "Choisissez un nouveau mot de passe", "Bonjour An,", "/fr/compte/supprimer/"),
        ("DE", "Kies een nieuw wachtwoord", "Dag An,", "/nl/account/verwijderen/"),
    ],
)
def test_mails_and_the_link_of_our_own_are_in_the_language_of_the_account(
    language: str, subject: str, greeting: str, path: str
) -> None:
    assert asked("AccountSetPasswordRequested", user={**USER, "languageCode": language}) == 200
    mail = Mail.objects.get()
    assert mail.subject == subject
    assert greeting in mail.text
    deletion_asked("an@example.com", name="An", language=language, now=timezone.now())
    assert settings.SHOP_URL + path in Mail.objects.exclude(pk=mail.pk).get().text


def test_a_link_to_another_place_is_never_mailed() -> None:
    body = {"__typename": "AccountSetPasswordRequested", "redirectUrl": "https://elsewhere.example/x", "user": USER}
    assert from_saleor(HOOK, body).status_code == 400
    assert from_saleor(HOOK, {**body, "redirectUrl": f"{settings.SHOP_URL}.evil.example/x"}).status_code == 400
    assert not Mail.objects.exists()


@pytest.mark.parametrize("user", [{}, {"email": None}, {"email": ["x"]}])
def test_what_names_nobody_is_refused(user: dict[str, object]) -> None:
    assert asked("AccountSetPasswordRequested", user=user) == 400
    assert not Mail.objects.exists()


def test_what_is_about_nothing_of_ours_is_taken_and_does_nothing() -> None:
    assert from_saleor(HOOK, {"__typename": "AccountConfirmed", "user": USER}).status_code == 200
    assert from_saleor(HOOK, {"__typename": "AccountSetPasswordRequested", "user": None}).status_code == 200
    assert not Mail.objects.exists()


def test_what_another_signed_is_refused() -> None:
    body = {"__typename": "AccountSetPasswordRequested", "redirectUrl": settings.SHOP_URL + "/x", "user": USER}
    assert from_saleor(HOOK, body, Saleor_Signature=SaleorKey().signature(b"another")).status_code == 400
    assert not Mail.objects.exists()


def test_the_link_to_be_forgotten_is_good_for_an_hour_and_for_its_own_address() -> None:
    now = timezone.now()
    deletion_asked("an@example.com", name="An", language="NL", now=now)
    mail = Mail.objects.get()
    token = mail.text.partition("/nl/account/verwijderen/")[2].partition("/")[0]
    assert deletion_asked_by(token, now=now) == "an@example.com"
    assert deletion_asked_by(token, now=now + timedelta(hours=1)) is None
    assert deletion_asked_by(f"{token}x", now=now) is None
    Mail.objects.update(to="")  # as it is once they were forgotten
    assert deletion_asked_by(token, now=now) is None
