"""What fulfilment answers the shop of who wants mail: in the promised shapes, and the same for every address."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from fulfilment.mail.models import Mail
from fulfilment.newsletter.models import Subscription
from fulfilment.restock.models import RestockWish
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.storefront_api import called, golden
from tests.support.wanting_mail import EMAIL, MOSS, leaving, link_in, reader, wish

pytestmark = pytest.mark.django_db

WANTED = {"email": EMAIL, **vars(MOSS)}
READER = {"email": EMAIL, "text_version": "2026-11"}


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


def test_every_address_hears_the_same_known_or_not() -> None:
    for path, given in (("restock", WANTED), ("newsletter", READER)):
        first = called(path, given)
        assert first == golden(path) == {"result": "mailed", "errors": {}}
        assert called(path, given) == first
    for mail in Mail.objects.all():
        kind = "restock" if "restock" in mail.key else "newsletter"
        assert called(f"{kind}/confirmation/{link_in(mail)}", {}) == {"result": "confirmed"}
    assert called("restock", WANTED) == called("newsletter", READER) == {"result": "mailed", "errors": {}}


def test_what_is_no_address_is_told_in_the_language_of_the_page() -> None:
    for path, given in (("restock", WANTED), ("newsletter", READER)):
        for email, sentence in (("", "Vul je e-mailadres in."), ("an", "Dit e-mailadres klopt niet. Kijk het na.")):
            told = called(path, {**given, "email": email})
            assert told == {"result": "wrong", "errors": {"email": sentence}}
    assert not Mail.objects.exists()


def test_a_wish_is_told_confirmed_and_withdrawn_by_its_links() -> None:
    called("restock", WANTED)
    mail = Mail.objects.get()
    told = called(f"restock/confirmation/{link_in(mail)}")
    assert differences(told, golden("restock_confirmation")) == []
    assert told == {"state": "open", "name": "Inslag", "variant_name": "mos"}
    for _twice in range(2):
        assert called(f"restock/confirmation/{link_in(mail)}", {}) == {"result": "confirmed"}
    assert called(f"restock/confirmation/{link_in(mail)}")["state"] == "confirmed"
    assert differences(called(f"restock/leaving/{leaving(mail)}"), golden("restock_leaving")) == []
    for _twice in range(2):
        assert called(f"restock/leaving/{leaving(mail)}", {"everything": False}) == {"result": "gone"}
    over = called(f"restock/leaving/{leaving(mail)}")
    assert over == {"state": "over", "name": "", "variant_name": "", "others": []}
    assert called(f"restock/confirmation/{link_in(mail)}", {}, status=404)["error"]["code"] == "NOT_FOUND"


def test_the_newsletter_is_confirmed_and_left_by_its_links() -> None:
    called("newsletter", READER)
    mail = Mail.objects.get()
    assert differences(called(f"newsletter/confirmation/{link_in(mail)}"), golden("newsletter_confirmation")) == []
    for _twice in range(2):
        assert called(f"newsletter/confirmation/{link_in(mail)}", {}) == {"result": "confirmed"}
    assert differences(called(f"newsletter/leaving/{leaving(mail)}"), golden("newsletter_leaving")) == []
    for _twice in range(2):
        assert called(f"newsletter/leaving/{leaving(mail)}", {}) == {"result": "gone"}
    assert called(f"newsletter/leaving/{leaving(mail)}") == {"state": "over"}
    called(f"newsletter/confirmation/{link_in(mail)}", {}, status=404)


def test_no_guess_opens_or_leaves_anything() -> None:
    now = timezone.now()
    found = wish(now=now)
    reader("bo@example.com", now=now)
    for guess in (found.public_id, f"{found.public_id}.x", "%00", "é", "a" * 200):
        for page in ("restock/confirmation", "restock/leaving", "newsletter/confirmation", "newsletter/leaving"):
            called(f"{page}/{guess}", status=404)
            called(f"{page}/{guess}", {}, status=404)
    assert (RestockWish.objects.count(), Subscription.objects.filter(ended_at=None).count()) == (1, 1)


@pytest.mark.parametrize(
    "wrong", [{"product_id": "a b"}, {"variant_id": ""}, {"channel": " "}, {"product_id": "1'; --"}]
)
def test_what_is_no_id_of_saleors_is_kept_nowhere(wrong: dict[str, str]) -> None:
    called("restock", {**WANTED, **wrong}, status=404)
    assert not RestockWish.objects.exists()
